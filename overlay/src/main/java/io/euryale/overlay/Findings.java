package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.List;

/// What a [Query] found.
///
/// @param found at most [#MOST]; capacities with the largest first, all else by name
/// @param total how many there are
/// @param complete whether the top of the overlay answered, which knows everything; otherwise
/// there may be more
/// @param forbidden whether the rights do not allow to look for that; nothing is found then
public record Findings(List<Finding> found, int total, boolean complete, boolean forbidden) {

  /// Most findings of one answer.
  public static final int MOST = 512;

  /// One thing found.
  ///
  /// @param owner the peer that has it
  /// @param name of the resource
  /// @param value as the resource defines it
  /// @param ageMillis how long ago the owner said so, as far as the answering peer knows
  public record Finding(PeerRef owner, String name, long value, long ageMillis) {}

  /// Nothing, and nobody who knows.
  public static final Findings NOTHING = new Findings(List.of(), 0, false);

  /// For somebody who may not look for that.
  public static final Findings FORBIDDEN = new Findings(List.of(), 0, false, true);

  public Findings {
    found = List.copyOf(found);
  }

  /// Findings of somebody who may look for them.
  public Findings(List<Finding> found, int total, boolean complete) {
    this(found, total, complete, false);
  }

  /// A number that differs where something else was found; ages do not count. Never 0.
  long digest() {
    long hash = 0xCBF29CE484222325L ^ (forbidden ? -1 : total);
    for (Finding each : found) {
      hash = (hash ^ each.owner().id().hashCode()) * 0x100000001B3L;
      hash = (hash ^ each.name().hashCode()) * 0x100000001B3L;
      hash = (hash ^ each.value()) * 0x100000001B3L;
    }
    return hash == 0 ? 1 : hash;
  }
}
