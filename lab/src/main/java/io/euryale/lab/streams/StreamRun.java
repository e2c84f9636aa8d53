package io.euryale.lab.streams;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.Attachment;
import io.euryale.overlay.OverlaySettings;
import io.euryale.service.cell.ControlCore;
import io.euryale.service.cell.DataCore;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamSettings;
import io.euryale.service.stream.Subscriber;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Builds the processes of one schedule: peers with all their cores, sensors that publish alarms
/// and critical events, and a client. The hosts here write the trace at the application border.
final class StreamRun {

  static final List<TrafficClass> CLASSES = List.of(TrafficClass.ALARM, TrafficClass.CRITICAL);

  /// Peers have all classes; nothing is published in the last.
  private static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private static final long PUBLISH_PERIOD_NANOS = 100_000_000L;
  private static final int PAYLOAD_BYTES = 24;
  private static final String OVERLAY = "simulated";

  /// How often a drained peer looks whether it still holds packets.
  private static final long LOOK_NANOS = 50_000_000L;

  /// Makes the streaming cores of the processes; tests plant bugs here.
  interface Cores {
    Relay relay(StreamSettings settings, TrafficClass trafficClass, SimProcess process, Home home);

    Publisher publisher(
        StreamSettings settings,
        TrafficClass trafficClass,
        SimProcess process,
        Home home,
        Publisher.Listener listener);

    Subscriber subscriber(StreamSettings settings, Home home, Subscriber.Listener listener);

    /// Whether a peer that is drained sends its sensors away.
    default boolean drainsSensors() {
      return true;
    }

    /// Whether a peer that is drained hands on what it holds before it ends.
    default boolean handsOn() {
      return true;
    }
  }

  /// The shipped cores.
  static final Cores SHIPPED =
      new Cores() {
        @Override
        public Relay relay(
            StreamSettings settings, TrafficClass trafficClass, SimProcess process, Home home) {
          return new Relay(settings, trafficClass, process.ref(), home);
        }

        @Override
        public Publisher publisher(
            StreamSettings settings,
            TrafficClass trafficClass,
            SimProcess process,
            Home home,
            Publisher.Listener listener) {
          return new Publisher(settings, trafficClass, process.ref(), home, listener);
        }

        @Override
        public Subscriber subscriber(
            StreamSettings settings, Home home, Subscriber.Listener listener) {
          return new Subscriber(settings, home, listener);
        }
      };

  private final Simulation simulation;
  private final StreamPlan plan;
  private final Cores cores;
  private final StreamSettings settings = StreamSettings.defaults();
  private final OverlaySettings overlay;
  private final Map<String, Publishers> publishers = new TreeMap<>();
  private final Map<String, ControlCore> members = new TreeMap<>();
  private final Map<String, List<Relay>> relays = new TreeMap<>();
  private final Map<String, boolean[]> leaving = new TreeMap<>();
  private long published;

  StreamRun(Simulation simulation, StreamPlan plan, Cores cores) {
    this.simulation = simulation;
    this.plan = plan;
    this.cores = cores;
    overlay =
        OverlaySettings.shaped(
            plan.depth(), plan.span(), Collections.nCopies(plan.depth(), plan.peersPerCell()));
  }

  /// The whole schedule: processes, faults, healing, the end.
  void run() {
    addProcesses();
    simulation.inject(plan.faults());
    plan.drains().forEach(drain -> simulation.at(drain.atNanos(), () -> drain(drain)));
    simulation.runUntil(StreamPlan.QUIESCE_NANOS);
    simulation.quiesce(true);
    simulation.runUntil(StreamPlan.END_NANOS);
    simulation.end();
  }

  private void addProcesses() {
    for (int i = 0; i < plan.peers(); i++) {
      boolean first = i == 0;
      simulation.addAt(
          i * 40_000_000L, StreamPlan.peer(i), Role.PEER, (process, _) -> bootPeer(process, first));
    }
    long edgeBoot = plan.peers() * 40_000_000L;
    for (int i = 0; i < StreamPlan.SENSORS; i++) {
      // The last two peers are leaves of the tree: what joins last lies lowest.
      String nearest = StreamPlan.peer(plan.peers() - 1 - i);
      simulation.addAt(
          edgeBoot,
          StreamPlan.sensor(i),
          Role.SENSOR,
          (process, _) -> bootSensor(process, nearest));
    }
    simulation.addAt(edgeBoot, "client", Role.CLIENT, (process, _) -> bootClient(process));
    simulation.every(
        StreamPlan.SECOND, PUBLISH_PERIOD_NANOS, StreamPlan.PUBLISH_UNTIL_NANOS, this::publish);
  }

  // ---- drains ----

  /// What the host of a peer does: leaves, sends sensors away, and ends once nothing is left.
  private void drain(StreamPlan.Drain drain) {
    SimProcess process = simulation.process(drain.peer());
    ControlCore control = members.get(drain.peer());
    if (process.isAlive() && control != null) {
      simulation.harness(TraceEvent.of("DRAIN", "peer", drain.peer()));
      boolean[] leaves = leaving.getOrDefault(drain.peer(), new boolean[1]);
      leaves[0] = true; // It still hands on what it holds, to those it knew.
      process.execute(TrafficClass.CONTROL, control::leave);
      long until = drain.atNanos() + StreamPlan.DRAIN_NANOS;
      simulation.at(drain.atNanos() + LOOK_NANOS, () -> handOn(drain.peer(), until, 0));
    }
  }

  private void handOn(String peer, long untilNanos, int looks) {
    SimProcess process = simulation.process(peer);
    List<Relay> here = relays.getOrDefault(peer, List.of());
    if (looks == 0 && cores.drainsSensors()) {
      for (int i = 0; i < here.size(); i++) {
        Relay relay = here.get(i);
        process.execute(DATA.get(i), relay::drain);
      }
    }
    long now = simulation.now();
    boolean empty = looks > 1 && here.stream().allMatch(each -> each.counters().storedBytes == 0);
    if (empty || now >= untilNanos - LOOK_NANOS || !cores.handsOn()) {
      long length = Math.max(LOOK_NANOS, untilNanos - now);
      simulation.inject(new FaultPlan(List.of(new Fault.Crash(peer, now, length))));
    } else {
      simulation.at(now + LOOK_NANOS, () -> handOn(peer, untilNanos, looks + 1));
    }
  }

  private List<Endpoint> contacts(String self) {
    List<Endpoint> contacts = new ArrayList<>();
    for (int i = 0; i < plan.peers() && contacts.size() < 4; i++) {
      SimProcess peer = simulation.process(StreamPlan.peer(i));
      if (!peer.name().equals(self)) {
        contacts.add(Endpoint.contact(peer.name(), peer.endpoint().controlPort()));
      }
    }
    return contacts;
  }

  private void bootPeer(SimProcess process, boolean founds) {
    Map<TrafficClass, ControlCore.Data> data = new EnumMap<>(TrafficClass.class);
    List<Relay> here = new ArrayList<>();
    relays.put(process.name(), here);
    boolean[] leaves = {false};
    for (TrafficClass trafficClass : DATA) {
      DataCore core =
          process.core(
              trafficClass,
              home ->
                  new DataCore(
                      trafficClass,
                      home,
                      shared -> cores.relay(settings, trafficClass, process, shared)));
      here.add(core.relay());
      data.put(
          trafficClass, new ControlCore.Data(core, task -> process.execute(trafficClass, task)));
    }
    boolean again = process.incarnation() > 1 && !plan.drains().isEmpty();
    ControlCore control =
        process.core(
            TrafficClass.CONTROL,
            home ->
                new ControlCore(
                    overlay,
                    OVERLAY,
                    process.ref(),
                    founds && !again ? List.of() : contacts(process.name()),
                    home,
                    data,
                    task -> process.execute(TrafficClass.CONTROL, task),
                    place -> {
                      if (!leaves[0]) {
                        data.forEach(
                            (trafficClass, each) ->
                                each.loop()
                                    .execute(now -> each.core().relay().neighbourhood(now, place)));
                      }
                    },
                    _ -> {}));
    members.put(process.name(), control);
    leaving.put(process.name(), leaves);
  }

  // ---- sensors ----

  /// One life of a sensor.
  private final class Publishers {
    final SimProcess process;
    final Map<TrafficClass, Publisher> byClass = new EnumMap<>(TrafficClass.class);
    final Map<TrafficClass, @Nullable Replication> wanted = new EnumMap<>(TrafficClass.class);

    Publishers(SimProcess process) {
      this.process = process;
    }

    String stream(TrafficClass trafficClass) {
      return process.name() + "/" + trafficClass.label();
    }

    void publish(TrafficClass trafficClass, long now) {
      Publisher publisher = byClass.get(trafficClass);
      if (publisher == null) {
        return;
      }
      String stream = stream(trafficClass);
      byte[] payload = new byte[PAYLOAD_BYTES];
      simulation.stream("payload " + stream + " " + published).nextBytes(payload);
      long sequence = publisher.publish(now, stream, ByteBuffer.wrap(payload));
      if (sequence > 0) {
        published++;
        boolean guarded =
            trafficClass == TrafficClass.ALARM
                || wanted.get(trafficClass) == Replication.ACTIVE
                || wanted.get(trafficClass) == Replication.ACTIVE_SYNCHRONOUS
                || wanted.get(trafficClass) == Replication.ACTIVE_AGREED;
        process.observe(
            TraceEvent.of(
                "PUBLISH",
                "stream",
                stream,
                "epoch",
                process.incarnation(),
                "seq",
                sequence,
                "class",
                trafficClass.label(),
                "digest",
                digest(ByteBuffer.wrap(payload)),
                "protected",
                guarded));
      }
    }
  }

  private void publish() {
    for (Publishers sensor : publishers.values()) {
      if (sensor.process.isAlive()) {
        for (TrafficClass trafficClass : CLASSES) {
          sensor.process.execute(trafficClass, now -> sensor.publish(trafficClass, now));
        }
      }
    }
  }

  private void bootSensor(SimProcess process, String nearest) {
    Publishers life = new Publishers(process);
    publishers.put(process.name(), life);
    for (TrafficClass trafficClass : CLASSES) {
      Publisher publisher =
          process.core(
              trafficClass,
              home ->
                  cores.publisher(
                      settings,
                      trafficClass,
                      process,
                      home,
                      new SensorBorder(process, trafficClass, life)));
      life.byClass.put(trafficClass, publisher);
      process.execute(trafficClass, now -> publisher.open(now, life.stream(trafficClass)));
    }
    List<Endpoint> contacts = new ArrayList<>();
    SimProcess peer = simulation.process(nearest);
    contacts.add(Endpoint.contact(peer.name(), peer.endpoint().controlPort()));
    contacts.addAll(contacts(nearest));
    process.core(
        TrafficClass.CONTROL,
        home ->
            new Attachment(
                overlay,
                Role.SENSOR,
                process.ref(),
                contacts,
                home,
                points ->
                    life.byClass.forEach(
                        (trafficClass, publisher) ->
                            process.execute(
                                trafficClass, now -> publisher.attachmentPoints(now, points)))));
  }

  private record SensorBorder(SimProcess process, TrafficClass trafficClass, Publishers life)
      implements Publisher.Listener {

    @Override
    public void interest(long nowNanos, String stream, @Nullable Replication wanted) {
      life.wanted.put(trafficClass, wanted);
    }

    @Override
    public void held(long nowNanos, String stream, long upTo) {
      observe("HELD", stream, "upTo", upTo);
    }

    @Override
    public void delivered(long nowNanos, String stream, long upTo) {
      observe("ACKED", stream, "upTo", upTo);
    }

    @Override
    public void lost(long nowNanos, String stream, long sequence, String reason) {
      observe("LOST", stream, "seq", sequence);
    }

    @Override
    public void writable(long nowNanos) {}

    private void observe(String event, String stream, String field, long value) {
      process.observe(
          TraceEvent.of(event, "stream", stream, "epoch", process.incarnation(), field, value));
    }
  }

  // ---- the client ----

  private void bootClient(SimProcess process) {
    Map<TrafficClass, Subscriber> subscribers = new EnumMap<>(TrafficClass.class);
    for (TrafficClass trafficClass : CLASSES) {
      Subscriber subscriber =
          process.core(
              trafficClass,
              home -> cores.subscriber(settings, home, new ClientBorder(process, trafficClass)));
      subscribers.put(trafficClass, subscriber);
      boolean lifted =
          trafficClass == TrafficClass.ALARM && plan.replication() != Replication.ACTIVE_AGREED;
      Replication wish = lifted ? Replication.NONE : plan.replication();
      process.execute(trafficClass, now -> subscriber.subscribe(now, "*", wish));
    }
    process.core(
        TrafficClass.CONTROL,
        home ->
            new Attachment(
                overlay,
                Role.CLIENT,
                process.ref(),
                contacts(""),
                home,
                points ->
                    subscribers.forEach(
                        (trafficClass, subscriber) ->
                            process.execute(
                                trafficClass, now -> subscriber.attachmentPoints(now, points)))));
  }

  private record ClientBorder(SimProcess process, TrafficClass trafficClass)
      implements Subscriber.Listener {

    @Override
    public void packet(
        long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload) {
      process.observe(
          TraceEvent.of(
              "DELIVER",
              "stream",
              stream,
              "epoch",
              epoch,
              "seq",
              sequence,
              "class",
              trafficClass.label(),
              "digest",
              digest(payload)));
    }

    @Override
    public void gap(long nowNanos, String stream, long epoch, long from, long to) {
      process.observe(
          TraceEvent.of("GAP", "stream", stream, "epoch", epoch, "from", from, "to", to));
    }
  }

  private static String digest(ByteBuffer payload) {
    long hash = 0xCBF29CE484222325L;
    while (payload.hasRemaining()) {
      hash = (hash ^ (payload.get() & 0xFF)) * 0x100000001B3L;
    }
    return Long.toHexString(hash);
  }
}
