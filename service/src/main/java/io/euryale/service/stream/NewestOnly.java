package io.euryale.service.stream;

import java.nio.ByteBuffer;
import java.util.List;

/// Hands over what does not wait for its predecessors: last values from before a subscription, and
/// the packets of streams that the client wants only the newest of. What is newer than all before
/// goes to the application; the rest does not.
final class NewestOnly {

  private final StreamRules rules;
  private final PacketStore store;
  private final Handover delivery;
  private final Acknowledgements acknowledgements;
  private long duplicates;

  NewestOnly(
      StreamRules rules, PacketStore store, Handover delivery, Acknowledgements acknowledgements) {
    this.rules = rules;
    this.store = store;
    this.delivery = delivery;
    this.acknowledgements = acknowledgements;
  }

  /// The last value from before the subscription. Peers of the root cell may keep different ones,
  /// also of a former life of the stream; the newest wins. With conflation it may also be what was
  /// lost when this client was led to in another way.
  void lastValue(long nowNanos, Incoming flow, ByteBuffer frame) {
    Window window = flow.window;
    if (flow.conflated && !window.isUnset() && !flow.onlyKept) {
      StreamFrames.markKept(frame, false);
      packet(nowNanos, flow, frame);
      return;
    }
    boolean isNews =
        flow.lives.standing(nowNanos, flow) == Lives.Standing.NEWEST
            && (window.isUnset()
                || (flow.onlyKept && StreamFrames.firstSequence(frame) >= window.base()));
    if (isNews && assembles(flow, frame)) {
      flow.onlyKept = true;
      deliver(nowNanos, flow, frame);
      window.begin(StreamFrames.lastSequence(frame) + 1);
    }
  }

  /// A packet of a stream with conflation.
  void packet(long nowNanos, Incoming flow, ByteBuffer frame) {
    if (!delivery.takes(flow)) {
      return; // Not confirmed, so the newest comes when this one could have been lost.
    }
    Window window = flow.window;
    Lives.Standing standing = flow.lives.standing(nowNanos, flow);
    if (standing == Lives.Standing.OPEN) {
      return; // Not confirmed, so what is the newest by then comes again.
    }
    acknowledgements.owe(nowNanos, flow);
    long first = StreamFrames.firstSequence(frame);
    if (window.isUnset()) {
      window.begin(first);
    }
    if (standing == Lives.Standing.OVER) {
      window.skipTo(
          StreamFrames.lastSequence(frame) + 1); // Of a life that is over: not the newest.
    } else if (rules.isRepetition(first, window) && !isNewestAgain(flow, frame)) {
      duplicates++;
    } else if (assembles(flow, frame)) {
      flow.skipped = Math.max(0, first - window.base());
      deliver(nowNanos, flow, frame);
      flow.skipped = 0;
      window.clear();
      window.begin(StreamFrames.lastSequence(frame) + 1);
    }
  }

  /// Whether the application has this packet, and has been given one of a life since that turned
  /// out to be over.
  private static boolean isNewestAgain(Incoming flow, ByteBuffer frame) {
    return flow.lives.handedOver != flow
        && StreamFrames.lastSequence(frame) + 1 == flow.window.base();
  }

  /// Repetitions that were discarded.
  long duplicates() {
    return duplicates;
  }

  /// Whether with this packet a payload is complete; a whole one needs no copy.
  private boolean assembles(Incoming flow, ByteBuffer frame) {
    return StreamFrames.fragments(frame) == 1 || flow.outOfOrder.add(frame, store);
  }

  private void deliver(long nowNanos, Incoming flow, ByteBuffer frame) {
    if (StreamFrames.fragments(frame) == 1) {
      delivery.whole(nowNanos, flow, frame, 0);
      return;
    }
    List<ByteBuffer> packets = flow.outOfOrder.take();
    ByteBuffer last = packets.getLast();
    // The last one may have come before and waited.
    long ageNanos = Math.max(StreamFrames.ageNanos(last), StreamFrames.ageNanos(frame));
    delivery.fragments(nowNanos, flow, StreamFrames.sequence(last), ageNanos, packets);
    packets.forEach(store::release);
  }
}
