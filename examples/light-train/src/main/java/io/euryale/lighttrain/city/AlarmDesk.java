package io.euryale.lighttrain.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.lighttrain.demo.DemoException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The alarms that somebody has to look at, and the trail of who did: each is raised once and
/// acknowledged once, and both are on disk before anybody is told. The trail has announcements,
/// too. Safe for all threads.
final class AlarmDesk implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  /// As long as the last hour is shown, but not more than so many.
  private static final Duration KEPT = Duration.ofHours(1);

  private static final int MOST_KEPT = 2_000;

  /// Of those that somebody looked at already; the others are shown, too, up to the most.
  private static final int SHOWN = 40;

  private static final int MOST_SHOWN = 100;

  /// @param by who acknowledged it; null while nobody has
  private record Alarm(
      String id,
      String stop,
      String text,
      Instant raised,
      long raisedNanos,
      @Nullable String by,
      @Nullable Instant acknowledged) {

    boolean isOpen(Instant at) {
      return !raised.isAfter(at) && (acknowledged == null || acknowledged.isAfter(at));
    }
  }

  private final Map<String, Alarm> alarms = new LinkedHashMap<>();

  /// Tells the entries of this life of the city from those of others in the same file.
  private final String run = Instant.now().toString();

  private final Path file;
  private final boolean temporary;
  private final FileChannel trail;
  private long raised;
  private long acknowledged;
  private long repeated;
  private String failure = "";

  /// @param continued the file where the trail is continued; null for one that is deleted at the
  /// end
  /// @throws DemoException when it cannot be written
  AlarmDesk(@Nullable Path continued) throws DemoException {
    temporary = continued == null;
    try {
      file = continued == null ? Files.createTempFile("euryale-alarms-", ".jsonl") : continued;
      trail =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      // What a crash tore off does not spoil the line after it.
      if (trail.size() > 0) {
        int _ = trail.write(ByteBuffer.wrap(new byte[] {'\n'}));
      }
    } catch (IOException e) {
      throw DemoException.badUsage(
          "The audit trail %s cannot be written: %s."
              .formatted(continued == null ? "" : continued, e.getMessage()));
    }
  }

  /// An alarm has come.
  synchronized void raised(String id, String stop, String text) {
    if (alarms.containsKey(id)) {
      repeated++;
      return;
    }
    Instant now = Instant.now();
    raised++;
    write("RAISED", id, stop, text, "sensor", now);
    alarms.put(id, new Alarm(id, stop, text, now, System.nanoTime(), null, null));
    forgetOld(now.minus(KEPT));
  }

  /// What nobody looked at is never forgotten.
  private void forgetOld(Instant before) {
    int tooMany = alarms.size() - MOST_KEPT;
    for (Iterator<Alarm> each = alarms.values().iterator(); each.hasNext(); ) {
      Instant seen = each.next().acknowledged();
      if (seen != null && (seen.isBefore(before) || tooMany > 0)) {
        each.remove();
        tooMany--;
      }
    }
  }

  /// The stations of the alarms that nobody had looked at, at a time of the last hour.
  synchronized Set<String> openAt(Instant at) {
    return alarms.values().stream()
        .filter(alarm -> alarm.isOpen(at))
        .map(Alarm::stop)
        .collect(Collectors.toSet());
  }

  /// Somebody looks at it.
  ///
  /// @return why that is not noted, one sentence; empty when it is
  synchronized String acknowledge(String id, String by) {
    Alarm alarm = alarms.get(id);
    if (alarm == null) {
      return "There is no alarm " + id + ".";
    }
    if (alarm.by() != null) {
      return "Alarm %s was acknowledged by %s.".formatted(id, alarm.by());
    }
    Instant now = Instant.now();
    acknowledged++;
    write("ACKNOWLEDGED", id, alarm.stop(), alarm.text(), by, now);
    alarms.put(
        id,
        new Alarm(id, alarm.stop(), alarm.text(), alarm.raised(), alarm.raisedNanos(), by, now));
    return "";
  }

  /// Acknowledges what has waited for so long.
  void acknowledgeOlderThan(Duration age, String by) {
    List<String> old = new ArrayList<>();
    synchronized (this) {
      for (Alarm alarm : alarms.values()) {
        if (alarm.by() == null && System.nanoTime() - alarm.raisedNanos() > age.toNanos()) {
          old.add(alarm.id());
        }
      }
    }
    for (String id : old) {
      String _ = acknowledge(id, by);
    }
  }

  /// Somebody announces something.
  ///
  /// @param id of the announcement
  synchronized void announced(String id, String stop, String text, String by, Instant at) {
    write("ANNOUNCED", id, stop, text, by, at);
  }

  private void write(String event, String id, String stop, String text, String by, Instant at) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("run", run);
    entry.put("at", at.toString());
    entry.put("event", event);
    entry.put(event.equals("ANNOUNCED") ? "announcement" : "alarm", id);
    entry.put("stop", stop);
    entry.put("text", text);
    entry.put("by", by);
    try {
      byte[] line = (JSON.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes = ByteBuffer.wrap(line);
      while (bytes.hasRemaining()) {
        int _ = trail.write(bytes);
      }
      trail.force(false);
    } catch (IOException e) {
      failure = "The audit trail cannot be written: " + e.getMessage();
    }
  }

  /// @param repeated alarms that came again
  /// @param failure why the trail is not complete; empty when it is
  record Account(long raised, long acknowledged, long repeated, String failure) {}

  synchronized Account account() {
    return new Account(raised, acknowledged, repeated, failure);
  }

  /// What the trail on disk says of this life of the city.
  ///
  /// @param raised alarms with one entry that they came
  /// @param acknowledged those of them with one entry that somebody acknowledged them, after that
  /// @param announced announcements with one entry
  /// @param wrong entries that are more than that, or cannot be read
  record Audit(long raised, long acknowledged, long announced, long wrong) {}

  /// Reads the trail back: what counts is what is there, not what this object believes.
  synchronized Audit audit() {
    Set<String> came = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Set<String> announced = new HashSet<>();
    long wrong = 0;
    // Half of a character, which a crash may leave, must not hide what comes after it.
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        JsonNode entry = entry(line);
        if (entry == null) {
          wrong +=
              came.isEmpty() && announced.isEmpty()
                  ? 0
                  : 1; // Before the first of ours it is another life's.
        } else if (entry.path("run").asText("").equals(run)) {
          String id = entry.path("alarm").asText("");
          boolean fits =
              switch (entry.path("event").asText("")) {
                case "RAISED" -> came.add(id);
                case "ACKNOWLEDGED" -> came.contains(id) && seen.add(id);
                case "ANNOUNCED" -> announced.add(entry.path("announcement").asText(""));
                default -> false;
              };
          wrong += fits ? 0 : 1;
        }
      }
    } catch (IOException _) {
      wrong++;
    }
    return new Audit(came.size(), seen.size(), announced.size(), wrong);
  }

  private static @Nullable JsonNode entry(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException _) {
      return null;
    }
  }

  /// For the page, the latest first.
  synchronized List<Map<String, Object>> shown(CityMap map) {
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Alarm alarm : List.copyOf(alarms.values()).reversed()) {
      if (shown.size() >= (alarm.by() == null ? MOST_SHOWN : SHOWN)) {
        continue;
      }
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", alarm.id());
      one.put("stop", alarm.stop());
      one.put("station", map.stop(alarm.stop()).name());
      one.put("text", alarm.text());
      one.put("raised", alarm.raised().toString());
      one.put("by", alarm.by());
      one.put(
          "acknowledged", alarm.acknowledged() == null ? null : alarm.acknowledged().toString());
      shown.add(one);
    }
    return List.copyOf(shown);
  }

  @Override
  public void close() throws IOException {
    trail.close();
    if (temporary) {
      Files.deleteIfExists(file);
    }
  }
}
