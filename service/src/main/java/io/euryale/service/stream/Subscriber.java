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
import java.util.TreeMap;
import java.util.TreeSet;

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

    /// A root peer does not allow this client the pattern; said again every second by each.
    default void forbidden(long nowNanos, String pattern, String sentence) {}

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
  private final ArrayDeque<Incoming> dirty = new ArrayDeque<>();
  private final Map<PeerId, Dial> dialled = new TreeMap<>();
  private final TreeSet<Integer> up = new TreeSet<>();
  private final Map<String, Replication> wishes = new TreeMap<>();
  private final List<StreamInfo> listing = new ArrayList<>();

  private boolean listRequested;
  private long refreshAtNanos = Long.MAX_VALUE;
  private long acknowledgeAtNanos = Long.MAX_VALUE;
  private long armedForNanos = Long.MAX_VALUE;
  private long duplicates;

  private record Dial(int link, Endpoint endpoint) {}

  /// One flow on its way to the application. The window's base is the next sequence to deliver.
  private static final class Incoming {
    final Message.Advertise advertised;
    final Window window;
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

  /// Subscribes to all streams of this class whose name matches, now and later. A second wish for
  /// the same pattern replaces the first.
  ///
  /// @param pattern a valid [StreamNames#isPattern]
  public void subscribe(long nowNanos, String pattern, Replication replication) {
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
    wishes.put(pattern, replication);
    tellWishes();
  }

  /// Takes a subscription back; packets on their way may still arrive.
  public void unsubscribe(long nowNanos, String pattern) {
    wishes.remove(pattern);
    tellWishes();
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
    wishes.forEach((pattern, replication) -> entries.add(new Subscription(replication, pattern)));
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
    if (frame.get(frame.position()) == StreamFrames.DATA) {
      if (StreamFrames.packetFault(frame).isEmpty()) {
        packet(nowNanos, link, frame);
      }
    } else if (StreamFrames.decode(reader, frame) instanceof Decoded.Ok<Message>(Message message)) {
      switch (message) {
        case Message.Advertise advertise -> advertised(nowNanos, advertise);
        case Message.Streams streams -> listed(nowNanos, streams);
        case Message.Forbidden(String pattern, String sentence) ->
            listener.forbidden(nowNanos, pattern, sentence);
        default -> {}
      }
    }
    arm(nowNanos);
  }

  private void advertised(long nowNanos, Message.Advertise advertise) {
    Incoming known = flows.get(advertise.flow());
    if (known != null) {
      known.heardAtNanos = nowNanos;
    } else if (flows.size() < settings.flows()) {
      Incoming flow = new Incoming(advertise, new Window(settings.windowPackets(), store));
      flow.heardAtNanos = nowNanos;
      flows.put(advertise.flow(), flow);
    }
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
    long originFloor = StreamFrames.originFloor(frame);
    if (window.isUnset()) {
      window.begin(originFloor);
    }
    skipTo(nowNanos, flow, rules.giveUpBelow(originFloor, sequence));
    if (StreamFrames.replication(frame) != Replication.NONE) {
      acknowledge(nowNanos, flow);
    }
    if (rules.isRepetition(sequence, window)) {
      duplicates++;
    } else if (sequence < window.base()) {
      deliver(nowNanos, flow, sequence, frame);
    } else if (sequence == window.base() && window.base() == window.next()) {
      // In order and nothing waits behind it: no copy is needed.
      deliver(nowNanos, flow, sequence, frame);
      window.begin(sequence + 1);
    } else if (sequence == window.base()) {
      // Others wait behind it: it needs no room of its own.
      deliver(nowNanos, flow, sequence, frame);
      window.finish(window.at(sequence));
      window.advance();
      drain(nowNanos, flow);
    } else {
      keep(frame, window, sequence);
    }
  }

  private void keep(ByteBuffer frame, Window window, long sequence) {
    Slot slot = window.reach(sequence);
    if (slot == null) {
      return; // Too far ahead: not confirmed, so it comes again.
    }
    if (slot.isPending()) {
      duplicates++;
    } else {
      slot.packet = store.copy(frame);
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
        deliver(nowNanos, flow, window.base(), packet);
      }
      window.finish(slot);
      window.advance();
    }
  }

  private void deliver(long nowNanos, Incoming flow, long sequence, ByteBuffer packet) {
    int start = packet.position();
    packet.position(start + StreamFrames.PACKET_HEADER_BYTES);
    listener.packet(nowNanos, flow.advertised.name(), flow.advertised.epoch(), sequence, packet);
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
      silent.forEach(flow -> flows.remove(flow.advertised.flow()));
    }
  }

  private void arm(long nowNanos) {
    long next = Math.min(refreshAtNanos, acknowledgeAtNanos);
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
