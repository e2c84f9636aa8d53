package io.euryale.service.stream;

import io.euryale.kernel.PeerId;

/// Names for the lives of a peer in the groups of cells. A group lives in one cell for one stay of
/// the peer there; who comes back is another life to the others, so that nothing of the stay before
/// can be mistaken for it. A peer can stay in [#MOST] cells; later ones would take the names of its
/// next life.
public final class GroupLife {

  /// Stays in cells that the lives of one peer can be told apart by.
  public static final int MOST = 1 << 20;

  private GroupLife() {}

  /// The `stay`-th life of a peer in groups, from 0.
  public static PeerId of(PeerId peer, int stay) {
    return new PeerId(peer.name(), peer.incarnation() * MOST + stay);
  }

  /// Whose life this is.
  public static PeerId peer(PeerId life) {
    return new PeerId(life.name(), Math.max(1, life.incarnation() / MOST));
  }
}
