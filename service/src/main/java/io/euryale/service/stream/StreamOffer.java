package io.euryale.service.stream;

import java.time.Duration;

/// What a sensor offers with a stream; advertised with it.
///
/// @param reliable whether packets are kept and repeated until they are delivered; without it no
///     replication is possible either
/// @param keepsLast whether its last packet is kept for new subscribers
/// @param period longest time between two packets that the sensor means to publish; zero when it
///     says nothing
/// @param lifespan after this the sensor gives a packet up; zero for never
/// @param type name of the payload's type, such as `image/jpeg` or `line-event/2`; may be empty
public record StreamOffer(
    boolean reliable, boolean keepsLast, Duration period, Duration lifespan, String type) {

  /// Longest period or lifespan.
  public static final Duration MAX_TIME = Duration.ofDays(20);

  /// Reliable, and nothing else.
  public static final StreamOffer DEFAULT =
      new StreamOffer(true, false, Duration.ZERO, Duration.ZERO, "");

  /// @throws IllegalArgumentException in a sentence, when a value is out of range
  public StreamOffer {
    checkTime(period);
    checkTime(lifespan);
    checkType(type);
  }

  private static void checkTime(Duration time) {
    if (time.isNegative() || time.compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException("Times of an offer are 0 to 20 days, not " + time + ".");
    }
  }

  static void checkType(String type) {
    boolean printable = true;
    for (int i = 0; i < type.length(); i++) { // Each advertisement is checked: without a stream.
      printable &= type.charAt(i) > ' ' && type.charAt(i) < 127;
    }
    if (type.length() > StreamQos.MAX_TYPE_LENGTH || !printable) {
      throw new IllegalArgumentException(
          "The name of a type has at most "
              + StreamQos.MAX_TYPE_LENGTH
              + " visible characters, without spaces.");
    }
  }

  /// As it is, but best effort: nothing is repeated.
  public StreamOffer bestEffort() {
    return new StreamOffer(false, keepsLast, period, lifespan, type);
  }

  /// As it is, with the last value kept.
  public StreamOffer keepingLast() {
    return new StreamOffer(reliable, true, period, lifespan, type);
  }

  /// As it is, with a packet at least this often.
  public StreamOffer withPeriod(Duration time) {
    return new StreamOffer(reliable, keepsLast, time, lifespan, type);
  }

  /// As it is, with packets that are worth nothing after this time.
  public StreamOffer withLifespan(Duration time) {
    return new StreamOffer(reliable, keepsLast, period, time, type);
  }

  /// As it is, with a type.
  public StreamOffer withType(String name) {
    return new StreamOffer(reliable, keepsLast, period, lifespan, name);
  }
}
