package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.ACK;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A client's end of the streams of one traffic class: subscribes at all members of the root cell,
/// puts the packets of each flow in order, drops repetitions and acknowledges.
///
/// Links to all root peers at once make the fail-over of a root peer a matter of which link the
/// next packet comes over. A client that stays near a peer subscribes at one member of that peer's
/// cell only, and at another when it loses that one; what it lacks then comes again from the root
/// cell. Owned by one loop.
public final class Subscriber implements Core {

  /// What a subscriber tells its application, on the subscriber's loop.
  public interface Listener {
    /// The next packet of a stream. `payload` (position to limit) is valid only during the call;
    /// when it returns, the packet counts as delivered.
    void packet(long nowNanos, String stream, long epoch, long sequence, ByteBuffer payload);

    /// Whether the application takes packets of a stream now. If not, they wait: here as long as
    /// there is room, then on the way and at last at the sensor, until [Subscriber#resume].
    default boolean takes(String stream) {
      return true;
    }

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

    /// A process on the way tells how long it had a packet; before or after the packet, and perhaps
    /// never, since what is lost of this is not sent again.
    default void hop(long nowNanos, StreamHop hop) {}

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

  /// Who is at the other end of each live link.
  private final TreeMap<Integer, PeerName> up = new TreeMap<>();

  private final boolean near;

  /// When near: the link that streams are asked for over, or -1; one before it whose last packets
  /// may be on their way, or -1; and how often that has changed.
  private int source = -1;

  private int former = -1;
  private long turn;

  /// When near: the peers, the one to prefer first.
  private List<PeerRef> points = List.of();

  private final Wishes wishes;

  /// Flows of which packets were refused.
  private final List<Incoming> waiting = new ArrayList<>();

  private final List<StreamInfo> listing = new ArrayList<>();

  private boolean listRequested;
  private long refreshAtNanos = Long.MAX_VALUE;
  private long acknowledgeAtNanos = Long.MAX_VALUE;
  private long armedForNanos = Long.MAX_VALUE;
  private long duplicates;

  /// Whose payload may go beyond the limit of the store until it is complete.
  private @Nullable Incoming privileged;

  private record Dial(int link, Endpoint endpoint) {}

  public Subscriber(StreamSettings settings, Home home, Listener listener) {
    this(settings, false, home, listener);
  }

  /// Makes a subscriber.
  ///
  /// @param near whether it is at one peer, which may be any, and not at all peers of the root cell
  public Subscriber(StreamSettings settings, boolean near, Home home, Listener listener) {
    this(settings, near, home, listener, StreamRules.SOUND);
  }

  Subscriber(
      StreamSettings settings, boolean near, Home home, Listener listener, StreamRules rules) {
    this.near = near;
    this.rules = rules;
    this.settings = settings;
    this.home = home;
    this.listener = listener;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
    wishes = new Wishes(listener, rules);
  }

  @Override
  public void start(long nowNanos) {
    refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
    arm(nowNanos);
  }

  /// The members of the root cell, or of the cell to be near to.
  public void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    points = List.copyOf(peers);
    Map<PeerId, PeerRef> wanted = new TreeMap<>();
    peers.forEach(peer -> wanted.put(peer.id(), peer));
    wanted.forEach(
        (id, peer) -> {
          Dial dial = dialled.get(id);
          if (dial != null && !dial.endpoint().equals(peer.endpoint())) {
            drop(id, dial);
          }
          dialled.computeIfAbsent(
              id, _ -> new Dial(home.connect(peer.endpoint()), peer.endpoint()));
        });
    if (near && !isPoint(source)) {
      choose();
    }
    dropOthers();
  }

  /// Drops links to who is no attachment point any more, but the one that streams come over.
  private void dropOthers() {
    for (PeerId known : List.copyOf(dialled.keySet())) {
      Dial dial = dialled.get(known);
      boolean isPoint = points.stream().anyMatch(point -> point.id().equals(known));
      if (dial != null && !isPoint && dial.link() != source && dial.link() != former) {
        drop(known, dial);
      }
    }
  }

  private void drop(PeerId id, Dial dial) {
    dialled.remove(id);
    forget(dial.link());
    home.disconnect(dial.link());
  }

  private void forget(int link) {
    up.remove(link);
    source = source == link ? -1 : source;
    former = former == link ? -1 : former;
  }

  private boolean isPoint(int link) {
    return points.stream()
        .map(point -> dialled.get(point.id()))
        .anyMatch(dial -> dial != null && dial.link() == link);
  }

  /// Asks for streams over another link than the present one, if there is any.
  private void choose() {
    for (PeerRef point : points) {
      Dial dial = dialled.get(point.id());
      if (dial != null && dial.link() != source && up.containsKey(dial.link())) {
        leaveFormer();
        former = source;
        source = dial.link();
        turn++;
        sendWishes(source);
        return;
      }
    }
  }

  /// A peer is about to go. If it was left already, it did not hear so.
  private void goElsewhere(int link) {
    if (link == source) {
      choose();
    } else if (link != former) {
      leave(link);
    }
  }

  /// Whoever served before does so no more: what it had for this client has come by now.
  private void leaveFormer() {
    if (former >= 0) {
      leave(former);
      former = -1;
      dropOthers();
    }
  }

  private void leave(int link) {
    home.send(
        link, StreamFrames.encode(writer, new Message.Subscriptions(turn, List.of(), List.of())));
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
    wishes.put(pattern, qos);
    tellWishes();
    flows.forEach(
        flow -> {
          Wishes.forget(flow, pattern);
          wishes.judge(nowNanos, flow);
        });
    arm(nowNanos);
  }

  /// Takes a subscription back; packets on their way may still arrive.
  public void unsubscribe(long nowNanos, String pattern) {
    wishes.remove(pattern);
    tellWishes();
    flows.forEach(flow -> Wishes.forget(flow, pattern));
  }

  /// The application takes packets again ([Listener#takes]).
  public void resume(long nowNanos) {
    flows.forEach(
        flow -> {
          long before = flow.window.base();
          drain(nowNanos, flow);
          if (flow.window.base() > before) {
            acknowledge(nowNanos, flow);
          }
        });
    arm(nowNanos);
  }

  /// Asks the root cell which streams it knows; answered by [Listener#streams], at once when a link
  /// is up, else as soon as one is.
  public void requestStreams(long nowNanos) {
    listRequested = true;
    listing.clear();
    int asked = near || up.isEmpty() ? source : up.firstKey();
    if (asked >= 0) {
      home.send(asked, StreamFrames.encode(writer, new Message.ListStreams()));
    }
  }

  /// Whether at least one peer that streams come from is connected.
  public boolean isConnected() {
    return !up.isEmpty();
  }

  /// Repetitions that were discarded.
  public long duplicates() {
    return duplicates;
  }

  private void tellWishes() {
    if (near) {
      if (source >= 0) {
        sendWishes(source);
      }
    } else {
      up.keySet().forEach(this::sendWishes);
    }
  }

  private void sendWishes(int link) {
    List<PeerName> attached =
        near
            ? List.of()
            : up.values().stream().distinct().limit(StreamFrames.MAX_ATTACHED).toList();
    home.send(
        link,
        StreamFrames.encode(writer, new Message.Subscriptions(turn, attached, wishes.entries())));
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    up.put(link, remote.self().name());
    if (!near) {
      tellWishes(); // To all: they hear who else is reached.
    } else if (source < 0 || !isPoint(source)) {
      choose();
    }
    if (listRequested) {
      requestStreams(nowNanos);
    }
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    boolean served = link == source;
    forget(link);
    flows.forEach(flow -> flow.linkDown(link));
    if (served) {
      choose();
    } else if (!near) {
      tellWishes(); // The others reach it alone.
    }
    if (listRequested) {
      requestStreams(nowNanos);
    }
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    if (wishes.deadlineAtNanos() <= nowNanos) {
      // A silence that this frame ends is one nevertheless.
      wishes.reviewDeadlines(nowNanos, flows);
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
        case Message.Hop hop -> hop(nowNanos, hop);
        case Message.GoElsewhere _ when near -> goElsewhere(link);
        case Message.Forbidden(String pattern, String sentence) ->
            listener.forbidden(nowNanos, pattern, sentence);
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
    wishes.judge(nowNanos, flow);
  }

  private Incoming begin(long nowNanos, Message.Advertise advertise) {
    Incoming flow = new Incoming(advertise, new Window(settings.windowPackets(), store));
    flows.put(advertise.flow(), flow);
    wishes.begin(nowNanos, flow);
    return flow;
  }

  private void hop(long nowNanos, Message.Hop hop) {
    Incoming flow = flows.get(hop.flow());
    if (flow != null) {
      listener.hop(
          nowNanos,
          new StreamHop(
              flow.stream(),
              flow.advertised.epoch(),
              hop.sequence(),
              hop.who(),
              hop.arrivedMicros() * 1_000,
              hop.leftMicros() * 1_000,
              hop.transitMicros() * 1_000));
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
      kept(nowNanos, flow, frame);
      return; // To whoever is in the middle of the stream it says nothing.
    }
    flow.onlyKept = false;
    if (flow.conflated) {
      newest(nowNanos, flow, frame);
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
    boolean isWhole = StreamFrames.fragments(frame) == 1 && listener.takes(flow.stream());
    if (rules.isRepetition(sequence, window)) {
      duplicates++;
    } else if (sequence < window.base()) {
      deliver(nowNanos, flow, frame, 0);
    } else if (isWhole && sequence == window.base() && window.base() == window.next()) {
      // In order and nothing waits behind it: no copy is needed.
      deliver(nowNanos, flow, frame, 0);
      window.begin(sequence + 1);
    } else if (isWhole && sequence == window.base()) {
      // Others wait behind it: it needs no room of its own.
      deliver(nowNanos, flow, frame, 0);
      window.finish(window.at(sequence));
      window.advance();
      drain(nowNanos, flow);
    } else {
      keep(nowNanos, flow, frame);
    }
  }

  private void keep(long nowNanos, Incoming flow, ByteBuffer frame) {
    Window window = flow.window;
    Slot slot = window.reach(StreamFrames.sequence(frame));
    if (slot == null) {
      refuse(flow, frame); // Too far ahead: not confirmed, so it comes again.
      return;
    }
    if (slot.isPending()) {
      duplicates++;
    } else if (window.keep(slot, frame)) {
      slot.bornNanos = nowNanos; // When it came.
    } else if (mayGoBeyond(flow, frame)) {
      window.keepBeyond(slot, frame);
      slot.bornNanos = nowNanos;
    } else {
      refuse(flow, frame);
    }
    drain(nowNanos, flow);
  }

  private void refuse(Incoming flow, ByteBuffer frame) {
    long sequence = StreamFrames.sequence(frame);
    if (flow.waitsForBytes == 0) {
      waiting.add(flow);
      flow.waitsFrom = sequence;
    }
    flow.waitsFrom = Math.min(flow.waitsFrom, sequence);
    flow.waitsForBytes = frame.remaining();
  }

  /// Asks for what was refused. Else it would come with its next repetition, and what is published
  /// until then might fill the room once more, again and again.
  private void tellRoom() {
    waiting.removeIf(
        flow -> {
          boolean hasRoom = flow.window.hasRoomAgain(flow.waitsFrom, flow.waitsForBytes);
          if (hasRoom) {
            flow.waitsForBytes = 0;
            flow.roomAgain = true;
            markDirty(flow);
          }
          return hasRoom;
        });
  }

  /// Payloads that wait for their last fragments must not fill the store and wait for each other:
  /// one at a time, the first in its flow, may go beyond the limit.
  private boolean mayGoBeyond(Incoming flow, ByteBuffer frame) {
    boolean isNext =
        StreamFrames.fragments(frame) > 1
            && StreamFrames.firstSequence(frame) == flow.window.base();
    if (isNext && (privileged == null || privileged == flow)) {
      privileged = flow;
      return true;
    }
    return false;
  }

  /// The last value from before the subscription. Peers of the root cell may keep different ones,
  /// also of a former life of the stream; the newest wins.
  private void kept(long nowNanos, Incoming flow, ByteBuffer frame) {
    Window window = flow.window;
    boolean isNews =
        flow.successor == null
            && (window.isUnset()
                || (flow.onlyKept && StreamFrames.firstSequence(frame) >= window.base()));
    if (isNews && assembles(flow, frame)) {
      flow.onlyKept = true;
      deliverAssembled(nowNanos, flow, frame);
      window.begin(StreamFrames.lastSequence(frame) + 1);
    }
  }

  /// Of a stream with conflation: what is newer than all before is handed over, the rest is not.
  private void newest(long nowNanos, Incoming flow, ByteBuffer frame) {
    if (!listener.takes(flow.stream())) {
      return; // Not confirmed, so the newest comes when this one could have been lost.
    }
    Window window = flow.window;
    acknowledge(nowNanos, flow);
    long first = StreamFrames.firstSequence(frame);
    if (window.isUnset()) {
      window.begin(first);
    }
    if (flow.successor != null) {
      window.skipTo(
          StreamFrames.lastSequence(frame) + 1); // Of a life that is over: not the newest.
    } else if (rules.isRepetition(first, window)) {
      duplicates++;
    } else if (assembles(flow, frame)) {
      flow.skipped = Math.max(0, first - window.base());
      deliverAssembled(nowNanos, flow, frame);
      flow.skipped = 0;
      window.clear();
      window.begin(StreamFrames.lastSequence(frame) + 1);
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
        gap(nowNanos, flow, from, missing - 1);
        window.skipMissingBelow(missing);
      } else if (!giveUpPayload(nowNanos, flow, floor)) {
        return;
      }
      drain(nowNanos, flow);
    }
  }

  private void gap(long nowNanos, Incoming flow, long from, long to) {
    listener.gap(nowNanos, flow.stream(), flow.advertised.epoch(), from, to);
  }

  /// Gives the payload at the base up, if a part of it will not come.
  private boolean giveUpPayload(long nowNanos, Incoming flow, long floor) {
    Window window = flow.window;
    ByteBuffer packet = window.at(window.base()).packet;
    if (packet == null) {
      return false;
    }
    long end = StreamFrames.lastSequence(packet) + 1;
    boolean isLost = StreamFrames.fragment(packet) > 0;
    for (long s = window.base(); s < Math.min(end, floor); s++) {
      isLost |= s >= window.next() || !window.at(s).isPending();
    }
    if (isLost) {
      gap(nowNanos, flow, window.base(), end - 1);
      window.skipTo(end);
      privileged = privileged == flow ? null : privileged;
    }
    return isLost;
  }

  /// Delivers what is next, as far as it is complete.
  private void drain(long nowNanos, Incoming flow) {
    Window window = flow.window;
    while (window.base() < window.next()) {
      Slot slot = window.at(window.base());
      ByteBuffer packet = slot.packet;
      if (packet == null) {
        return;
      }
      long last = StreamFrames.lastSequence(packet);
      if (StreamFrames.fragment(packet) > 0) {
        boolean _ = giveUpPayload(nowNanos, flow, 0); // Its beginning was given up.
      } else if (!listener.takes(flow.stream())) {
        return;
      } else if (last == window.base()) {
        deliver(nowNanos, flow, packet, nowNanos - slot.bornNanos); // It waited here.
        window.finish(slot);
        window.advance();
      } else if (isComplete(window, last) || !rules.waitsForFragments()) {
        deliverFragments(nowNanos, flow, last);
      } else {
        return;
      }
    }
  }

  private static boolean isComplete(Window window, long last) {
    for (long sequence = window.base(); sequence <= last; sequence++) {
      if (sequence >= window.next() || !window.at(sequence).isPending()) {
        return false;
      }
    }
    return true;
  }

  private void deliverFragments(long nowNanos, Incoming flow, long last) {
    Window window = flow.window;
    List<ByteBuffer> fragments = new ArrayList<>();
    long ageNanos = 0;
    for (long sequence = window.base(); sequence < Math.min(last + 1, window.next()); sequence++) {
      Slot slot = window.at(sequence);
      ByteBuffer packet = slot.packet;
      if (packet != null) {
        fragments.add(packet);
        long waitedNanos = nowNanos - slot.bornNanos;
        ageNanos = Math.max(ageNanos, StreamFrames.ageNanos(packet) + waitedNanos);
      }
    }
    ByteBuffer end = fragments.getLast();
    handOver(nowNanos, flow, last, ageNanos, end, Fragments.join(fragments));
    window.skipTo(last + 1);
    privileged = privileged == flow ? null : privileged;
  }

  /// Whether with this packet a payload is complete; a whole one needs no copy.
  private boolean assembles(Incoming flow, ByteBuffer frame) {
    return StreamFrames.fragments(frame) == 1 || flow.outOfOrder.add(frame, store);
  }

  private void deliverAssembled(long nowNanos, Incoming flow, ByteBuffer frame) {
    if (StreamFrames.fragments(frame) == 1) {
      deliver(nowNanos, flow, frame, 0);
      return;
    }
    List<ByteBuffer> packets = flow.outOfOrder.take();
    ByteBuffer last = packets.getLast();
    handOver(
        nowNanos,
        flow,
        StreamFrames.sequence(last),
        Math.max(StreamFrames.ageNanos(last), StreamFrames.ageNanos(frame)), // It may have waited.
        last,
        Fragments.join(packets));
    packets.forEach(store::release);
  }

  private void deliver(long nowNanos, Incoming flow, ByteBuffer packet, long waitedNanos) {
    handOver(
        nowNanos,
        flow,
        StreamFrames.sequence(packet),
        StreamFrames.ageNanos(packet) + waitedNanos,
        packet,
        Fragments.part(packet));
  }

  /// @param last the last packet of the payload
  private void handOver(
      long nowNanos,
      Incoming flow,
      long sequence,
      long ageNanos,
      ByteBuffer last,
      ByteBuffer payload) {
    StreamPacket about =
        new StreamPacket(
            flow.stream(),
            flow.advertised.epoch(),
            sequence,
            flow.advertised.offer().type(),
            ageNanos,
            StreamFrames.isKept(last),
            flow.skipped,
            StreamFrames.isTraced(last),
            flow.refusedBy);
    wishes.delivered(nowNanos, flow, about.kept());
    listener.packet(nowNanos, about, payload);
  }

  private void acknowledge(long nowNanos, Incoming flow) {
    if (!flow.dirty) {
      markDirty(flow);
      acknowledgeAtNanos =
          Math.min(acknowledgeAtNanos, nowNanos + settings.acknowledgementDelay().toNanos());
    }
  }

  private void markDirty(Incoming flow) {
    if (!flow.dirty) {
      flow.dirty = true;
      dirty.add(flow);
    }
  }

  private void sendAcknowledgements() {
    acknowledgeAtNanos = Long.MAX_VALUE;
    tellRoom();
    for (Incoming flow = dirty.poll(); flow != null; flow = dirty.poll()) {
      flow.dirty = false;
      Window window = flow.window;
      long upTo = window.base() - 1;
      while (upTo + 1 < window.next() && window.at(upTo + 1).isPending()) {
        upTo++; // Fragments that wait for the others.
      }
      long bits = kept(window, upTo);
      long delivered = rules.delivered(window);
      int room = flow.roomAgain ? StreamFrames.ROOM_AGAIN : 0;
      flow.roomAgain = false;
      for (int link : near ? new int[] {source} : flow.sources) {
        if (up.containsKey(link)) {
          home.send(
              link,
              StreamFrames.progress(
                  writer, ACK, flow.advertised.flow(), upTo, bits, delivered, room));
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
      leaveFormer();
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
      for (Incoming flow : silent) {
        flows.remove(flow.advertised.flow());
        flow.outOfOrder.clear(store);
        waiting.remove(flow);
        wishes.end(flow);
      }
    }
  }

  private void arm(long nowNanos) {
    if (wishes.deadlineAtNanos() <= nowNanos) {
      wishes.reviewDeadlines(nowNanos, flows);
    }
    long next = Math.min(Math.min(refreshAtNanos, acknowledgeAtNanos), wishes.deadlineAtNanos());
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
