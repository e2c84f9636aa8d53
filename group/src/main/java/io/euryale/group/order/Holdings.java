package io.euryale.group.order;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What a member holds and knows of a regular configuration when it has fallen silent in it.
///
/// @param origins by rank
/// @param obliged ranks whose packets it has to treat as if those members came along
public record Holdings(List<OfOrigin> origins, BitSet obliged) {

  /// Of one member's packets.
  ///
  /// @param held all packets up to this one are here, or known to be held by everybody
  /// @param islands packets beyond the first gap that are here, in order
  /// @param heard every packet of this member with a timestamp up to here is held
  /// @param line what that member said of its own line; of the reporting member its own line
  public record OfOrigin(long held, List<Range> islands, long heard, long line) {
    public OfOrigin {
      islands = List.copyOf(islands);
    }
  }

  /// Most islands of one member's packets that are told of, and of all together: a report has to
  /// fit into a message. Only RELIABLE packets are delivered beyond a gap at all; for the others it
  /// makes no difference which of those beyond a gap are told of.
  static final int MOST_ISLANDS = 4_096;

  static final int MOST_ISLANDS_TOGETHER = 16_384;

  /// What is held now.
  static Holdings of(History history, BitSet obliged) {
    List<OfOrigin> origins = new ArrayList<>();
    int left = MOST_ISLANDS_TOGETHER;
    for (Origin origin : history.origins) {
      List<Range> islands = origin.islands(Math.min(left, MOST_ISLANDS));
      left -= islands.size();
      boolean own = origin.rank == history.self;
      origins.add(
          new OfOrigin(
              origin.held(),
              islands,
              own ? history.clock() : origin.heard(),
              own ? history.line() : origin.line()));
    }
    return new Holdings(origins, obliged);
  }

  public Holdings {
    origins = List.copyOf(origins);
    obliged = (BitSet) obliged.clone();
  }
}
