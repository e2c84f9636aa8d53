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

  /// What 200 schedules meet. `No to Un` is met by one schedule in a hundred: counted, not
  /// required.
  private static final List<String> CELLS =
      List.of(
          "Construct to No",
          "Construct to RegPrim",
          "ExchangeActions to Construct",
          "ExchangeActions to NonPrim",
          "ExchangeStates to ExchangeActions",
          "ExchangeStates to NonPrim",
          "No to ExchangeStates",
          "NonPrim to ExchangeStates",
          "PRIMARY",
          "RegPrim to TransPrim",
          "TransPrim to ExchangeStates",
          "deliver AGREED in regular",
          "deliver AGREED in transitional",
          "deliver CAUSAL in regular",
          "deliver CAUSAL in transitional",
          "deliver FIFO in regular",
          "deliver FIFO in transitional",
          "deliver RELIABLE in regular",
          "deliver SAFE in regular",
          "deliver SAFE in transitional",
          "deliver UNRELIABLE in regular",
          "group JOIN",
          "group LEAVE",
          "group deliver AGREED in regular",
          "group deliver AGREED in transitional",
          "group deliver CAUSAL in regular",
          "group deliver CAUSAL in transitional",
          "group deliver FIFO in regular",
          "group deliver FIFO in transitional",
          "group deliver RELIABLE in regular",
          "group deliver RELIABLE in transitional",
          "group deliver SAFE in regular",
          "group deliver SAFE in transitional",
          "group deliver UNRELIABLE in regular",
          "group install REG",
          "group install TRANS",
          "install REG",
          "install TRANS",
          "suspect: does not answer",
          "suspect: it restarted",
          "suspect: no answer",
          "suspect: refused",
          "suspect: silent");

  private static final List<String> REASONS =
      List.of("silent", "refused", "no answer", "does not answer", "leaves");

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
  public String arguments() {
    return large ? name() + " --large" : name();
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
    return CELLS;
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
    boolean named = !trace.body().text("group").isEmpty();
    return switch (trace.event()) {
      case "STATE" -> trace.body().text("from") + " to " + trace.body().text("to");
      case "DELIVER" ->
          (named ? "group deliver " : "deliver ")
              + trace.body().text("svc")
              + (isTransitional(trace.body().text("x")) ? " in transitional" : " in regular");
      case "INSTALL" -> (named ? "group install " : "install ") + trace.body().text("kind");
      case "JOIN", "LEAVE" -> "group " + trace.event();
      case "PRIMARY", "REFUSED" -> trace.event();
      case "SUSPECT" -> "suspect: " + reason(trace.body().text("reason"));
      default -> null;
    };
  }

  /// Whether an id of a configuration, or of a view in it, is that of a transitional one: only
  /// these name two peers.
  private static boolean isTransitional(String id) {
    return id.indexOf('/') != id.lastIndexOf('/');
  }

  /// A reason without names and numbers.
  private static String reason(String text) {
    for (String word : REASONS) {
      if (text.contains(word)) {
        return word;
      }
    }
    return text;
  }
}
