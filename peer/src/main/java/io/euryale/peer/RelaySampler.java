package io.euryale.peer;

import io.euryale.service.stream.RelayCounters;
import java.util.Map;
import jdk.jfr.FlightRecorder;

/// Writes what a relay did into a flight recording, period by period. Of the loop of its class.
final class RelaySampler {

  private final String peer;
  private final String trafficClass;
  private Map<String, Long> before = Map.of();

  RelaySampler(String peer, String trafficClass) {
    this.peer = peer;
    this.trafficClass = trafficClass;
  }

  void sample(RelayCounters counters) {
    Map<String, Long> now = counters.snapshot();
    FlightEvents.StreamTraffic traffic = new FlightEvents.StreamTraffic();
    traffic.peer = peer;
    traffic.trafficClass = trafficClass;
    traffic.received = since(now, "received");
    traffic.forwarded = since(now, "forwarded");
    traffic.copies = since(now, "copies");
    traffic.repeated = since(now, "repeated");
    traffic.dropped = since(now, "dropped");
    traffic.refused = since(now, "refused");
    traffic.abandoned = since(now, "abandoned");
    traffic.storedBytes = counters.storedBytes;
    if (!now.equals(before)) {
      traffic.commit();
    }
    before = now;
  }

  private long since(Map<String, Long> now, String counter) {
    return now.getOrDefault(counter, 0L) - before.getOrDefault(counter, 0L);
  }

  /// Has flight recordings ask for samples.
  static void begin(Runnable hook) {
    FlightRecorder.addPeriodicEvent(FlightEvents.StreamTraffic.class, hook);
  }

  static void end(Runnable hook) {
    boolean _ = FlightRecorder.removePeriodicEvent(hook);
  }
}
