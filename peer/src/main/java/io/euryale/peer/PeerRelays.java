package io.euryale.peer;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayRights;
import io.euryale.platform.NettyHome;
import io.euryale.service.cell.ControlCore;
import io.euryale.service.cell.DataCore;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.StreamSettings;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The relays of one peer, one for each class of data, each on the loop of its class. Safe to share
/// between threads.
final class PeerRelays {

  private static final long LOOK_AGAIN_MILLIS = 5;

  /// A drained peer that received nothing from its children for so long is dry.
  private static final long DRY_MILLIS = 200;

  /// Who has another way up, or another peer to be near to, has said so there by then.
  private static final long TOLD_MILLIS = 50;

  /// How long a drained peer stays in its cell for those that do not go.
  private static final long LEAVING_NANOS = 3_000_000_000L;

  private record Host(NettyHome home, DataCore core, RelaySampler sampler) {
    Relay relay() {
      return core.relay();
    }
  }

  private final PeerRef self;
  private final String who;
  private final Map<TrafficClass, Host> hosts = new EnumMap<>(TrafficClass.class);
  private final Runnable sampling = this::sample;

  /// @param homes one for each class of data
  PeerRelays(
      PeerRef self,
      StreamSettings settings,
      OverlayRights rights,
      Map<TrafficClass, NettyHome> homes) {
    this.self = self;
    who = "Peer " + self.name();
    homes.forEach(
        (trafficClass, home) ->
            hosts.put(
                trafficClass,
                new Host(
                    home,
                    new DataCore(
                        trafficClass,
                        home,
                        shared -> new Relay(settings, trafficClass, self, shared, rights)),
                    new RelaySampler(self.id().toString(), trafficClass.label()))));
  }

  /// What the control core needs of them.
  Map<TrafficClass, ControlCore.Data> data() {
    Map<TrafficClass, ControlCore.Data> data = new EnumMap<>(TrafficClass.class);
    hosts.forEach(
        (trafficClass, host) ->
            data.put(trafficClass, new ControlCore.Data(host.core(), host.home()::execute)));
    return data;
  }

  void start() {
    hosts.values().forEach(host -> host.home().start(host.core(), self));
    RelaySampler.begin(sampling);
  }

  private void sample() {
    if (new FlightEvents.StreamTraffic().isEnabled()) {
      for (Host host : hosts.values()) {
        boolean _ = host.home().execute(_ -> host.sampler().sample(host.relay().counters()));
      }
    }
  }

  /// Where the peer is now; null while it is in no cell.
  void moved(@Nullable Neighbourhood now) {
    for (Host host : hosts.values()) {
      boolean _ = host.home().execute(nanos -> host.relay().neighbourhood(nanos, now));
    }
  }

  /// The counters of each class by name.
  ///
  /// @throws RefusedException when the peer has ended
  Map<TrafficClass, Map<String, Long>> counters() throws InterruptedException {
    Map<TrafficClass, Map<String, Long>> counters = new EnumMap<>(TrafficClass.class);
    for (Map.Entry<TrafficClass, Host> entry : hosts.entrySet()) {
      Host host = entry.getValue();
      counters.put(
          entry.getKey(),
          LoopCalls.call(host.home(), who, _ -> host.relay().counters().snapshot()));
    }
    return Collections.unmodifiableMap(counters);
  }

  // ---------------------------------------------------------------- the end

  /// Sends everybody to other peers, while this one is still in its cell, and waits until they have
  /// gone, or [#LEAVING_NANOS] have passed.
  ///
  /// @throws RefusedException when the peer was killed meanwhile
  void sendAway() throws InterruptedException {
    long deadlineNanos = System.nanoTime() + LEAVING_NANOS;
    hosts.values().forEach(host -> host.home().execute(now -> host.relay().drain(now)));
    for (Host host : hosts.values()) {
      while (!LoopCalls.call(host.home(), who, _ -> host.relay().isLeft())
          && LoopCalls.remaining(deadlineNanos).isPositive()) {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    }
    Thread.sleep(TOLD_MILLIS);
  }

  /// Hands on until all have gone and nothing has come from peers for a while: what those sent
  /// before they knew is still on its way, and unprotected packets are nowhere else.
  ///
  /// @return whether nothing was left
  /// @throws RefusedException when the peer was killed meanwhile
  boolean runDry(long deadlineNanos) throws InterruptedException {
    long before = -1;
    while (handOn(deadlineNanos)) {
      long received = received();
      if (received == before) {
        return true;
      }
      if (!LoopCalls.remaining(deadlineNanos).isPositive()) {
        return false;
      }
      before = received;
      Thread.sleep(DRY_MILLIS);
    }
    return false;
  }

  private long received() throws InterruptedException {
    long received = 0;
    for (Host host : hosts.values()) {
      received += LoopCalls.call(host.home(), who, _ -> host.relay().counters().received);
    }
    return received;
  }

  /// Hands on what is held.
  ///
  /// @return whether nothing was left
  /// @throws RefusedException when the peer was killed meanwhile
  boolean handOn(long deadlineNanos) throws InterruptedException {
    for (Host host : hosts.values()) {
      while (holdsPackets(host)) {
        if (!LoopCalls.remaining(deadlineNanos).isPositive()) {
          return false;
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    }
    return true;
  }

  private boolean holdsPackets(Host host) throws InterruptedException {
    return LoopCalls.call(host.home(), who, _ -> !host.relay().isEmpty());
  }

  void cutOff(Set<PeerName> names) {
    hosts.values().forEach(host -> host.home().cutOff(names));
  }

  void close() {
    RelaySampler.end(sampling);
    hosts.values().forEach(host -> host.home().close());
  }

  void kill() {
    RelaySampler.end(sampling);
    hosts.values().forEach(host -> host.home().kill());
  }
}
