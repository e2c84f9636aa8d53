package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.lab.Draw;
import io.euryale.lab.Outcome;
import io.euryale.lab.Scenario;
import io.euryale.lab.Schedule;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The scenario `cells`: does the overlay become one tree again, whatever went wrong?
public final class CellScenario implements Scenario {

  /// Messages that a peer meets in each phase sooner or later, whatever the seeds.
  private static final List<String> MEMBER_INPUTS =
      List.of(
          "Above",
          "Adverts",
          "Bind",
          "BindingRequest",
          "Enter",
          "Fenced",
          "Find",
          "Found",
          "Accusation",
          "Join",
          "JoinReply",
          "Leave",
          "Move",
          "News",
          "OrphanQuery",
          "OrphanReply",
          "ParentReply",
          "ParentRequest",
          "Ping",
          "Pong",
          "Probe",
          "Refused",
          "Report",
          "Verdict",
          "View");

  private static final List<String> JOINER_CELLS =
      List.of(
          "SEEKING BindingReply",
          "SEEKING Redirect",
          "SEEKING Refused",
          "SEEKING Ping",
          "SEEKING Probe",
          "SEEKING BindingRequest",
          "BINDING BindReply",
          "BINDING Refused",
          "BINDING Bind",
          "ADOPTING ParentReply",
          "ADOPTING Refused",
          "JOINING JoinReply",
          "ENTERING View",
          "LEAVING LeaveReply");

  /// Things that happen to a peer by itself, in every larger campaign.
  private static final List<String> USUAL_EVENTS =
      List.of(
          "ACCUSES",
          "ARBITRATED",
          "COORDINATOR",
          "DECIDED",
          "DOUBT",
          "DOUBT_OVER",
          "FOUND",
          "LATE",
          "MERGED",
          "MOVES",
          "ORPHANED",
          "OUTBID",
          "PARENT_LOST",
          "PAUSED",
          "PROMISE_BROKEN",
          "REBALANCE",
          "RELOADED",
          "REORGANISED",
          "SHUNNED",
          "SUSPECT",
          "TOLD");

  /// Things that happen in one schedule of a hundred or less: counted, not required.
  private static final List<String> RARE_EVENTS =
      List.of("FENCED", "PARENT_BUSY", "REFUSED", "TRUST", "UNDECIDED");

  private final CellRun.Cores cores;

  public CellScenario() {
    this(CellRun.SHIPPED);
  }

  /// With other cores than the shipped ones: tests plant bugs here.
  CellScenario(CellRun.Cores cores) {
    this.cores = cores;
  }

  @Override
  public String name() {
    return "cells";
  }

  @Override
  public List<Promised> promises() {
    return List.of(
        new Promised("C-1", "after the faults every live peer is in one cell, below a live parent"),
        new Promised(
            "C-2", "a cell has one coordinator per term, and one agreed view after the faults"),
        new Promised("C-3", "no peer follows a lower term than it followed"),
        new Promised("C-4", "every suspicion has a reason"),
        new Promised("C-5", "no two members have one name after the faults"),
        new Promised("C-6", "nothing changes from 15 s after the faults on"),
        new Promised(
            "C-7", "a reorganisation takes at most 1 s, or is reported as a broken promise"),
        new Promised("C-8", "nobody is an orphan at the end: all parents lead to the root cell"),
        new Promised("C-9", "10 s after the faults all know one root"),
        new Promised("C-10", "who was shunned is a member again within 10 s of the faults"),
        new Promised("C-11", "in cells of two the cell above decides who takes over"),
        new Promised("C-12", "who suspects most of its neighbours doubts itself first"),
        new Promised("C-13", "no cell is too small while a later one could fill it"),
        new Promised("C-14", "who answers but lags behind its cell is shunned within seconds"),
        new Promised(
            "C-15", "10 s after the last change who asks finds what the peers that live offer"),
        new Promised(
            "C-16", "then every watch has been told the same, and changes of it within 1 s"));
  }

  @Override
  public Set<Fault.Kind> kinds() {
    return FaultMenu.DEFAULT_KINDS;
  }

  @Override
  public List<String> cells() {
    List<String> cells = new ArrayList<>(JOINER_CELLS);
    MEMBER_INPUTS.forEach(input -> cells.add("MEMBER " + input));
    USUAL_EVENTS.forEach(event -> cells.add("event " + event));
    return cells;
  }

  @Override
  public Outcome run(Draw draw, TraceSink... sinks) {
    CellPlan drawn = CellPlan.draw(draw.seed(), draw.attempt());
    return run(draw.seed(), draw.faults() == null ? drawn : drawn.with(draw.faults()), sinks);
  }

  Outcome run(long seed, CellPlan plan, TraceSink... sinks) {
    Simulation simulation = new Simulation(seed, SimulationSettings.lan());
    Schedule schedule =
        new Schedule(
            simulation,
            CellCheckers.all(
                plan.widestSettings(),
                plan.lastSettings(),
                CellPlan.SETTLE_NANOS,
                CellPlan.HEAL_NANOS),
            CellScenario::cell,
            sinks);
    CellRun run = new CellRun(simulation, plan, cores);
    return schedule.run(plan.faults(), run::run);
  }

  private static @Nullable String cell(Trace trace) {
    if (trace.event().equals("TRANSITION")) {
      return trace.body().text("phase") + " " + trace.body().text("input");
    }
    boolean counted = USUAL_EVENTS.contains(trace.event()) || RARE_EVENTS.contains(trace.event());
    return counted ? "event " + trace.event() : null;
  }
}
