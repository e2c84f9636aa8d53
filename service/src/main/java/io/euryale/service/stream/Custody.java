package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.ACK;
import static io.euryale.service.stream.StreamFrames.COPY;
import static io.euryale.service.stream.StreamFrames.COPY_ACK;
import static io.euryale.service.stream.StreamFrames.DATA;
import static io.euryale.service.stream.StreamFrames.RELEASE;

import io.euryale.kernel.Home;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The data path of a relay: takes packets into custody, forwards, copies, confirms, repeats and
/// adopts them [0 §III.c–d].
///
/// The rules that keep a packet alive, in one place:
///
/// 1. What is kept here is forwarded by its owner until the next cell, or the client, has it.
/// 2. The hop below hears that a packet is held only when two peers hold it.
/// 3. A packet is freed only when the cell above said held, a client has it, or the owner released
///    it for one of these reasons. A packet given up after the last attempt is *not* reported held.
/// 4. Copies whose owner is gone are adopted by the nearest holder; if that one does not, by any
///    holder, after [#ADOPTION_GRACE_NANOS].
final class Custody {

  private static final long ADOPTION_GRACE_NANOS = 300_000_000L;
  private static final long TICK_NANOS = 5_000_000L;

  /// A cell that does not confirm after so many tries must not stop the stream.
  private static final int SYNCHRONOUS_TRIES = 3;

  private final StreamSettings settings;
  private final Home home;
  private final RelayLinks links;
  private final LongMap<Flow> flows;
  private final RelayCounters counters;
  private final PacketStore store;
  private final WireWriter writer;
  private final ArrayDeque<Flow> dirty = new ArrayDeque<>();
  private long wakeAtNanos = Long.MAX_VALUE;
  private boolean awaited;

  Custody(
      StreamSettings settings,
      Home home,
      RelayLinks links,
      LongMap<Flow> flows,
      RelayCounters counters,
      PacketStore store,
      WireWriter writer) {
    this.settings = settings;
    this.home = home;
    this.links = links;
    this.flows = flows;
    this.counters = counters;
    this.store = store;
    this.writer = writer;
  }

  /// The earliest time at which [#timerDue] has something to do.
  long wakeAtNanos() {
    return wakeAtNanos;
  }

  private void wakeBy(long nanos) {
    wakeAtNanos = Math.min(wakeAtNanos, nanos);
  }

  // ---- packets from below ----

  /// A packet came from a child, a sensor or a former parent's child.
  void packet(long nowNanos, RemoteLink from, Flow flow, ByteBuffer frame) {
    counters.received++;
    flow.packets++;
    flow.feeder = from.id;
    flow.heardAtNanos = nowNanos;
    if (!StreamFrames.countHop(frame)) {
      counters.dropped++;
      return;
    }
    Replication replication = StreamFrames.replication(frame);
    if (replication == Replication.NONE) {
      sendOn(flow, frame, StreamFrames.sequence(frame));
      return;
    }
    takeCustody(nowNanos, flow, frame, replication);
  }

  private void takeCustody(long nowNanos, Flow flow, ByteBuffer frame, Replication replication) {
    Window window = flow.window;
    long sequence = StreamFrames.sequence(frame);
    if (sequence <= flow.delivered) {
      counters.duplicates++;
      acknowledge(flow);
      return;
    }
    flow.feederFloor = StreamFrames.floor(frame);
    openWindow(window, frame);
    Slot slot = sequence < window.base() ? null : window.reach(sequence);
    boolean beyond = slot == null && sequence >= window.base();
    if (beyond || slot == null || slot.done) {
      if (StreamFrames.isRepeat(frame)) {
        // It was handed on and yet not delivered: a whole cell above must have failed.
        passOn(flow, frame, sequence);
      } else if (beyond) {
        counters.refused++; // The acknowledgement says that this peer lives, not that it has it.
      } else {
        counters.duplicates++;
      }
      acknowledge(flow);
      return;
    }
    if (slot.isPending()) {
      counters.duplicates++;
      if (slot.owner != null || StreamFrames.isRepeat(frame)) {
        // The feeder sees this peer as the owner now, or the way up has not delivered.
        slot.owner = null;
        dispatch(nowNanos, flow, sequence, slot, replication);
      }
      acknowledge(flow);
      return;
    }
    slot.packet = store.copy(frame);
    if (slot.packet == null) {
      counters.refused++;
      if (StreamFrames.isRepeat(frame)) {
        passOn(flow, frame, sequence);
      }
      acknowledge(flow);
      return;
    }
    counters.storedBytes = store.usedBytes();
    dispatch(nowNanos, flow, sequence, slot, replication);
  }

  /// Only the origin floor tells what nobody will send any more. The hop floor does not: what lies
  /// below it may be in a sibling's hands, who has yet to send it up.
  private static void openWindow(Window window, ByteBuffer packet) {
    long originFloor = StreamFrames.originFloor(packet);
    if (window.isUnset()) {
      window.begin(originFloor);
    }
    window.skipMissingBelow(originFloor);
  }

  /// Sends an end-to-end repetition on without custody: the sensor keeps it.
  private void passOn(Flow flow, ByteBuffer frame, long sequence) {
    StreamFrames.patch(frame, DATA, Math.max(1, flow.window.base()));
    sendOn(flow, frame, sequence);
  }

  /// Forwards and copies a packet that this peer owns: together, the forward first, unless the cell
  /// must be synchronized before.
  private void dispatch(
      long nowNanos, Flow flow, long sequence, Slot slot, Replication replication) {
    boolean synchronizeFirst =
        replication == Replication.ACTIVE_SYNCHRONOUS
            && !slot.held
            && slot.copyTries < SYNCHRONOUS_TRIES
            && links.siblings().length > 0;
    if (!synchronizeFirst) {
      forward(flow, sequence, slot);
    }
    copyToCell(flow, slot);
    slot.attempts++;
    long pause = settings.pauseNanos(settings.retryPause().toNanos(), slot.attempts - 1);
    // Rounded up, so that a burst is looked at once and not packet by packet.
    slot.retryAtNanos = (nowNanos + pause) / TICK_NANOS * TICK_NANOS + TICK_NANOS;
    wakeBy(slot.retryAtNanos);
  }

  private void forward(Flow flow, long sequence, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet != null) {
      StreamFrames.patch(packet, DATA, flow.window.base());
      slot.forwarded |= sendOn(flow, packet, sequence);
    }
  }

  private void copyToCell(Flow flow, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet == null || slot.held) {
      return;
    }
    slot.copyTries++;
    StreamFrames.patch(packet, COPY, flow.window.base());
    for (RemoteLink sibling : links.siblings()) {
      if (home.send(sibling.id, packet)) {
        counters.copies++;
      }
    }
  }

  /// Sends a packet one hop on: to the cell above, or in the root cell to the clients that want it
  /// and lack it.
  private boolean sendOn(Flow flow, ByteBuffer packet, long sequence) {
    boolean sent = false;
    if (links.isRoot()) {
      for (RemoteLink client : links.clients()) {
        RemoteLink.ClientProgress progress = progressOf(client, flow);
        if (progress != null && !progress.has(sequence)) {
          sent |= home.send(client.id, packet);
        }
      }
    } else {
      RemoteLink up = links.upstream();
      sent = up != null && home.send(up.id, packet);
    }
    if (sent) {
      counters.forwarded++;
    } else if (StreamFrames.replication(packet) == Replication.NONE) {
      counters.dropped++;
    }
    return sent;
  }

  /// A client's progress in a flow, or null when it does not want the flow.
  RemoteLink.@Nullable ClientProgress progressOf(RemoteLink client, Flow flow) {
    String name = flow.name();
    if (name == null) {
      return null;
    }
    RemoteLink.ClientProgress progress = client.progress(flow.id);
    if (!progress.matched) {
      progress.matched = true;
      progress.wanted = client.wants(name);
    }
    return progress.wanted ? progress : null;
  }

  // ---- copies within the cell ----

  /// A sibling's copy arrived: keep it and confirm.
  void copy(long nowNanos, RemoteLink from, Flow flow, ByteBuffer frame) {
    flow.heardAtNanos = nowNanos;
    Window window = flow.window;
    long sequence = StreamFrames.sequence(frame);
    if (sequence > flow.delivered) {
      flow.ownerFloor = StreamFrames.floor(frame);
      openWindow(window, frame);
      Slot slot = sequence < window.base() ? null : window.reach(sequence);
      if (slot == null && sequence >= window.base()) {
        counters.refused++;
        return;
      }
      if (slot != null && !slot.done && !slot.isPending()) {
        slot.packet = store.copy(frame);
        if (slot.packet == null) {
          counters.refused++;
          return;
        }
        counters.storedBytes = store.usedBytes();
        slot.owner = from.hello.self().id();
      } else if (slot != null && slot.isPending() && slot.owner != null) {
        slot.owner = from.hello.self().id();
      }
    }
    flow.confirmTo = from.hello.self().id();
    awaited |= StreamFrames.replication(frame) == Replication.ACTIVE_SYNCHRONOUS;
    markDirty(flow);
  }

  /// A sibling confirmed copies: two peers hold them.
  void copyConfirmed(Flow flow, ByteBuffer progress) {
    Window window = flow.window;
    long upTo = StreamFrames.upTo(progress);
    long bits = StreamFrames.bits(progress);
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (slot.isOwned() && !slot.held && StreamFrames.covers(upTo, bits, sequence)) {
        slot.held = true;
        if (!slot.forwarded) {
          forward(flow, sequence, slot);
        }
        acknowledge(flow);
      }
    }
  }

  /// The owner says that the next cell holds packets: their copies are free. In the root cell that
  /// is said of the sender's clients only: what this peer owes to others stays.
  void released(RemoteLink from, Flow flow, ByteBuffer progress) {
    if (!links.isRoot()) {
      finish(flow, progress);
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
    counters.storedBytes = store.usedBytes();
  }

  // ---- acknowledgements from above ----

  /// The cell above holds packets, and the client has some of them.
  void acknowledgedFromAbove(long nowNanos, RemoteLink from, Flow flow, ByteBuffer progress) {
    from.answeredAtNanos = nowNanos;
    finish(flow, progress);
    flow.deliveredUpTo(StreamFrames.delivered(progress));
    progressed(flow);
  }

  /// A client has packets.
  void acknowledgedByClient(long nowNanos, RemoteLink client, Flow flow, ByteBuffer progress) {
    client.answeredAtNanos = nowNanos;
    RemoteLink.ClientProgress known = client.progress(flow.id);
    known.upTo = Math.max(known.upTo, StreamFrames.upTo(progress));
    known.bits = known.upTo == StreamFrames.upTo(progress) ? StreamFrames.bits(progress) : 0;
    known.delivered = Math.max(known.delivered, StreamFrames.delivered(progress));
    settleWithClients(flow);
  }

  /// Frees what all clients that want the flow have, and works out what all of them delivered.
  void settleWithClients(Flow flow) {
    long delivered = Long.MAX_VALUE;
    boolean wanted = false;
    for (RemoteLink client : links.claimants()) {
      RemoteLink.ClientProgress progress = progressOf(client, flow);
      if (progress != null) {
        wanted = true;
        delivered = Math.min(delivered, progress.delivered);
      }
    }
    if (!wanted) {
      return;
    }
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (slot.isPending() && allClientsHave(flow, sequence)) {
        window.finish(slot);
      }
    }
    flow.deliveredUpTo(delivered);
    progressed(flow);
  }

  private boolean allClientsHave(Flow flow, long sequence) {
    for (RemoteLink client : links.claimants()) {
      RemoteLink.ClientProgress progress = progressOf(client, flow);
      if (progress != null && !progress.has(sequence)) {
        return false;
      }
    }
    return true;
  }

  private void finish(Flow flow, ByteBuffer progress) {
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

  private void progressed(Flow flow) {
    flow.window.advance();
    counters.storedBytes = store.usedBytes();
    flow.release = true;
    acknowledge(flow);
  }

  // ---- telling what happened, gathered to the end of a turn ----

  private void acknowledge(Flow flow) {
    flow.acknowledge = true;
    markDirty(flow);
  }

  private void markDirty(Flow flow) {
    if (!flow.dirty) {
      flow.dirty = true;
      dirty.add(flow);
    }
  }

  boolean hasNews() {
    return !dirty.isEmpty();
  }

  /// A sibling forwards a packet only when it hears of this peer's copy, so news cannot wait.
  boolean isAwaited() {
    return awaited;
  }

  /// Confirms copies, releases copies and acknowledges downwards, one message of each kind a flow.
  void tellNews() {
    awaited = false;
    for (Flow flow = dirty.poll(); flow != null; flow = dirty.poll()) {
      PeerId owner = flow.confirmTo;
      RemoteLink ownerLink = owner == null ? null : links.sibling(owner);
      if (ownerLink != null) {
        send(ownerLink.id, COPY_ACK, flow, Flow.Test.KEPT, flow.ownerFloor);
      }
      if (flow.release) {
        for (RemoteLink sibling : links.siblings()) {
          send(sibling.id, RELEASE, flow, Flow.Test.DONE, 0);
        }
      }
      if (flow.acknowledge && flow.feeder >= 0) {
        send(flow.feeder, ACK, flow, Flow.Test.HELD, flow.feederFloor);
      }
      flow.dirty = false;
      flow.confirmTo = null;
      flow.release = false;
      flow.acknowledge = false;
    }
  }

  private void send(int link, int type, Flow flow, Flow.Test test, long floor) {
    long upTo = Math.max(flow.upTo(test, floor), flow.delivered);
    home.send(
        link,
        StreamFrames.progress(writer, type, flow.id, upTo, flow.bits(upTo, test), flow.delivered));
  }

  // ---- repetition and fail-over ----

  /// Repeats what is due and adopts what nobody else adopted.
  void timerDue(long nowNanos) {
    wakeAtNanos = Long.MAX_VALUE;
    if (upstreamStalled(nowNanos)) {
      RemoteLink silent = links.upstream();
      links.avoidUpstream(nowNanos);
      if (links.upstream() != silent) {
        home.observe(TraceEvent.of("UPSTREAM", "reason", "stalled", "to", upstreamName()));
        resendAll(nowNanos, false);
      }
    }
    flows.forEach(flow -> repeatDue(nowNanos, flow));
  }

  private String upstreamName() {
    return Optional.ofNullable(links.upstream()).map(link -> link.name().value()).orElse("");
  }

  private boolean upstreamStalled(long nowNanos) {
    RemoteLink up = links.upstream();
    if (up == null || nowNanos - up.answeredAtNanos < settings.stallTimeout().toNanos()) {
      return false;
    }
    boolean[] waiting = {false};
    flows.forEach(
        flow -> {
          for (long s = flow.window.base(); s < flow.window.next(); s++) {
            Slot slot = flow.window.at(s);
            waiting[0] |= slot.isOwned() && slot.forwarded && slot.attempts > 1;
          }
        });
    return waiting[0];
  }

  private void repeatDue(long nowNanos, Flow flow) {
    if (flow.adoptAtNanos <= nowNanos) {
      flow.adoptAtNanos = Long.MAX_VALUE;
      adoptOrphans(nowNanos, flow, true);
    } else {
      wakeBy(flow.adoptAtNanos);
    }
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (!slot.isOwned()) {
        continue;
      }
      if (slot.retryAtNanos > nowNanos) {
        wakeBy(slot.retryAtNanos);
      } else if (slot.attempts >= settings.attempts()) {
        window.drop(slot);
        counters.abandoned++;
        counters.storedBytes = store.usedBytes();
        home.observe(TraceEvent.of("ABANDON", "flow", flow.id, "seq", sequence));
      } else {
        repeat(nowNanos, flow, sequence, slot);
      }
    }
  }

  private void repeat(long nowNanos, Flow flow, long sequence, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet == null) {
      return;
    }
    counters.repeated++;
    int attemptsBefore = slot.attempts;
    dispatch(nowNanos, flow, sequence, slot, StreamFrames.replication(packet));
    if (!slot.forwarded) {
      slot.attempts = attemptsBefore; // It had no way up: that was no attempt.
    }
  }

  /// The way up changed: everything pending takes the new one at once.
  ///
  /// @param afresh whether attempts count from the start, because the overlay changed; when only a
  /// silent parent is avoided, they go on
  void resendAll(long nowNanos, boolean afresh) {
    flows.forEach(
        flow -> {
          Window window = flow.window;
          for (long sequence = window.base(); sequence < window.next(); sequence++) {
            Slot slot = window.at(sequence);
            if (slot.isOwned() && (afresh || slot.attempts < settings.attempts())) {
              slot.attempts = afresh ? 0 : slot.attempts;
              slot.forwarded = false;
              repeat(nowNanos, flow, sequence, slot);
            }
          }
        });
  }

  /// What was kept for a flow without a known name or without clients can leave now.
  void resend(long nowNanos, Flow flow) {
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (slot.isOwned()) {
        repeat(nowNanos, flow, sequence, slot);
      }
    }
  }

  /// Siblings changed: adopts copies whose owner is gone, if this peer is the nearest holder.
  void reviewOwners(long nowNanos) {
    flows.forEach(flow -> adoptOrphans(nowNanos, flow, false));
  }

  private void adoptOrphans(long nowNanos, Flow flow, boolean graceOver) {
    Window window = flow.window;
    int adopted = 0;
    PeerId failed = null;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      PeerId owner = slot.isPending() ? slot.owner : null;
      if (owner == null || links.sibling(owner) != null) {
        continue;
      }
      if (graceOver || links.isNearestTo(owner.name())) {
        failed = owner;
        adopted++;
        slot.owner = null;
        slot.held = false;
        slot.attempts = 0;
        ByteBuffer packet = slot.packet;
        if (packet != null) {
          dispatch(nowNanos, flow, sequence, slot, StreamFrames.replication(packet));
        }
      } else if (flow.adoptAtNanos == Long.MAX_VALUE) {
        flow.adoptAtNanos = nowNanos + ADOPTION_GRACE_NANOS;
        wakeBy(flow.adoptAtNanos);
      }
    }
    if (failed != null) {
      counters.adopted += adopted;
      home.observe(
          TraceEvent.of(
              "ADOPT",
              "flow",
              flow.id,
              "failed",
              failed.name().value(),
              "packets",
              (long) adopted));
    }
  }

  /// A sibling's link is gone and its copies with it: what this peer owns needs another holder.
  void siblingGone(long nowNanos) {
    flows.forEach(
        flow -> {
          Window window = flow.window;
          for (long sequence = window.base(); sequence < window.next(); sequence++) {
            Slot slot = window.at(sequence);
            if (slot.isOwned() && slot.held) {
              slot.held = false;
              copyToCell(flow, slot);
            }
          }
        });
    wakeBy(nowNanos);
  }

  /// Sends a client what is kept of a flow that it did not want before.
  void offer(RemoteLink client, Flow flow) {
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      ByteBuffer packet = slot.isOwned() ? slot.packet : null;
      if (packet != null) {
        StreamFrames.patch(packet, DATA, window.base());
        home.send(client.id, packet);
      }
    }
  }
}
