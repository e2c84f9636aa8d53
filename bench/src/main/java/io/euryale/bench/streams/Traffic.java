package io.euryale.bench.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The packets of one segment of a run: which kind is due when on which stream, fixed before the
/// first is sent, in absolute time and at a steady rate.
///
/// [0 §IV] gives a rate for each kind (38, 25 and 24 a second) and their shares of the traffic (40,
/// 30 and 30 %). A stream here is one sensor's mixed traffic: it has the shares, and for its rate
/// the mean of the rates by these shares, 29.9 packets/s, which makes 239 for 8 sensors. Sensors
/// are not in step.
///
/// @param segment tells this segment's packets from late ones of others
/// @param startNanos when the first packet may be due, by `System.nanoTime`
/// @param measuredFromNanos packets due before are sent but not measured
/// @param endNanos no packet is due later
/// @param dueNanos when each packet is due, by stream and number
/// @param kinds the kind of each packet, by stream and number
record Traffic(
    int segment,
    long startNanos,
    long measuredFromNanos,
    long endNanos,
    List<long[]> dueNanos,
    List<PacketKind[]> kinds) {

  /// Streams, which is sensors.
  static final int STREAMS = 8;

  /// Packets a second of one stream in [0 §IV].
  static final double PAPER_RATE = 0.4 * 38 + 0.3 * 25 + 0.3 * 24;

  private static final double NANOS_PER_SECOND = 1e9;

  private static final List<PacketKind> PATTERN =
      List.of(
          PacketKind.SMALL,
          PacketKind.MEDIUM,
          PacketKind.LARGE,
          PacketKind.SMALL,
          PacketKind.MEDIUM,
          PacketKind.LARGE,
          PacketKind.SMALL,
          PacketKind.MEDIUM,
          PacketKind.LARGE,
          PacketKind.SMALL);

  Traffic {
    dueNanos = List.copyOf(dueNanos);
    kinds = List.copyOf(kinds);
  }

  /// @param leadIn sent before, not measured
  /// @param measured how long packets are measured
  /// @param rate packets a second of each stream
  /// @param seed decides how the sensors lie to each other
  static Traffic of(
      int segment, long startNanos, Duration leadIn, Duration measured, double rate, long seed) {
    return of(segment, startNanos, leadIn, measured, rate, seed, STREAMS);
  }

  /// The same for the first of the streams only.
  ///
  /// @param streams how many have packets, 1 to [#STREAMS]
  static Traffic of(
      int segment,
      long startNanos,
      Duration leadIn,
      Duration measured,
      double rate,
      long seed,
      int streams) {
    SplittableRandom random = new SplittableRandom(seed);
    double period = NANOS_PER_SECOND / rate;
    long measuredFrom = startNanos + leadIn.toNanos();
    long end = measuredFrom + measured.toNanos();
    List<long[]> due = new ArrayList<>();
    List<PacketKind[]> kinds = new ArrayList<>();
    for (int stream = 0; stream < STREAMS; stream++) {
      long first = startNanos + random.nextLong((long) period);
      int offset = random.nextInt(PATTERN.size());
      int count = stream < streams ? (int) Math.floor((end - 1 - first) / period) + 1 : 0;
      long[] times = new long[count];
      PacketKind[] sizes = new PacketKind[count];
      for (int number = 0; number < count; number++) {
        times[number] = first + (long) (number * period);
        sizes[number] = PATTERN.get((number + offset) % PATTERN.size());
      }
      due.add(times);
      kinds.add(sizes);
    }
    return new Traffic(segment, startNanos, measuredFrom, end, due, kinds);
  }

  /// No packets: a segment between others, to which nothing belongs.
  static Traffic none(int segment) {
    List<long[]> due = new ArrayList<>();
    List<PacketKind[]> kinds = new ArrayList<>();
    for (int stream = 0; stream < STREAMS; stream++) {
      due.add(new long[0]);
      kinds.add(new PacketKind[0]);
    }
    return new Traffic(segment, 0, 0, 0, due, kinds);
  }

  long dueNanos(int stream, int number) {
    return dueNanos.get(stream)[number];
  }

  PacketKind kind(int stream, int number) {
    return kinds.get(stream)[number];
  }

  /// How many packets a stream has.
  int count(int stream) {
    return dueNanos.get(stream).length;
  }

  /// How many packets all streams have.
  int count() {
    return dueNanos.stream().mapToInt(times -> times.length).sum();
  }
}
