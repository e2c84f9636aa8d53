package io.euryale.lab.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Home;
import io.euryale.kernel.TrafficClass;
import io.euryale.lab.Draw;
import io.euryale.lab.Outcome;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.StreamSettings;
import io.euryale.service.stream.Subscriber;
import io.euryale.simulation.SimProcess;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Schedules in which the tree changes while streams run: what happens in them, and who must see it
/// when a client or a peer's part in streams does not follow.
class UpheavalTest {

  private static final int MOST_SEEDS = 200;

  /// Shipped cores whose hosts do not pass on what the overlay tells.
  private record Deaf(boolean clientsFollow, boolean relaysFollow) implements StreamCores {
    @Override
    public Relay relay(
        StreamSettings settings, TrafficClass trafficClass, SimProcess process, Home home) {
      return StreamCores.SHIPPED.relay(settings, trafficClass, process, home);
    }

    @Override
    public Publisher publisher(
        StreamSettings settings,
        TrafficClass trafficClass,
        SimProcess process,
        Home home,
        Publisher.Listener listener) {
      return StreamCores.SHIPPED.publisher(settings, trafficClass, process, home, listener);
    }

    @Override
    public Subscriber subscriber(
        StreamSettings settings, boolean near, Home home, Subscriber.Listener listener) {
      return StreamCores.SHIPPED.subscriber(settings, near, home, listener);
    }
  }

  private static boolean isSeen(Deaf deaf, Upheaval.Kind kind, String checker) {
    StreamScenario scenario = new StreamScenario(deaf);
    for (long seed = 1; seed <= MOST_SEEDS; seed++) {
      Draw draw = Draw.of(seed);
      if (scenario.upheaval(draw).kind() == kind && scenario.run(draw).violates(checker)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void a_client_that_holds_on_to_a_root_cell_that_is_gone_is_seen() {
    assertThat(isSeen(new Deaf(false, true), Upheaval.Kind.ROOT_APART, "S-18")).isTrue();
  }

  @Test
  void peers_whose_streams_do_not_hear_of_their_new_places_are_seen() {
    assertThat(isSeen(new Deaf(true, false), Upheaval.Kind.ROOT_APART, "S-18")).isTrue();
  }

  @Test
  void every_kind_of_upheaval_does_to_the_tree_what_it_is_named_for() {
    Set<String> met = new TreeSet<>();
    StreamScenario scenario = new StreamScenario();
    for (long seed = 1; seed <= MOST_SEEDS; seed++) {
      if (scenario.upheaval(Draw.of(seed)).kind() != Upheaval.Kind.NONE) {
        Outcome outcome = scenario.run(Draw.of(seed));
        outcome.cells().keySet().stream().filter(c -> c.startsWith("overlay ")).forEach(met::add);
      }
    }
    Set<String> listed = new TreeSet<>(scenario.cells());
    listed.removeIf(cell -> !cell.startsWith("overlay "));
    assertThat(met).isEqualTo(listed);
  }
}
