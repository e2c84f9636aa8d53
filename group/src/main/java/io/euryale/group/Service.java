package io.euryale.group;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is promised about the delivery of one message [4]; each promises what those above it do
/// not. Codes are append-only: they travel on the wire.
///
/// The FIFO, CAUSAL, AGREED and SAFE messages of one sender in one traffic class are one sequence.
public enum Service {
  /// At most once, perhaps never.
  UNRELIABLE(0),
  /// Once, in no order.
  RELIABLE(1),
  /// In the order of its sender.
  FIFO(2),
  /// After everything its sender had sent or delivered before.
  CAUSAL(3),
  /// In one order for everybody.
  AGREED(4),
  /// In one order for everybody, once every member of the configuration holds it.
  SAFE(5);

  private static final Service[] BY_CODE = values();

  private final int code;

  Service(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /// The service of a wire code, or null when no such service exists.
  public static @Nullable Service ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /// Whether it has a place in the total order.
  public boolean isOrdered() {
    return this == AGREED || this == SAFE;
  }

  /// The lower-case name used on the command line.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
