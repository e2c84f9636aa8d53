package io.euryale.service.stream;

import io.euryale.kernel.wire.WireWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// What a client says to those who serve it: how far each flow has come, once for all packets of a
/// short while, and that there is room again for what it refused.
final class Acknowledgements {

  private final Duration delay;
  private final StreamRules rules;
  private final ClientLinks links;
  private final WireWriter writer = new WireWriter();
  private final ArrayDeque<Incoming> dirty = new ArrayDeque<>();

  /// Flows of which packets were refused.
  private final List<Incoming> waiting = new ArrayList<>();

  private long dueAtNanos = Long.MAX_VALUE;

  Acknowledgements(Duration delay, StreamRules rules, ClientLinks links) {
    this.delay = delay;
    this.rules = rules;
    this.links = links;
  }

  /// Something came of a flow, or went to the application.
  void owe(long nowNanos, Incoming flow) {
    if (!flow.dirty) {
      markDirty(flow);
      dueAtNanos = Math.min(dueAtNanos, nowNanos + delay.toNanos());
    }
  }

  private void markDirty(Incoming flow) {
    if (!flow.dirty) {
      flow.dirty = true;
      dirty.add(flow);
    }
  }

  /// There was no room for a packet.
  void refused(Incoming flow, long sequence, int bytes) {
    if (flow.waitsForBytes == 0) {
      waiting.add(flow);
      flow.waitsFrom = sequence;
    }
    flow.waitsFrom = Math.min(flow.waitsFrom, sequence);
    flow.waitsForBytes = bytes;
  }

  /// Nothing more is wanted of a flow.
  void forget(Incoming flow) {
    waiting.remove(flow);
  }

  /// When something is to be said; never is `Long.MAX_VALUE`.
  long dueAtNanos() {
    return dueAtNanos;
  }

  void sendDue(long nowNanos) {
    if (dueAtNanos > nowNanos) {
      return;
    }
    dueAtNanos = Long.MAX_VALUE;
    askAgain();
    for (Incoming flow = dirty.poll(); flow != null; flow = dirty.poll()) {
      flow.dirty = false;
      send(flow);
    }
  }

  /// Asks for what was refused. Else it would come with its next repetition, and what is published
  /// until then might fill the room once more, again and again.
  private void askAgain() {
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

  private void send(Incoming flow) {
    Window window = flow.window;
    long upTo = window.base() - 1;
    while (upTo + 1 < window.next() && window.at(upTo + 1).isPending()) {
      upTo++; // Fragments that wait for the others.
    }
    int room = flow.roomAgain ? StreamFrames.ROOM_AGAIN : 0;
    flow.roomAgain = false;
    links.reply(
        flow,
        StreamFrames.progress(
            writer,
            StreamFrames.ACK,
            flow.advertised.flow(),
            upTo,
            keptBeyond(window, upTo),
            rules.delivered(window),
            room));
  }

  private static long keptBeyond(Window window, long upTo) {
    long bits = 0;
    long end = Math.min(window.next(), upTo + 1 + Long.SIZE);
    for (long sequence = upTo + 1; sequence < end; sequence++) {
      if (window.at(sequence).isPending()) {
        bits |= 1L << (sequence - upTo - 1);
      }
    }
    return bits;
  }
}
