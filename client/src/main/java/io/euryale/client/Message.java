package io.euryale.client;

import java.nio.ByteBuffer;

/// A message of a group, in the view given last.
///
/// @param sender the member that sent it; itself too is given its messages
/// @param service what was asked for
/// @param isPrivate whether it went to some members only
/// @param isOwn whether this member sent it
/// @param position for AGREED and SAFE a number that grows along the order, the same at every
/// receiver in a regular view; else 0
/// @param payload the application's own
public record Message(
    Member sender,
    Service service,
    boolean isPrivate,
    boolean isOwn,
    long position,
    ByteBuffer payload) {}
