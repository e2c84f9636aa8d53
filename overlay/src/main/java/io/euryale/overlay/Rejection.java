package io.euryale.overlay;

/// Why a control message had no effect.
public enum Rejection {
  /// It was no message: the link was closed.
  MALFORMED,

  /// A message of a later version: skipped.
  UNKNOWN,

  /// A term too far beyond all that is known.
  IMPLAUSIBLE,

  /// It came from somebody who has no say in this: a view of another's cell, the answer of a peer
  /// that was not asked, an order from somebody else than the root coordinator.
  NOT_ENTITLED,

  /// Sensors, clients and observers may only ask.
  OUTSIDER,

  /// Nothing that this peer waits for in its present phase: late, repeated, or of another kind of
  /// overlay.
  OUT_OF_PLACE,

  /// What it would have added is full.
  FULL
}
