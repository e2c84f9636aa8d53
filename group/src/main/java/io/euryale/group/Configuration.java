package io.euryale.group;

import io.euryale.kernel.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An agreed membership of peers.
///
/// @param id its name
/// @param members sorted by name, each name once
/// @param origin the regular configuration that a transitional one follows; null for a regular one
public record Configuration(
    ConfigurationId id, List<PeerId> members, @Nullable ConfigurationId origin) {

  /// Most members.
  public static final int MAX_MEMBERS = 256;

  public Configuration {
    members = List.copyOf(members);
    if (members.isEmpty() || members.size() > MAX_MEMBERS) {
      throw new IllegalArgumentException("A configuration has 1 to 256 members");
    }
  }

  public boolean isRegular() {
    return origin == null;
  }

  /// The place of a member, or -1.
  public int rank(PeerId member) {
    return members.indexOf(member);
  }

  @Override
  public String toString() {
    return (isRegular() ? "REG " : "TRANS ") + id + " " + members;
  }
}
