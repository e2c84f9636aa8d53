package io.euryale.service.stream;

import org.jspecify.annotations.Nullable;

/// How the cells on the way protect a stream's packets; asked for by a subscription. Codes are
/// append-only. A later constant is stronger: several subscriptions get the strongest.
public enum Replication {
  /// Forward and forget: a failure loses what is on its way.
  NONE(0, "none"),
  /// Copies to the cell and the forward leave together.
  ACTIVE(1, "active"),
  /// The cell is synchronized before the forward leaves, as in [0 §III.c].
  ACTIVE_SYNCHRONOUS(2, "active(synchronous)"),
  /// The cell agrees on one order of the packets of all streams and every peer of it stores them in
  /// that order, before the forward leaves: the strong replicas of [0 §III.c].
  ACTIVE_AGREED(3, "active(agreed)");

  private static final Replication[] BY_CODE = values();

  private final int code;
  private final String label;

  Replication(int code, String label) {
    this.code = code;
    this.label = label;
  }

  public int code() {
    return code;
  }

  /// The name used in settings and on the command line.
  public String label() {
    return label;
  }

  /// The replication of a wire code, or null when no such code exists.
  public static @Nullable Replication ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /// The replication of a [#label], or null.
  public static @Nullable Replication ofLabel(String label) {
    for (Replication replication : BY_CODE) {
      if (replication.label.equals(label)) {
        return replication;
      }
    }
    return null;
  }

  /// The stronger of two wishes; null means nobody asks.
  static @Nullable Replication stronger(@Nullable Replication a, @Nullable Replication b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.code >= b.code ? a : b;
  }
}
