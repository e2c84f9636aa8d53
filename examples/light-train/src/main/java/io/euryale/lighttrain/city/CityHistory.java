package io.euryale.lighttrain.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.dashboard.DashboardServer;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.Subscription;
import io.euryale.peer.recording.Recorded;
import io.euryale.peer.recording.Recorder;
import io.euryale.peer.recording.Recording;
import io.euryale.peer.recording.RecordingLimits;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The last hour of the city, to be looked at again: what trains, platforms and passenger counters
/// said is recorded as `stream record` does it, by a client of its own, and read back through a
/// control centre of the past. The recording is deleted when the city ends. Safe for all threads.
final class CityHistory implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<CityStream.Kind> KINDS =
      List.of(CityStream.Kind.POSITION, CityStream.Kind.TRACK, CityStream.Kind.COUNTER);
  private static final RecordingLimits LIMITS =
      new RecordingLimits(512L << 20, Duration.ofHours(1), Duration.ofSeconds(1));

  /// What was said before is not shown, as trains that were not heard of for so long have left.
  private static final long BEFORE_MILLIS = 30_000;

  private final CityMap map;
  private final CityTrains trains;
  private final AlarmDesk desk;
  private final Map<String, CityStream> byName = new HashMap<>();
  private final Path folder;
  private final Recorder recorder;
  private volatile @Nullable Client client;
  private final ExecutorService writing =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("city-history").factory());

  private CityHistory(
      CityMap map, CityTrains trains, CityStreams streams, AlarmDesk desk, Path folder)
      throws IOException {
    this.map = map;
    this.trains = trains;
    this.desk = desk;
    this.folder = folder;
    recorder = Recorder.open(folder, LIMITS);
    streams.all().forEach(stream -> byName.put(stream.name(), stream));
  }

  /// Begins a recording in a folder of its own.
  static CityHistory open(CityMap map, CityTrains trains, CityStreams streams, AlarmDesk desk)
      throws IOException {
    Path folder = Files.createTempDirectory("euryale-city-history");
    try {
      return new CityHistory(map, trains, streams, desk, folder);
    } catch (IOException e) {
      Files.deleteIfExists(folder);
      throw e;
    }
  }

  /// Subscribes to what is recorded.
  ///
  /// @param client from now on closed with this history
  void record(Client client) throws InterruptedException {
    this.client = client;
    for (CityStream.Kind kind : KINDS) {
      Subscription _ =
          client.subscribe(
              kind.label() + "/*",
              kind.trafficClass(),
              Replication.ACTIVE,
              handler(kind.trafficClass()),
              writing);
    }
  }

  /// Records what comes in a class.
  StreamHandler handler(TrafficClass trafficClass) {
    return recorder.of(trafficClass);
  }

  /// What the control centre knew at a time of the last hour: `trains` and `stations` as the page
  /// draws them, and the stations with `alarms` that nobody had looked at.
  ///
  /// @param atMillis since 1970
  synchronized Map<String, Object> at(long atMillis) throws IOException {
    long nanos = System.nanoTime() - (System.currentTimeMillis() - atMillis) * 1_000_000;
    ControlCentre then = new ControlCentre(map, trains, desk);
    try (Recording recording = Recording.open(folder, atMillis - BEFORE_MILLIS)) {
      for (Recorded each = recording.next();
          each != null && each.atMillis() <= atMillis;
          each = recording.next()) {
        if (each instanceof Recorded.Packet packet && each.atMillis() >= atMillis - BEFORE_MILLIS) {
          CityStream stream = byName.get(packet.stream());
          CityPacket said = CityPacket.decode(packet.payload());
          if (stream != null && said != null) {
            then.received(stream, said);
          }
        }
      }
    }
    Map<String, Object> known = new LinkedHashMap<>();
    known.put("at", atMillis);
    known.put("trains", then.shownTrains(nanos));
    known.put("stations", then.shownStations(nanos));
    known.put("alarms", desk.openAt(Instant.ofEpochMilli(atMillis)));
    return known;
  }

  /// The page `/past.json?at=MILLIS`.
  DashboardServer.Reply page(Map<String, String> query) {
    try {
      long at = Long.parseLong(query.getOrDefault("at", ""));
      return DashboardServer.Reply.text(200, "application/json", JSON.writeValueAsString(at(at)));
    } catch (NumberFormatException _) {
      return DashboardServer.Reply.text(
          404, "text/plain", "Name a time in milliseconds since 1970, as in ?at=1767225600000\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts and numbers can be written", e);
    } catch (IOException e) {
      return DashboardServer.Reply.text(
          503, "text/plain", "The recording cannot be read: " + e.getMessage() + "\n");
    }
  }

  /// What cannot be deleted stays where files of no use to anybody belong.
  @Override
  public void close() {
    Client connected = client;
    if (connected != null) {
      connected.close();
    }
    writing.close();
    try {
      recorder.close();
    } catch (IOException _) {
      // It is not kept.
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException _) {
      // As above.
    }
  }
}
