package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import java.util.List;

/// What the root coordinator tells everybody, cell by cell down the tree: who the root cell is, and
/// who could replace it. A sequence that stands still means being cut off from the root.
///
/// @param root the root cell's view
/// @param sequence grows with every telling inside one term
/// @param levelOne the peers of all level-1 cells, in the order in which they would found a new
/// root cell; at most [#MAX_LEVEL_ONE]; empty below level 1, where nobody needs it
/// @param peers how many peers the root coordinator heard of within the last reports: the weight of
/// its part of the overlay when it meets another
record RootNews(CellView root, long sequence, List<PeerRef> levelOne, int peers) {

  static final int MAX_LEVEL_ONE = 256;

  RootNews {
    levelOne = List.copyOf(levelOne);
  }

  boolean isNewerThan(RootNews other) {
    int byTerm = root.term().compareTo(other.root.term());
    return byTerm > 0 || (byTerm == 0 && sequence > other.sequence);
  }

  /// The same news for peers below level 1.
  RootNews brief() {
    return levelOne.isEmpty() ? this : new RootNews(root, sequence, List.of(), peers);
  }
}
