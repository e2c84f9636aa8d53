package io.euryale.kernel;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Traffic that never shares a socket, a loop, a queue or a sequence space with another class
/// [1 §1.1]. Codes are append-only: they travel on the wire.
public enum TrafficClass {
  /// The overlay's own membership traffic.
  CONTROL(0),
  /// Low-level sensor events that must never be lost.
  ALARM(1),
  /// Urgent events.
  CRITICAL(2),
  /// Everything else: audio, video, displays.
  NORMAL(3);

  private static final TrafficClass[] BY_CODE = values();

  private final int code;

  TrafficClass(int code) {
    this.code = code;
  }

  /// The number of this class on the wire, 0 to 3.
  public int code() {
    return code;
  }

  /// The class of a wire code, or null when no such class exists.
  public static @Nullable TrafficClass ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /// How many classes there are, control included.
  public static int count() {
    return BY_CODE.length;
  }

  /// The lower-case name used in settings, traces and on the command line.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
