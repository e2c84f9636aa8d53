package io.euryale.group.named;

/// What a member may do in a group.
public enum Right {
  /// Be a member, and see who the others are.
  JOIN,
  /// Send to all members or to some.
  SEND,
  /// Be given messages and state. A member without it sees views only.
  RECEIVE
}
