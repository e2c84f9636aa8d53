package io.euryale.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The campaign over a toy: `p2` and `p3` beat to `p1`, which reports who beats. The planted bug:
/// it takes whoever was reset for dead and reports that.
class CampaignTest {

  private static final long SECOND = 1_000_000_000L;
  private static final List<String> PEERS = List.of("p1", "p2", "p3");
  private static final Campaign.Progress QUIET = (_, _, _) -> {};

  private static final class Beat implements Core {
    private final Home home;
    private final boolean dials;
    private final Set<Integer> links = new TreeSet<>();

    Beat(Home home, boolean dials) {
      this.home = home;
      this.dials = dials;
    }

    @Override
    public void start(long nowNanos) {
      if (dials) {
        home.connect(Endpoint.contact("p1", SimProcess.FIRST_PORT));
      }
      home.wakeAt(nowNanos);
    }

    @Override
    public void linkUp(long nowNanos, int link, Hello remote) {
      links.add(link);
    }

    @Override
    public void linkDown(long nowNanos, int link, String reason) {
      links.remove(link);
      home.observe(TraceEvent.of("DOWN", "reason", reason));
    }

    @Override
    public void frame(long nowNanos, int link, ByteBuffer frame) {}

    @Override
    public void timerDue(long nowNanos) {
      for (int link : links) {
        home.send(link, ByteBuffer.allocate(1));
      }
      home.wakeAt(nowNanos + 50_000_000L);
    }
  }

  /// Fires on the word that a link went down with.
  private static final class Never implements Checker {
    private final String reason;
    private final List<Violation> found = new ArrayList<>();

    Never(String reason) {
      this.reason = reason;
    }

    @Override
    public String id() {
      return "T-1";
    }

    @Override
    public void accept(Trace trace) {
      if (trace.event().equals("DOWN") && trace.body().text("reason").equals(reason)) {
        found.add(new Violation(id(), trace.who() + " saw a " + reason, List.of(trace)));
      }
    }

    @Override
    public List<Violation> finish() {
      return found;
    }
  }

  private record Toy(String bug, FaultMenu menu, List<String> cells, AtomicLong disturbance)
      implements Scenario {

    static Toy with(String bug) {
      return new Toy(
          bug,
          FaultMenu.of(PEERS, SECOND / 2, 4 * SECOND).withCount(5, 10),
          List.of("DOWN"),
          new AtomicLong());
    }

    @Override
    public String name() {
      return "toy";
    }

    @Override
    public String arguments() {
      return "toy --spoiled";
    }

    @Override
    public List<Promised> promises() {
      return List.of(new Promised("T-1", "no link ends with a " + bug));
    }

    @Override
    public Set<Fault.Kind> kinds() {
      return menu.kinds();
    }

    @Override
    public Outcome run(Draw draw, TraceSink... sinks) {
      Simulation simulation = new Simulation(draw.seed(), SimulationSettings.lan());
      FaultPlan given = draw.faults();
      FaultPlan plan = given != null ? given : menu.draw(draw.seed(), draw.attempt());
      Schedule schedule = new Schedule(simulation, List.of(new Never(bug)), Trace::event, sinks);
      return schedule.run(
          plan,
          () -> {
            for (String name : PEERS) {
              simulation.add(
                  name,
                  Role.PEER,
                  (process, _) ->
                      process.core(
                          TrafficClass.CONTROL, home -> new Beat(home, !name.equals("p1"))));
            }
            simulation.inject(plan);
            simulation.runUntil(5 * SECOND);
            simulation.quiesce(true);
            simulation.runFor(SECOND);
            if (disturbance.get() > 0) {
              simulation.harness(TraceEvent.of("NOISE", "n", disturbance.incrementAndGet()));
            }
            simulation.end();
          });
    }
  }

  private static CampaignReport run(Scenario scenario, long seeds, int threads) throws Exception {
    return new Campaign(scenario, 1, seeds, threads, null, Duration.ofSeconds(20)).run(QUIET);
  }

  @Test
  void aCampaignWithoutABugHoldsAndCoversWhatItLists() throws Exception {
    CampaignReport report = run(Toy.with("nothing"), 200, 2);
    assertThat(report.passed()).as(report.summary()).isTrue();
    assertThat(report.schedules()).isEqualTo(200);
    assertThat(report.kinds().values()).allMatch(kind -> kind.effective() > 0);
    assertThat(report.cells().get("DOWN")).isPositive();
    assertThat(report.thin()).isLessThan(20);
    assertThat(report.promises())
        .extracting(CampaignReport.Promise::text)
        .contains("T-1: no link ends with a nothing", "equal seeds give equal traces");
    assertThat(report.document())
        .containsOnlyKeys("name", "settings", "results", "promises")
        .containsEntry("name", "simulate toy");
  }

  @Test
  void theNumbersDoNotDependOnTheThreads() throws Exception {
    CampaignReport one = run(Toy.with("reset"), 40, 1);
    CampaignReport three = run(Toy.with("reset"), 40, 3);
    assertThat(three.failed()).isEqualTo(one.failed()).isPositive();
    assertThat(three.cells()).isEqualTo(one.cells());
    assertThat(three.kinds()).isEqualTo(one.kinds());
    assertThat(three.findings())
        .extracting(Finding::command)
        .isEqualTo(one.findings().stream().map(Finding::command).toList());
  }

  @Test
  void aPlantedBugIsShrunkToItsFaultAndReplays() throws Exception {
    CampaignReport report = run(Toy.with("reset"), 30, 2);
    assertThat(report.passed()).isFalse();
    assertThat(report.findings()).hasSize(Campaign.MOST_FINDINGS);
    assertThat(report.findings()).extracting(Finding::seed).isSorted();
    for (Finding finding : report.findings()) {
      assertThat(finding.shrunk().faults())
          .as(finding.drawn().toString())
          .singleElement()
          .isInstanceOf(Fault.Reset.class);
      assertThat(finding.command())
          .isEqualTo(
              "./euryale simulate toy --spoiled --seeds %d..%d --faults '%s'"
                  .formatted(finding.seed(), finding.seed(), finding.shrunk()));
      FaultPlan replayed = FaultPlan.parse(finding.shrunk().toString());
      CampaignReport again =
          new Campaign(
                  Toy.with("reset"), finding.seed(), finding.seed(), 1, replayed, Duration.ZERO)
              .run(QUIET);
      assertThat(again.failed()).isEqualTo(1);
    }
    assertThat(report.summary()).contains(report.findings().getFirst().command());
  }

  @Test
  void aFailureOfALaterDrawReplaysThatDraw() throws Exception {
    Toy sound = Toy.with("nothing");
    Scenario later =
        new Scenario() {
          @Override
          public String name() {
            return "later";
          }

          @Override
          public List<Promised> promises() {
            return Toy.with("reset").promises();
          }

          @Override
          public Set<Fault.Kind> kinds() {
            return sound.kinds();
          }

          @Override
          public List<String> cells() {
            return sound.cells();
          }

          @Override
          public Outcome run(Draw draw, TraceSink... sinks) {
            return draw.attempt() == 0
                ? sound.run(draw.with(FaultPlan.NONE), sinks)
                : Toy.with("reset").run(draw, sinks);
          }
        };
    Finding finding = run(later, 30, 2).findings().getFirst();
    assertThat(finding.attempt()).isPositive();
    assertThat(finding.command()).contains(" --attempt " + finding.attempt() + " --faults ");
    long seed = finding.seed();
    int attempt = finding.attempt();
    CampaignReport again =
        new Campaign(later, seed, seed, 1, attempt, finding.shrunk(), Duration.ZERO).run(QUIET);
    assertThat(again.failed()).isEqualTo(1);
    CampaignReport drawn =
        new Campaign(later, seed, seed, 1, attempt, null, Duration.ZERO).run(QUIET);
    assertThat(drawn.failed()).isEqualTo(1);
  }

  @Test
  void aLongFaultIsShortenedAsFarAsTheBugAllows() throws Exception {
    FaultPlan plan = FaultPlan.parse("slow(p2,x3)@1s+1s;isolate(p3)@1s+end;pause(p1)@2s+100ms");
    CampaignReport report =
        new Campaign(Toy.with("timed out"), 3, 3, 1, plan, Duration.ofSeconds(20)).run(QUIET);
    Fault left = report.findings().getFirst().shrunk().faults().getFirst();
    assertThat(report.findings().getFirst().shrunk().size()).isEqualTo(1);
    assertThat(left).isInstanceOf(Fault.Isolate.class);
    assertThat(left.durationNanos()).isLessThanOrEqualTo(4 * SECOND).isPositive();
  }

  @Test
  void aSeedThatDoesNotRepeatFailsTheCampaign() throws Exception {
    Toy noisy = Toy.with("nothing");
    noisy.disturbance().set(1);
    CampaignReport report = run(noisy, 3, 1);
    assertThat(report.passed()).isFalse();
    assertThat(report.promises())
        .contains(new CampaignReport.Promise("equal seeds give equal traces (not seeds 1)", false));
  }

  @Test
  void whatIsListedAndNeverHappensFailsALargeCampaignOnly() throws Exception {
    Toy pausesOnly =
        new Toy(
            "nothing",
            FaultMenu.of(PEERS, SECOND / 2, 4 * SECOND)
                .withKinds(EnumSet.of(Fault.Kind.PAUSE))
                .withCount(4, 6),
            List.of("MELTDOWN"),
            new AtomicLong());
    assertThat(run(pausesOnly, 20, 2).passed()).isTrue();
    CampaignReport large = run(pausesOnly, Campaign.COVERED_SEEDS, 2);
    assertThat(large.passed()).isFalse();
    assertThat(large.summary()).contains("(not MELTDOWN)");
  }

  @Test
  void schedulesInWhichLittleHappensCountAsThin() throws Exception {
    Toy quiet =
        new Toy(
            "nothing",
            FaultMenu.of(PEERS, SECOND / 2, 4 * SECOND).withCount(0, 2),
            List.of(),
            new AtomicLong());
    CampaignReport report = run(quiet, 10, 2);
    assertThat(report.thin()).isEqualTo(10);
    assertThat(report.summary()).contains("10 of them thin");
  }

  @Test
  void aCoreThatThrowsIsAFinding() throws Exception {
    Scenario throwing =
        new Scenario() {
          @Override
          public String name() {
            return "throwing";
          }

          @Override
          public List<Promised> promises() {
            return List.of();
          }

          @Override
          public Set<Fault.Kind> kinds() {
            return Set.of();
          }

          @Override
          public List<String> cells() {
            return List.of();
          }

          @Override
          public Outcome run(Draw draw, TraceSink... sinks) {
            Simulation simulation = new Simulation(draw.seed(), SimulationSettings.lan());
            Schedule schedule = new Schedule(simulation, List.of(), _ -> null, sinks);
            return schedule.run(
                FaultPlan.NONE,
                () -> {
                  SimProcess process =
                      simulation.add(
                          "p1",
                          Role.PEER,
                          (p, _) -> p.core(TrafficClass.ALARM, home -> new Beat(home, false)));
                  process.execute(
                      TrafficClass.ALARM,
                      _ -> {
                        throw new IllegalStateException("bug");
                      });
                  simulation.runFor(SECOND);
                });
          }
        };
    CampaignReport report = run(throwing, 1, 1);
    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.findings().getFirst().violation().checker()).isEqualTo(Schedule.CORE);
    assertThat(report.findings().getFirst().violation().sentence()).contains("bug");
  }

  @Test
  void faultsThatNameNobodyAreRefused() {
    FaultPlan plan = FaultPlan.parse("crash(p9)@1s+1s");
    assertThatThrownBy(() -> new Campaign(Toy.with("x"), 1, 1, 1, plan, Duration.ZERO).run(QUIET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("p9");
  }
}
