package io.euryale.console;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.MemberEvent;
import io.euryale.overlay.Neighbourhood;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.KeyStatus;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.PeerStatus;
import io.euryale.peer.RefusedException;
import io.euryale.peer.operation.PeerLog;
import io.euryale.peer.operation.PeerProbe;
import io.euryale.platform.LinkCounters;
import io.euryale.platform.Loops;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// The peers of one process: starts, kills and describes them.
final class PeerCrew implements AutoCloseable {

  /// How often the reason is told why a peer is no member yet, when it changed.
  private static final Duration NOTICE_PERIOD = Duration.ofSeconds(2);

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int CONTACTS_IN_PROCESS = 3;

  private volatile PeerSettings template;
  private final Loops loops;
  private final Tracing tracing;
  private final Shutdown shutdown;
  private final OutputOption output;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Map<String, EuryalePeer> peers = new ConcurrentHashMap<>();
  private final List<String> order = new CopyOnWriteArrayList<>();

  /// The cell that each peer was last said to be in; empty while it has none.
  private final Map<String, String> announced = new ConcurrentHashMap<>();

  /// Those that stopped by a mistake and were not started again.
  private final Set<String> broken = ConcurrentHashMap.newKeySet();

  /// Peers of other processes that those of this one are parted from.
  private volatile Set<PeerName> cutOff = Set.of();
  /// Those that somebody outside asked to drain.
  private final Set<String> drained = ConcurrentHashMap.newKeySet();

  private volatile boolean failed;
  private volatile Runnable onStarted = () -> {};

  PeerCrew(
      PeerSettings template,
      Loops loops,
      Tracing tracing,
      Shutdown shutdown,
      OutputOption output,
      PrintWriter out,
      PrintWriter err) {
    this.template = template;
    this.loops = loops;
    this.tracing = tracing;
    this.shutdown = shutdown;
    this.output = output;
    this.out = out;
    this.err = err;
  }

  /// Something to do whenever the ports of a peer are open.
  void onStarted(Runnable action) {
    onStarted = action;
  }

  boolean hasFailed() {
    return failed;
  }

  /// The running peer of this name, or null.
  @Nullable EuryalePeer running(String name) {
    EuryalePeer peer = peers.get(name);
    return peer == null || peer.isEnded() ? null : peer;
  }

  /// Starts a peer and prints its line once it is a member.
  ///
  /// @param port control port, or null for the one of the settings
  /// @return false when the end of the process was requested first
  boolean startAndAnnounce(String name, @Nullable Integer port) throws InterruptedException {
    return startAndAnnounce(name, port, List.of(), null);
  }

  /// The same, with other peers to join by than the settings say.
  ///
  /// @param contacts empty for those of the settings
  /// @param cell where it belongs; null for what the settings say
  boolean startAndAnnounce(
      String name, @Nullable Integer port, List<String> contacts, @Nullable String cell)
      throws InterruptedException {
    EuryalePeer peer = start(name, port, contacts, cell);
    String told = "";
    long noticeNanos = System.nanoTime() + NOTICE_PERIOD.toNanos();
    while (true) {
      Neighbourhood place = peer.neighbourhood();
      if (place != null) {
        announced.put(name, place.cell().toString());
        print(announcement("member", peer, place));
        return true;
      }
      if (peer.isEnded() || shutdown.await(LOOK)) {
        return false;
      }
      if (System.nanoTime() > noticeNanos) {
        String notice = notice(peer);
        if (!notice.equals(told)) {
          Logging.tell(err, Level.WARN, name, "waits", "peer " + name + " waits: " + notice);
          told = notice;
        }
      }
    }
  }

  private static String notice(EuryalePeer peer) {
    return peer.notice().isEmpty()
        ? "no contact has given it a place yet ("
            + String.join(", ", peer.settings().contacts())
            + "); it keeps trying."
        : peer.notice();
  }

  /// Parts all peers of this process from these.
  void cutOff(List<String> names) {
    Set<PeerName> others = new HashSet<>();
    for (String name : names) {
      if (!PeerName.isValid(name)) {
        throw CommandException.usage("'" + name + "' cannot be the name of a peer.");
      }
      others.add(new PeerName(name));
    }
    cutOff = Set.copyOf(others);
    order.stream()
        .map(this::running)
        .filter(peer -> peer != null)
        .forEach(peer -> peer.cutOff(cutOff));
  }

  private synchronized EuryalePeer start(
      String name, @Nullable Integer port, List<String> contacts, @Nullable String cell) {
    if (running(name) != null) {
      throw CommandException.usage("Peer " + name + " is running already.");
    }
    PeerSettings settings = template.withName(name);
    boolean first = order.isEmpty();
    if (first) {
      order.add(name);
      if (port != null) {
        settings =
            settings.withAddress(
                settings.host(),
                port,
                settings.alarmPort(),
                settings.criticalPort(),
                settings.normalPort());
      }
    } else {
      if (!order.contains(name)) {
        order.add(name);
      }
      // The ports of the settings belong to the first peer.
      settings = settings.withAddress(settings.host(), 0, 0, 0, 0);
    }
    if (!contacts.isEmpty()) {
      settings = settings.withContacts(contacts);
    } else if (template.contacts().isEmpty()) {
      settings = settings.withContacts(contacts());
    }
    if (cell != null) {
      settings = settings.withCell(cell);
    }
    announced.remove(name);
    broken.remove(name);
    PeerListener listener = new PeerLog(new PeerName(name), new Watch(name));
    EuryalePeer peer = EuryalePeer.start(settings, loops, tracing.observations(), listener);
    peer.cutOff(cutOff);
    peers.put(name, peer);
    onStarted.run();
    return peer;
  }

  private List<String> contacts() {
    return order.stream()
        .map(this::running)
        .filter(peer -> peer != null)
        .map(peer -> peer.self().endpoint().toString())
        .limit(CONTACTS_IN_PROCESS)
        .toList();
  }

  private final class Watch implements PeerListener {
    private final String name;

    Watch(String name) {
      this.name = name;
    }

    /// A peer that was expelled looks for a place again, perhaps in another cell.
    @Override
    public void neighbourhood(@Nullable Neighbourhood now) {
      String cell = now == null ? "" : now.cell().toString();
      EuryalePeer peer = running(name);
      if (peer != null && !cell.equals(announced.getOrDefault(name, cell))) {
        announced.put(name, cell);
        print(announcement(now == null ? "seeking" : "member", peer, now));
      }
    }

    @Override
    public void event(MemberEvent event) {
      if (event instanceof MemberEvent.DrainAsked) {
        drained.add(name);
      }
    }

    /// Who was drained from outside is not started again; the process goes with the last.
    @Override
    public void ended(boolean empty) {
      if (drained.remove(name)) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "drained");
        line.put("peer", name);
        line.put("empty", empty);
        print(line);
        if (order.stream().allMatch(other -> running(other) == null)) {
          shutdown.request();
        }
      }
    }

    @Override
    public void failed(Throwable mistake) {
      failed = true;
      broken.add(name);
      String sentence = "peer " + name + " stopped. " + Failures.unexpected(mistake);
      Logging.tell(err, Level.ERROR, name, "failed", sentence);
      if (order.stream().allMatch(other -> running(other) == null)) {
        shutdown.request();
      }
    }
  }

  /// Lets all running peers use other settings, as far as they can.
  void reload(PeerSettings next) {
    Set<String> fixed = new TreeSet<>();
    int reloaded = 0;
    for (String name : order) {
      EuryalePeer peer = running(name);
      if (peer != null) {
        PeerSettings mine = peer.settings();
        List<String> contacts =
            template.contacts().equals(mine.contacts()) ? next.contacts() : mine.contacts();
        // Names and ports of the settings belong to the first peer.
        PeerSettings asked =
            order.getFirst().equals(name)
                ? next
                : next.withName(name)
                    .withAddress(
                        mine.host(),
                        mine.controlPort(),
                        mine.alarmPort(),
                        mine.criticalPort(),
                        mine.normalPort());
        String cell = template.cell().equals(mine.cell()) ? next.cell() : mine.cell();
        fixed.addAll(peer.reload(asked.withContacts(contacts).withCell(cell)));
        reloaded++;
      }
    }
    template = next;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "reloaded");
    line.put("peers", reloaded);
    line.put("needs_restart", List.copyOf(fixed));
    print(line);
  }

  /// What operators see: the peers that run, and those that stopped by a mistake. Who was told to
  /// leave is not missed.
  List<PeerProbe> probes() {
    return order.stream()
        .map(peers::get)
        .filter(peer -> peer != null)
        .filter(peer -> !peer.isEnded() || broken.contains(peer.self().name().value()))
        .map(PeerProbe::new)
        .toList();
  }

  /// One line about each peer, running or not.
  List<Map<String, Object>> status() throws InterruptedException {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (String name : order) {
      EuryalePeer peer = peers.get(name);
      if (peer != null) {
        lines.add(describe(peer));
      }
    }
    return lines;
  }

  private Map<String, Object> describe(EuryalePeer peer) throws InterruptedException {
    Neighbourhood place = peer.neighbourhood();
    try {
      PeerStatus status = peer.status();
      Map<String, Object> line = announcement("status", peer, place);
      line.put("phase", status.overlay().phase());
      line.put("siblings", place == null ? List.of() : names(place.siblings()));
      line.put("notice", status.notice());
      Map<String, Object> relays = new LinkedHashMap<>();
      status.relays().forEach((trafficClass, all) -> relays.put(trafficClass.label(), all));
      line.put("relays", relays);
      line.put("links", links(peer));
      line.put("allocatedBytes", allocatedBytes());
      line.put("forbidden", status.forbidden());
      line.put("lastForbidden", status.lastForbidden());
      KeyStatus keys = status.keys();
      line.put("keys", keys == null ? null : describe(keys));
      return line;
    } catch (RefusedException | IllegalStateException _) {
      // Closed, or stopped by a mistake, which the listener told when it happened.
      Map<String, Object> line = announcement("status", peer, null);
      line.put("phase", "ENDED");
      return line;
    }
  }

  private static Map<String, Object> links(EuryalePeer peer) {
    Map<String, Object> links = new LinkedHashMap<>();
    for (TrafficClass trafficClass : TrafficClass.values()) {
      LinkCounters counters = peer.links(trafficClass);
      Map<String, Long> traffic = new LinkedHashMap<>();
      traffic.put("framesIn", counters.framesIn());
      traffic.put("bytesIn", counters.bytesIn());
      traffic.put("framesOut", counters.framesOut());
      traffic.put("bytesOut", counters.bytesOut());
      links.put(trafficClass.label(), traffic);
    }
    return links;
  }

  private static Map<String, Object> describe(KeyStatus keys) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("names", keys.names());
    line.put("expires", keys.expires().toString());
    line.put("fingerprint", keys.fingerprint());
    line.put("warnings", keys.warnings());
    line.put("lastRefusal", keys.lastRefusal());
    return line;
  }

  /// Heap that the loop of each class has allocated, for all peers of this process together.
  private Map<String, Long> allocatedBytes() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (TrafficClass trafficClass : TrafficClass.values()) {
      bytes.put(trafficClass.label(), loops.allocatedBytes(trafficClass));
    }
    return bytes;
  }

  private static List<String> names(List<PeerRef> peers) {
    return peers.stream().map(peer -> peer.name().value()).toList();
  }

  /// What parents of this process read: name, place and ports of a peer.
  private static Map<String, Object> announcement(
      String event, EuryalePeer peer, @Nullable Neighbourhood place) {
    Endpoint at = peer.self().endpoint();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.put("peer", peer.self().name().value());
    line.put("incarnation", peer.self().id().incarnation());
    line.put("cell", place == null ? null : place.cell().toString());
    PeerRef parent = place == null ? null : place.parent();
    line.put("parent", parent == null ? null : parent.name().value());
    line.put("host", at.host());
    line.put("control", at.controlPort());
    line.put("alarm", at.alarmPort());
    line.put("critical", at.criticalPort());
    line.put("normal", at.normalPort());
    line.put("pid", ProcessHandle.current().pid());
    return line;
  }

  void print(Map<String, Object> line) {
    if (output.isJson()) {
      out.println(Json.line(line));
    } else if (line.containsKey("control")) {
      out.printf(
          "%-8s peer %s  cell %s  parent %s  %s  control %s  alarm %s  critical %s  normal %s%n",
          line.get("event"),
          line.get("peer"),
          orDash(line.get("cell")),
          orDash(line.get("parent")),
          line.get("host"),
          line.get("control"),
          line.get("alarm"),
          line.get("critical"),
          line.get("normal"));
      if (line.get("keys") instanceof Map<?, ?> keys) {
        out.printf("         keys until %s", keys.get("expires"));
        out.println(keys.get("warnings") instanceof List<?> all && !all.isEmpty() ? " " + all : "");
      }
    } else {
      List<String> values = line.values().stream().map(String::valueOf).toList();
      out.println(String.join(" ", values));
    }
    out.flush();
  }

  private static Object orDash(@Nullable Object value) {
    return value == null ? "-" : value;
  }

  /// Lets all peers leave in order, the last started first.
  @Override
  public void close() {
    for (String name : order.reversed()) {
      EuryalePeer peer = running(name);
      if (peer != null) {
        peer.close();
      }
    }
  }
}
