package io.euryale.lab.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Home;
import io.euryale.kernel.TrafficClass;
import io.euryale.lab.Draw;
import io.euryale.lab.Violation;
import io.euryale.service.stream.PlantedStreamBug;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.StreamSettings;
import io.euryale.service.stream.Subscriber;
import io.euryale.simulation.SimProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Schedules in which operators drain peers and nothing else happens.
class DrainsTest {

  private static final int SCHEDULES = 25;

  private static List<Long> seeds(StreamScenario scenario, int schedules) {
    List<Long> seeds = new ArrayList<>();
    for (long seed = 1; seeds.size() < schedules; seed++) {
      if (!scenario.plan(Draw.of(seed)).drains().isEmpty()) {
        seeds.add(seed);
      }
    }
    return seeds;
  }

  private static List<String> violations(StreamScenario scenario) {
    List<String> found = new ArrayList<>();
    for (long seed : seeds(scenario, SCHEDULES)) {
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
  private record Hasty(StreamCores sound) implements StreamCores {
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
    public Subscriber subscriber(
        StreamSettings settings, boolean near, Home home, Subscriber.Listener listener) {
      return sound.subscriber(settings, near, home, listener);
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
    assertThat(losses(new Hasty(StreamCores.SHIPPED)))
        .anyMatch(sentence -> sentence.startsWith("S-9"));
  }

  /// Drains of the peer of a sensor while packets of an unprotected stream are on their way to it:
  /// sensors publish at every tenth of a second.
  private static List<String> losses(StreamCores cores) {
    StreamScenario scenario = new StreamScenario(cores);
    List<String> found = new ArrayList<>();
    long[] unprotected =
        LongStream.iterate(1, seed -> seed + 1)
            .filter(DrainsTest::isUnprotected)
            .limit(4)
            .toArray();
    for (long seed : unprotected) {
      StreamPlan plan = scenario.plan(Draw.of(seed));
      for (int step = 0; step < 8; step++) {
        long at = 4 * StreamPlan.SECOND + step * 40_000L;
        StreamPlan.Drain drain = new StreamPlan.Drain(StreamPlan.peer(plan.peers() - 1), at);
        scenario.run(seed, plan.drained(List.of(drain))).violations().stream()
            .map(violation -> violation.checker() + ": " + violation.sentence())
            .forEach(found::add);
      }
    }
    return found;
  }

  @Test
  void unprotected_packets_on_their_way_to_a_drained_peer_are_not_lost() {
    assertThat(losses(StreamCores.SHIPPED)).isEmpty();
  }

  @Test
  void a_peer_that_closes_the_links_of_its_sensors_is_seen() {
    assertThat(losses(new PlantedStreamBugsTest.Broken(PlantedStreamBug.HASTY_DRAIN)))
        .anyMatch(sentence -> sentence.startsWith("S-9"));
  }

  private static boolean isUnprotected(long seed) {
    return !new StreamScenario().plan(Draw.of(seed)).replication().isProtected();
  }
}
