package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.lab.Draw;
import io.euryale.lab.Outcome;
import io.euryale.lab.Scenario;
import io.euryale.lab.Schedule;
import io.euryale.simulation.Fault;
import io.euryale.simulation.Simulation;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The scenario `group`: do members of a partitioned, crashing, lossy network keep extended virtual
/// synchrony, and come together again?
public final class GroupScenario implements Scenario {

  private final GroupRun.Rules rules;
  private final boolean large;

  /// Short schedules of 3 to 7 peers.
  public GroupScenario() {
    this(GroupRun.Rules.SOUND, false);
  }

  /// With other rules than the shipped ones: tests plant bugs here.
  GroupScenario(GroupRun.Rules rules, boolean large) {
    this.rules = rules;
    this.large = large;
  }

  /// Schedules of 8 to 100 peers, which take seconds each.
  public static GroupScenario large() {
    return new GroupScenario(GroupRun.Rules.SOUND, true);
  }

  @Override
  public String name() {
    return "group";
  }

  @Override
  public List<Promised> promises() {
    return GroupCheckers.promises();
  }

  @Override
  public Set<Fault.Kind> kinds() {
    return GroupPlan.kinds();
  }

  @Override
  public List<String> cells() {
    return List.of();
  }

  @Override
  public Outcome run(Draw draw, TraceSink... sinks) {
    GroupPlan drawn =
        large
            ? GroupPlan.drawLarge(draw.seed(), draw.attempt())
            : GroupPlan.draw(draw.seed(), draw.attempt());
    return run(draw.seed(), draw.faults() == null ? drawn : drawn.with(draw.faults()), sinks);
  }

  Outcome run(long seed, GroupPlan plan, TraceSink... sinks) {
    Simulation simulation = new Simulation(seed, plan.settings());
    Schedule schedule =
        new Schedule(simulation, GroupCheckers.all(plan.rules()), GroupScenario::cell, sinks);
    GroupRun run = new GroupRun(simulation, plan, rules);
    return schedule.run(plan.faults(), run::run);
  }

  private static @Nullable String cell(Trace trace) {
    return switch (trace.event()) {
      case "STATE" -> trace.body().text("from") + " to " + trace.body().text("to");
      case "DELIVER" -> "deliver " + trace.body().text("svc");
      case "INSTALL", "PRIMARY", "SUSPECT" -> trace.event();
      default -> null;
    };
  }
}
