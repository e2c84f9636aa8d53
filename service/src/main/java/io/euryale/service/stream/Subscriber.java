package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.ACK;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A client's end of the streams of one traffic class: subscribes at all members of the root cell,
/// puts the packets of each flow in order, drops repetitions and acknowledges.
///
/// Links to all root peers at once make the fail-over of a root peer a matter of which link the
/// next packet comes over. Owned by one loop.
public final class Subscriber implements Core {

  /// What a subscriber tells its application, on the subscriber's loop.
  public interface Listener {
    /// The next packet of a stream. `payload` (position to limit) is valid only during the call;
    /// when it returns, the packet counts as delivered.
    void packet(long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload);

    /// Packets `from` to `to` of a stream will not come any more.
    void gap(long nowNanos, String stream, long epoch, long from, long to);

    /// The next packet, with what is known of it besides; calls the other method by default.
    default void packet(long nowNanos, StreamPacket packet, ByteBuffer payload) {
      packet(nowNanos, packet.stream(), packet.epoch(), packet.sequence(), payload);
    }

    /// A stream does not fit a subscription, which gets none of its packets: told once, as soon as
    /// both are known.
    default void refused(
        long nowNanos, String pattern, String stream, StreamQos.Mismatch mismatch) {}

    /// Nothing came of a stream for longer than the deadline of a subscription. Told once for each
    /// silence.
    default void deadlineMissed(long nowNanos, String pattern, String stream, long silentNanos) {}

    /// The answer to [Subscriber#requestStreams].
    default void streams(long nowNanos, List<StreamInfo> streams) {}
  }

  private final StreamSettings settings;
  private final StreamRules rules;
  private final Home home;
  private final Listener listener;
  private final PacketStore store;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final LongMap<Incoming> flows = new LongMap<>();

  /// The newest life of each stream.
  private final Map<String, Incoming> newestLives = new TreeMap<>();
  private final ArrayDeque<Incoming> dirty = new ArrayDeque<>();
  private final Map<PeerId, Dial> dialled = new TreeMap<>();
  private final TreeSet<Integer> up = new TreeSet<>();
  private final Map<String, StreamQos> wishes = new TreeMap<>();
  private final List<StreamInfo> listing = new ArrayList<>();

  private boolean listRequested;
  private long refreshAtNanos = Long.MAX_VALUE;
  private long acknowledgeAtNanos = Long.MAX_VALUE;
  private long armedForNanos = Long.MAX_VALUE;
  private long duplicates;

  private long deadlineAtNanos = Long.MAX_VALUE;

  private record Dial(int link, Endpoint endpoint) {}

  /// One flow on its way to the application. The window's base is the next sequence to deliver.
  private static final class Incoming {
    final Message.Advertise advertised;
    final Window window;

    /// Subscriptions that were compared with the offer, and those that it does not fit.
    final Set<String> judged = new TreeSet<>();

    Set<String> refusedBy = Set.of();

    /// Subscriptions with a maximum latency that nothing measured could be compared with: the peers
    /// of the root cell tell of the stream one by one, and the first may not be on its path.
    final Set<String> unmeasured = new TreeSet<>();

    /// The next life of the stream, once it is known.
    @Nullable Incoming successor;

    /// What was last told of the path.
    long pathNanos;

    /// Something was delivered.
    boolean begun;

    /// Nothing came but last values from before the subscription.
    boolean onlyKept;

    /// All subscriptions to it ask for the newest only.
    boolean conflated;

    long skipped;
    long deliveredAtNanos;

    /// The subscriptions that were told that its deadline passed since the last packet.
    final Set<String> missed = new TreeSet<>();
    int[] sources = {};
    boolean dirty;
    long heardAtNanos;

    Incoming(Message.Advertise advertised, Window window) {
      this.advertised = advertised;
      this.window = window;
    }

    void cameOver(int link) {
      for (int source : sources) {
        if (source == link) {
          return;
        }
      }
      int[] more = Arrays.copyOf(sources, sources.length + 1);
      more[sources.length] = link;
      sources = more;
    }
  }

  public Subscriber(StreamSettings settings, Home home, Listener listener) {
    this(settings, home, listener, StreamRules.SOUND);
  }

  Subscriber(StreamSettings settings, Home home, Listener listener, StreamRules rules) {
    this.rules = rules;
    this.settings = settings;
    this.home = home;
    this.listener = listener;
    store = new PacketStore(settings.storeBytes());
  }

  @Override
  public void start(long nowNanos) {
    refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
    arm(nowNanos);
  }

  /// The members of the root cell.
  public void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    Map<PeerId, PeerRef> wanted = new TreeMap<>();
    peers.forEach(peer -> wanted.put(peer.id(), peer));
    for (PeerId known : List.copyOf(dialled.keySet())) {
      Dial dial = dialled.get(known);
      PeerRef peer = wanted.get(known);
      if (dial != null && (peer == null || !peer.endpoint().equals(dial.endpoint()))) {
        dialled.remove(known);
        up.remove(dial.link());
        home.disconnect(dial.link());
      }
    }
    wanted.forEach(
        (id, peer) ->
            dialled.computeIfAbsent(
                id, _ -> new Dial(home.connect(peer.endpoint()), peer.endpoint())));
  }

  /// Subscribes with a replication and no other wish.
  public void subscribe(long nowNanos, String pattern, Replication replication) {
    subscribe(nowNanos, pattern, StreamQos.of(replication));
  }

  /// Subscribes to all streams of this class whose name matches, now and later. A second wish for
  /// the same pattern replaces the first.
  ///
  /// @param pattern a valid [StreamNames#isPattern]
  public void subscribe(long nowNanos, String pattern, StreamQos qos) {
    if (!StreamNames.isPattern(pattern)) {
      throw new IllegalArgumentException(
          "A pattern has 1 to 200 letters, digits, or '.', '_', '-', '/', ':', '*', '?': '"
              + pattern
              + "'");
    }
    if (wishes.size() >= StreamFrames.MAX_SUBSCRIPTIONS && !wishes.containsKey(pattern)) {
      throw new IllegalArgumentException(
          "A client has at most " + StreamFrames.MAX_SUBSCRIPTIONS + " subscriptions in a class");
    }
    wishes.put(pattern, qos);
    tellWishes();
    flows.forEach(
        flow -> {
          flow.judged.remove(pattern);
          judge(nowNanos, flow);
        });
    arm(nowNanos);
  }

  /// Compares what is offered with what every subscription to the stream asks for: once, or twice
  /// when the path was not measured and nothing has come yet.
  private void judge(long nowNanos, Incoming flow) {
    String stream = flow.advertised.name();
    Set<String> refused = new TreeSet<>(flow.refusedBy);
    boolean[] conflated = {!wishes.isEmpty()};
    wishes.forEach(
        (pattern, qos) -> {
          if (!StreamNames.matches(pattern, stream)) {
            return;
          }
          conflated[0] &= qos.conflated();
          boolean isNew = flow.judged.add(pattern);
          if (isNew || (flow.pathNanos > 0 && flow.unmeasured.remove(pattern))) {
            StreamQos.Mismatch mismatch =
                rules.mismatch(qos, flow.advertised.offer(), flow.pathNanos);
            refused.remove(pattern);
            deadlineAtNanos = qos.deadline().isZero() ? deadlineAtNanos : nowNanos;
            if (mismatch != null) {
              refused.add(pattern);
              listener.refused(nowNanos, pattern, stream, mismatch);
            } else if (!qos.maxLatency().isZero() && flow.pathNanos == 0 && !flow.begun) {
              flow.unmeasured.add(pattern);
            }
          }
        });
    flow.refusedBy = Set.copyOf(refused);
    flow.conflated = conflated[0];
  }

  /// Takes a subscription back; packets on their way may still arrive.
  public void unsubscribe(long nowNanos, String pattern) {
    wishes.remove(pattern);
    tellWishes();
    flows.forEach(
        flow -> {
          flow.judged.remove(pattern);
          flow.unmeasured.remove(pattern);
        });
  }

  /// Asks the root cell which streams it knows; answered by [Listener#streams], at once when a link
  /// is up, else as soon as one is.
  public void requestStreams(long nowNanos) {
    listRequested = true;
    listing.clear();
    if (!up.isEmpty()) {
      home.send(up.first(), StreamFrames.encode(writer, new Message.ListStreams()));
    }
  }

  /// Whether at least one root peer is connected.
  public boolean isConnected() {
    return !up.isEmpty();
  }

  /// Repetitions that were discarded.
  public long duplicates() {
    return duplicates;
  }

  private void tellWishes() {
    for (int link : up) {
      sendWishes(link);
    }
  }

  private void sendWishes(int link) {
    List<Subscription> entries = new ArrayList<>();
    wishes.forEach((pattern, qos) -> entries.add(new Subscription(qos, pattern)));
    home.send(link, StreamFrames.encode(writer, new Message.Subscriptions(entries)));
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    up.add(link);
    sendWishes(link);
    if (listRequested) {
      requestStreams(nowNanos);
    }
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    up.remove(link);
    flows.forEach(flow -> flow.sources = without(flow.sources, link));
    if (listRequested) {
      requestStreams(nowNanos);
    }
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    if (deadlineAtNanos <= nowNanos) {
      reviewDeadlines(nowNanos); // A silence that this frame ends is one nevertheless.
    }
    if (frame.get(frame.position()) == StreamFrames.DATA) {
      if (StreamFrames.packetFault(frame).isEmpty()) {
        packet(nowNanos, link, frame);
      }
    } else if (StreamFrames.decode(reader, frame) instanceof Decoded.Ok<Message>(Message message)) {
      switch (message) {
        case Message.Advertise advertise -> advertised(nowNanos, advertise);
        case Message.Streams streams -> listed(nowNanos, streams);
        case Message.Ping(long number) ->
            home.send(link, StreamFrames.encode(writer, new Message.Pong(number)));
        default -> {}
      }
    }
    arm(nowNanos);
  }

  private void advertised(long nowNanos, Message.Advertise advertise) {
    Incoming known = flows.get(advertise.flow());
    if (known == null && flows.size() >= settings.flows()) {
      return;
    }
    Incoming flow = known == null ? begin(nowNanos, advertise) : known;
    flow.heardAtNanos = nowNanos;
    if (advertise.pathMicros() > 0) {
      flow.pathNanos = advertise.pathMicros() * 1_000;
    }
    judge(nowNanos, flow);
  }

  private Incoming begin(long nowNanos, Message.Advertise advertise) {
    Incoming flow = new Incoming(advertise, new Window(settings.windowPackets(), store));
    flow.deliveredAtNanos = nowNanos;
    flows.put(advertise.flow(), flow);
    Incoming before = newestLives.get(advertise.name());
    if (before == null || before.advertised.epoch() < advertise.epoch()) {
      newestLives.put(advertise.name(), flow);
      if (before != null) {
        before.successor = flow;
        flow.deliveredAtNanos = before.deliveredAtNanos; // A silence is one of the stream.
        flow.missed.addAll(before.missed);
      }
    }
    return flow;
  }

  private void listed(long nowNanos, Message.Streams page) {
    if (!listRequested) {
      return;
    }
    listing.addAll(page.entries());
    if (page.last()) {
      listRequested = false;
      listener.streams(nowNanos, List.copyOf(listing));
      listing.clear();
    }
  }

  private static int[] without(int[] links, int gone) {
    return Arrays.stream(links).filter(link -> link != gone).toArray();
  }

  // ---- packets ----

  private void packet(long nowNanos, int link, ByteBuffer frame) {
    long id = StreamFrames.flow(frame);
    Incoming flow = flows.get(id);
    if (flow == null) {
      // Not confirmed, so it comes again, after the name.
      home.send(link, StreamFrames.encode(writer, new Message.UnknownFlow(id)));
      return;
    }
    flow.cameOver(link);
    flow.heardAtNanos = nowNanos;
    Window window = flow.window;
    long sequence = StreamFrames.sequence(frame);
    if (StreamFrames.isKept(frame)) {
      // Peers of the root cell may keep different ones; the newest wins.
      if (window.isUnset() || (flow.onlyKept && sequence >= window.base())) {
        flow.onlyKept = true;
        deliver(nowNanos, flow, sequence, frame, 0);
        window.begin(sequence + 1);
      }
      return; // To whoever is in the middle of the stream it says nothing.
    }
    flow.onlyKept = false;
    if (flow.conflated) {
      newest(nowNanos, flow, sequence, frame);
      return;
    }
    long originFloor = StreamFrames.originFloor(frame);
    if (window.isUnset()) {
      window.begin(originFloor);
    }
    skipTo(nowNanos, flow, rules.giveUpBelow(originFloor, sequence));
    if (StreamFrames.isReliable(frame)) {
      acknowledge(nowNanos, flow);
    }
    if (rules.isRepetition(sequence, window)) {
      duplicates++;
    } else if (sequence < window.base()) {
      deliver(nowNanos, flow, sequence, frame, 0);
    } else if (sequence == window.base() && window.base() == window.next()) {
      // In order and nothing waits behind it: no copy is needed.
      deliver(nowNanos, flow, sequence, frame, 0);
      window.begin(sequence + 1);
    } else if (sequence == window.base()) {
      // Others wait behind it: it needs no room of its own.
      deliver(nowNanos, flow, sequence, frame, 0);
      window.finish(window.at(sequence));
      window.advance();
      drain(nowNanos, flow);
    } else {
      keep(nowNanos, frame, window, sequence);
    }
  }

  private void keep(long nowNanos, ByteBuffer frame, Window window, long sequence) {
    Slot slot = window.reach(sequence);
    if (slot == null) {
      return; // Too far ahead: not confirmed, so it comes again.
    }
    if (slot.isPending()) {
      duplicates++;
    } else {
      slot.packet = store.copy(frame);
      slot.bornNanos = nowNanos; // When it came.
    }
  }

  /// Of a stream with conflation: what is newer than all before is handed over, the rest is not.
  private void newest(long nowNanos, Incoming flow, long sequence, ByteBuffer frame) {
    Window window = flow.window;
    acknowledge(nowNanos, flow);
    if (window.isUnset()) {
      window.begin(sequence);
    }
    if (rules.isRepetition(sequence, window)) {
      duplicates++;
    } else {
      flow.skipped = Math.max(0, sequence - window.base());
      deliver(nowNanos, flow, sequence, frame, 0);
      flow.skipped = 0;
      window.clear();
      window.begin(sequence + 1);
    }
  }

  /// Below `floor` the sensor keeps nothing: what is missing there will not come.
  private void skipTo(long nowNanos, Incoming flow, long floor) {
    Window window = flow.window;
    while (window.base() < floor) {
      long from = window.base();
      long missing = from;
      while (missing < Math.min(floor, window.next()) && !window.at(missing).isPending()) {
        missing++;
      }
      if (missing >= window.next()) {
        missing = floor;
      }
      if (missing > from) {
        listener.gap(nowNanos, flow.advertised.name(), flow.advertised.epoch(), from, missing - 1);
        window.skipMissingBelow(missing);
      }
      drain(nowNanos, flow);
    }
  }

  private void drain(long nowNanos, Incoming flow) {
    Window window = flow.window;
    while (window.base() < window.next() && window.at(window.base()).isPending()) {
      Slot slot = window.at(window.base());
      ByteBuffer packet = slot.packet;
      if (packet != null) {
        // It waited here since it came.
        deliver(nowNanos, flow, window.base(), packet, nowNanos - slot.bornNanos);
      }
      window.finish(slot);
      window.advance();
    }
  }

  private void deliver(
      long nowNanos, Incoming flow, long sequence, ByteBuffer packet, long waitedNanos) {
    int start = packet.position();
    StreamPacket about =
        new StreamPacket(
            flow.advertised.name(),
            flow.advertised.epoch(),
            sequence,
            flow.advertised.offer().type(),
            StreamFrames.ageNanos(packet) + waitedNanos,
            StreamFrames.isKept(packet),
            flow.skipped,
            flow.refusedBy);
    flow.begun = true;
    flow.unmeasured.clear();
    for (Incoming life = flow; life != null; life = life.successor) {
      life.deliveredAtNanos = nowNanos;
      if (!life.missed.isEmpty()) {
        life.missed.clear();
        deadlineAtNanos = nowNanos; // Looked at anew.
      }
    }
    packet.position(start + StreamFrames.PACKET_HEADER_BYTES);
    listener.packet(nowNanos, about, packet);
    packet.position(start);
  }

  private void acknowledge(long nowNanos, Incoming flow) {
    if (!flow.dirty) {
      flow.dirty = true;
      dirty.add(flow);
      acknowledgeAtNanos =
          Math.min(acknowledgeAtNanos, nowNanos + settings.acknowledgementDelay().toNanos());
    }
  }

  private void sendAcknowledgements() {
    acknowledgeAtNanos = Long.MAX_VALUE;
    for (Incoming flow = dirty.poll(); flow != null; flow = dirty.poll()) {
      flow.dirty = false;
      long upTo = flow.window.base() - 1;
      long bits = kept(flow.window, upTo);
      long delivered = rules.delivered(flow.window);
      for (int link : flow.sources) {
        if (up.contains(link)) {
          home.send(
              link,
              StreamFrames.progress(writer, ACK, flow.advertised.flow(), upTo, bits, delivered));
        }
      }
    }
  }

  private static long kept(Window window, long upTo) {
    long bits = 0;
    long end = Math.min(window.next(), upTo + 1 + Long.SIZE);
    for (long sequence = upTo + 1; sequence < end; sequence++) {
      if (window.at(sequence).isPending()) {
        bits |= 1L << (sequence - upTo - 1);
      }
    }
    return bits;
  }

  // ---- time ----

  @Override
  public void idle(long nowNanos) {
    if (acknowledgeAtNanos <= nowNanos) {
      sendAcknowledgements();
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    armedForNanos = Long.MAX_VALUE;
    if (acknowledgeAtNanos <= nowNanos) {
      sendAcknowledgements();
    }
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      tellWishes();
      if (listRequested) {
        requestStreams(nowNanos);
      }
      forget(nowNanos);
    }
    arm(nowNanos);
  }

  /// Tells of deadlines that passed, and sees when the next one does.
  private void reviewDeadlines(long nowNanos) {
    deadlineAtNanos = Long.MAX_VALUE;
    wishes.forEach(
        (pattern, qos) -> {
          long deadline = qos.deadline().toNanos();
          if (deadline > 0) {
            flows.forEach(flow -> reviewDeadline(nowNanos, flow, pattern, deadline));
          }
        });
  }

  private void reviewDeadline(long nowNanos, Incoming flow, String pattern, long deadline) {
    String stream = flow.advertised.name();
    if (flow.refusedBy.contains(pattern)
        || flow.missed.contains(pattern)
        || flow.successor != null
        || !StreamNames.matches(pattern, stream)) {
      return;
    }
    long silentNanos = nowNanos - flow.deliveredAtNanos;
    if (silentNanos > deadline) {
      flow.missed.add(pattern);
      if (rules.tellsSilence()) {
        listener.deadlineMissed(nowNanos, pattern, stream, silentNanos);
      }
    } else {
      deadlineAtNanos = Math.min(deadlineAtNanos, flow.deliveredAtNanos + deadline + 1);
    }
  }

  private void forget(long nowNanos) {
    List<Incoming> silent = new ArrayList<>();
    flows.forEach(
        flow -> {
          if (nowNanos - flow.heardAtNanos > settings.gapTimeout().toNanos()) {
            silent.add(flow);
          }
        });
    for (Incoming flow : silent) {
      skipTo(nowNanos, flow, flow.window.next());
    }
    if (flows.size() == settings.flows()) {
      // Remembered as long as there is room: a flow that comes back must not begin again.
      for (Incoming flow : silent) {
        flows.remove(flow.advertised.flow());
        newestLives.remove(flow.advertised.name(), flow);
      }
    }
  }

  private void arm(long nowNanos) {
    if (deadlineAtNanos <= nowNanos) {
      reviewDeadlines(nowNanos);
    }
    long next = Math.min(Math.min(refreshAtNanos, acknowledgeAtNanos), deadlineAtNanos);
    if (next < armedForNanos) {
      armedForNanos = next;
      home.wakeAt(Math.max(next, nowNanos));
    }
  }

  /// Packets that wait for an earlier one, in all flows.
  public int waiting() {
    int[] waiting = {0};
    flows.forEach(flow -> waiting[0] += flow.window.pendingCount());
    return waiting[0];
  }
}
