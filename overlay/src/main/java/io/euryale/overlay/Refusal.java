package io.euryale.overlay;

import org.jspecify.annotations.Nullable;

/// Why a request of a joining peer was refused. Codes are append-only.
public enum Refusal {
  /// The root does not know the tree yet, peers are on the move, or the peer asked seeks a parent
  /// itself: ask again shortly.
  BUSY(0),
  /// The peer asked is not a member, or has lost the root itself: ask another.
  NO_ROOT(1),
  /// The peer asked is not (or no longer, or not yet) in the cell meant.
  NOT_IN_CELL(2),
  /// Every cell is full: raise depth, span or peers per cell, or stop a peer.
  OVERLAY_FULL(3),
  /// A later incarnation of the same name is a member: stop one of the two processes.
  SUPERSEDED(4),
  /// The same name and incarnation is a member elsewhere: give one of the two another name.
  NAME_TAKEN(5),
  /// The place has been given to others meanwhile: bind again.
  PLACE_TAKEN(6),
  /// The peers of this overlay are placed in another way: give all the same overlay.kind.
  OTHER_KIND(7);

  private static final Refusal[] BY_CODE = values();

  private final int code;

  Refusal(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /// The refusal of a wire code, or null when no such refusal exists.
  public static @Nullable Refusal ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /// Whether asking again at once is pointless until an operator acts.
  public boolean needsOperator() {
    return this == OVERLAY_FULL || this == SUPERSEDED || this == NAME_TAKEN || this == OTHER_KIND;
  }
}
