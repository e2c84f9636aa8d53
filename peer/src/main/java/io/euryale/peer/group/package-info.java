/// The public Java API of group communication: a member of a group overlay with its ordered
/// messages in each traffic class.
@NullMarked
package io.euryale.peer.group;

import org.jspecify.annotations.NullMarked;
