package io.euryale.bench.streams;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// When each packet of a segment was sent and when it arrived. Recording allocates nothing and
/// takes a few nanoseconds. [#sent] is for the sender's thread; [#arrived] may come from several.
final class Ledger {

  private final Traffic traffic;
  private final List<long[]> sentNanos = new ArrayList<>();
  private final List<long[]> arrivedNanos = new ArrayList<>();
  private final int[] highest = new int[Traffic.STREAMS];
  private final AtomicInteger arrived = new AtomicInteger();
  private volatile long endNanos;
  private long duplicated;
  private long reordered;
  private long corrupted;

  Ledger(Traffic traffic) {
    this.traffic = traffic;
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      sentNanos.add(new long[traffic.count(stream)]);
      arrivedNanos.add(new long[traffic.count(stream)]);
      highest[stream] = -1;
    }
    endNanos = traffic.endNanos();
  }

  Traffic traffic() {
    return traffic;
  }

  /// The sender handed over a packet.
  void sent(int stream, int number, long nowNanos) {
    sentNanos.get(stream)[number] = nowNanos;
  }

  /// A packet came out at the client; one of another segment is not counted here.
  ///
  /// @param packet from position to limit; left as it is
  synchronized void arrived(ByteBuffer packet, long nowNanos) {
    if (Payload.segment(packet) != traffic.segment()) {
      return;
    }
    int stream = Payload.stream(packet);
    int number = Payload.number(packet);
    if (stream < 0
        || stream >= Traffic.STREAMS
        || number < 0
        || number >= traffic.count(stream)
        || packet.remaining() != traffic.kind(stream, number).bytes()) {
      corrupted++;
      return;
    }
    long[] arrivals = arrivedNanos.get(stream);
    if (arrivals[number] != 0) {
      duplicated++;
      return;
    }
    // A clock that shows 0 by chance must not make an arrival look missing.
    arrivals[number] = nowNanos == 0 ? 1 : nowNanos;
    if (number < highest[stream]) {
      reordered++;
    } else {
      highest[stream] = number;
    }
    int _ = arrived.incrementAndGet();
  }

  /// Ends the segment earlier than planned: packets due from then on are not sent.
  ///
  /// @param nanos later than now
  void endAt(long nanos) {
    endNanos = nanos;
  }

  long endNanos() {
    return endNanos;
  }

  /// Whether a packet belongs to the segment as it was ended.
  boolean isDue(int stream, int number) {
    return traffic.dueNanos(stream, number) - endNanos < 0;
  }

  /// How many packets of a stream belong to the segment as it was ended.
  int count(int stream) {
    int least = 0;
    int most = traffic.count(stream);
    while (least < most) {
      int middle = (least + most) >>> 1;
      if (isDue(stream, middle)) {
        least = middle + 1;
      } else {
        most = middle;
      }
    }
    return least;
  }

  /// How many packets of all streams belong to it.
  int count() {
    int sum = 0;
    for (int stream = 0; stream < Traffic.STREAMS; stream++) {
      sum += count(stream);
    }
    return sum;
  }

  /// Packets that have not arrived; at the end those are lost.
  int missing() {
    return count() - arrived.get();
  }

  synchronized long duplicated() {
    return duplicated;
  }

  synchronized long reordered() {
    return reordered;
  }

  synchronized long corrupted() {
    return corrupted;
  }

  /// From when a packet was due to when it arrived; -1 when it has not arrived.
  synchronized long latencyNanos(int stream, int number) {
    long arrived = arrivedNanos.get(stream)[number];
    return arrived == 0 ? -1 : Math.max(0, arrived - traffic.dueNanos(stream, number));
  }

  /// How late the sender handed a packet over. After the sender's thread has ended.
  long lateNanos(int stream, int number) {
    return Math.max(0, sentNanos.get(stream)[number] - traffic.dueNanos(stream, number));
  }
}
