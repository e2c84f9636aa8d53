package io.euryale.lighttrain.timetable;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/// All station calls of one calendar day, or of a window of it, in time order.
///
/// The day is a calendar day, midnight to midnight in the feed's time zone: the late trains of the
/// service day before are in it, and its own trains after midnight are not.
public final class Timetable implements Iterable<StationCall> {

  private final LocalDate date;
  private final ZoneId zone;
  private final List<StationCall> calls;

  private Timetable(LocalDate date, ZoneId zone, List<StationCall> calls) {
    this.date = date;
    this.zone = zone;
    this.calls = calls;
  }

  /// The calls on `date`.
  ///
  /// @throws TimetableException if no train runs on that day; the message names the days with
  ///     service
  public static Timetable of(GtfsFeed feed, LocalDate date) throws TimetableException {
    List<StationCall> calls = new CalendarDay(feed, date).calls();
    if (calls.isEmpty()) {
      ServiceDates dates = feed.serviceDates();
      throw TimetableException.of(
          "No train runs on %s: the feed has service from %s to %s; choose a day such as %s."
              .formatted(date, dates.first(), dates.last(), dates.busiest()));
    }
    return new Timetable(date, feed.zone(), Collections.unmodifiableList(calls));
  }

  /// The calls on the day with the most trains, the first such day if there are several.
  ///
  /// @throws TimetableException if all trains of that day run after midnight, or there are too many
  public static Timetable ofBusiestDay(GtfsFeed feed) throws TimetableException {
    return of(feed, feed.serviceDates().busiest());
  }

  /// The calendar day.
  public LocalDate date() {
    return date;
  }

  /// The time zone of the feed.
  public ZoneId zone() {
    return zone;
  }

  /// The calls in time order; calls at the same time in an order that is always the same.
  public List<StationCall> calls() {
    return calls;
  }

  @Override
  public Iterator<StationCall> iterator() {
    return calls.iterator();
  }

  /// The point in time from which the calls count.
  public Instant serviceDayStart() {
    return ServiceDay.start(date, zone);
  }

  /// When a call of this timetable happens.
  public Instant instantOf(StationCall call) {
    return serviceDayStart().plus(call.sinceServiceDayStart());
  }

  /// How long after the start of the service day the clocks show `time`: `time` itself, except on
  /// the days when clocks change.
  public Duration sinceServiceDayStart(LocalTime time) {
    return Duration.between(serviceDayStart(), date.atTime(time).atZone(zone));
  }

  /// The calls from `from` on and before `to`, both after the start of the service day; may be
  /// empty.
  ///
  /// @throws IllegalArgumentException if `to` is before `from`
  public Timetable window(Duration from, Duration to) {
    if (to.compareTo(from) < 0) {
      throw new IllegalArgumentException("A window ends before it starts: " + from + " to " + to);
    }
    return new Timetable(date, zone, calls.subList(firstAtOrAfter(from), firstAtOrAfter(to)));
  }

  /// Plays the calls from `from` on, which is after the start of the service day.
  ///
  /// @param speed how many times faster than life, [Playback#MIN_SPEED] to [Playback#MAX_SPEED]
  /// @throws IllegalArgumentException if `speed` is out of range
  public Playback play(Duration from, double speed) {
    return new Playback(calls.subList(firstAtOrAfter(from), calls.size()), from, speed);
  }

  /// Plays the calls from a time of day on, as the clocks show it.
  ///
  /// @param speed how many times faster than life, [Playback#MIN_SPEED] to [Playback#MAX_SPEED]
  /// @throws IllegalArgumentException if `speed` is out of range
  public Playback play(LocalTime from, double speed) {
    return play(sinceServiceDayStart(from), speed);
  }

  private int firstAtOrAfter(Duration time) {
    int low = 0;
    int high = calls.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (calls.get(middle).sinceServiceDayStart().compareTo(time) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public String toString() {
    return "Timetable of " + date + " with " + calls.size() + " calls";
  }
}
