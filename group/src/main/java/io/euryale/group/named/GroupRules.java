package io.euryale.group.named;

/// What the layer does right; tests switch one off and see that somebody notices.
///
/// @param dropsGhosts members of peers that are gone are dropped at a change of the configuration
/// @param keepsView a message is delivered in the view it was sent in
/// @param joinsInPlace a join takes effect at its place in the order, not when it is asked for
/// @param snapshotsInPlace state is taken at the point of the order that the receiver counts from
/// @param keepsPrivate a private message is delivered to its receivers only
/// @param awaitsAll views come from the memberships of all peers
record GroupRules(
    boolean dropsGhosts,
    boolean keepsView,
    boolean joinsInPlace,
    boolean snapshotsInPlace,
    boolean keepsPrivate,
    boolean awaitsAll) {

  static final GroupRules ALL = new GroupRules(true, true, true, true, true, true);
}
