package io.euryale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPattern;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A campaign over cores that send datagrams and keep records, without a group in them.
class DatagramCampaignTest {

  private static final long SECOND = 1_000_000_000L;
  private static final List<String> PEERS = List.of("p1", "p2", "p3");
  private static final Campaign.Progress QUIET = (_, _, _) -> {};

  /// Sends its time to all every 20 ms behind a plain marker; observes what others did to it.
  private static final class Pulse implements DatagramCore {
    private static final long PERIOD_NANOS = SECOND / 50;
    private static final long MARKER = 0x0E5EA1ED0E5EA1EDL;

    private final DatagramHome home;
    private final List<Integer> addresses = new ArrayList<>();
    private long number;

    Pulse(DatagramHome home) {
      this.home = home;
    }

    @Override
    public void start(long nowNanos) {
      for (String name : PEERS) {
        addresses.add(home.address(Endpoint.contact(name, SimProcess.FIRST_PORT)));
      }
      home.wakeAt(nowNanos + PERIOD_NANOS);
    }

    @Override
    public void timerDue(long nowNanos) {
      number++;
      for (int address : addresses) {
        home.sendTo(address, ByteBuffer.allocate(16).putLong(MARKER).putLong(number).flip());
      }
      home.persist(0, ByteBuffer.allocate(8).putLong(number).flip());
      home.wakeAt(nowNanos + PERIOD_NANOS);
    }

    @Override
    public void datagram(long nowNanos, ByteBuffer datagram) {
      boolean whole = datagram.remaining() == 16 && datagram.getLong() == MARKER;
      home.observe(TraceEvent.of(whole ? "PULSE" : "DAMAGED"));
    }

    @Override
    public void linkUp(long nowNanos, int link, Hello remote) {}

    @Override
    public void linkDown(long nowNanos, int link, String reason) {}

    @Override
    public void frame(long nowNanos, int link, ByteBuffer frame) {}
  }

  /// Fires at the first damaged datagram of `p1`.
  private static final class Undamaged implements Checker {
    private final List<Violation> found = new ArrayList<>();

    @Override
    public String id() {
      return "D-1";
    }

    @Override
    public void accept(Trace trace) {
      if (trace.event().equals("DAMAGED") && trace.proc().equals("p1") && found.isEmpty()) {
        found.add(new Violation(id(), "p1 took a damaged datagram", List.of(trace)));
      }
    }

    @Override
    public List<Violation> finish() {
      return found;
    }
  }

  private record Pulses(boolean checked) implements Scenario {
    private static final FaultMenu MENU =
        FaultMenu.of(PEERS, SECOND / 2, 4 * SECOND)
            .withKinds(FaultMenu.DATAGRAM_KINDS)
            .withPatterns(
                List.of(
                    FaultPattern.CrashTogether.usual(),
                    new FaultPattern.Flapping(SECOND / 4),
                    new FaultPattern.PauseAround(SECOND / 10)))
            .withCount(5, 10);

    @Override
    public String name() {
      return "pulses";
    }

    @Override
    public List<Promised> promises() {
      return List.of(new Promised("D-1", "p1 takes no damaged datagram"));
    }

    @Override
    public Set<Fault.Kind> kinds() {
      return MENU.kinds();
    }

    @Override
    public List<String> cells() {
      return List.of("PULSE", "DAMAGED");
    }

    @Override
    public Outcome run(Draw draw, TraceSink... sinks) {
      Simulation simulation = new Simulation(draw.seed(), SimulationSettings.lan());
      FaultPlan given = draw.faults();
      FaultPlan plan = given != null ? given : MENU.draw(draw.seed(), draw.attempt());
      List<Checker> checkers = checked ? List.of(new Undamaged()) : List.of();
      return new Schedule(simulation, checkers, Trace::event, sinks)
          .run(
              plan,
              () -> {
                for (String name : PEERS) {
                  simulation.add(
                      name,
                      Role.PEER,
                      (process, _) -> process.core(TrafficClass.CONTROL, Pulse::new));
                }
                simulation.inject(plan);
                simulation.runUntil(5 * SECOND);
                simulation.quiesce(true);
                simulation.runFor(SECOND);
                simulation.end();
              });
    }
  }

  private static CampaignReport run(Scenario scenario, long seeds) throws Exception {
    return new Campaign(scenario, 1, seeds, 2, null, Duration.ofSeconds(20)).run(QUIET);
  }

  @Test
  void everyKindOfFaultTakesEffectAndDatagramsCountAsMessages() throws Exception {
    CampaignReport report = run(new Pulses(false), 200);
    assertThat(report.passed()).as(report.summary()).isTrue();
    assertThat(report.kinds()).containsOnlyKeys(FaultMenu.DATAGRAM_KINDS);
    assertThat(report.kinds().values()).allMatch(kind -> kind.effective() > 0);
    assertThat(report.thin()).isLessThan(20);
  }

  @Test
  void damageIsShrunkToTheFaultThatDoesIt() throws Exception {
    CampaignReport report = run(new Pulses(true), 60);
    assertThat(report.failed()).isPositive();
    assertThat(report.findings()).isNotEmpty();
    for (Finding finding : report.findings()) {
      assertThat(finding.shrunk().faults())
          .singleElement()
          .extracting(Fault::kind)
          .isIn(Fault.Kind.CORRUPTING, Fault.Kind.GARBAGE);
      FaultPlan replayed = FaultPlan.parse(finding.shrunk().toString());
      Outcome outcome = new Pulses(true).run(Draw.of(finding.seed()).with(replayed));
      assertThat(outcome.violates("D-1")).isTrue();
    }
  }
}
