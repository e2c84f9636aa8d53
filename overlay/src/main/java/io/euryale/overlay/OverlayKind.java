package io.euryale.overlay;

/// How peers are placed.
public enum OverlayKind {
  /// A tree of cells, for any number of peers.
  CELLS,
  /// Everybody beside everybody, for a few peers: [MeshMember#MAX_PEERS] at most.
  MESH
}
