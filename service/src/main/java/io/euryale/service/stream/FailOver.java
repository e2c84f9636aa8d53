package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;

/// Repeats what is not confirmed, sees when it waits for a parent that is silent, and adopts the
/// copies of failed siblings [0 §III.d].
final class FailOver {

  /// How long the nearest holder of copies has to adopt them before any other does.
  static final long ADOPTION_GRACE_NANOS = 300_000_000L;

  private final StreamSettings settings;
  private final Home home;
  private final RelayLinks links;
  private final Flows flows;
  private final RelayCounters counters;
  private final PacketStore store;
  private final Forwarding forwarding;
  private final ArrivalRecord arrivals;

  FailOver(
      StreamSettings settings,
      Home home,
      RelayLinks links,
      Flows flows,
      RelayCounters counters,
      PacketStore store,
      Forwarding forwarding,
      ArrivalRecord arrivals) {
    this.settings = settings;
    this.home = home;
    this.links = links;
    this.flows = flows;
    this.counters = counters;
    this.store = store;
    this.forwarding = forwarding;
    this.arrivals = arrivals;
  }

  /// Repeats what is due and adopts what nobody else adopted.
  void timerDue(long nowNanos) {
    forwarding.clearWake();
    flows.forEach(flow -> repeatDue(nowNanos, flow));
  }

  /// Whether packets wait for a parent that is silent.
  boolean isUpstreamStalled(long nowNanos) {
    RemoteLink up = links.upstream();
    if (up == null || nowNanos - up.answeredAtNanos < settings.stallTimeout().toNanos()) {
      return false;
    }
    boolean[] waiting = {false};
    flows.forEach(
        flow -> {
          for (long s = flow.window.base(); s < flow.window.next(); s++) {
            Slot slot = flow.window.at(s);
            waiting[0] |= slot.isOwned() && slot.forwarded && isOverdue(nowNanos, slot);
          }
        });
    return waiting[0];
  }

  /// Whether a packet was sent again in vain. One that would go to another the next time is so when
  /// that time has come: then nothing is heard of its parent.
  private boolean isOverdue(long nowNanos, Slot slot) {
    return slot.attempts > 1
        || (links.hedges() && slot.attempts > 0 && slot.retryAtNanos <= nowNanos);
  }

  private void repeatDue(long nowNanos, Flow flow) {
    if (flow.adoptAtNanos <= nowNanos) {
      flow.adoptAtNanos = Long.MAX_VALUE;
      adoptOrphans(nowNanos, flow, true);
    } else {
      forwarding.wakeBy(flow.adoptAtNanos);
    }
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (!slot.isOwned()) {
        continue;
      }
      if (slot.copyAtNanos <= nowNanos) {
        forwarding.copyToCell(nowNanos, flow, slot);
      } else {
        forwarding.wakeBy(slot.copyAtNanos);
      }
      if (slot.retryAtNanos > nowNanos) {
        forwarding.wakeBy(slot.retryAtNanos);
      } else if (slot.attempts >= settings.attempts()) {
        if (links.isRoot()) {
          arrivals.gaveUp();
        }
        abandon(flow, sequence, slot);
      } else {
        repeat(nowNanos, flow, slot);
      }
    }
  }

  private void repeat(long nowNanos, Flow flow, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet == null) {
      return;
    }
    counters.repeated++;
    forwarding.dispatch(nowNanos, flow, slot, StreamFrames.form(packet));
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
              repeat(nowNanos, flow, slot);
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
        repeat(nowNanos, flow, slot);
      }
    }
  }

  /// The cell above, or a client, may have room again: what it refused was no failed attempt.
  ///
  /// @param progress what it said
  void roomAgain(long nowNanos, Flow flow, ByteBuffer progress) {
    if (StreamFrames.room(progress) != StreamFrames.ROOM_AGAIN) {
      return;
    }
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (slot.isOwned()) {
        slot.attempts = 0;
        repeat(nowNanos, flow, slot);
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
        takeOver(nowNanos, flow, slot);
      } else if (flow.adoptAtNanos == Long.MAX_VALUE) {
        flow.adoptAtNanos = nowNanos + ADOPTION_GRACE_NANOS;
        forwarding.wakeBy(flow.adoptAtNanos);
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

  private void takeOver(long nowNanos, Flow flow, Slot slot) {
    slot.owner = null;
    slot.held = false;
    slot.confirmed = 0;
    slot.attempts = 0;
    ByteBuffer packet = slot.packet;
    if (packet != null) {
      forwarding.dispatch(nowNanos, flow, slot, StreamFrames.form(packet));
    }
  }

  /// Whether a flow can be forgotten: nothing was heard of it for long and nothing of it is kept.
  /// Looked at once in a refresh period, so that what is kept ends one day. In the root cell that
  /// is what no client wants; elsewhere copies of a flow that is silent are this peer's own from
  /// now on, as their owner has no way up, has given them up, or said in vain that they are done.
  boolean isOver(long nowNanos, Flow flow) {
    long idleNanos = settings.flowIdle().toNanos();
    boolean silent = nowNanos - flow.heardAtNanos > idleNanos;
    flow.unclaimedAtNanos =
        links.isRoot() && !forwarding.isClaimed(flow)
            ? Math.min(flow.unclaimedAtNanos, nowNanos)
            : Long.MAX_VALUE;
    boolean unclaimed = nowNanos - flow.unclaimedAtNanos > idleNanos;
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      if (unclaimed && slot.isPending() && nowNanos - slot.arrivedNanos > idleNanos) {
        abandon(flow, sequence, slot);
      } else if (silent && slot.owner != null) {
        takeOver(nowNanos, flow, slot);
      }
    }
    boolean isNamed = nowNanos - flow.advertisedAtNanos <= idleNanos;
    return silent && !isNamed && !window.hasPending();
  }

  private void abandon(Flow flow, long sequence, Slot slot) {
    flow.window.drop(slot);
    counters.abandoned++;
    counters.storedBytes = store.usedBytes();
    home.observe(TraceEvent.of("ABANDON", "flow", flow.id, "seq", sequence));
  }

  /// The cell changed. Who was expelled from it may have dialled this peer, and be frozen: the link
  /// stays, but what it confirmed does not count any more.
  ///
  /// @param before live links to siblings before the change
  void reviewSeats(long nowNanos, RemoteLink[] before) {
    for (RemoteLink link : before) {
      if (!link.sibling) {
        siblingGone(nowNanos, link);
        link.seat = -1;
      }
    }
  }

  /// A sibling's link is gone and its copies with it: what this peer owns needs another holder, and
  /// what waits to be confirmed by the cell before it leaves need not wait for that one.
  void siblingGone(long nowNanos, RemoteLink gone) {
    long others = gone.seat < 0 ? -1L : ~(1L << gone.seat);
    flows.forEach(
        flow -> {
          Window window = flow.window;
          for (long sequence = window.base(); sequence < window.next(); sequence++) {
            Slot slot = window.at(sequence);
            ByteBuffer packet = slot.isOwned() ? slot.packet : null;
            if (packet == null) {
              continue;
            }
            boolean counted = (slot.confirmed & others) != slot.confirmed;
            if (counted) {
              slot.confirmed &= others;
              slot.held = forwarding.isHeldByEnough(slot, packet);
            }
            Replication.Form form = StreamFrames.form(packet);
            boolean mayLeave = slot.held || links.siblings().length == 0;
            if (form == Replication.Form.SYNCHRONOUS && !slot.forwarded && mayLeave) {
              forwarding.dispatch(nowNanos, flow, slot, form);
            } else if (counted) {
              forwarding.copyToCell(nowNanos, flow, slot);
            }
          }
        });
    forwarding.wakeBy(nowNanos);
  }
}
