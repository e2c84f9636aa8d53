package io.euryale.peer.group;

import io.euryale.group.order.OrderCounters;
import io.euryale.platform.Loops;
import jdk.jfr.FlightRecorder;

/// Writes what a class did into a flight recording, period by period, and says so when it does
/// nothing although something waits. Of the loop of the class.
final class Sampler {

  private static final long STALL_NANOS = 500_000_000L;

  private final String peer;
  private final String trafficClass;
  private long delivered;
  private long sent;
  private long packets;
  private long repeated;
  private long recovered;
  private long progressAt = Loops.nowNanos();

  Sampler(String peer, String trafficClass) {
    this.peer = peer;
    this.trafficClass = trafficClass;
  }

  void sample(long now, OrderCounters order, CountedDelivery delivery, String phase) {
    FlightEvents.Traffic traffic = new FlightEvents.Traffic();
    traffic.peer = peer;
    traffic.trafficClass = trafficClass;
    traffic.delivered = delivery.delivered - delivered;
    traffic.packets = order.packets - packets;
    traffic.repeated = order.repeated - repeated;
    traffic.recovered = order.recovered - recovered;
    traffic.queuedBytes = order.queuedBytes;
    boolean moved = traffic.delivered > 0 || delivery.sent > sent;
    boolean waits = order.queuedMessages > 0 || order.undelivered > 0;
    if (moved || traffic.packets > 0 || waits) {
      traffic.commit();
    }
    if (moved || !waits) {
      progressAt = now;
    } else if (now - progressAt > STALL_NANOS) {
      FlightEvents.Stalled stalled = new FlightEvents.Stalled();
      stalled.peer = peer;
      stalled.trafficClass = trafficClass;
      stalled.since = now - progressAt;
      stalled.queued = order.queuedMessages;
      stalled.undelivered = order.undelivered;
      stalled.phase = phase;
      stalled.commit();
    }
    delivered = delivery.delivered;
    sent = delivery.sent;
    packets = order.packets;
    repeated = order.repeated;
    recovered = order.recovered;
  }

  /// Has flight recordings ask for samples.
  static void begin(Runnable hook) {
    FlightRecorder.addPeriodicEvent(FlightEvents.Traffic.class, hook);
  }

  static void end(Runnable hook) {
    boolean _ = FlightRecorder.removePeriodicEvent(hook);
  }
}
