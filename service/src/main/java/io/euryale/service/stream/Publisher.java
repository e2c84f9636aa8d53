package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.PACKET_HEADER_BYTES;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A sensor's end of the streams of one traffic class: numbers packets, keeps each until it was
/// delivered, and changes to a sibling when its peer fails [0 §III.d].
///
/// Differs from the paper, where data is lost until the sensor has a new path: here the sensor
/// keeps what is not delivered and sends it again. An alarm that nobody subscribed to is kept until
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
  private final Listener listener;
  private final PacketStore store;
  private final Wakeup wakeup;
  private final SensorLink link;
  private final Transmission transmission;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final Map<String, Outgoing> streams = new TreeMap<>();
  private final LongMap<Outgoing> byFlow = new LongMap<>();

  /// How often a packet is sent to a silent peer before another is dialled.
  private final int attemptsBeforeOthers;

  private boolean wasFull;
  private long refreshAtNanos = Long.MAX_VALUE;

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
    StreamNames.load();
    this.rules = rules;
    this.settings = settings;
    this.trafficClass = trafficClass;
    this.self = self;
    this.listener = listener;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
    wakeup = new Wakeup(home);
    link = new SensorLink(home, settings.stallTimeout(), wakeup);
    // Alarms are few, so that dialling another peer in vain costs little.
    attemptsBeforeOthers = trafficClass == TrafficClass.ALARM ? 1 : 2;
    transmission = new Transmission(settings, rules, self.name(), link, wakeup, listener);
  }

  @Override
  public void start(long nowNanos) {
    refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
    wakeup.by(refreshAtNanos);
  }

  /// The peers that the sensor may attach to, the preferred one first.
  public void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    link.points(nowNanos, peers);
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
    long flow = StreamNames.flowId(stream, self.id());
    Outgoing opened =
        new Outgoing(stream, offer, flow, new Window(settings.windowPackets(), store));
    streams.put(stream, opened);
    byFlow.put(flow, opened);
    if (link.isUp()) {
      link.send(advertisement(opened));
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
    if (out.wanted == null && trafficClass != TrafficClass.ALARM) {
      out.keepUnsent(payload);
      wasFull |= !out.wantedKnown;
      return out.wantedKnown ? UNWANTED : FULL;
    }
    out.unsent = null; // This one is newer.
    Replication replication = out.replication();
    boolean reliable = out.isReliable();
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
      transmission.depart(nowNanos, out, sequence, slot, reliable, last);
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

  /// Whether everything that was published is delivered or given up.
  public boolean quiet() {
    for (Outgoing out : streams.values()) {
      if (out.window.hasPending()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void linkUp(long nowNanos, int upLink, Hello remote) {
    if (link.up(nowNanos, upLink)) {
      for (Outgoing out : streams.values()) {
        link.send(advertisement(out));
        transmission.resend(nowNanos, out);
      }
    }
  }

  @Override
  public void linkDown(long nowNanos, int downLink, String reason) {
    link.down(nowNanos, downLink, reason);
  }

  @Override
  public void dialFailed(long nowNanos, int failedLink, String reason) {
    link.dialFailed(nowNanos, failedLink, reason);
  }

  private ByteBuffer advertisement(Outgoing out) {
    return StreamFrames.encode(
        writer,
        new Message.Advertise(
            out.flow, self.id().incarnation(), out.name, self.id(), self.name(), out.offer, 0));
  }

  @Override
  public void frame(long nowNanos, int from, ByteBuffer frame) {
    int type = frame.get(frame.position());
    if (!link.is(from)) {
      if (type == StreamFrames.GO_ELSEWHERE) {
        link.askedToLeave(from);
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
        case Message.GoElsewhere _ -> link.goElsewhere(nowNanos, "drained");
        case Message.Ping(long number) ->
            link.send(StreamFrames.encode(writer, new Message.Pong(number)));
        case Message.Pong(long number) -> link.pong(nowNanos, number);
        case Message.UnknownFlow(long flow) -> {
          Outgoing out = byFlow.get(flow);
          if (out != null) {
            link.send(advertisement(out));
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
      transmission.resend(nowNanos, out); // Alarms that waited for a subscriber.
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
    int room = StreamFrames.room(progress);
    if (room == StreamFrames.NO_ROOM) {
      link.refused();
    }
    Window window = out.window;
    long before = window.base();
    if (transmission.confirmed(nowNanos, out, progress)) {
      link.progressed(nowNanos);
    }
    long held = out.floor() - 1;
    if (held > out.heldUpTo) {
      out.heldUpTo = held;
      listener.held(nowNanos, out.name, held);
    }
    if (window.base() > before) {
      window.attemptAfresh(1); // A client that is slow is not one that is gone.
      link.progressed(nowNanos);
      listener.delivered(nowNanos, out.name, window.base() - 1);
      tellWritable(nowNanos);
    }
    if (room == StreamFrames.ROOM_AGAIN) {
      window.attemptAfresh(1); // What was refused was no failed attempt.
      transmission.resend(nowNanos, out);
    }
  }

  private void tellWritable(long nowNanos) {
    if (wasFull) {
      wasFull = false;
      listener.writable(nowNanos);
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    wakeup.rang();
    if (!link.attachDue(nowNanos) && link.maySeemStalled(nowNanos) && isOverdue(nowNanos)) {
      link.leaveStalled(nowNanos);
    }
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      if (store.trim(nowNanos)) {
        streams.values().forEach(out -> out.window.trim());
      }
      if (link.isUp()) {
        streams.values().forEach(out -> link.send(advertisement(out)));
        link.ping(nowNanos);
      }
    }
    wakeup.by(refreshAtNanos);
    if (rules.repeats()) {
      streams.values().forEach(out -> repeatDue(nowNanos, out));
    }
  }

  private boolean isOverdue(long nowNanos) {
    for (Outgoing out : streams.values()) {
      if (out.isOverdue(nowNanos, attemptsBeforeOthers, settings.attempts())) {
        return true;
      }
    }
    return false;
  }

  private void repeatDue(long nowNanos, Outgoing out) {
    if (transmission.repeatDue(nowNanos, out)) {
      tellWritable(nowNanos);
    }
  }
}
