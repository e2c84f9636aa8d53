package io.euryale.overlay;

import org.jspecify.annotations.Nullable;

/// Whether a peer drains.
///
/// @param text why not; "" when it does
public record DrainAnswer(Kind kind, String text) {

  /// What the peer answers; wire codes are append-only.
  public enum Kind {
    /// It does not, for the reason in the text.
    REFUSED(0),
    /// It leaves the overlay and ends.
    ACCEPTED(1),
    /// Whoever asks has no right to administer the overlay.
    FORBIDDEN(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static @Nullable Kind ofCode(int code) {
      for (Kind each : values()) {
        if (each.code == code) {
          return each;
        }
      }
      return null;
    }
  }

  static final DrainAnswer ACCEPTED = new DrainAnswer(Kind.ACCEPTED, "");

  /// Nobody answered in time.
  public static final DrainAnswer NONE = refused("there is no answer");

  static DrainAnswer refused(String text) {
    return new DrainAnswer(Kind.REFUSED, text);
  }
}
