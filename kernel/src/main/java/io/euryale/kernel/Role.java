package io.euryale.kernel;

import org.jspecify.annotations.Nullable;

/// What the process at the other end of a link is. Codes are append-only.
public enum Role {
  /// A member of the overlay.
  PEER(0),
  /// A source of data at the edge.
  SENSOR(1),
  /// A sink that requests streams.
  CLIENT(2),
  /// An operator's tool that only asks for status.
  OBSERVER(3);

  private static final Role[] BY_CODE = values();

  private final int code;

  Role(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /// The role of a wire code, or null when no such role exists.
  public static @Nullable Role ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
