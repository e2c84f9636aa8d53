/// Small pieces of coordination over [named groups][io.euryale.group.named.NamedGroups]: a leader,
/// a lock, a map, a barrier. Each is the only user of its membership, is called by the loop of the
/// traffic class, and calls its listener from inside the calls it is given.
///
/// A network that falls apart leaves groups on several sides, and each side has its own leader, its
/// own holder of the lock, its own map. An application that cannot live with that gives a *guard*,
/// which says whether this peer is in the primary component, and calls `primaryChanged` when its
/// answer changes: then only the primary side leads, grants and writes. Even then a peer that was
/// stopped may believe in the past for a moment; what it does to the outside has to be fenced with
/// the term or the token, which grow from one primary component to the next. Without a guard (one
/// that is always true) both sides go on, and each recipe says what happens when they meet.
@NullMarked
package io.euryale.group.recipe;

import org.jspecify.annotations.NullMarked;
