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
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each broken rule stays unseen without faults and is caught by its checker with them. Only that
/// of the agreed order shows itself without any, as soon as two peers of a cell receive packets,
/// and those of offers, last values, deadlines, large payloads, long streams and several clients,
/// as soon as there are any.
class PlantedStreamBugsTest {

  private static final int MOST_SCHEDULES = 400;

  record Broken(PlantedStreamBug bug) implements StreamCores {
    @Override
    public Relay relay(
        StreamSettings settings, TrafficClass trafficClass, SimProcess process, Home home) {
      return bug.relay(settings, trafficClass, process.ref(), home);
    }

    @Override
    public Publisher publisher(
        StreamSettings settings,
        TrafficClass trafficClass,
        SimProcess process,
        Home home,
        Publisher.Listener listener) {
      return bug.publisher(settings, trafficClass, process.ref(), home, listener);
    }

    @Override
    public Subscriber subscriber(
        StreamSettings settings, boolean near, Home home, Subscriber.Listener listener) {
      return bug.subscriber(settings, near, home, listener);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "BEFORE_ITS_PLACE",
        "ANYTHING_FITS",
        "DELIVERED_TOO_EARLY",
        "STALE_LAST_VALUE",
        "SILENT_ABOUT_SILENCE",
        "HALF_A_PAYLOAD",
        "FORGETS_CLIENTS_ELSEWHERE",
        "BLIND_SPOT"
      })
  void faultFreeSchedulesPassWithTheBug(PlantedStreamBug bug) {
    StreamScenario scenario = new StreamScenario(new Broken(bug));
    int schedules = 0;
    for (long seed = 1; schedules < 5; seed++) {
      Draw quiet = Draw.of(seed).with(FaultPlan.NONE);
      if (scenario.plan(quiet).drains().isEmpty()) {
        schedules++;
        assertThat(scenario.run(quiet).violations()).as("seed %d", seed).isEmpty();
      }
    }
  }

  /// [DrainsTest] and [SplitsTest] have the schedules for those that are left out.
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HASTY_DRAIN", "LETS_GO_OF_WHAT_MOVED"})
  void itsCheckerCatchesTheBug(PlantedStreamBug bug) {
    boolean needsSlow = bug == PlantedStreamBug.GREEDY; // Seen where stores are full.
    assertThat(caught(bug, plan -> !needsSlow || plan.slow())).contains(bug.checker());
  }

  /// One replica more than one is too much for most meshes; others are seen there too, but it takes
  /// long until they are.
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "HASTY_DRAIN",
        "LETS_GO_OF_WHAT_MOVED",
        "ONE_REPLICA_IS_ENOUGH",
        "HELD_BY_ONE",
        "NO_BATCHES",
        "NO_REPETITION"
      })
  void schedulesOfMeshesAloneCatchTheBug(PlantedStreamBug bug) {
    assertThat(caught(bug, StreamPlan::isMesh)).contains(bug.checker());
  }

  /// What checkers say of the first schedules, up to the one in which the bug's own sees it.
  private static Set<String> caught(PlantedStreamBug bug, Predicate<StreamPlan> which) {
    StreamScenario scenario = new StreamScenario(new Broken(bug));
    Set<String> seen = new TreeSet<>();
    int schedules = 0;
    for (long seed = 1; schedules < MOST_SCHEDULES && !seen.contains(bug.checker()); seed++) {
      if (which.test(scenario.plan(Draw.of(seed)))) {
        schedules++;
        scenario.run(Draw.of(seed)).violations().stream()
            .map(Violation::checker)
            .forEach(seen::add);
      }
    }
    return seen;
  }
}
