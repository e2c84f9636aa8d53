package io.euryale.lab.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.simulation.Simulation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HundredMembersTest {

  private static final int MEMBERS = 100;

  @Test
  void aHundredMembersFormOneConfigurationWithinFiveSeconds() {
    GroupPlan plan = GroupPlan.draw(1, 0, MEMBERS).quiet();
    Simulation simulation = new Simulation(1, plan.settings());
    Set<String> inTheWhole = new HashSet<>();
    simulation.addSink(
        trace -> {
          if (trace.event().equals("INSTALL")
              && trace.body().fields().get("members") instanceof List<?> members
              && members.size() == MEMBERS) {
            inTheWhole.add(trace.proc());
          }
        });
    new GroupRun(simulation, plan, GroupRun.Rules.SOUND).addMembers();
    while (simulation.now() < 5 * GroupPlan.SECOND && inTheWhole.size() < MEMBERS) {
      simulation.runFor(50 * GroupPlan.MILLI);
    }
    assertThat(inTheWhole).hasSize(MEMBERS);
  }
}
