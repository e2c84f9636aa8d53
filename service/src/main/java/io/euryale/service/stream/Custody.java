package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.DATA;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The data path of a relay: takes packets into custody, and lets them go when they are in other
/// hands [0 §III.c]. [Forwarding] sends them on, [FailOver] repeats and adopts them.
///
/// The rules that keep a packet alive, in one place:
///
/// 1. What is kept here is forwarded by its owner until the next cell, or the client, has it.
/// 2. The hop below hears that a packet is held only when two peers hold it; of a packet that asks
///    for agreed order, only when besides all peers of the group hold it and all before it.
/// 3. A packet is freed only when the cell above said held, a client has it, or the owner released
///    it for one of these reasons. A packet given up after the last attempt is *not* reported held;
///    nor is one in the root cell that no client has had a claim to for the idle time of a flow.
/// 4. Copies whose owner is gone are adopted by the nearest holder; if that one does not, by any
///    holder, after [FailOver#ADOPTION_GRACE_NANOS].
final class Custody {

  private final TrafficClass trafficClass;
  private final Home home;
  private final RelayLinks links;
  private final RelayCounters counters;
  private final PacketStore store;
  private final Forwarding forwarding;
  private final Settlement settlement;
  private final CellOrder order;
  private final StreamRules rules;
  private final Confirmations confirmations;
  private final ArrivalRecord arrivals;

  /// Flows of which clients said that they have packets, since that was last looked at.
  private final ArrayDeque<Flow> settling = new ArrayDeque<>();

  /// Flows of which packets were refused.
  private final List<Flow> waiting = new ArrayList<>();

  private Shed shed = Shed.NOTHING;

  Custody(
      TrafficClass trafficClass,
      Home home,
      RelayLinks links,
      RelayCounters counters,
      PacketStore store,
      Confirmations confirmations,
      Forwarding forwarding,
      Settlement settlement,
      CellOrder order,
      ArrivalRecord arrivals,
      StreamRules rules) {
    this.arrivals = arrivals;
    this.order = order;
    this.trafficClass = trafficClass;
    this.rules = rules;
    this.home = home;
    this.links = links;
    this.counters = counters;
    this.store = store;
    this.forwarding = forwarding;
    this.settlement = settlement;
    this.confirmations = confirmations;
  }

  /// What is not taken from below; true when that is new.
  boolean shed(Shed what) {
    boolean isNew = shed != what;
    shed = what;
    tellRoom();
    counters.shedding = what.code();
    return isNew;
  }

  // ---- packets from below ----

  /// A packet came from a child, a sensor or a former parent's child.
  void packet(long nowNanos, RemoteLink from, Flow flow, ByteBuffer frame) {
    counters.received++;
    flow.packets++;
    Replication.Form form = StreamFrames.form(frame);
    flow.feeder = from.id;
    flow.periodNanos = form == Replication.Form.PASSIVE ? StreamFrames.periodNanos(frame) : 0;
    // Always that of the feeder: another's is true of another cell. Unprotected packets have the
    // sensor's all the way.
    flow.feederFloor = form == Replication.Form.NONE ? 0 : StreamFrames.floor(frame);
    flow.heardAtNanos = nowNanos;
    if (!StreamFrames.countHop(frame)) {
      counters.dropped++;
      return;
    }
    if (sheds(flow, frame)) {
      counters.shed++;
      return;
    }
    long bornNanos = nowNanos - StreamFrames.ageNanos(frame);
    if (!StreamFrames.isRepeat(frame)) {
      flow.ages.add(nowNanos - bornNanos);
    }
    if (form == Replication.Form.NONE) {
      if (StreamFrames.sequence(frame) > flow.passedUpTo) {
        flow.passedUpTo = StreamFrames.sequence(frame);
        arrived(flow, nowNanos - bornNanos);
      }
      forwarding.sendOn(nowNanos, flow, frame, 0, bornNanos, nowNanos);
      return;
    }
    takeCustody(nowNanos, flow, frame, form);
  }

  private void arrived(Flow flow, long ageNanos) {
    if (links.isRoot()) {
      arrivals.add(flow, ageNanos);
    }
  }

  /// Whether a packet is not taken because the peer is overloaded. The hop below hears so of one
  /// that it keeps.
  private boolean sheds(Flow flow, ByteBuffer frame) {
    boolean kept = StreamFrames.isProtected(frame) || StreamFrames.isReliable(frame);
    boolean sheds = shed == Shed.ALL || (shed == Shed.BEST_EFFORT && !kept);
    if (sheds && StreamFrames.isProtected(frame)) {
      refuse(flow, frame);
      confirmations.acknowledge(flow);
    }
    return sheds;
  }

  private void takeCustody(long nowNanos, Flow flow, ByteBuffer frame, Replication.Form form) {
    Window window = flow.window;
    long sequence = StreamFrames.sequence(frame);
    if (sequence <= flow.delivered) {
      counters.duplicates++;
      confirmations.acknowledge(flow);
      return;
    }
    openWindow(flow, frame);
    Slot slot = sequence < window.base() ? null : window.reach(sequence);
    boolean beyond = slot == null && sequence >= window.base();
    if (beyond || slot == null || slot.done) {
      if (StreamFrames.isRepeat(frame)) {
        // It was handed on and yet not delivered: a whole cell above must have failed.
        passOn(nowNanos, flow, frame);
      } else if (beyond) {
        counters.refused++;
        refuse(flow, frame); // The acknowledgement says that this peer lives, not that it has it.
      } else {
        counters.duplicates++;
      }
      confirmations.acknowledge(flow);
      return;
    }
    if (slot.isPending()) {
      counters.duplicates++;
      if (slot.owner != null || StreamFrames.isRepeat(frame)) {
        // The feeder sees this peer as the owner now, or the way up has not delivered.
        slot.owner = null;
        forwarding.dispatch(nowNanos, flow, slot, form);
      }
      confirmations.acknowledge(flow);
      return;
    }
    if (!window.keep(slot, frame)) {
      counters.refused++;
      refuse(flow, frame);
      if (StreamFrames.isRepeat(frame)) {
        passOn(nowNanos, flow, frame);
      }
      confirmations.acknowledge(flow);
      return;
    }
    slot.bornNanos = nowNanos - StreamFrames.ageNanos(frame);
    slot.arrivedNanos = nowNanos;
    arrived(flow, nowNanos - slot.bornNanos);
    counters.storedBytes = store.usedBytes();
    if (form == Replication.Form.AGREED && !rules.waitsForItsPlace()) {
      place(flow, sequence, slot);
    }
    forwarding.dispatch(nowNanos, flow, slot, form);
    settleSoon(flow);
  }

  /// Perhaps nobody has to confirm what has left.
  private void settleSoon(Flow flow) {
    if (flow.keepsLast && links.isRoot()) {
      settleLater(flow);
      confirmations.within(0, flow);
    }
  }

  private void refuse(Flow flow, ByteBuffer frame) {
    flow.full = true;
    flow.roomAgain = false;
    if (flow.waitsForBytes == 0) {
      waiting.add(flow);
      flow.waitsFrom = Long.MAX_VALUE;
    }
    flow.waitsFrom = Math.min(flow.waitsFrom, StreamFrames.sequence(frame));
    flow.waitsForBytes = frame.remaining();
  }

  /// Who was refused hears when there is room again.
  void tellRoom() {
    if (waiting.isEmpty()) {
      return; // Asked for every packet, and a lambda is an object.
    }
    waiting.removeIf(
        flow -> {
          boolean hasRoom =
              shed != Shed.ALL && flow.window.hasRoomAgain(flow.waitsFrom, flow.waitsForBytes);
          if (hasRoom) {
            flow.waitsForBytes = 0;
            flow.roomAgain = true;
            confirmations.acknowledge(flow);
          }
          return hasRoom;
        });
  }

  /// Only the origin floor tells what nobody will send any more. The hop floor does not: what lies
  /// below it may be in a sibling's hands, who has yet to send it up.
  private static void openWindow(Flow flow, ByteBuffer packet) {
    long originFloor = StreamFrames.originFloor(packet);
    if (flow.window.isUnset()) {
      flow.window.begin(originFloor);
    }
    flow.originFloor = Math.max(flow.originFloor, originFloor);
    flow.window.skipMissingBelow(originFloor);
  }

  /// Sends an end-to-end repetition on without custody: the sensor keeps it.
  private void passOn(long nowNanos, Flow flow, ByteBuffer frame) {
    StreamFrames.patch(frame, DATA, Math.max(1, flow.window.base()));
    long bornNanos = nowNanos - StreamFrames.ageNanos(frame);
    forwarding.sendOn(nowNanos, flow, frame, 0, bornNanos, nowNanos);
  }

  // ---- copies within the cell ----

  /// A sibling's copy arrived: keep it and confirm.
  void copy(long nowNanos, RemoteLink from, Flow flow, ByteBuffer frame) {
    flow.heardAtNanos = nowNanos;
    Window window = flow.window;
    long sequence = StreamFrames.sequence(frame);
    if (sequence > flow.delivered) {
      flow.ownerFloor = StreamFrames.floor(frame);
      openWindow(flow, frame);
      Slot slot = sequence < window.base() ? null : window.reach(sequence);
      if (slot == null && sequence >= window.base()) {
        counters.refused++;
        return;
      }
      if (slot != null && !slot.done && !slot.isPending()) {
        if (!window.keep(slot, frame)) {
          counters.refused++;
          return;
        }
        slot.bornNanos = nowNanos - StreamFrames.ageNanos(frame);
        slot.arrivedNanos = nowNanos;
        counters.storedBytes = store.usedBytes();
        slot.owner = from.hello.self().id();
      } else if (slot != null && slot.isPending() && slot.owner != null) {
        slot.owner = from.hello.self().id();
      }
    }
    forwarding.keepLast(flow, frame, nowNanos - StreamFrames.ageNanos(frame));
    boolean isAwaited = StreamFrames.form(frame) == Replication.Form.SYNCHRONOUS;
    confirmations.kept(flow, from.hello.self().id(), isAwaited);
  }

  // ---- the agreed order of the cell ----

  /// A packet has its place in the agreed order of the cell: every peer of it stores it, here and
  /// now, and its owner forwards it. What the replicas store depends on the order alone, so no
  /// limit refuses it; the peer that gave it to the group had room for it.
  ///
  /// @param owner who gave it to the group
  /// @param own whether that was this peer
  void agreed(long nowNanos, PeerId owner, boolean own, Flow flow, ByteBuffer packet) {
    flow.heardAtNanos = nowNanos;
    Window window = flow.window;
    long sequence = StreamFrames.sequence(packet);
    if (sequence > flow.delivered) {
      openWindow(flow, packet);
      Slot slot = sequence < window.base() ? null : window.reachBeyond(sequence);
      if (slot == null && sequence >= window.base()) {
        counters.refused++;
        return;
      }
      boolean isStored = slot != null && !slot.done && (slot.isPending() ? !slot.ordered : !own);
      if (!isStored) {
        observe("PLACED", flow, sequence); // What it keeps when it comes once more.
      }
      if (slot != null && !slot.done) {
        keepAgreed(nowNanos, owner, own, window, slot, packet);
        place(flow, sequence, slot);
        if (slot.isOwned() && !slot.forwarded) {
          forwarding.ordered(nowNanos, flow, slot);
          settleSoon(flow);
        }
        if (slot.owner != null && links.sibling(owner) == null) {
          // Delivered at the end of a configuration, after its owner had gone: nothing else tells.
          flow.adoptAtNanos = Math.min(flow.adoptAtNanos, nowNanos + FailOver.ADOPTION_GRACE_NANOS);
          forwarding.wakeBy(flow.adoptAtNanos);
        }
      }
    }
    if (!own) {
      flow.ownerFloor = StreamFrames.floor(packet);
      confirmations.kept(flow, owner, false);
    }
  }

  private void keepAgreed(
      long nowNanos, PeerId owner, boolean own, Window window, Slot slot, ByteBuffer packet) {
    if (own) {
      slot.submitted = false;
    } else if (!slot.isPending()) {
      window.keepBeyond(slot, packet);
      slot.bornNanos = nowNanos - StreamFrames.ageNanos(packet);
      slot.arrivedNanos = nowNanos;
      slot.owner = owner;
      counters.storedBytes = store.usedBytes();
    } else if (slot.owner != null) {
      slot.owner = owner;
    }
  }

  private void place(Flow flow, long sequence, Slot slot) {
    if (slot.isPending() && !slot.ordered) {
      slot.ordered = true;
      counters.agreed++;
      observe("STORE", flow, sequence);
    }
  }

  private void observe(String what, Flow flow, long sequence) {
    if (home.observes(what)) {
      home.observe(
          TraceEvent.of(
              what,
              "x",
              order.configuration(),
              "class",
              trafficClass.label(),
              "flow",
              flow.id,
              "seq",
              sequence));
    }
  }

  /// All of the group hold a packet that this peer gave to it, and everything before it.
  void stable(Flow flow, long sequence) {
    if (sequence >= flow.window.base() && sequence < flow.window.next()) {
      Slot slot = flow.window.at(sequence);
      if (slot.isOwned()) {
        slot.unstable = false;
        confirmations.acknowledge(flow);
      }
    }
  }

  /// A sibling confirmed copies: one more peer holds them.
  void copyConfirmed(long nowNanos, RemoteLink from, Flow flow, ByteBuffer progress) {
    if (from.isResyncing) {
      return; // The next copy is confirmed again.
    }
    Window window = flow.window;
    long upTo = StreamFrames.upTo(progress);
    long bits = StreamFrames.bits(progress);
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      ByteBuffer packet = slot.isOwned() && !slot.held ? slot.packet : null;
      if (packet != null && from.seat >= 0 && StreamFrames.covers(upTo, bits, sequence)) {
        slot.confirmed |= 1L << from.seat;
        slot.held = forwarding.isHeldByEnough(slot, packet);
        if (!slot.held) {
          continue;
        }
        if (!slot.forwarded) {
          forwarding.forward(nowNanos, flow, slot);
          settleSoon(flow);
        }
        confirmations.acknowledge(flow);
      }
    }
  }

  /// The owner says that the next cell holds packets: their copies are free. In the root cell that
  /// is said of the sender's clients only: what this peer owes to others stays.
  void released(RemoteLink from, Flow flow, ByteBuffer progress) {
    if (!links.isRoot()) {
      finish(from, flow, progress);
      flow.deliveredUpTo(StreamFrames.delivered(progress));
    } else {
      long upTo = StreamFrames.upTo(progress);
      long bits = StreamFrames.bits(progress);
      for (long s = flow.window.base(); s < flow.window.next(); s++) {
        Slot slot = flow.window.at(s);
        PeerId owner = slot.isPending() ? slot.owner : null;
        if (owner != null
            && owner.equals(from.hello.self().id())
            && StreamFrames.covers(upTo, bits, s)) {
          flow.window.finish(slot);
        }
      }
    }
    flow.window.advance();
    tellRoom();
    counters.storedBytes = store.usedBytes();
  }

  // ---- acknowledgements from above ----

  /// The cell above holds packets, and the client has some of them.
  void acknowledgedFromAbove(long nowNanos, RemoteLink from, Flow flow, ByteBuffer progress) {
    from.answeredAtNanos = nowNanos;
    long patience = confirmations.patienceNanos(flow); // While the window has what is confirmed.
    long before = flow.window.base();
    finish(from, flow, progress);
    flow.deliveredUpTo(StreamFrames.delivered(progress));
    progressed(flow, before, patience);
  }

  /// A client has packets.
  void acknowledgedByClient(long nowNanos, Client client, Flow flow, ByteBuffer progress) {
    settlement.note(nowNanos, client, flow, progress);
    settleLater(flow); // With all clients that have it by the end of the turn.
    confirmations.within(confirmations.patienceNanos(flow), flow);
  }

  /// Frees what all clients have, of the flows of which they said so since it was last looked at.
  void settleDue() {
    for (Flow flow = settling.poll(); flow != null; flow = settling.poll()) {
      flow.settles = false;
      settleWithClients(flow);
    }
  }

  private void settleLater(Flow flow) {
    if (!flow.settles) {
      flow.settles = true;
      settling.add(flow);
    }
  }

  /// Frees what all clients that want the flow have.
  void settleWithClients(Flow flow) {
    long before = flow.window.base();
    if (settlement.settle(flow)) {
      progressed(flow, before, 0);
    }
  }

  private void finish(RemoteLink from, Flow flow, ByteBuffer progress) {
    if (from.isResyncing) {
      return; // What is not delivered may be nowhere but here.
    }
    Window window = flow.window;
    long upTo = StreamFrames.upTo(progress);
    long bits = StreamFrames.bits(progress);
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (slot.isPending() && StreamFrames.covers(upTo, bits, sequence)) {
        window.finish(slot);
      }
    }
    // What is missing here below that is in other hands too.
    window.skipMissingBelow(upTo + 1);
  }

  /// @param before the base of the window before what was heard: when it moved, whoever is above is
  ///     slow and not gone, as attempts count while nothing gets through
  /// @param mayWaitNanos how long the hop below may wait to hear of it
  private void progressed(Flow flow, long before, long mayWaitNanos) {
    flow.window.advance();
    if (flow.window.base() > before) {
      forwarding.attemptAfresh(flow);
    }
    tellRoom();
    counters.storedBytes = store.usedBytes();
    confirmations.done(flow, mayWaitNanos);
  }

  /// Works out what is to be told at the end of a turn, and tells it.
  void tellNews(long nowNanos) {
    settleDue();
    confirmations.tell(nowNanos);
  }
}
