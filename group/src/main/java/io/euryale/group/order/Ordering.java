package io.euryale.group.order;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Ordered delivery in one traffic class of one group member; the package description says how.
///
/// It owns no loop: the core of the class calls it. In a regular configuration it sends, receives
/// and delivers. `membership` takes it from one configuration to the next by [#freeze],
/// [#recover], [#deliverOld], [#transitional], [#regular], in this order; every [#freeze] starts
/// over.
public final class Ordering implements Submission {

  /// How far ahead another member's clock may be; keeps a wrong one from using up all timestamps.
  private static final long LONGEST_LEAP = 1L << 40;

  private enum Phase {
    /// No configuration yet.
    NONE,
    REGULAR,
    /// Silent; others may still get packets from here.
    FROZEN,
    /// Silent, and getting the union.
    RECOVERING,
    /// Holds the union and has said so.
    RECOVERED
  }

  private final OrderSettings settings;
  private final Outlet outlet;
  private final Delivery up;
  private final OrderRules rules;
  private final Outflow outflow;
  private final Bodies bodies = new Bodies();
  private final Backlog backlog = new Backlog();
  private final OrderCounters counters = new OrderCounters();
  private final Announcements announcements;
  private final Sending sending = new Sending();

  private Phase phase = Phase.NONE;
  private @Nullable History history;
  private @Nullable Handover handover;
  private @Nullable Repairs repairs;
  private @Nullable Recovery recovery;
  private final BitSet obliged = new BitSet();

  private long releasedPackets;

  /// @param rules [OrderRules#SOUND] but in tests of the checkers
  public Ordering(OrderSettings settings, Outlet outlet, Delivery up, OrderRules rules) {
    this.settings = settings;
    this.outlet = outlet;
    this.up = up;
    this.rules = rules;
    outflow = new Outflow(settings, outlet, up, rules, bodies);
    announcements = new Announcements(settings, outlet, counters);
  }

  public OrderCounters counters() {
    History present = history;
    Repairs presentRepairs = repairs;
    counters.queuedMessages = outflow.queuedMessages();
    counters.queuedBytes = outflow.queuedBytes();
    if (present != null && presentRepairs != null) {
      counters.undelivered = present.latest() - present.stableLine();
    }
    return counters;
  }

  @Override
  public boolean submit(Service service, ByteBuffer payload) {
    int length = payload.remaining();
    if (length > (service == Service.UNRELIABLE ? MAX_UNRELIABLE_BYTES : MAX_MESSAGE_BYTES)) {
      throw new IllegalArgumentException(
          "A message of " + length + " bytes is too large for the service " + service.label());
    }
    return outflow.submit(service, payload);
  }

  // --- the regular configuration
  // ------------------------------------------------------------------

  /// Installs a regular configuration and sends what waits.
  public void regular(long now, Configuration configuration, PeerId self) {
    History opened = new History(configuration, configuration.rank(self), rules);
    history = opened;
    handover = new Handover(opened, up, rules, counters);
    Repairs fresh =
        new Repairs(
            opened,
            outlet,
            rules.repairs() ? settings.repairPause().toNanos() : Long.MAX_VALUE / 1024);
    repairs = fresh;
    recovery = null;
    obliged.clear();
    releasedPackets = 0;
    announcements.open();
    phase = Phase.REGULAR;
    outflow.open(opened);
    up.regular(now, configuration);
    backlog.replay(opened.tag, (sender, body) -> datagram(now, sender, body));
    idle(now);
  }

  /// The body of a datagram of type [PacketCodec#TYPE] from an authenticated peer.
  public void datagram(long now, PeerId sender, ByteBuffer body) {
    if (body.remaining() < PacketCodec.DATAGRAM_HEADER_BYTES) {
      counters.malformed++;
      return;
    }
    int start = body.position();
    long tag = body.getLong(start + 1);
    History present = history;
    if (present == null || (tag != present.tag && rules.tellsConfigurationsApart())) {
      if (!backlog.keep(tag, sender, body)) {
        counters.otherConfiguration++;
      }
      return;
    }
    int rank = present.configuration.rank(sender);
    if (rank < 0 || rank == present.self) {
      counters.stranger++;
      return;
    }
    if (!numbers(present, rank, body, start)) {
      counters.malformed++;
      return;
    }
    body.position(start + PacketCodec.DATAGRAM_HEADER_BYTES);
    if (!parts(now, present, rank, body)) {
      counters.malformed++;
    }
    if (phase == Phase.REGULAR) {
      deliver(now);
    } else {
      Recovery present2 = recovery;
      if (present2 != null) {
        present2.review(now);
      }
    }
  }

  /// Takes the three numbers of a sender.
  ///
  /// @return false when no member would send them
  private boolean numbers(History present, int rank, ByteBuffer body, int start) {
    Origin origin = present.origins[rank];
    long clock = body.getLong(start + 9);
    long count = body.getLong(start + 17);
    long line = body.getLong(start + 25);
    // What this peer has said that it holds is where the other's window begins, at the most.
    if (isLeap(present, clock)
        || isLeap(present, line)
        || count < 0
        || count - origin.held() > Origin.MOST_PACKETS) {
      return false;
    }
    if (phase == Phase.REGULAR) {
      present.witness(clock);
      origin.promise(clock, count);
      origin.reportLine(line);
      if (PacketCodec.asksForAnswer(body)) {
        announcements.asked(clock);
      }
    }
    return true;
  }

  private static boolean isLeap(History present, long time) {
    return time < 0 || time > PacketCodec.MOST || time - present.clock() > LONGEST_LEAP;
  }

  private boolean parts(long now, History present, int rank, ByteBuffer body) {
    long budget = outlet.windowBytes();
    while (body.hasRemaining()) {
      if (body.remaining() < PacketCodec.PART_HEADER_BYTES) {
        return false;
      }
      int kind = body.get();
      int length = body.getShort() & 0xFFFF;
      if (length > body.remaining()) {
        return false;
      }
      int limit = body.limit();
      int end = body.position() + length;
      body.limit(end);
      switch (kind) {
        case PacketCodec.PACKET -> {
          Packet packet = PacketCodec.packet(body, present.size(), bodies);
          if (packet == null || isLeap(present, packet.time)) {
            return false;
          }
          receive(now, present, packet);
        }
        case PacketCodec.REQUEST -> {
          PacketCodec.Request request = PacketCodec.request(body, present.size());
          Repairs presentRepairs = repairs;
          if (request == null) {
            return false;
          }
          if (presentRepairs != null) {
            budget = presentRepairs.answer(rank, request, budget);
          }
        }
        case PacketCodec.UNRELIABLE -> {
          long sequence = body.remaining() < 8 ? 0 : body.getLong();
          byte[] message =
              sequence < 1 || sequence > PacketCodec.MOST ? null : PacketCodec.body(body);
          if (message == null || message.length > MAX_UNRELIABLE_BYTES) {
            return false;
          }
          if (phase == Phase.REGULAR) {
            PeerId sender = present.configuration.members().get(rank);
            up.message(now, sender, sequence, Service.UNRELIABLE, ByteBuffer.wrap(message));
          }
        }
        default -> counters.skippedParts++;
      }
      if (body.hasRemaining() && kind >= PacketCodec.PACKET && kind <= PacketCodec.UNRELIABLE) {
        counters.skippedParts++;
      }
      body.limit(limit).position(end);
    }
    return true;
  }

  private void receive(long now, History present, Packet packet) {
    if (packet.origin == present.self) {
      counters.repeated++;
      return;
    }
    if (phase != Phase.REGULAR) {
      Recovery present2 = recovery;
      if (present2 != null && present2.needs(packet)) {
        present.put(packet);
        counters.recovered++;
      }
      return;
    }
    if (present.origins[packet.origin].isTooFar(packet.sequence)) {
      counters.tooFar++;
      return;
    }
    present.witness(packet.time);
    boolean fresh = present.put(packet);
    if (!fresh) {
      counters.repeated++;
      if (rules.dropsRepetitions()) {
        return;
      }
    }
    counters.packets++;
    announcements.restless(now);
    Handover presentHandover = handover;
    if (packet.service == Service.RELIABLE && presentHandover != null) {
      packet.handedUp &= fresh;
      presentHandover.reliable(now, packet);
    }
  }

  private void deliver(long now) {
    History present = history;
    Handover presentHandover = handover;
    Repairs presentRepairs = repairs;
    if (present == null || presentHandover == null || presentRepairs == null) {
      return;
    }
    for (Origin origin : present.origins) {
      presentRepairs.review(now, origin);
    }
    long line = present.line();
    long stableLine = present.stableLine();
    presentHandover.regular(now, line, stableLine);
    long forget = rules.forgetUpTo(line, stableLine);
    for (Origin origin : present.origins) {
      if (origin.rank == present.self) {
        forgetOwn(now, origin, forget);
      } else {
        origin.discardUpTo(forget, rules.keepsPieces(), bodies);
      }
    }
  }

  /// Own packets that everybody holds leave the window, also while they are kept for other reasons.
  private void forgetOwn(long now, Origin own, long time) {
    long stable = 0;
    for (Packet p = own.get(releasedPackets + 1);
        p != null && p.time <= time && p.sequence < own.next;
        p = own.get(releasedPackets + 1)) {
      releasedPackets++;
      outflow.forgotten(p);
      stable = p.isLastPiece() ? p.firstMessage + p.messages() - 1 : stable;
    }
    own.discardUpTo(time, rules.keepsPieces(), bodies);
    if (stable > 0) {
      up.stable(now, stable);
    }
  }

  /// The loop has nothing more to do: what was gathered goes out.
  public void idle(long now) {
    History present = history;
    if (present == null || (phase != Phase.REGULAR && rules.fallsSilent())) {
      return;
    }
    if (outflow.canSend()) {
      sending.now = now;
      outflow.flush(now, sending);
      announcements.restless(now);
      deliver(now);
    }
    if (present.size() > 1) {
      announcements.idle(present, outflow.windowBytes(), isFlushed());
    }
  }

  /// This member will end: what was submitted goes out, and everybody is asked at once whether it
  /// is there, in place of the next repetition of numbers.
  public void flush(long now) {
    announcements.flush();
    idle(now);
  }

  /// Whether everything submitted has been delivered here and is held by everybody.
  public boolean isFlushed() {
    History present = history;
    return outflow.queuedMessages() == 0
        && (present == null || releasedPackets >= present.own().top());
  }

  /// When [#due] wants to be called; `Long.MAX_VALUE` for never.
  public long nextDeadline() {
    Repairs presentRepairs = repairs;
    long repairAt = presentRepairs == null ? Long.MAX_VALUE : presentRepairs.nextDeadline();
    return Math.min(
        phase == Phase.REGULAR ? announcements.nextDeadline() : Long.MAX_VALUE, repairAt);
  }

  /// Does what is due: asks for missing packets, repeats numbers.
  public void due(long now) {
    History present = history;
    Repairs presentRepairs = repairs;
    if (present == null || presentRepairs == null) {
      return;
    }
    Recovery presentRecovery = recovery;
    if (presentRepairs.nextDeadline() <= now) {
      if (phase == Phase.REGULAR) {
        boolean[] all = new boolean[present.size()];
        Arrays.fill(all, true);
        presentRepairs.due(now, all);
      } else if (presentRecovery != null) {
        presentRecovery.due(now);
      }
    }
    if (phase == Phase.REGULAR) {
      announcements.due(now, present);
    }
  }

  /// Whether nothing waits to be sent and everybody holds everything that is known here.
  public boolean isSettled() {
    History present = history;
    return outflow.queuedMessages() == 0
        && (present == null
            || present.size() == 1
            || (phase == Phase.REGULAR && present.stableLine() >= present.latest()));
  }

  private final class Sending implements Outflow.Broadcast {
    private long now;

    @Override
    public void broadcast(ByteBuffer body) {
      History present = history;
      if (present != null && present.size() > 1) {
        announcements.broadcast(present, body, false);
      }
    }

    @Override
    public void unreliable(long sequence, ByteBuffer payload) {
      History present = history;
      if (present != null) {
        PeerId self = present.configuration.members().get(present.self);
        up.message(now, self, sequence, Service.UNRELIABLE, payload);
      }
    }

    @Override
    public void reliable(Packet packet) {
      Handover presentHandover = handover;
      if (presentHandover != null) {
        presentHandover.reliable(now, packet);
      }
    }
  }

  // --- from one configuration to the next
  // ---------------------------------------------------------

  /// Falls silent in the present configuration.
  ///
  /// @return what is held of it, or null when there is none yet
  public @Nullable Holdings freeze() {
    History present = history;
    if (present == null) {
      return null;
    }
    phase = Phase.FROZEN;
    recovery = null;
    Repairs presentRepairs = repairs;
    if (presentRepairs != null) {
      presentRepairs.fallSilent();
    }
    if (rules.fallsSilent()) {
      outflow.close();
    }
    return Holdings.of(present, obliged);
  }

  /// Which peers of the present configuration go on together, and what they hold; packets that are
  /// missing here are asked for.
  ///
  /// @param tag of the regular configuration to come: what arrives for it too early is kept
  /// @param together by rank
  public void recover(long now, long tag, Merged merged, BitSet together) {
    backlog.expect(tag);
    History present = history;
    Repairs presentRepairs = repairs;
    if (present == null || presentRepairs == null) {
      return;
    }
    Recovery started = new Recovery(present, presentRepairs, merged, together, rules);
    if (!started.isSound()) {
      counters.malformed++;
      return;
    }
    phase = Phase.RECOVERING;
    recovery = started;
    started.begin(now);
  }

  /// Keeps what arrives too early for a regular configuration; for peers that come from none.
  public void expect(long tag) {
    backlog.expect(tag);
  }

  /// Whether everything in the union is here. From the call that returns true on, this member is
  /// obliged to the union.
  public boolean isRecovered() {
    Recovery present = recovery;
    if (history == null) {
      return true;
    }
    if (present == null || !present.isComplete()) {
      return false;
    }
    if (phase == Phase.RECOVERING) {
      phase = Phase.RECOVERED;
      present.adopt(obliged);
    }
    return true;
  }

  /// Delivers what belongs into the regular configuration that ends.
  public void deliverOld(long now) {
    Recovery present = recovery;
    Handover presentHandover = handover;
    if (present != null && presentHandover != null) {
      present.regular(now, presentHandover);
    }
  }

  /// Installs the transitional configuration and delivers the rest.
  public void transitional(long now, Configuration configuration) {
    Recovery present = recovery;
    Handover presentHandover = handover;
    if (present != null && presentHandover != null) {
      up.transitional(now, configuration);
      present.transitional(now, presentHandover);
    }
  }
}
