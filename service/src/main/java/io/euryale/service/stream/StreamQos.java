package io.euryale.service.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a subscription asks of a stream; [StreamOffer] is the other side. All requirements are
/// compared in [#mismatch], when the subscription meets the stream.
///
/// @param replication how cells protect the packets; any but none needs a reliable stream
/// @param reliable whether the sensor repeats what was not delivered; always with replication
/// @param lastValue whether a new subscriber gets the last packet that was there before it
/// @param conflated whether, when the client is slower than the stream, the newest packet wins and
///     what lies between is skipped; only for clients that ask so for all their subscriptions to
///     the stream
/// @param maxLatency oldest that packets may usually be when they arrive; zero for no bound. A path
///     whose 99.9th percentile is above it is refused; later packets above it are flagged
/// @param deadline longest time between two packets; zero for no bound
/// @param lifespan packets older than this count as failures and are not handed over; zero for any
/// @param type name of the payload's type; empty for any
/// @param traced whether the processes on the way tell how long they had some of the packets, at
///     most ten in a second ([StreamHop])
public record StreamQos(
    Replication replication,
    boolean reliable,
    boolean lastValue,
    boolean conflated,
    Duration maxLatency,
    Duration deadline,
    Duration lifespan,
    String type,
    boolean traced) {

  /// Longest type name.
  public static final int MAX_TYPE_LENGTH = 100;

  /// A policy that a stream cannot keep as asked, with both values as people write them.
  public record Mismatch(String policy, String requested, String offered) {
    /// One sentence.
    public String sentence(String stream) {
      return "Stream "
          + stream
          + " does not fit: "
          + policy
          + " "
          + requested
          + " is requested, "
          + offered
          + " is offered.";
    }
  }

  /// @throws IllegalArgumentException in a sentence, when the values do not go together
  public StreamQos {
    reliable |= replication.isProtected();
    if (maxLatency.isNegative() || deadline.isNegative() || lifespan.isNegative()) {
      throw new IllegalArgumentException("Times of a subscription are not negative.");
    }
    StreamOffer.checkType(type);
  }

  /// Packets protected in this way, or best effort with [Replication#NONE]; nothing else.
  public static StreamQos of(Replication replication) {
    return new StreamQos(
        replication, false, false, false, Duration.ZERO, Duration.ZERO, Duration.ZERO, "", false);
  }

  /// Asks that what was not delivered is repeated, if only by the sensor.
  public StreamQos reliably() {
    return new StreamQos(
        replication, true, lastValue, conflated, maxLatency, deadline, lifespan, type, traced);
  }

  /// Asks for the last value at the beginning.
  public StreamQos withLastValue() {
    return new StreamQos(
        replication, reliable, true, conflated, maxLatency, deadline, lifespan, type, traced);
  }

  /// Asks for the newest packet only, when this client is slower than the stream.
  public StreamQos newestOnly() {
    return new StreamQos(
        replication, reliable, lastValue, true, maxLatency, deadline, lifespan, type, traced);
  }

  /// With a bound on the age of packets.
  public StreamQos withMaxLatency(Duration bound) {
    return new StreamQos(
        replication, reliable, lastValue, conflated, bound, deadline, lifespan, type, traced);
  }

  /// With a bound on the time between packets.
  public StreamQos withDeadline(Duration bound) {
    return new StreamQos(
        replication, reliable, lastValue, conflated, maxLatency, bound, lifespan, type, traced);
  }

  /// With a bound on the age of what is handed over.
  public StreamQos withLifespan(Duration bound) {
    return new StreamQos(
        replication, reliable, lastValue, conflated, maxLatency, deadline, bound, type, traced);
  }

  /// With a type of payload.
  public StreamQos withType(String name) {
    return new StreamQos(
        replication, reliable, lastValue, conflated, maxLatency, deadline, lifespan, name, traced);
  }

  /// Asks where the time of packets goes.
  public StreamQos withTrace() {
    return new StreamQos(
        replication, reliable, lastValue, conflated, maxLatency, deadline, lifespan, type, true);
  }

  /// What serves both of two wishes on the way; what only the client cares about is left out.
  StreamQos together(StreamQos other) {
    Replication both = Replication.stronger(replication, other.replication);
    return new StreamQos(
        both == null ? replication : both,
        reliable || other.reliable,
        lastValue || other.lastValue,
        conflated && other.conflated,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        "",
        traced || other.traced);
  }

  /// Why a stream cannot serve this subscription, or null when it can.
  ///
  /// @param pathNanos 99.9th percentile of the age of its packets at the root cell; 0 while nothing
  ///     was measured, which refuses nothing
  public @Nullable Mismatch mismatch(StreamOffer offer, long pathNanos) {
    if (!type.isEmpty() && !type.equals(offer.type())) {
      return new Mismatch("type", type, offer.type().isEmpty() ? "no type" : offer.type());
    }
    if (replication.isProtected() && !offer.reliable()) {
      return new Mismatch("replication", replication.label(), "best effort");
    }
    if (reliable && !offer.reliable()) {
      return new Mismatch("reliability", "reliable", "best effort");
    }
    if (lastValue && !offer.keepsLast()) {
      return new Mismatch("history", "last value", "none");
    }
    boolean slower = offer.period().isZero() || offer.period().compareTo(deadline) > 0;
    if (!deadline.isZero() && slower) {
      String offered = offer.period().isZero() ? "none" : text(offer.period());
      return new Mismatch("deadline", text(deadline), offered);
    }
    if (!maxLatency.isZero() && pathNanos > maxLatency.toNanos()) {
      return new Mismatch(
          "maximum latency",
          text(maxLatency),
          text(Duration.ofNanos(pathNanos)) + " (99.9 % of its packets on this path)");
    }
    return null;
  }

  private static String text(Duration time) {
    long micros = time.toNanos() / 1_000;
    return micros % 1_000_000 == 0
        ? micros / 1_000_000 + "s"
        : micros % 1_000 == 0 || micros >= 100_000 ? micros / 1_000 + "ms" : micros + "us";
  }

  /// Whether a packet of this age came too late.
  public boolean isLate(long ageNanos) {
    return !maxLatency.isZero() && ageNanos > maxLatency.toNanos();
  }

  /// Whether a packet of this age is a failure.
  public boolean isExpired(long ageNanos) {
    return !lifespan.isZero() && ageNanos > lifespan.toNanos();
  }
}
