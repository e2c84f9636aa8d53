package io.euryale.peer.group;

/// Coordination by a leader, a lock, a map and a barrier, each in a group of its own.
public final class GroupRecipes {
  GroupRecipes(NamedClasses named, GroupPeer peer) {}
}
