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

  /// What is held now.
  static Holdings of(History history, BitSet obliged) {
    List<OfOrigin> origins = new ArrayList<>();
    for (Origin origin : history.origins) {
      boolean own = origin.rank == history.self;
      origins.add(
          new OfOrigin(
              origin.held(),
              origin.islands(),
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
