package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.PACKET_HEADER_BYTES;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A sensor's end of the streams of one traffic class: numbers packets, keeps each until it was
/// delivered, and changes to a sibling when its peer fails [0 §III.d].
///
/// Differs from the paper, where data is lost until the sensor has a new path: here the sensor
/// keeps what is not delivered and sends it again. An alarm that nobody subscribed to is kept
/// until
/// somebody does. Owned by one loop.
///
/// Observations: `ATTACH` (`peer`, `reason`) another peer takes this sensor's packets.
public final class Publisher implements Core {

  /// [#publish]: nobody subscribed to the stream, the packet was dropped.
  public static final long UNWANTED = 0;

  /// [#publish]: too much is not delivered yet; try again after [Listener#writable].
  public static final long FULL = -1;

  /// [#publish]: the payload exceeds [#maxPayloadBytes].
  public static final long TOO_LARGE = -2;

  /// Packets of a stream are traced so often at the most.
  private static final long TRACE_PERIOD_NANOS = 100_000_000L;

  /// What a publisher tells its application, on the publisher's loop.
  public interface Listener {
    /// Who wants the stream changed; null means nobody.
    void interest(long nowNanos, String stream, @Nullable StreamQos wanted);

    /// Two peers hold all packets up to this sequence.
    void held(long nowNanos, String stream, long upTo);

    /// All subscribed clients' applications have all packets up to this sequence, but those
    /// reported lost.
    void delivered(long nowNanos, String stream, long upTo);

    /// A packet was not delivered after the last attempt; it will not be sent again.
    void lost(long nowNanos, String stream, long sequence, String reason);

    /// The last value of a stream, which nobody had wanted, was published for its first subscriber.
    default void publishedLast(long nowNanos, String stream, long sequence, ByteBuffer payload) {}

    /// The peer attached to does not allow this sensor the stream; said again every second.
    default void forbidden(long nowNanos, String stream, String sentence) {}

    /// There is room again after [Publisher#FULL].
    void writable(long nowNanos);
  }

  private final StreamSettings settings;
  private final StreamRules rules;
  private final TrafficClass trafficClass;
  private final PeerRef self;
  private final Home home;
  private final Listener listener;
  private final PacketStore store;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final Map<String, Outgoing> streams = new TreeMap<>();
  private final LongMap<Outgoing> byFlow = new LongMap<>();

  private final PeerChoice choice = new PeerChoice();
  private @Nullable PeerRef peer;
  private int link = -1;
  private boolean linkIsUp;
  private @Nullable Move move;

  /// Links to peers that were told that the sensor has gone. They close them, when they have all.
  private final Set<Integer> left = new TreeSet<>();

  private boolean wasFull;

  /// Half of the measured round trip to the peer.
  private long transitNanos;
  private long attachAtNanos = Long.MAX_VALUE;
  private long progressedAtNanos;

  /// The peer answered that it has no room, and nothing was sent since: others would have no more.
  private boolean toldFull;

  private long refreshAtNanos = Long.MAX_VALUE;
  private long wakeAtNanos = Long.MAX_VALUE;

  /// The way to another peer while the present one is still used.
  private record Move(PeerRef to, int link, String reason) {}

  /// One open stream.
  private static final class Outgoing {
    final String name;
    final long flow;
    final Window window;
    final StreamOffer offer;
    boolean wantedKnown;
    @Nullable StreamQos wanted;
    long heldUpTo;

    /// When a packet was last traced.
    long tracedAtNanos = Long.MIN_VALUE / 2;

    /// The last payload that nobody wanted yet, of a stream that keeps its last value.
    @Nullable ByteBuffer unsent;

    Outgoing(String name, StreamOffer offer, long flow, Window window) {
      this.offer = offer;
      this.name = name;
      this.flow = flow;
      this.window = window;
      window.begin(1);
    }

    /// Below this, two peers hold everything.
    long floor() {
      long sequence = window.base();
      while (sequence < window.next() && isHeld(window.at(sequence))) {
        sequence++;
      }
      return sequence;
    }

    private static boolean isHeld(Slot slot) {
      return slot.done || slot.held;
    }
  }

  /// @param self the sensor; its incarnation becomes the epoch of its streams
  public Publisher(
      StreamSettings settings,
      TrafficClass trafficClass,
      PeerRef self,
      Home home,
      Listener listener) {
    this(settings, trafficClass, self, home, listener, StreamRules.SOUND);
  }

  Publisher(
      StreamSettings settings,
      TrafficClass trafficClass,
      PeerRef self,
      Home home,
      Listener listener,
      StreamRules rules) {
    this.rules = rules;
    this.settings = settings;
    this.trafficClass = trafficClass;
    this.self = self;
    this.home = home;
    this.listener = listener;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
  }

  @Override
  public void start(long nowNanos) {
    refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
    wake(refreshAtNanos);
  }

  /// The peers that the sensor may attach to, the preferred one first.
  public void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    PeerRef current = peer;
    if (linkIsUp && current != null && !peers.contains(current) && choice.isBack(peers)) {
      return;
    }
    choice.points(peers);
    if (current == null || (!linkIsUp && !choice.offers(current))) {
      attach("attachment points");
    } else if (!choice.offers(current)) {
      goElsewhere(current, "attachment points");
    }
  }

  /// Opens a stream, so that subscribers can be found before the first packet. Opening it again
  /// does nothing.
  ///
  /// @param stream a valid [StreamNames#isName]
  public void open(long nowNanos, String stream) {
    outgoing(stream, StreamOffer.DEFAULT);
  }

  /// The same, with what is offered to subscribers.
  public void open(long nowNanos, String stream, StreamOffer offer) {
    outgoing(stream, offer);
  }

  private Outgoing outgoing(String stream, StreamOffer offer) {
    Outgoing known = streams.get(stream);
    if (known != null) {
      return known;
    }
    if (!StreamNames.isName(stream)) {
      throw new IllegalArgumentException(
          "A stream has 1 to 200 letters, digits, or '.', '_', '-', '/', ':': '" + stream + "'");
    }
    long flow = StreamNames.flowId(stream, self.id().incarnation());
    Outgoing opened =
        new Outgoing(stream, offer, flow, new Window(settings.windowPackets(), store));
    streams.put(stream, opened);
    byFlow.put(flow, opened);
    if (linkIsUp) {
      home.send(link, advertisement(opened));
    }
    return opened;
  }

  /// Largest payload that can ever be taken: it has room in the window and in half of the store.
  public int maxPayloadBytes() {
    long packets = settings.storeBytes() / 2 / PacketStore.capacity(settings.packetBytes());
    if (packets <= 1) {
      long largest = Long.highestOneBit(settings.storeBytes()) - PACKET_HEADER_BYTES;
      return (int) Math.min(settings.fragmentBytes(), largest);
    }
    long most = Math.min(packets, Math.min(StreamFrames.MAX_FRAGMENTS, settings.windowPackets()));
    return (int) Math.min(StreamFrames.MAX_PAYLOAD_BYTES, most * settings.fragmentBytes());
  }

  /// Publishes one payload; opens the stream when it is new.
  ///
  /// @param payload position to limit; copied before the call returns
  /// @return the sequence of its last packet in the stream, from 1, or [#UNWANTED], [#FULL] or
  ///     [#TOO_LARGE]
  public long publish(long nowNanos, String stream, ByteBuffer payload) {
    if (payload.remaining() > maxPayloadBytes()) {
      return TOO_LARGE;
    }
    Outgoing out = outgoing(stream, StreamOffer.DEFAULT);
    boolean alarm = trafficClass == TrafficClass.ALARM;
    StreamQos wanted = out.wanted;
    if (wanted == null && !alarm) {
      keepUnsent(out, payload);
      wasFull |= !out.wantedKnown;
      return out.wantedKnown ? UNWANTED : FULL;
    }
    out.unsent = null; // This one is newer.
    Replication replication =
        !out.offer.reliable()
            ? Replication.NONE
            : wanted == null ? Replication.ACTIVE : wanted.replication();
    boolean reliable = out.offer.reliable() && (wanted == null || wanted.reliable());
    Window window = out.window;
    int fragments = settings.fragments(payload.remaining());
    if (!window.hasRoomFor(fragments, capacity(payload.remaining()))) {
      wasFull = true;
      return FULL;
    }
    long last = window.next() + fragments - 1;
    long origin = Math.min(window.base(), window.next());
    for (int fragment = 0; fragment < fragments; fragment++) {
      int length = Math.min(settings.fragmentBytes(), payload.remaining());
      long sequence = window.next();
      ByteBuffer packet = store.take(PACKET_HEADER_BYTES + length);
      Slot slot = packet == null ? null : window.reach(sequence);
      if (packet == null || slot == null) {
        throw new IllegalStateException("There was room for all of the payload");
      }
      StreamFrames.putPacketHeader(
          packet, replication, reliable, out.flow, sequence, out.floor(), origin);
      packet.put(payload.slice(payload.position(), length)).flip();
      payload.position(payload.position() + length);
      StreamFrames.markFragment(packet, fragment, fragments);
      window.put(slot, packet);
      slot.bornNanos = nowNanos;
      if (sequence == last) {
        trace(nowNanos, out, packet);
      }
      depart(nowNanos, out, sequence, slot, reliable, last);
    }
    return last;
  }

  /// Bytes in the store of all packets of a payload.
  private long capacity(int payloadBytes) {
    int whole = settings.fragments(payloadBytes) - 1;
    int rest = payloadBytes - whole * settings.fragmentBytes();
    return whole * PacketStore.capacity(settings.packetBytes())
        + PacketStore.capacity(PACKET_HEADER_BYTES + rest);
  }

  /// Sends a packet for the first time; one of best effort is done with that.
  private void depart(
      long nowNanos, Outgoing out, long sequence, Slot slot, boolean reliable, long last) {
    if (reliable) {
      send(nowNanos, out, sequence, slot);
      return;
    }
    ByteBuffer packet = slot.packet;
    boolean sent = false;
    if (packet != null && linkIsUp) {
      StreamFrames.patchAge(packet, transitNanos);
      sent = home.send(link, packet);
      tellHop(nowNanos, packet, nowNanos);
    }
    out.window.finish(slot);
    out.window.advance();
    if (!sent && sequence == last) {
      listener.lost(nowNanos, out.name, sequence, "no peer took it");
    }
  }

  /// Marks a packet so that all who have it say for how long, when a subscription asks for that.
  private void trace(long nowNanos, Outgoing out, ByteBuffer packet) {
    StreamQos wanted = out.wanted;
    if (wanted != null && wanted.traced() && nowNanos - out.tracedAtNanos >= TRACE_PERIOD_NANOS) {
      out.tracedAtNanos = nowNanos;
      StreamFrames.markTraced(packet);
    }
  }

  private void tellHop(long nowNanos, ByteBuffer packet, long bornNanos) {
    if (StreamFrames.isTraced(packet)) {
      home.send(
          link,
          StreamFrames.encode(
              writer,
              new Message.Hop(
                  StreamFrames.flow(packet),
                  StreamFrames.sequence(packet),
                  self.name(),
                  0,
                  (nowNanos - bornNanos) / 1_000,
                  transitNanos / 1_000)));
    }
  }

  private void keepUnsent(Outgoing out, ByteBuffer payload) {
    if (out.offer.keepsLast()) {
      out.unsent = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
    }
  }

  /// Whether everything that was published is delivered or given up.
  public boolean quiet() {
    for (Outgoing out : streams.values()) {
      if (out.window.hasPending()) {
        return false;
      }
    }
    return true;
  }

  private void send(long nowNanos, Outgoing out, long sequence, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet == null) {
      return;
    }
    boolean possible = linkIsUp && out.wanted != null;
    if (possible) {
      StreamFrames.patch(packet, StreamFrames.DATA, out.floor());
      StreamFrames.patchOrigin(packet, Math.min(out.window.base(), sequence));
      StreamFrames.patchAge(packet, rules.age(nowNanos - slot.bornNanos + transitNanos));
      if (slot.held) {
        StreamFrames.markRepeat(packet);
      }
      if (toldFull) {
        toldFull = false;
        progressedAtNanos = nowNanos; // It has its time to answer again.
      }
      if (home.send(link, packet)) {
        slot.attempts++;
        tellHop(nowNanos, packet, slot.bornNanos);
      }
    }
    long first = (slot.held ? settings.deliveryTimeout() : settings.retryPause()).toNanos();
    long pause = settings.pauseNanos(first, Math.max(0, slot.attempts - 1));
    slot.retryAtNanos = nowNanos + pause + StreamFrames.periodNanos(packet);
    long endNanos = slot.bornNanos + out.offer.lifespan().toNanos() + 1;
    if (endNanos > nowNanos && endNanos < slot.retryAtNanos && !out.offer.lifespan().isZero()) {
      slot.retryAtNanos = endNanos;
    }
    wake(slot.retryAtNanos);
  }

  // ---- attachment ----

  /// The peer has a live link and packets to confirm, and there is no progress: it is silent, or
  /// cut off from all others.
  private boolean peerStalled(long nowNanos) {
    if (!linkIsUp
        || toldFull
        || !choice.hasOthersThanStalled()
        || nowNanos - progressedAtNanos < settings.stallTimeout().toNanos()) {
      return false;
    }
    for (Outgoing out : streams.values()) {
      for (long sequence = out.window.base(); sequence < out.window.next(); sequence++) {
        Slot slot = out.window.at(sequence);
        boolean due = slot.isPending() && !slot.held && slot.retryAtNanos <= nowNanos;
        if (due && slot.attempts > 1 && slot.attempts < settings.attempts()) {
          return true;
        }
      }
    }
    return false;
  }

  private void attach(String reason) {
    PeerRef next = choice.next(peer);
    if (next == null) {
      return;
    }
    stay();
    if (link >= 0) {
      home.disconnect(link);
    }
    use(next, home.connect(next.endpoint()), reason);
  }

  private void use(PeerRef next, int itsLink, String reason) {
    linkIsUp = false;
    peer = next;
    link = itsLink;
    home.observe(TraceEvent.of("ATTACH", "peer", next.name().value(), "reason", reason));
  }

  /// Attaches to another peer, if there is one, and leaves this one only then.
  private void goElsewhere(PeerRef current, String reason) {
    PeerRef next = move == null ? choice.next(current) : null;
    if (next != null && !next.equals(current)) {
      move = new Move(next, home.connect(next.endpoint()), reason);
    }
  }

  private void stay() {
    Move going = move;
    move = null;
    if (going != null) {
      home.disconnect(going.link());
    }
  }

  private void sayGone(int over) {
    home.send(over, StreamFrames.encode(writer, new Message.Gone()));
  }

  @Override
  public void linkUp(long nowNanos, int upLink, Hello remote) {
    Move done = move;
    if (done != null && done.link() == upLink) {
      sayGone(link);
      left.add(link);
      move = null;
      use(done.to(), upLink, done.reason());
    }
    if (upLink != link) {
      return;
    }
    linkIsUp = true;
    attachAtNanos = Long.MAX_VALUE;
    progressedAtNanos = nowNanos;
    toldFull = false;
    transitNanos = 0;
    home.send(link, StreamFrames.encode(writer, new Message.Ping(nowNanos)));
    for (Outgoing out : streams.values()) {
      home.send(link, advertisement(out));
      resend(nowNanos, out);
    }
  }

  @Override
  public void linkDown(long nowNanos, int downLink, String reason) {
    if (left.remove(downLink)) {
      home.disconnect(downLink);
      return;
    }
    if (downLink != link) {
      return;
    }
    linkIsUp = false;
    Move going = move;
    if (going == null) {
      setBack(nowNanos, reason);
    } else {
      move = null;
      home.disconnect(link);
      use(going.to(), going.link(), reason);
    }
  }

  @Override
  public void dialFailed(long nowNanos, int failedLink, String reason) {
    Move going = move;
    if (going != null && failedLink == going.link()) {
      choice.avoid(going.to());
      stay(); // Until it is asked again.
    } else if (failedLink == link && choice.hasOthers()) {
      setBack(nowNanos, reason);
    }
  }

  /// Tries the next peer: at once, or after a pause when the peers keep failing.
  private void setBack(long nowNanos, String reason) {
    if (attachAtNanos != Long.MAX_VALUE) {
      return;
    }
    long pause = choice.pauseNanos();
    if (pause == 0) {
      attach(reason);
    } else {
      attachAtNanos = nowNanos + pause;
      wake(attachAtNanos);
    }
  }

  /// Sends what two peers do not hold yet, at once.
  private void resend(long nowNanos, Outgoing out) {
    for (long sequence = out.window.base(); sequence < out.window.next(); sequence++) {
      Slot slot = out.window.at(sequence);
      if (slot.isPending() && !slot.held && slot.attempts < settings.attempts()) {
        send(nowNanos, out, sequence, slot);
      }
    }
  }

  private ByteBuffer advertisement(Outgoing out) {
    return StreamFrames.encode(
        writer,
        new Message.Advertise(
            out.flow, self.id().incarnation(), out.name, self.id(), self.name(), out.offer, 0));
  }

  // ---- what the peer says ----

  @Override
  public void frame(long nowNanos, int from, ByteBuffer frame) {
    int type = frame.get(frame.position());
    if (from != link) {
      if (type == StreamFrames.GO_ELSEWHERE && left.contains(from)) {
        sayGone(from); // It did not hear.
      }
      return;
    }
    if (type == StreamFrames.ACK) {
      if (StreamFrames.progressFault(frame).isEmpty()) {
        acknowledged(nowNanos, frame);
      }
      return;
    }
    if (StreamFrames.decode(reader, frame) instanceof Decoded.Ok<Message>(Message message)) {
      switch (message) {
        case Message.Interest interest -> interest(nowNanos, interest);
        case Message.GoElsewhere _ -> {
          PeerRef current = peer;
          if (current != null) {
            goElsewhere(current, "drained");
          }
        }
        case Message.Ping(long number) ->
            home.send(link, StreamFrames.encode(writer, new Message.Pong(number)));
        case Message.Pong(long number) ->
            transitNanos = RemoteLink.transit(transitNanos, nowNanos - number);
        case Message.UnknownFlow(long flow) -> {
          Outgoing out = byFlow.get(flow);
          if (out != null) {
            home.send(link, advertisement(out));
          }
        }
        case Message.Forbidden(String what, String sentence) -> {
          Outgoing out = streams.get(what);
          if (out != null) {
            interest(nowNanos, new Message.Interest(out.flow, null));
            listener.forbidden(nowNanos, what, sentence);
          }
        }
        default -> {}
      }
    }
  }

  private void interest(long nowNanos, Message.Interest interest) {
    Outgoing out = byFlow.get(interest.flow());
    if (out == null) {
      return;
    }
    boolean changed = !out.wantedKnown || !Objects.equals(out.wanted, interest.wanted());
    boolean wasUnwanted = out.wanted == null;
    out.wantedKnown = true;
    out.wanted = interest.wanted();
    if (wasUnwanted && out.wanted != null) {
      resend(nowNanos, out); // Alarms that waited for a subscriber.
    }
    if (changed) {
      listener.interest(nowNanos, out.name, out.wanted);
    }
    ByteBuffer unsent = out.unsent;
    if (unsent != null && out.wanted != null) {
      out.unsent = null;
      long sequence = publish(nowNanos, out.name, unsent.duplicate());
      if (sequence > 0) {
        listener.publishedLast(nowNanos, out.name, sequence, unsent.duplicate());
      }
    }
    if (changed) {
      tellWritable(nowNanos);
    }
  }

  private void acknowledged(long nowNanos, ByteBuffer progress) {
    Outgoing out = byFlow.get(StreamFrames.progressFlow(progress));
    if (out == null) {
      return;
    }
    long upTo = StreamFrames.upTo(progress);
    long bits = StreamFrames.bits(progress);
    long delivered = StreamFrames.delivered(progress);
    toldFull |= StreamFrames.room(progress) == StreamFrames.NO_ROOM;
    Window window = out.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (sequence <= delivered) {
        window.finish(slot);
      } else if (slot.isPending() && !slot.held && StreamFrames.covers(upTo, bits, sequence)) {
        slot.held = true;
        progressedAtNanos = nowNanos;
        choice.worked();
        slot.attempts = 0;
        slot.retryAtNanos = nowNanos + settings.deliveryTimeout().toNanos();
        wake(slot.retryAtNanos);
      }
    }
    long before = window.base();
    window.advance();
    long held = out.floor() - 1;
    if (held > out.heldUpTo) {
      out.heldUpTo = held;
      listener.held(nowNanos, out.name, held);
    }
    if (window.base() > before) {
      window.attemptAfresh(1); // A client that is slow is not one that is gone.
      progressedAtNanos = nowNanos;
      choice.worked();
      listener.delivered(nowNanos, out.name, window.base() - 1);
      tellWritable(nowNanos);
    }
    if (StreamFrames.room(progress) == StreamFrames.ROOM_AGAIN) {
      window.attemptAfresh(1); // What was refused was no failed attempt.
      resend(nowNanos, out);
    }
  }

  private void tellWritable(long nowNanos) {
    if (wasFull) {
      wasFull = false;
      listener.writable(nowNanos);
    }
  }

  // ---- time ----

  @Override
  public void timerDue(long nowNanos) {
    wakeAtNanos = Long.MAX_VALUE;
    if (attachAtNanos <= nowNanos) {
      attachAtNanos = Long.MAX_VALUE;
      attach("refused");
    } else if (peer != null && peerStalled(nowNanos)) {
      choice.stalled(peer);
      attach("stalled");
    }
    wake(attachAtNanos);
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      if (linkIsUp) {
        streams.values().forEach(out -> home.send(link, advertisement(out)));
        home.send(link, StreamFrames.encode(writer, new Message.Ping(nowNanos)));
      }
    }
    wake(refreshAtNanos);
    if (rules.repeats()) {
      streams.values().forEach(out -> repeatDue(nowNanos, out));
    }
  }

  private void repeatDue(long nowNanos, Outgoing out) {
    Window window = out.window;
    boolean gaveUp = false;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (!slot.isPending()) {
        continue;
      }
      if (slot.retryAtNanos > nowNanos) {
        wake(slot.retryAtNanos);
      } else if (rules.expires(nowNanos - slot.bornNanos, out.offer.lifespan().toNanos())) {
        gaveUp = true;
        giveUp(nowNanos, out, slot, "older than its lifespan");
      } else if (slot.attempts >= settings.attempts()) {
        gaveUp = true;
        giveUp(nowNanos, out, slot, slot.held ? "no client confirmed it" : "no two peers took it");
      } else {
        send(nowNanos, out, sequence, slot);
      }
    }
    if (gaveUp) {
      window.advance();
      tellWritable(nowNanos);
    }
  }

  /// Gives up all packets of a payload.
  private void giveUp(long nowNanos, Outgoing out, Slot slot, String reason) {
    ByteBuffer packet = slot.packet;
    if (packet != null) {
      long last = StreamFrames.lastSequence(packet);
      long first = Math.max(out.window.base(), StreamFrames.firstSequence(packet));
      for (long sequence = first; sequence <= last; sequence++) {
        out.window.finish(out.window.at(sequence));
      }
      listener.lost(nowNanos, out.name, last, reason);
    }
  }

  private void wake(long nanos) {
    if (nanos < wakeAtNanos) {
      wakeAtNanos = nanos;
      home.wakeAt(nanos);
    }
  }
}
