package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.lab.Draw;
import io.euryale.lab.Outcome;
import io.euryale.lab.Scenario;
import io.euryale.lab.Schedule;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The scenario `streams`: does every packet arrive once and in order, whatever goes wrong on its
/// way?
public final class StreamScenario implements Scenario {

  private static final String FAULTY = "faulty ";
  private static final String HEALED = "healed ";

  private static final List<String> EVENTS =
      List.of(
          "ACKED",
          "ADOPT",
          "ATTACH",
          "DEADLINE",
          "DELIVER",
          "GAP",
          "HELD",
          "INSTALL",
          "PLACED",
          "PUBLISH",
          "REFUSED",
          "STORE",
          "UPSTREAM");

  /// What becomes of the overlay while streams run.
  private static final List<String> CHANGES =
      List.of(
          "split",
          "cell lost",
          "root lost",
          "drained with crash",
          "root elected apart",
          "streams go on apart",
          "merged",
          "joined late",
          "reloaded",
          "client killed");

  private final StreamCores cores;

  public StreamScenario() {
    this(StreamCores.SHIPPED);
  }

  /// With other cores than the shipped ones: tests plant bugs here.
  StreamScenario(StreamCores cores) {
    this.cores = cores;
  }

  @Override
  public String name() {
    return "streams";
  }

  @Override
  public List<Promised> promises() {
    return List.of(
        new Promised("S-1", "what the sensor was told is delivered was delivered before"),
        new Promised("S-2", "a client sees the packets of a flow in order"),
        new Promised("S-3", "a client sees no packet twice"),
        new Promised("S-4", "what a client sees was published, with the same content"),
        new Promised(
            "S-5", "every protected packet of a live sensor is delivered or reported lost"),
        new Promised("S-6", "alarms take at most 2 s, from 8 s after the faults on"),
        new Promised("S-7", "what two peers hold, or as many as asked for, outlives its sensor"),
        new Promised("S-8", "the peers of a cell store agreed packets in one order"),
        new Promised("S-9", "while peers are only drained there is no gap and no loss"),
        new Promised("S-10", "a packet is held a period and 1 s after it was published"),
        new Promised("S-11", "a new client gets the last value of a stream that keeps it"),
        new Promised("S-12", "a subscription gets nothing of a stream that does not fit it"),
        new Promised("S-13", "the age that a client is told is that of the packet"),
        new Promised("S-14", "a packet is delivered or given up within its lifespan"),
        new Promised("S-15", "a silence longer than a deadline is told, and no other"),
        new Promised("S-16", "a path that was measured to be too slow is refused, and no other"),
        new Promised("S-17", "an application that takes nothing of a stream slows no other"),
        new Promised(
            "S-18",
            "a part without root cell has one in 6 s, and its clients get all when it is quiet"),
        new Promised("S-19", "what is reported delivered, every client has, at any peer"));
  }

  @Override
  public Set<Fault.Kind> kinds() {
    return FaultMenu.DEFAULT_KINDS;
  }

  @Override
  public List<String> cells() {
    List<String> cells = new ArrayList<>();
    EVENTS.forEach(event -> cells.add(FAULTY + event));
    EVENTS.stream()
        .filter(event -> !event.equals("GAP"))
        .forEach(event -> cells.add(HEALED + event));
    CHANGES.forEach(change -> cells.add("overlay " + change));
    cells.add(FAULTY + "UPSTREAM stalled");
    cells.add(FAULTY + "ATTACH stalled");
    return cells;
  }

  @Override
  public Outcome run(Draw draw, TraceSink... sinks) {
    return run(draw.seed(), plan(draw), upheaval(draw), sinks);
  }

  Outcome run(long seed, StreamPlan plan, TraceSink... sinks) {
    return run(seed, plan, Upheaval.NONE, sinks);
  }

  Outcome run(long seed, StreamPlan plan, Upheaval upheaval, TraceSink... sinks) {
    Simulation simulation = new Simulation(seed, SimulationSettings.lan());
    Schedule schedule = new Schedule(simulation, StreamCheckers.all(), new Cell(), sinks);
    StreamRun run = new StreamRun(simulation, plan, upheaval, cores);
    return schedule.run(plan.faults(), run::run);
  }

  /// What the schedule of a draw looks like.
  StreamPlan plan(Draw draw) {
    return plan(draw, new Simulation(draw.seed(), SimulationSettings.lan()));
  }

  private static StreamPlan plan(Draw draw, Simulation simulation) {
    StreamPlan drawn = drawn(draw, simulation);
    Upheaval upheaval = Upheaval.draw(simulation.stream("upheaval " + draw.attempt()), drawn);
    boolean usual = upheaval.kind() == Upheaval.Kind.NONE;
    FaultPlan faults = draw.faults();
    if (faults == null) {
      faults = usual ? drawn.faults() : upheaval.faults();
    }
    return drawn.with(faults);
  }

  private static StreamPlan drawn(Draw draw, Simulation simulation) {
    return StreamPlan.draw(
        simulation.stream("shape"), simulation.stream("faults " + draw.attempt()));
  }

  /// What becomes of the overlay in the schedule of a draw; nothing in one without faults.
  Upheaval upheaval(Draw draw) {
    if (FaultPlan.NONE.equals(draw.faults())) {
      return Upheaval.NONE;
    }
    Simulation simulation = new Simulation(draw.seed(), SimulationSettings.lan());
    return Upheaval.draw(simulation.stream("upheaval " + draw.attempt()), drawn(draw, simulation));
  }

  /// The phase of the run and the event, and whether it happened because of silence.
  private static final class Cell implements Function<Trace, @Nullable String> {
    private final OverlayChanges changes = new OverlayChanges();
    private String phase = FAULTY;

    @Override
    public @Nullable String apply(Trace trace) {
      if (trace.event().equals("QUIESCE")) {
        phase = HEALED;
      }
      String change = changes.of(trace);
      if (change != null) {
        return "overlay " + change;
      }
      if (trace.body().text("reason").equals("stalled")) {
        return phase + trace.event() + " stalled";
      }
      return EVENTS.contains(trace.event()) ? phase + trace.event() : null;
    }
  }
}
