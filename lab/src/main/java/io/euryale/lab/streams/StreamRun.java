package io.euryale.lab.streams;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.Attachment;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayKind;
import io.euryale.overlay.OverlaySettings;
import io.euryale.service.cell.ControlCore;
import io.euryale.service.cell.DataCore;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamOffer;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import io.euryale.service.stream.StreamSettings;
import io.euryale.service.stream.Subscriber;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Builds the processes of one schedule: peers with all their cores, sensors that publish alarms,
/// critical events and gauges, and a client. The hosts here write the trace at the application
/// border.
final class StreamRun {

  /// In the last, streams have an offer, and packets that nobody has to see.
  private static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  /// What streams of class normal offer.
  private static final StreamOffer GAUGE =
      StreamOffer.DEFAULT
          .keepingLast()
          .withType("gauge")
          .withPeriod(Duration.ofMillis(250))
          .withLifespan(Duration.ofMillis(1500));

  private static final long PUBLISH_PERIOD_NANOS = 100_000_000L;
  private static final int PAYLOAD_BYTES = 24;

  /// Room of peers and clients when one stream is slow, and of sensors.
  private static final long NARROW_BYTES = 24 << 10;

  private static final long SENSOR_BYTES = 48 << 10;

  /// Three packets of 1 KiB.
  private static final int LARGE_PAYLOAD_BYTES = 2_500;
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

    Subscriber subscriber(
        StreamSettings settings, boolean near, Home home, Subscriber.Listener listener);

    /// Whether a peer that is drained sends its sensors away.
    default boolean drainsSensors() {
      return true;
    }

    /// Whether a peer that is drained hands on what it holds before it ends.
    default boolean handsOn() {
      return true;
    }

    /// Whether a client goes to other peers when the overlay tells it of others.
    default boolean clientsFollow() {
      return true;
    }

    /// Whether a peer's part in streams hears of a place in another cell.
    default boolean relaysFollow() {
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
            StreamSettings settings, boolean near, Home home, Subscriber.Listener listener) {
          return new Subscriber(settings, near, home, listener);
        }
      };

  private final Simulation simulation;
  private final StreamPlan plan;
  private final Upheaval upheaval;
  private final Cores cores;
  private final StreamSettings settings;
  private final StreamSettings narrow;
  private OverlaySettings overlay;
  private final Map<String, Publishers> publishers = new TreeMap<>();
  private final Map<String, ControlCore> members = new TreeMap<>();
  private final Map<String, List<Relay>> relays = new TreeMap<>();
  private final Map<String, boolean[]> leaving = new TreeMap<>();
  private final Map<String, CellId> firstCells = new TreeMap<>();
  private long published;

  StreamRun(Simulation simulation, StreamPlan plan, Upheaval upheaval, Cores cores) {
    this.simulation = simulation;
    this.plan = plan;
    this.upheaval = upheaval;
    this.cores = cores;
    StreamSettings usual = StreamSettings.defaults().withPacketBytes(1024);
    boolean narrows = upheaval.narrows(plan);
    settings = narrows ? usual.withStoreBytes(SENSOR_BYTES) : usual;
    narrow = narrows ? usual.withStoreBytes(NARROW_BYTES) : usual;
    // Who joins late finds room below the leaves.
    int depth = plan.depth() + (upheaval.latePeers() > 0 ? 1 : 0);
    OverlaySettings shaped =
        OverlaySettings.shaped(depth, plan.span(), Collections.nCopies(depth, plan.peersPerCell()));
    overlay = plan.isMesh() ? shaped.withKind(OverlayKind.MESH) : shaped;
  }

  /// A time after the faults.
  private long later(long nanos) {
    return nanos + upheaval.extraNanos();
  }

  /// The whole schedule: processes, faults, healing, the end.
  void run() {
    addProcesses();
    upheave();
    simulation.inject(plan.faults());
    plan.drains().forEach(drain -> simulation.at(drain.atNanos(), () -> drain(drain)));
    simulation.runUntil(later(StreamPlan.QUIESCE_NANOS));
    simulation.quiesce(true);
    if (plan.clientAway()) {
      long at = later(StreamPlan.CLIENT_AWAY_NANOS);
      Fault away = new Fault.Crash("client", at, 3 * StreamPlan.SECOND);
      simulation.inject(new FaultPlan(List.of(away)));
    }
    simulation.runUntil(later(StreamPlan.END_NANOS));
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
    simulation.addAt(
        edgeBoot,
        "client",
        Role.CLIENT,
        (process, _) -> bootClient(process, DATA, plan.places().client()));
    if (plan.places().viewer() != StreamPlan.Places.NOBODY) {
      simulation.addAt(
          edgeBoot,
          "viewer",
          Role.CLIENT,
          (process, _) -> bootClient(process, DATA.subList(0, 2), plan.places().viewer()));
    }
    simulation.every(
        StreamPlan.SECOND,
        PUBLISH_PERIOD_NANOS,
        later(StreamPlan.PUBLISH_UNTIL_NANOS),
        this::publish);
  }

  // ---- the overlay changes ----

  private void upheave() {
    long edgeBoot = plan.peers() * 40_000_000L;
    for (int i = 2; i <= upheaval.clients() + 1; i++) {
      simulation.addAt(
          edgeBoot + i * 40_000_000L,
          Upheaval.client(i),
          Role.CLIENT,
          (process, _) -> bootClient(process, DATA.subList(0, 2), StreamPlan.Places.ROOT));
    }
    for (int i = 1; i <= upheaval.latePeers(); i++) {
      simulation.addAt(
          StreamPlan.FAULTS_FROM_NANOS + i * StreamPlan.SECOND,
          Upheaval.latePeer(i),
          Role.PEER,
          (process, _) -> bootPeer(process, false));
    }
    for (long at : upheaval.reloads()) {
      simulation.at(at, this::reload);
    }
    StreamPlan.Drain drain = upheaval.drain();
    if (drain != null) {
      simulation.at(drain.atNanos(), () -> drain(drain));
    }
    List<String> below = upheaval.below();
    if (!below.isEmpty() && plan.faults().equals(upheaval.faults())) {
      Fault cut = upheaval.faults().faults().getFirst();
      simulation.at(cut.startNanos(), () -> tellPart("begin", below));
      simulation.at(cut.startNanos() + cut.durationNanos(), () -> tellPart("end", below));
    }
    if (upheaval.kind() != Upheaval.Kind.NONE) {
      simulation.harness(TraceEvent.of("UPHEAVAL", "kind", upheaval.kind().toString()));
    }
  }

  private void tellPart(String phase, List<String> below) {
    simulation.harness(TraceEvent.of("PART", "phase", phase, "below", String.join(",", below)));
  }

  private void reload() {
    overlay = Upheaval.reloaded(overlay);
    members.forEach(
        (name, control) -> {
          SimProcess process = simulation.process(name);
          if (process.isAlive()) {
            process.execute(
                TrafficClass.CONTROL, now -> control.member().reload(now, overlay, contacts(name)));
          }
        });
  }

  // ---- drains ----

  /// What the host of a peer does: sends everybody away, leaves, and ends once nothing is left.
  private void drain(StreamPlan.Drain drain) {
    SimProcess process = simulation.process(drain.peer());
    ControlCore control = members.get(drain.peer());
    if (process.isAlive() && control != null) {
      simulation.harness(TraceEvent.of("DRAIN", "peer", drain.peer()));
      if (cores.drainsSensors()) {
        List<Relay> here = relays.getOrDefault(drain.peer(), List.of());
        for (int i = 0; i < here.size(); i++) {
          Relay relay = here.get(i);
          process.execute(DATA.get(i), relay::drain);
        }
      }
      simulation.at(drain.atNanos() + LOOK_NANOS, () -> leave(drain, control));
    }
  }

  private void leave(StreamPlan.Drain drain, ControlCore control) {
    String peer = drain.peer();
    SimProcess process = simulation.process(peer);
    if (!process.isAlive() || members.get(peer) != control) {
      return; // It crashed meanwhile.
    }
    List<Relay> here = relays.getOrDefault(peer, List.of());
    long now = simulation.now();
    boolean waits = cores.drainsSensors() && now < drain.atNanos() + StreamPlan.LEAVING_NANOS;
    if (waits && !here.stream().allMatch(Relay::isLeft)) {
      simulation.at(now + LOOK_NANOS, () -> leave(drain, control));
      return;
    }
    boolean[] leaves = leaving.getOrDefault(peer, new boolean[1]);
    leaves[0] = true; // It still hands on what it holds, to those it knew.
    process.execute(TrafficClass.CONTROL, control::leave);
    simulation.at(
        now + LOOK_NANOS, () -> handOn(peer, drain.atNanos() + StreamPlan.DRAIN_NANOS, 0));
  }

  private void handOn(String peer, long untilNanos, int looks) {
    List<Relay> here = relays.getOrDefault(peer, List.of());
    long now = simulation.now();
    boolean empty = looks > 1 && here.stream().allMatch(Relay::isEmpty);
    if (empty || now >= untilNanos - LOOK_NANOS || !cores.handsOn()) {
      long length = Math.max(LOOK_NANOS, untilNanos - now);
      simulation.inject(new FaultPlan(List.of(new Fault.Crash(peer, now, length))));
    } else {
      simulation.at(now + LOOK_NANOS, () -> handOn(peer, untilNanos, looks + 1));
    }
  }

  private List<Endpoint> contacts(String self) {
    return contacts(self, plan.peers());
  }

  /// In an upheaval a client knows the first root cell only, which may be gone, or beyond reach,
  /// while others of the overlay go on.
  private List<Endpoint> clientContacts() {
    boolean usual = upheaval.kind() == Upheaval.Kind.NONE;
    return contacts("", usual ? plan.peers() : plan.peersPerCell());
  }

  /// At most four of the first peers.
  private List<Endpoint> contacts(String self, int first) {
    List<Endpoint> contacts = new ArrayList<>();
    for (int i = 0; i < first && contacts.size() < 4; i++) {
      SimProcess peer = simulation.process(StreamPlan.peer(i));
      if (!peer.name().equals(self)) {
        contacts.add(Endpoint.contact(peer.name(), peer.endpoint().controlPort()));
      }
    }
    return contacts;
  }

  /// The peer that a client is to be near to comes first.
  private List<Endpoint> contactsOf(int place) {
    List<Endpoint> contacts = clientContacts();
    if (place != StreamPlan.Places.ROOT) {
      String near = StreamPlan.peer(place);
      contacts.addFirst(Endpoint.contact(near, simulation.process(near).endpoint().controlPort()));
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
                      shared -> cores.relay(narrow, trafficClass, process, shared)));
      here.add(core.relay());
      data.put(
          trafficClass, new ControlCore.Data(core, task -> process.execute(trafficClass, task)));
    }
    boolean anew = !plan.drains().isEmpty() || upheaval.kind() != Upheaval.Kind.NONE;
    boolean again = process.incarnation() > 1 && anew;
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
                      if (!leaves[0] && follows(process, place)) {
                        data.forEach(
                            (trafficClass, each) ->
                                each.loop()
                                    .execute(now -> each.core().relay().neighbourhood(now, place)));
                      }
                    },
                    _ -> {}));
    if (plan.newestOnly() && plan.replication().equals(Replication.ACTIVE_AGREED)) {
      control.sealed(); // Half of the groups of cells have keys.
    }
    members.put(process.name(), control);
    leaving.put(process.name(), leaves);
  }

  private boolean follows(SimProcess process, @Nullable Neighbourhood place) {
    if (place == null) {
      return cores.relaysFollow();
    }
    CellId first = firstCells.computeIfAbsent(process.name(), _ -> place.cell());
    return cores.relaysFollow() || first.equals(place.cell());
  }

  // ---- sensors ----

  /// One life of a sensor.
  private final class Publishers {
    final SimProcess process;
    final Map<TrafficClass, Publisher> byClass = new EnumMap<>(TrafficClass.class);
    final Map<TrafficClass, @Nullable StreamQos> wanted = new EnumMap<>(TrafficClass.class);

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
      boolean isLarge = plan.large() && trafficClass != TrafficClass.ALARM;
      byte[] payload = new byte[isLarge ? LARGE_PAYLOAD_BYTES : PAYLOAD_BYTES];
      simulation.stream("payload " + stream + " " + published).nextBytes(payload);
      long sequence = publisher.publish(now, stream, ByteBuffer.wrap(payload));
      if (sequence > 0) {
        published++;
        observe(trafficClass, stream, sequence, ByteBuffer.wrap(payload));
      }
    }

    void observe(TrafficClass trafficClass, String stream, long sequence, ByteBuffer payload) {
      StreamQos wish = wanted.get(trafficClass);
      Replication how = wish == null ? null : wish.replication();
      boolean normal = trafficClass == TrafficClass.NORMAL;
      boolean guarded =
          trafficClass == TrafficClass.ALARM || (!normal && how != null && how.isProtected());
      long lifespan = normal && wish != null && wish.reliable() ? GAUGE.lifespan().toMillis() : 0;
      process.observe(
          TraceEvent.of(
              "PUBLISH",
              "stream",
              stream,
              "epoch",
              process.incarnation(),
              "seq",
              sequence,
              "packets",
              settings.fragments(payload.remaining()),
              "class",
              trafficClass.label(),
              "digest",
              digest(payload),
              "protected",
              guarded,
              "replicas",
              how == null ? 0 : how.replicas(),
              "period",
              how == null ? 0 : how.periodMillis(),
              "lifespan",
              lifespan,
              "newest",
              normal && wish != null && wish.conflated(),
              "slow",
              plan.slow() && stream.equals(StreamPlan.SLOW_STREAM)));
    }
  }

  private void publish() {
    for (Publishers sensor : publishers.values()) {
      if (sensor.process.isAlive()) {
        for (TrafficClass trafficClass : DATA) {
          sensor.process.execute(trafficClass, now -> sensor.publish(trafficClass, now));
        }
      }
    }
  }

  private void bootSensor(SimProcess process, String nearest) {
    Publishers life = new Publishers(process);
    publishers.put(process.name(), life);
    for (TrafficClass trafficClass : DATA) {
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
      StreamOffer offer = trafficClass == TrafficClass.NORMAL ? GAUGE : StreamOffer.DEFAULT;
      process.execute(trafficClass, now -> publisher.open(now, life.stream(trafficClass), offer));
    }
    List<Endpoint> contacts = new ArrayList<>();
    SimProcess peer = simulation.process(nearest);
    contacts.add(Endpoint.contact(peer.name(), peer.endpoint().controlPort()));
    if (upheaval.kind() == Upheaval.Kind.NONE) {
      contacts.addAll(contacts(nearest)); // In an upheaval it finds others by what that peer told.
    }
    process.core(
        TrafficClass.CONTROL,
        home ->
            new Attachment(
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
    public void interest(long nowNanos, String stream, @Nullable StreamQos wanted) {
      life.wanted.put(trafficClass, wanted);
    }

    @Override
    public void publishedLast(long nowNanos, String stream, long sequence, ByteBuffer payload) {
      life.observe(trafficClass, stream, sequence, payload);
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

  // ---- clients ----

  private void bootClient(SimProcess process, List<TrafficClass> classes, int place) {
    Map<TrafficClass, Subscriber> subscribers = new EnumMap<>(TrafficClass.class);
    Attachment[] attachment = new Attachment[1];
    for (TrafficClass trafficClass : classes) {
      Subscriber subscriber =
          process.core(
              trafficClass,
              home ->
                  cores.subscriber(
                      narrow,
                      place != StreamPlan.Places.ROOT,
                      home,
                      new ClientBorder(
                          process,
                          trafficClass,
                          () -> isBehind() && classes.size() == DATA.size(),
                          () -> Objects.requireNonNull(attachment[0]))));
      subscribers.put(trafficClass, subscriber);
      boolean lifted =
          trafficClass == TrafficClass.ALARM
              && plan.replication().form() != Replication.Form.AGREED;
      Replication wish = lifted ? Replication.NONE : plan.replication();
      if (trafficClass == TrafficClass.NORMAL) {
        StreamQos asked = StreamQos.of(wish).withLastValue().withType("gauge");
        StreamQos qos = plan.newestOnly() ? asked.newestOnly() : asked;
        process.execute(trafficClass, now -> subscriber.subscribe(now, "*", qos));
        process.execute(
            trafficClass,
            now -> {
              subscriber.subscribe(now, QosChecker.MISFIT, qos.withType("other"));
              subscriber.subscribe(
                  now, QosChecker.IMPATIENT, qos.withMaxLatency(Duration.ofNanos(1)));
              subscriber.subscribe(now, QosChecker.PUNCTUAL, qos.withDeadline(QosChecker.DEADLINE));
            });
      } else {
        process.execute(trafficClass, now -> subscriber.subscribe(now, "*", wish));
      }
    }
    long resumeAt = Math.max(simulation.now(), later(StreamPlan.SLOW_UNTIL_NANOS));
    if (plan.slow()) {
      simulation.at(
          resumeAt,
          () ->
              subscribers.forEach(
                  (trafficClass, subscriber) -> process.execute(trafficClass, subscriber::resume)));
    }
    boolean[] attached = {false};
    attachment[0] =
        process.core(
            TrafficClass.CONTROL,
            home ->
                new Attachment(
                    Role.CLIENT,
                    place != StreamPlan.Places.ROOT,
                    process.ref(),
                    contactsOf(place),
                    home,
                    points -> {
                      if (cores.clientsFollow() || !attached[0]) {
                        subscribers.forEach(
                            (trafficClass, subscriber) ->
                                process.execute(
                                    trafficClass, now -> subscriber.attachmentPoints(now, points)));
                      }
                      attached[0] |= !points.isEmpty();
                    }));
  }

  /// Whether the client's application takes nothing of [StreamPlan#SLOW_STREAM] now.
  private boolean isBehind() {
    return plan.slow()
        && simulation.now() >= later(StreamPlan.SLOW_FROM_NANOS)
        && simulation.now() < later(StreamPlan.SLOW_UNTIL_NANOS);
  }

  private record ClientBorder(
      SimProcess process,
      TrafficClass trafficClass,
      BooleanSupplier isBehind,
      Supplier<Attachment> attachment)
      implements Subscriber.Listener {

    @Override
    public boolean takes(String stream) {
      return !stream.equals(StreamPlan.SLOW_STREAM) || !isBehind.getAsBoolean();
    }

    @Override
    public void packet(
        long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload) {}

    @Override
    public void packet(long nowNanos, StreamPacket packet, ByteBuffer payload) {
      process.observe(
          TraceEvent.of(
              "DELIVER",
              "stream",
              packet.stream(),
              "epoch",
              packet.epoch(),
              "seq",
              packet.sequence(),
              "class",
              trafficClass.label(),
              "digest",
              digest(payload),
              "age",
              packet.ageNanos() / 1_000,
              "kept",
              packet.kept(),
              "refusedBy",
              String.join(",", packet.refusedBy())));
    }

    @Override
    public void refused(
        long nowNanos, String pattern, String stream, long epoch, StreamQos.Mismatch mismatch) {
      process.observe(
          TraceEvent.of(
              "REFUSED",
              "pattern",
              pattern,
              "stream",
              stream,
              "epoch",
              epoch,
              "policy",
              mismatch.policy()));
    }

    @Override
    public void servedBy(long nowNanos, PeerRef peer) {
      process.execute(TrafficClass.CONTROL, now -> attachment.get().servedBy(now, peer));
    }

    @Override
    public void unserved(long nowNanos) {
      process.execute(TrafficClass.CONTROL, attachment.get()::unserved);
    }

    @Override
    public void deadlineMissed(long nowNanos, String pattern, String stream, long silentNanos) {
      process.observe(TraceEvent.of("DEADLINE", "pattern", pattern, "stream", stream));
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
