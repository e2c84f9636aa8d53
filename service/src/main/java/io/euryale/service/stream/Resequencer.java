package io.euryale.service.stream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hands the packets of each flow over in order, without repetitions. What comes too early waits in
/// the flow's window: whole payloads for those before them, fragments for the rest of theirs.
final class Resequencer {

  private final StreamRules rules;
  private final Handover delivery;
  private final Acknowledgements acknowledgements;
  private long duplicates;

  /// Whose payload may go beyond the limit of the store until it is complete.
  private @Nullable Incoming privileged;

  Resequencer(StreamRules rules, Handover delivery, Acknowledgements acknowledgements) {
    this.rules = rules;
    this.delivery = delivery;
    this.acknowledgements = acknowledgements;
  }

  void packet(long nowNanos, Incoming flow, ByteBuffer frame) {
    Window window = flow.window;
    long sequence = StreamFrames.sequence(frame);
    long originFloor = StreamFrames.originFloor(frame);
    if (window.isUnset()) {
      window.begin(originFloor);
    }
    skipTo(nowNanos, flow, rules.giveUpBelow(originFloor, sequence));
    if (StreamFrames.isReliable(frame)) {
      acknowledgements.owe(nowNanos, flow);
    }
    boolean isWhole = StreamFrames.fragments(frame) == 1 && delivery.takes(flow);
    if (rules.isRepetition(sequence, window)) {
      duplicates++;
    } else if (sequence < window.base()) {
      delivery.whole(nowNanos, flow, frame, 0);
    } else if (isWhole && sequence == window.base() && window.base() == window.next()) {
      // In order and nothing waits behind it: no copy is needed.
      delivery.whole(nowNanos, flow, frame, 0);
      window.begin(sequence + 1);
    } else if (isWhole && sequence == window.base()) {
      // Others wait behind it: it needs no room of its own.
      delivery.whole(nowNanos, flow, frame, 0);
      window.finish(window.at(sequence));
      window.advance();
      drain(nowNanos, flow);
    } else {
      keep(nowNanos, flow, frame);
    }
  }

  /// The application takes packets again.
  void resume(long nowNanos, Incoming flow) {
    long before = flow.window.base();
    drain(nowNanos, flow);
    if (flow.window.base() > before) {
      acknowledgements.owe(nowNanos, flow);
    }
  }

  /// Below `floor` the sensor keeps nothing: what is missing there will not come.
  void skipTo(long nowNanos, Incoming flow, long floor) {
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
        delivery.gap(nowNanos, flow, from, missing - 1);
        window.skipMissingBelow(missing);
      } else if (!giveUpPayload(nowNanos, flow, floor)) {
        return;
      }
      drain(nowNanos, flow);
    }
  }

  /// Nothing has come of a flow for long: what is missing will not come, nor the rest of a payload.
  void giveUp(long nowNanos, Incoming flow) {
    Window window = flow.window;
    skipTo(nowNanos, flow, window.next());
    ByteBuffer last = window.hasPending() ? window.at(window.next() - 1).packet : null;
    if (last != null && delivery.takes(flow)) {
      skipTo(nowNanos, flow, StreamFrames.lastSequence(last) + 1);
    }
  }

  /// Repetitions that were discarded.
  long duplicates() {
    return duplicates;
  }

  private void keep(long nowNanos, Incoming flow, ByteBuffer frame) {
    Window window = flow.window;
    long sequence = StreamFrames.sequence(frame);
    Slot slot = window.reach(sequence);
    if (slot == null) {
      // Too far ahead: not confirmed, so it comes again.
      acknowledgements.refused(flow, sequence, frame.remaining());
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
      acknowledgements.refused(flow, sequence, frame.remaining());
    }
    drain(nowNanos, flow);
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
      delivery.gap(nowNanos, flow, window.base(), end - 1);
      passOver(flow, end);
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
      } else if (!delivery.takes(flow)) {
        return;
      } else if (last == window.base()) {
        delivery.whole(nowNanos, flow, packet, nowNanos - slot.bornNanos); // It waited here.
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
    delivery.fragments(nowNanos, flow, last, ageNanos, fragments);
    passOver(flow, last + 1);
  }

  /// Nothing of the payload before `end` is waited for any more.
  private void passOver(Incoming flow, long end) {
    flow.window.skipTo(end);
    privileged = privileged == flow ? null : privileged;
  }
}
