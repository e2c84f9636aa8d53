package io.euryale.bench.group;

import io.euryale.bench.Spread;
import java.util.List;
import org.HdrHistogram.Histogram;

/// What a run of a whole crew measured.
///
/// @param own latency of each sender's own messages, of all members
/// @param remote latency of other members' messages, of all members
/// @param late how late the senders were
/// @param throughput messages a second delivered to the member in the middle
/// @param throughputInAll messages a second delivered to all members together
/// @param cpuMicros processor time for each delivered message, all members together, in
/// microseconds
/// @param fairness deliveries of the slowest sender divided by those of the fastest
/// @param packetsPerMessage packets sent for each message that was sent; -1 when unknown
/// @param sent messages sent in the whole run
/// @param missing deliveries that did not come within three seconds after the end
/// @param oneOrder whether all members were delivered the same in the same order
/// @param gaps deliveries that were not the next message of their sender
record RunResult(
    Histogram own,
    Histogram remote,
    Histogram late,
    double throughput,
    double throughputInAll,
    double cpuMicros,
    double fairness,
    double packetsPerMessage,
    long sent,
    long missing,
    boolean oneOrder,
    long gaps) {

  private static final double NANOS_PER_SECOND = 1e9;

  static RunResult of(RunOrder order, List<MemberResult> members) {
    Histogram own = new Histogram(3);
    Histogram remote = new Histogram(3);
    Histogram late = new Histogram(3);
    long sent = 0;
    long total = 0;
    long delivered = 0;
    long gaps = 0;
    long packets = 0;
    double cpu = 0;
    long[] bySender = new long[members.size()];
    for (MemberResult member : members) {
      own.add(member.own());
      remote.add(member.remote());
      late.add(member.late());
      sent += member.sent();
      total += member.total();
      delivered += member.delivered();
      gaps += member.outOfOrder();
      packets += member.packets();
      cpu += member.cpuSeconds();
      for (int sender = 0; sender < bySender.length; sender++) {
        bySender[sender] += member.counts().get(sender);
      }
    }
    double seconds = order.lengthNanos() / NANOS_PER_SECOND;
    long least = Long.MAX_VALUE;
    long most = 0;
    for (int sender = 0; sender < order.senders(); sender++) {
      least = Math.min(least, bySender[sender]);
      most = Math.max(most, bySender[sender]);
    }
    double middle =
        Spread.of(members.stream().mapToDouble(MemberResult::delivered).toArray()).median();
    return new RunResult(
        own,
        remote,
        late,
        middle / seconds,
        delivered / seconds,
        delivered == 0 ? 0 : cpu * 1e6 / delivered,
        most == 0 ? 0 : (double) least / most,
        packets < 0 || middle == 0 ? -1 : packets / middle,
        sent,
        sent * members.size() - total,
        members.stream().mapToLong(MemberResult::order).distinct().count() == 1,
        gaps);
  }
}
