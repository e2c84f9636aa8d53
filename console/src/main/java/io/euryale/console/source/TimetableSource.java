package io.euryale.console.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.Playback;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.StationCall;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One payload, a JSON object, for each arrival and departure of a timetable, when it is due.
public final class TimetableSource implements PayloadSource {

  /// The word that stands for the invented city that is built in.
  public static final String SAMPLE = "sample";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Timetable day;
  private final Playback playback;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long startedNanos;
  private boolean started;

  /// @param feed a folder or zip with a GTFS feed, or [#SAMPLE]
  /// @param date the day to play; null for the busiest of the feed
  /// @param from the time of day to begin at
  /// @param speed how many times faster than life
  /// @throws TimetableException when the feed cannot be used or has no train on that day
  public TimetableSource(String feed, @Nullable LocalDate date, LocalTime from, double speed)
      throws TimetableException {
    GtfsFeed read = feed.equals(SAMPLE) ? SampleNetwork.load() : GtfsFeed.read(Path.of(feed));
    day = date == null ? Timetable.ofBusiestDay(read) : Timetable.of(read, date);
    playback = day.play(from, speed);
  }

  @Override
  public @Nullable ByteBuffer next() throws InterruptedException {
    if (!started) {
      started = true;
      startedNanos = System.nanoTime();
    }
    while (true) {
      Duration elapsed = Duration.ofNanos(System.nanoTime() - startedNanos);
      Optional<StationCall> call = playback.poll(elapsed);
      if (call.isPresent()) {
        return payload(call.get());
      }
      Optional<Duration> due = playback.nextDue();
      if (due.isEmpty() || closed.await(due.get().minus(elapsed).toNanos(), TimeUnit.NANOSECONDS)) {
        return null;
      }
    }
  }

  private ByteBuffer payload(StationCall call) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("at", day.instantOf(call).toString());
    fields.put("kind", call.kind().name().toLowerCase(Locale.ROOT));
    fields.put("line", call.line());
    fields.put("trip", call.trip());
    fields.put("station", call.stationName());
    fields.put("station_id", call.stationId());
    fields.put("headsign", call.headsign());
    try {
      return ByteBuffer.wrap(JSON.writeValueAsBytes(fields));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Strings are JSON", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
