package io.euryale.lighttrain.timetable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Gives out the calls of a timetable when they are due, a number of times faster than life.
///
/// It reads no clock: `elapsed` is the real time since the playback started, by the caller's clock.
/// Every call is given out once, in the order of the timetable, however late the caller asks.
///
/// Not thread-safe.
public final class Playback {

  /// The slowest: a day in nearly three years.
  public static final double MIN_SPEED = 0.001;

  /// The fastest: a day in a second.
  public static final double MAX_SPEED = 86_400;

  private final List<StationCall> calls;
  private final Duration from;
  private final double speed;
  private int next;

  Playback(List<StationCall> calls, Duration from, double speed) {
    if (!(speed >= MIN_SPEED && speed <= MAX_SPEED)) {
      throw new IllegalArgumentException(
          "Speed " + speed + " is not from " + MIN_SPEED + " to " + MAX_SPEED);
    }
    this.calls = calls;
    this.from = from;
    this.speed = speed;
  }

  /// The next call, if it is due after `elapsed` of real time; empty if it is not, or all calls
  /// have been given out. Ask again until it is empty: several calls can be due at once.
  public Optional<StationCall> poll(Duration elapsed) {
    Optional<Duration> due = nextDue();
    if (due.isEmpty() || due.get().compareTo(elapsed) > 0) {
      return Optional.empty();
    }
    return Optional.of(calls.get(next++));
  }

  /// How much real time after the start the next call is due, at least 0; empty after the last
  /// call.
  public Optional<Duration> nextDue() {
    return isFinished()
        ? Optional.empty()
        : Optional.of(realTime(calls.get(next).sinceServiceDayStart().minus(from)));
  }

  /// The time that is played after `elapsed` of real time, after the start of the service day.
  public Duration timeOfDay(Duration elapsed) {
    return from.plusNanos(Math.round(elapsed.toNanos() * speed));
  }

  /// How many calls have not been given out.
  public int remaining() {
    return calls.size() - next;
  }

  /// Whether all calls have been given out.
  public boolean isFinished() {
    return next == calls.size();
  }

  /// How many times faster than life it plays.
  public double speed() {
    return speed;
  }

  /// How long `played` takes, rounded to nanoseconds.
  private Duration realTime(Duration played) {
    return Duration.ofNanos(Math.round(played.toNanos() / speed));
  }
}
