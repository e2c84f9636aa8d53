package io.euryale.overlay;

import org.jspecify.annotations.Nullable;

/// What can be found in an overlay [1 §3.2]. Codes are append-only.
public enum Resource {
  /// A peer, by its name.
  PEER(0),
  /// A service that a peer offers, by the name of the service.
  SERVICE(1),
  /// A stream that enters the overlay at a peer; the value is the code of its traffic class.
  STREAM(2),
  /// Room for streams at a peer, by the name of the peer; the value is in bytes.
  CAPACITY(3);

  private static final Resource[] BY_CODE = values();

  private final int code;

  Resource(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static @Nullable Resource ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
