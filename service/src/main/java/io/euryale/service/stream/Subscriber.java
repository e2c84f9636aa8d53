package io.euryale.service.stream;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A client's end of the streams of one traffic class: subscribes at all members of the root cell,
/// puts the packets of each flow in order, drops repetitions and acknowledges.
///
/// Links to all root peers at once make the fail-over of a root peer a matter of which link the
/// next packet comes over. A client that stays near a peer subscribes at one member of that peer's
/// cell only, and at another when it loses that one; what it lacks then comes again from the root
/// cell. Owned by one loop.
public final class Subscriber implements Core {

  /// Most subscriptions of a client in a class.
  public static final int MAX_SUBSCRIPTIONS = StreamFrames.MAX_SUBSCRIPTIONS;

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

    /// A life of a stream does not fit a subscription, which gets none of its packets: told once,
    /// as soon as both are known.
    default void refused(
        long nowNanos, String pattern, String stream, long epoch, StreamQos.Mismatch mismatch) {}

    /// Nothing came of a stream for longer than the deadline of a subscription. Told once for each
    /// silence.
    default void deadlineMissed(long nowNanos, String pattern, String stream, long silentNanos) {}

    /// A process on the way tells how long it had a packet; before or after the packet, and perhaps
    /// never, since what is lost of this is not sent again.
    default void hop(long nowNanos, StreamHop hop) {}

    /// A root peer does not allow this client the pattern, or has no room for it; said again every
    /// second by each.
    default void forbidden(long nowNanos, String pattern, String sentence) {}

    /// The answer to [Subscriber#requestStreams].
    default void streams(long nowNanos, List<StreamInfo> streams) {}

    /// A client that is near asks this peer for its streams from now on, and not the one before.
    default void servedBy(long nowNanos, PeerRef peer) {}

    /// A client that is near was sent away by all the peers that it can reach of those it knows.
    default void unserved(long nowNanos) {}

    /// An answer to [Subscriber#requestArrivals].
    default void arrivals(long nowNanos, PeerId from, Arrivals arrivals) {}
  }

  private final StreamSettings settings;
  private final Home home;
  private final Listener listener;
  private final PacketStore store;
  private final Wishes wishes;
  private final ClientLinks links;
  private final Acknowledgements acknowledgements;
  private final Resequencer resequencer;
  private final NewestOnly newestOnly;
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();
  private final LongMap<Incoming> flows = new LongMap<>();
  private final List<StreamInfo> listing = new ArrayList<>();
  private boolean listRequested;
  private boolean arrivalsRequested;
  private long refreshAtNanos = Long.MAX_VALUE;
  private long armedForNanos = Long.MAX_VALUE;

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
    StreamNames.load();
    this.settings = settings;
    this.home = home;
    this.listener = listener;
    store = new PacketStore(settings.storeBytes(), rules.sharesStore());
    wishes = new Wishes(settings, listener, rules);
    links = new ClientLinks(settings, home, listener, near, wishes);
    acknowledgements = new Acknowledgements(settings.acknowledgementDelay(), rules, links);
    Handover delivery = new Handover(listener, wishes);
    resequencer = new Resequencer(rules, delivery, acknowledgements);
    newestOnly = new NewestOnly(rules, store, delivery, acknowledgements);
  }

  @Override
  public void start(long nowNanos) {
    refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
    arm(nowNanos);
  }

  /// The members of the root cell, or of the cell to be near to.
  public void attachmentPoints(long nowNanos, List<PeerRef> peers) {
    links.points(nowNanos, peers);
    arm(nowNanos);
  }

  /// Subscribes with a replication and no other wish.
  public void subscribe(long nowNanos, String pattern, Replication replication) {
    subscribe(nowNanos, pattern, StreamQos.of(replication));
  }

  /// Subscribes to all streams of this class whose name matches, now and later. A second wish for
  /// the same pattern replaces the first.
  ///
  /// @param pattern a valid [StreamNames#isPattern]
  /// @throws IllegalArgumentException when it is not, or there are [#MAX_SUBSCRIPTIONS] others
  public void subscribe(long nowNanos, String pattern, StreamQos qos) {
    wishes.put(pattern, qos);
    links.tellWishes();
    flows.forEach(
        flow -> {
          Wishes.forget(flow, pattern);
          wishes.judge(nowNanos, flow);
        });
    arm(nowNanos);
  }

  /// Takes a subscription back; packets on their way may still arrive.
  public void unsubscribe(long nowNanos, String pattern) {
    unsubscribe(nowNanos, List.of(pattern));
  }

  /// Takes several back at once.
  public void unsubscribe(long nowNanos, List<String> patterns) {
    patterns.forEach(wishes::remove);
    links.tellWishes();
    flows.forEach(flow -> patterns.forEach(pattern -> Wishes.forget(flow, pattern)));
  }

  /// The application takes packets again ([Listener#takes]).
  public void resume(long nowNanos) {
    flows.forEach(flow -> resequencer.resume(nowNanos, flow));
    arm(nowNanos);
  }

  /// Asks the root cell which streams it knows; answered by [Listener#streams], at once when a link
  /// is up, else as soon as one is.
  public void requestStreams(long nowNanos) {
    listRequested = true;
    listing.clear();
    links.ask(StreamFrames.encode(writer, new Message.ListStreams()));
  }

  /// Asks all peers that streams come from how packets arrived there, at once when a link is up,
  /// else as soon as the first is, to it alone. Each answers by [Listener#arrivals], unless it goes
  /// before, or the rights do not allow it.
  ///
  /// @return how many were asked
  public int requestArrivals() {
    int asked = links.askAll(StreamFrames.encode(writer, new Message.AskArrivals()));
    arrivalsRequested = asked == 0;
    return asked;
  }

  /// Whether at least one peer that streams come from is connected.
  public boolean isConnected() {
    return links.isAnyUp();
  }

  /// Repetitions that were discarded.
  public long duplicates() {
    return resequencer.duplicates() + newestOnly.duplicates();
  }

  /// Packets that wait for an earlier one, in all flows.
  public int waiting() {
    int[] waiting = {0};
    flows.forEach(flow -> waiting[0] += flow.window.pendingCount());
    return waiting[0];
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    links.up(nowNanos, link, remote.self().id());
    if (listRequested) {
      requestStreams(nowNanos);
    }
    if (arrivalsRequested) {
      requestArrivals();
    }
    arm(nowNanos);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    flows.forEach(flow -> flow.linkDown(link));
    links.down(nowNanos, link);
    if (listRequested) {
      requestStreams(nowNanos);
    }
    arm(nowNanos);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    links.heard(nowNanos, link);
    if (wishes.deadlineAtNanos() <= nowNanos) {
      // A silence that this frame ends is one nevertheless.
      wishes.reviewDeadlines(nowNanos);
    }
    if (frame.get(frame.position()) == StreamFrames.DATA) {
      if (StreamFrames.packetFault(frame).isEmpty()) {
        packet(nowNanos, link, frame);
      }
    } else if (StreamFrames.decode(reader, frame) instanceof Decoded.Ok<Message>(Message message)) {
      switch (message) {
        case Message.Advertise advertise -> advertised(nowNanos, advertise);
        case Message.Streams streams -> listed(nowNanos, streams);
        case Message.Arrived(Arrivals arrivals) -> {
          PeerId from = links.peer(link);
          if (from != null) {
            listener.arrivals(nowNanos, from, arrivals);
          }
        }
        case Message.Ping(long number) ->
            home.send(link, StreamFrames.encode(writer, new Message.Pong(number)));
        case Message.Hop hop -> hop(nowNanos, hop);
        case Message.GoElsewhere _ -> links.goElsewhere(nowNanos, link);
        case Message.AskClients _ -> links.chooseAgain(link);
        case Message.Forbidden(String pattern, String sentence) ->
            listener.forbidden(nowNanos, pattern, sentence);
        default -> {}
      }
    }
    arm(nowNanos);
  }

  /// A peer tells what a flow is.
  void advertised(long nowNanos, Message.Advertise advertise) {
    Incoming known = flows.get(advertise.flow());
    if (known == null
        ? flows.size() >= settings.flows() || !advertise.isGenuine()
        : !known.isOf(advertise)) {
      return;
    }
    Incoming flow = known == null ? begin(nowNanos, advertise) : known;
    flow.heardAtNanos = nowNanos;
    flow.lives.said(nowNanos, flow);
    if (advertise.pathMicros() > 0) {
      flow.pathNanos = advertise.pathMicros() * 1_000;
    }
    wishes.judge(nowNanos, flow);
  }

  private Incoming begin(long nowNanos, Message.Advertise advertise) {
    Window window = new Window(settings.windowPackets(), store);
    Lives lives = wishes.lives(nowNanos, advertise.name());
    Incoming flow = new Incoming(nowNanos, advertise, window, lives);
    flows.put(advertise.flow(), flow);
    lives.add(flow);
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
    if (StreamFrames.isKept(frame)) {
      newestOnly.lastValue(nowNanos, flow, frame);
      return; // To whoever is in the middle of the stream it says nothing.
    }
    flow.onlyKept = false;
    if (flow.conflated) {
      newestOnly.packet(nowNanos, flow, frame);
    } else {
      resequencer.packet(nowNanos, flow, frame);
    }
  }

  @Override
  public void idle(long nowNanos) {
    acknowledgements.sendDue(nowNanos);
  }

  @Override
  public void timerDue(long nowNanos) {
    armedForNanos = Long.MAX_VALUE;
    acknowledgements.sendDue(nowNanos);
    links.review(nowNanos);
    if (refreshAtNanos <= nowNanos) {
      refreshAtNanos = nowNanos + settings.refreshPeriod().toNanos();
      links.leaveFormer();
      links.tellWishes();
      if (listRequested) {
        requestStreams(nowNanos);
      }
      forget(nowNanos);
      if (store.trim(nowNanos)) {
        flows.forEach(flow -> flow.window.trim());
      }
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
      resequencer.giveUp(nowNanos, flow);
    }
    if (flows.size() == settings.flows()) {
      // Remembered as long as there is room: a flow that comes back must not begin again.
      silent.removeIf(flow -> flow.window.hasPending()); // The application has yet to take it.
      for (Incoming flow : silent) {
        flows.remove(flow.advertised.flow());
        flow.outOfOrder.clear(store);
        acknowledgements.forget(flow);
        wishes.end(flow);
      }
    }
  }

  private void arm(long nowNanos) {
    if (wishes.deadlineAtNanos() <= nowNanos) {
      wishes.reviewDeadlines(nowNanos);
    }
    long next =
        Math.min(
            Math.min(refreshAtNanos, links.dueAtNanos()),
            Math.min(acknowledgements.dueAtNanos(), wishes.deadlineAtNanos()));
    if (next < armedForNanos) {
      armedForNanos = next;
      home.wakeAt(Math.max(next, nowNanos));
    }
  }
}
