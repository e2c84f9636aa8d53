package io.euryale.lab.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Home;
import io.euryale.kernel.TrafficClass;
import io.euryale.lab.Draw;
import io.euryale.lab.Violation;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.StreamSettings;
import io.euryale.service.stream.Subscriber;
import io.euryale.simulation.SimProcess;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Schedules in which operators drain peers and nothing else happens.
class DrainsTest {

  private static final int SCHEDULES = 25;

  private static List<Long> seeds(StreamScenario scenario) {
    List<Long> seeds = new ArrayList<>();
    for (long seed = 1; seeds.size() < SCHEDULES; seed++) {
      if (!scenario.plan(Draw.of(seed)).drains().isEmpty()) {
        seeds.add(seed);
      }
    }
    return seeds;
  }

  private static List<String> violations(StreamScenario scenario) {
    List<String> found = new ArrayList<>();
    for (long seed : seeds(scenario)) {
      for (Violation violation : scenario.run(Draw.of(seed)).violations()) {
        found.add("seed " + seed + ": " + violation.checker() + ": " + violation.sentence());
      }
    }
    return found;
  }

  @Test
  void drained_peers_leave_no_gap_and_lose_nothing() {
    assertThat(violations(new StreamScenario())).isEmpty();
  }

  /// Ends as soon as it has left, with packets in hand.
  private record Hasty(StreamRun.Cores sound) implements StreamRun.Cores {
    @Override
    public Relay relay(
        StreamSettings settings, TrafficClass trafficClass, SimProcess process, Home home) {
      return sound.relay(settings, trafficClass, process, home);
    }

    @Override
    public Publisher publisher(
        StreamSettings settings,
        TrafficClass trafficClass,
        SimProcess process,
        Home home,
        Publisher.Listener listener) {
      return sound.publisher(settings, trafficClass, process, home, listener);
    }

    @Override
    public Subscriber subscriber(StreamSettings settings, Home home, Subscriber.Listener listener) {
      return sound.subscriber(settings, home, listener);
    }

    @Override
    public boolean drainsSensors() {
      return false;
    }

    @Override
    public boolean handsOn() {
      return false;
    }
  }

  @Test
  void a_peer_that_ends_with_packets_in_hand_is_seen() {
    List<String> found = violations(new StreamScenario(new Hasty(StreamRun.SHIPPED)));
    assertThat(found).anyMatch(violation -> violation.contains("S-9"));
  }
}
