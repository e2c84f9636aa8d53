package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.ACK;
import static io.euryale.service.stream.StreamFrames.COPY_ACK;
import static io.euryale.service.stream.StreamFrames.RELEASE;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.wire.WireWriter;
import java.util.ArrayDeque;

/// What a relay tells of the packets that it keeps: the hop below hears what is held, a sibling
/// that its copies are kept, and all siblings what is done. Gathered, so that one message of each
/// kind tells of many packets of a flow.
///
/// Owned by the relay's loop.
final class Confirmations {

  /// Packets that are copied once in a period are confirmed so many times in it: the confirmations
  /// of several hops, one after the other, must come before the copies are made.
  private static final int PER_PERIOD = 8;

  /// ... but soon enough that no sensor waits for long.
  private static final long MOST_PATIENCE_NANOS = 125_000_000L;

  /// ... and at once when more than one of so many parts of a window or of the store is in use.
  private static final int PARTS = 8;

  private final Home home;
  private final RelayLinks links;
  private final PacketStore store;
  private final WireWriter writer;
  private final ArrayDeque<Flow> dirty = new ArrayDeque<>();
  private boolean awaited;
  private long patienceNanos = Long.MAX_VALUE;

  Confirmations(Home home, RelayLinks links, PacketStore store, WireWriter writer) {
    this.home = home;
    this.links = links;
    this.store = store;
    this.writer = writer;
  }

  /// The hop below is to hear what is held of a flow.
  void acknowledge(Flow flow) {
    flow.acknowledge = true;
    within(0, flow);
  }

  /// A sibling is to hear that its copies are kept.
  ///
  /// @param isAwaited whether it forwards a packet only when it hears that
  void kept(Flow flow, PeerId owner, boolean isAwaited) {
    flow.confirmTo = owner;
    awaited |= isAwaited;
    within(0, flow);
  }

  /// Siblings and the hop below are to hear what is done of a flow, after this time at most.
  void done(Flow flow, long mayWaitNanos) {
    flow.release = true;
    flow.acknowledge = true;
    within(mayWaitNanos, flow);
  }

  /// Perhaps there is something to tell of a flow, after this time at most.
  void within(long mayWaitNanos, Flow flow) {
    patienceNanos = Math.min(patienceNanos, mayWaitNanos);
    if (!flow.dirty) {
      flow.dirty = true;
      dirty.add(flow);
    }
  }

  /// How long it may wait that packets of a flow are in other hands: what is copied late anyway is
  /// confirmed in batches, while there is room.
  long patienceNanos(Flow flow) {
    boolean isMuch = flow.window.exceeds(PARTS) || store.exceeds(PARTS);
    return isMuch ? 0 : Math.min(MOST_PATIENCE_NANOS, flow.periodNanos / PER_PERIOD);
  }

  boolean hasNews() {
    return !dirty.isEmpty();
  }

  /// How long the news may wait.
  long patienceNanos() {
    return patienceNanos;
  }

  /// Whether the news cannot wait: a sibling waits for it.
  boolean isAwaited() {
    return awaited;
  }

  void tell(long nowNanos) {
    for (Flow flow = dirty.poll(); flow != null; flow = dirty.poll()) {
      tell(nowNanos, flow);
      flow.dirty = false;
      flow.confirmTo = null;
      flow.release = false;
      flow.acknowledge = false;
      flow.full = false;
      flow.roomAgain = false;
    }
    awaited = false;
    patienceNanos = Long.MAX_VALUE;
  }

  private void tell(long nowNanos, Flow flow) {
    PeerId owner = flow.confirmTo;
    RemoteLink ownerLink = owner == null ? null : links.sibling(owner);
    if (ownerLink != null) {
      send(ownerLink.id, COPY_ACK, flow, Flow.Test.KEPT, flow.ownerFloor);
    }
    if (flow.release && mayHaveCopies(nowNanos, flow)) {
      flow.releasedFrom = flow.window.base();
      flow.releasedAtNanos = nowNanos;
      for (RemoteLink sibling : links.siblings()) {
        send(sibling.id, RELEASE, flow, Flow.Test.DONE, 0);
      }
    }
    if (flow.acknowledge && flow.feeder >= 0) {
      send(flow.feeder, ACK, flow, Flow.Test.HELD, flow.feederFloor);
    }
  }

  /// Whether siblings have to hear what is done: they have copies that they were not told to be
  /// done. Once in half a period they hear it also without; one that had the feeder before waits
  /// for confirmations that come here now.
  private static boolean mayHaveCopies(long nowNanos, Flow flow) {
    return flow.periodNanos == 0
        || flow.copiedUpTo >= flow.releasedFrom
        || nowNanos - flow.releasedAtNanos >= flow.periodNanos / 2;
  }

  private void send(int link, int type, Flow flow, Flow.Test test, long floor) {
    long upTo = Math.max(flow.upTo(test, floor), flow.delivered);
    int room = flow.roomAgain ? StreamFrames.ROOM_AGAIN : flow.full ? StreamFrames.NO_ROOM : 0;
    home.send(
        link,
        StreamFrames.progress(
            writer, type, flow.id, upTo, flow.bits(upTo, test), flow.delivered, room));
  }
}
