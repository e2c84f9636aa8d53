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
import java.util.TreeMap;
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

  /// [#publish]: the payload exceeds [StreamFrames#MAX_PAYLOAD_BYTES].
  public static final long TOO_LARGE = -2;

  /// What a publisher tells its application, on the publisher's loop.
  public interface Listener {
    /// Who wants the stream changed; null means nobody.
    void interest(long nowNanos, String stream, @Nullable Replication wanted);

    /// Two peers hold all packets up to this sequence.
    void held(long nowNanos, String stream, long upTo);

    /// All subscribed clients' applications have all packets up to this sequence, but those
    /// reported lost.
    void delivered(long nowNanos, String stream, long upTo);

    /// A packet was not delivered after the last attempt; it will not be sent again.
    void lost(long nowNanos, String stream, long sequence, String reason);

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
  private boolean wasFull;
  private long attachAtNanos = Long.MAX_VALUE;
  private long progressedAtNanos;
  private long refreshAtNanos = Long.MAX_VALUE;
  private long wakeAtNanos = Long.MAX_VALUE;

  /// One open stream.
  private static final class Outgoing {
    final String name;
    final long flow;
    final Window window;
    boolean wantedKnown;
    @Nullable Replication wanted;
    long heldUpTo;

    Outgoing(String name, long flow, Window window) {
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
    store = new PacketStore(settings.storeBytes());
  }

  @Override
  public void start(long nowNanos) {
    refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
    wake(refreshAtNanos);
  }

  /// The peers that the sensor may attach to, the preferred one first.
  public void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    choice.points(peers);
    PeerRef current = peer;
    if (current == null || !choice.offers(current)) {
      attach("attachment points");
    }
  }

  /// Opens a stream, so that subscribers can be found before the first packet. Opening it again
  /// does nothing.
  ///
  /// @param stream a valid [StreamNames#isName]
  public void open(long nowNanos, String stream) {
    outgoing(stream);
  }

  private Outgoing outgoing(String stream) {
    Outgoing known = streams.get(stream);
    if (known != null) {
      return known;
    }
    if (!StreamNames.isName(stream)) {
      throw new IllegalArgumentException(
          "A stream has 1 to 200 letters, digits, or '.', '_', '-', '/', ':': '" + stream + "'");
    }
    long flow = StreamNames.flowId(stream, self.id().incarnation());
    Outgoing opened = new Outgoing(stream, flow, new Window(settings.windowPackets(), store));
    streams.put(stream, opened);
    byFlow.put(flow, opened);
    if (linkIsUp) {
      home.send(link, advertisement(opened));
    }
    return opened;
  }

  /// Publishes one packet; opens the stream when it is new.
  ///
  /// @param payload position to limit; copied before the call returns
  /// @return the packet's sequence in its stream, from 1, or [#UNWANTED], [#FULL] or [#TOO_LARGE]
  public long publish(long nowNanos, String stream, ByteBuffer payload) {
    if (payload.remaining() > StreamFrames.MAX_PAYLOAD_BYTES) {
      return TOO_LARGE;
    }
    Outgoing out = outgoing(stream);
    boolean alarm = trafficClass == TrafficClass.ALARM;
    Replication replication = out.wanted;
    if (replication == null) {
      if (!alarm) {
        wasFull |= !out.wantedKnown;
        return out.wantedKnown ? UNWANTED : FULL;
      }
      replication = Replication.ACTIVE;
    }
    Window window = out.window;
    long sequence = window.next();
    long origin = window.base();
    ByteBuffer packet = store.take(PACKET_HEADER_BYTES + payload.remaining());
    Slot slot = packet == null ? null : window.reach(sequence);
    if (packet == null || slot == null) {
      if (packet != null) {
        store.release(packet);
      }
      wasFull = true;
      return FULL;
    }
    StreamFrames.putPacketHeader(
        packet, replication, out.flow, sequence, out.floor(), Math.min(origin, sequence));
    packet.put(payload).flip();
    slot.packet = packet;
    if (replication == Replication.NONE) {
      boolean sent = linkIsUp && home.send(link, packet);
      window.finish(slot);
      window.advance();
      if (!sent) {
        listener.lost(nowNanos, stream, sequence, "no peer took it");
      }
    } else {
      send(nowNanos, out, sequence, slot);
    }
    return sequence;
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
      if (slot.held) {
        StreamFrames.markRepeat(packet);
      }
      if (home.send(link, packet)) {
        slot.attempts++;
      }
    }
    long first = (slot.held ? settings.deliveryTimeout() : settings.retryPause()).toNanos();
    slot.retryAtNanos = nowNanos + settings.pauseNanos(first, Math.max(0, slot.attempts - 1));
    wake(slot.retryAtNanos);
  }

  // ---- attachment ----

  /// The peer has a live link and packets to confirm, and there is no progress: it is silent, or
  /// cut off from all others.
  private boolean peerStalled(long nowNanos) {
    if (!linkIsUp
        || !choice.hasOthers()
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
    if (link >= 0) {
      home.disconnect(link);
    }
    linkIsUp = false;
    peer = next;
    link = home.connect(next.endpoint());
    home.observe(TraceEvent.of("ATTACH", "peer", next.name().value(), "reason", reason));
  }

  @Override
  public void linkUp(long nowNanos, int upLink, Hello remote) {
    if (upLink != link) {
      return;
    }
    linkIsUp = true;
    attachAtNanos = Long.MAX_VALUE;
    progressedAtNanos = nowNanos;
    for (Outgoing out : streams.values()) {
      home.send(link, advertisement(out));
      resend(nowNanos, out);
    }
  }

  @Override
  public void linkDown(long nowNanos, int downLink, String reason) {
    if (downLink == link) {
      linkIsUp = false;
      setBack(nowNanos, reason);
    }
  }

  @Override
  public void dialFailed(long nowNanos, int failedLink, String reason) {
    if (failedLink == link && choice.hasOthers()) {
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
        new Message.Advertise(out.flow, self.id().incarnation(), out.name, self.id(), self.name()));
  }

  // ---- what the peer says ----

  @Override
  public void frame(long nowNanos, int from, ByteBuffer frame) {
    if (from != link) {
      return;
    }
    if (frame.get(frame.position()) == StreamFrames.ACK) {
      if (StreamFrames.progressFault(frame).isEmpty()) {
        acknowledged(nowNanos, frame);
      }
      return;
    }
    if (StreamFrames.decode(reader, frame) instanceof Decoded.Ok<Message>(Message message)) {
      switch (message) {
        case Message.Interest interest -> interest(nowNanos, interest);
        case Message.UnknownFlow(long flow) -> {
          Outgoing out = byFlow.get(flow);
          if (out != null) {
            home.send(link, advertisement(out));
          }
        }
        case Message.Leaving _ -> setBack(nowNanos, "leaving");
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
    boolean changed = !out.wantedKnown || out.wanted != interest.wanted();
    boolean wasUnwanted = out.wanted == null;
    out.wantedKnown = true;
    out.wanted = interest.wanted();
    if (wasUnwanted && out.wanted != null) {
      resend(nowNanos, out); // Alarms that waited for a subscriber.
    }
    if (changed) {
      listener.interest(nowNanos, out.name, out.wanted);
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
      progressedAtNanos = nowNanos;
      choice.worked();
      listener.delivered(nowNanos, out.name, window.base() - 1);
      tellWritable(nowNanos);
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
    } else if (peerStalled(nowNanos)) {
      attach("stalled");
    }
    wake(attachAtNanos);
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      if (linkIsUp) {
        streams.values().forEach(out -> home.send(link, advertisement(out)));
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
      } else if (slot.attempts >= settings.attempts()) {
        boolean held = slot.held;
        window.finish(slot);
        gaveUp = true;
        listener.lost(
            nowNanos, out.name, sequence, held ? "no client confirmed it" : "no two peers took it");
      } else {
        send(nowNanos, out, sequence, slot);
      }
    }
    if (gaveUp) {
      window.advance();
      tellWritable(nowNanos);
    }
  }

  private void wake(long nanos) {
    if (nanos < wakeAtNanos) {
      wakeAtNanos = nanos;
      home.wakeAt(nanos);
    }
  }
}
