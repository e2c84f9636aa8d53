package io.euryale.group.named;

import io.euryale.group.Service;
import java.nio.ByteBuffer;

/// A message as a member is given it.
///
/// @param group the group it was sent to
/// @param view the view it is delivered in, the same at every receiver
/// @param sender the member that sent it; itself too is given its messages
/// @param service what was asked for
/// @param isPrivate whether it went to some members only
/// @param isOwn whether this member sent it
/// @param token of an own message what the sender gave with it, else 0
/// @param position for AGREED and SAFE a number that grows along the order, within a configuration
/// and over the configurations of one peer, the same at every receiver in a regular view; else 0
/// @param payload valid only during the call
public record GroupMessage(
    GroupName group,
    GroupViewId view,
    GroupMemberId sender,
    Service service,
    boolean isPrivate,
    boolean isOwn,
    long token,
    long position,
    ByteBuffer payload) {}
