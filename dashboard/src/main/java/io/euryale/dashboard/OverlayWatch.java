package io.euryale.dashboard;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlayStatus;
import io.euryale.peer.Client;
import io.euryale.peer.RefusedException;
import io.euryale.service.stream.StreamInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks an overlay again and again what it looks like and which streams it carries, and learns the
/// parts `overlay`, `events` and `streams` from the answers. It knows nothing but what peers say,
/// so it is the same for a demonstration and for a deployment.
public final class OverlayWatch implements AutoCloseable {

  private static final Duration PERIOD = Duration.ofMillis(150);
  private static final Duration STREAM_PERIOD = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMillis(1500);
  private static final int MOST_STREAMS = 2000;

  private final Client client;
  private final Facts facts;
  private final Recoveries recoveries;
  private final String overlay;
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch pictured = new CountDownLatch(1);
  private final TracedWays ways;
  private volatile Map<String, TrafficClass> classes = Map.of();
  private volatile boolean closed;

  /// Starts to ask.
  ///
  /// @param client that may ask; stays the caller's
  /// @param overlay its name
  public static OverlayWatch start(
      Client client, String overlay, Facts facts, Recoveries recoveries) {
    OverlayWatch watch = new OverlayWatch(client, overlay, facts, recoveries);
    watch.threads.add(Thread.ofVirtual().name("dashboard-overlay").start(watch::watchCells));
    watch.threads.add(Thread.ofVirtual().name("dashboard-streams").start(watch::watchStreams));
    return watch;
  }

  private OverlayWatch(Client client, String overlay, Facts facts, Recoveries recoveries) {
    this.client = client;
    ways = new TracedWays(client);
    this.overlay = overlay;
    this.facts = facts;
    this.recoveries = recoveries;
  }

  /// Waits for the first picture of the overlay.
  ///
  /// @return whether there is one
  public boolean awaitPicture(Duration patience) throws InterruptedException {
    return pictured.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void watchCells() {
    KnownCells known = new KnownCells();
    String last = "";
    try {
      while (!closed) {
        try {
          OverlayStatus status = client.status(PATIENCE);
          if (status.complete()) {
            long nanos = System.nanoTime();
            List<KnownCells.Cell> cells = known.learn(nanos, status.cells());
            recoveries.picture(
                nanos, Instant.now(), cells.stream().map(KnownCells.Cell::view).toList());
            Map<String, Object> picture = picture(status.from(), cells);
            String now = Facts.json(picture);
            if (now.equals(last)) {
              facts.confirm("overlay");
            } else {
              facts.put("overlay", picture);
              last = now;
            }
            pictured.countDown();
          }
        } catch (RefusedException _) {
          // Nobody answered in time; the age of what is known says so.
        }
        if (recoveries.takeChanged()) {
          facts.put("events", recoveries.told());
        }
        Thread.sleep(PERIOD);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, Object> picture(@Nullable PeerRef from, List<KnownCells.Cell> known) {
    List<Map<String, Object>> cells = new ArrayList<>();
    for (KnownCells.Cell each : known) {
      CellView view = each.view();
      Map<String, Object> cell = new LinkedHashMap<>();
      cell.put("reported", each.reported());
      cell.put("id", view.cell().toString());
      cell.put("term", view.term().number());
      cell.put("coordinator", view.coordinator().name().value());
      List<Map<String, Object>> members = new ArrayList<>();
      for (CellView.Member member : view.members()) {
        PeerId parent = member.parent();
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", member.id().name().value());
        one.put("incarnation", member.id().incarnation());
        one.put("address", member.peer().endpoint().toString());
        one.put("parent", parent == null ? null : parent.name().value());
        members.add(one);
      }
      cell.put("members", members);
      cells.add(cell);
    }
    Map<String, Object> picture = new LinkedHashMap<>();
    picture.put("overlay", overlay);
    picture.put("from", from == null ? null : from.name().value());
    picture.put("cells", cells);
    return picture;
  }

  private void watchStreams() {
    Map<String, Long> before = new LinkedHashMap<>();
    long beforeNanos = System.nanoTime();
    try {
      while (!closed) {
        Thread.sleep(STREAM_PERIOD);
        ways.leaveUnasked(System.nanoTime());
        try {
          Map<String, Long> counts = new LinkedHashMap<>();
          long now = System.nanoTime();
          double seconds = (now - beforeNanos) / 1e9;
          List<Map<String, Object>> streams = new ArrayList<>();
          Map<String, TrafficClass> known = new HashMap<>();
          for (TrafficClass each :
              List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
            for (StreamInfo info : client.streams(each, PATIENCE)) {
              if (streams.size() < MOST_STREAMS) {
                streams.add(stream(each, info, before, counts, seconds));
                known.put(info.name(), each);
              }
            }
          }
          before = counts;
          beforeNanos = now;
          classes = known;
          facts.put("streams", streams);
        } catch (RefusedException _) {
          // As above.
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, Object> stream(
      TrafficClass trafficClass,
      StreamInfo info,
      Map<String, Long> before,
      Map<String, Long> counts,
      double seconds) {
    String key = trafficClass.label() + " " + info.name() + " " + info.epoch();
    long packets = info.packets();
    Long known = before.get(key);
    // Another root peer has counts of its own; what was not measured twice has no rate.
    Double rate =
        known == null || packets < known
            ? null
            : Math.round((packets - known) / seconds * 10) / 10.0;
    counts.put(key, packets);
    Map<String, Object> stream = new LinkedHashMap<>();
    stream.put("name", info.name());
    stream.put("class", trafficClass.label());
    stream.put("sensor", info.sensor().value());
    stream.put("edge", info.edge().value());
    stream.put("packets", packets);
    stream.put("perSecond", rate);
    stream.put("pending", info.pending());
    return stream;
  }

  /// Where the time of the last traced packet of a stream went, as JSON: `ageMillis`, `tookMillis`
  /// and for each sensor and peer on its way when the packet came and how long it was `here`; null
  /// while no packet was traced. Packets are traced from the first question on until nobody has
  /// asked for some seconds, four streams at a time. When they are not, `refused` says why.
  ///
  /// @param query with `stream`, a name that is in the part `streams`
  /// @param traced classes of which packets are traced: who looks is a client, and alarms that wait
  ///     for a client are its as soon as it looks
  public DashboardServer.Reply way(Map<String, String> query, Set<TrafficClass> traced) {
    String stream = query.getOrDefault("stream", "");
    TrafficClass trafficClass = classes.get(stream);
    Map<String, Object> last = null;
    try {
      if (trafficClass != null && !traced.contains(trafficClass)) {
        last =
            TracedWays.nothing(
                "Packets of class "
                    + trafficClass.label()
                    + " are not followed: some may wait for another client.");
      } else if (trafficClass != null) {
        last = ways.last(stream, trafficClass);
      }
      return DashboardServer.Reply.text(
          200, "application/json", last == null ? "null" : Facts.json(last));
    } catch (RefusedException _) {
      return DashboardServer.Reply.text(503, "text/plain; charset=utf-8", "Ask again.\n");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return DashboardServer.Reply.text(503, "text/plain; charset=utf-8", "It ends.\n");
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }
}
