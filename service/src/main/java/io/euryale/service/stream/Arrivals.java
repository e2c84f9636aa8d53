package io.euryale.service.stream;

import java.util.ArrayList;
import java.util.List;

/// How the packets of a traffic class arrived at a peer of the root cell: what somebody who watches
/// an overlay can tell of it without being given its packets. Counted since the peer started; two
/// looks and [#since] make it the time between.
///
/// An age is the time from when a packet was published until the root peer had it. Packets that
/// come again, and copies, do not count; one that comes to two peers counts twice.
///
/// @param ages how many packets came with each magnitude of age, without the zeros at the end: 0 to
///     128 counts of 0 or more
/// @param jitterMicros sum of the differences, whatever their sign, between the ages of packets
///     that followed each other in a stream
/// @param givenUp protected packets that this peer gave up after the last attempt, in the root cell
public record Arrivals(List<Long> ages, long jitterMicros, long givenUp) {

  /// Nothing arrived.
  public static final Arrivals NONE = new Arrivals(List.of(), 0, 0);

  /// Copies the list.
  public Arrivals {
    ages = List.copyOf(ages);
  }

  /// How many packets arrived.
  public long packets() {
    return ages.stream().mapToLong(Long::longValue).sum();
  }

  /// What arrived after an earlier look at the same life of the same peer.
  public Arrivals since(Arrivals before) {
    return combined(before, -1);
  }

  /// What arrived at two peers.
  public Arrivals plus(Arrivals other) {
    return combined(other, 1);
  }

  private Arrivals combined(Arrivals other, int sign) {
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < Math.max(ages.size(), other.ages.size()); i++) {
      sums.add(Math.max(0, at(i) + sign * other.at(i)));
    }
    return new Arrivals(
        sums,
        Math.max(0, jitterMicros + sign * other.jitterMicros),
        Math.max(0, givenUp + sign * other.givenUp));
  }

  private long at(int magnitude) {
    return magnitude < ages.size() ? ages.get(magnitude) : 0;
  }

  /// The age in milliseconds that so many percent of the packets did not exceed, at most a quarter
  /// too high; 0 without packets.
  ///
  /// @param percent above 0, up to 100, which is the oldest
  public double ageMillis(double percent) {
    long rank = (long) Math.ceil(packets() * percent / 100);
    long seen = 0;
    for (int i = 0; i < ages.size(); i++) {
      seen += ages.get(i);
      if (seen >= rank && seen > 0) {
        return AgeScale.mostNanos(i) / 1e6;
      }
    }
    return 0;
  }

  /// Mean difference between the ages of packets that followed each other in a stream, in
  /// milliseconds; 0 without packets.
  public double jitterMillis() {
    long packets = packets();
    return packets == 0 ? 0 : jitterMicros / 1e3 / packets;
  }
}
