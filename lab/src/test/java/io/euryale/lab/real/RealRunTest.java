package io.euryale.lab.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.euryale.simulation.FaultPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Whole runs in real processes. The limits are for machines that do much else.
@Timeout(300)
class RealRunTest {

  /// Stays when a test fails: `./euryale lab check` reads it.
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private RealReport run(RealPlan plan, Ground ground) throws IOException, InterruptedException {
    RealReport report = RealRun.run(plan, ground, folder, _ -> {});
    assertThat(report.judgement().violations()).isEmpty();
    assertThat(report.failures()).isEmpty();
    assertThat(report.settled()).isTrue();
    assertThat(report.passed()).isTrue();
    assertThat(report.judgement().sent()).isPositive();
    assertThat(report.judgement().delivered()).isGreaterThan(report.judgement().sent());
    return report;
  }

  @Test
  void killedStoppedAndRestartedMembersKeepEveryPromise() throws Exception {
    FaultPlan faults =
        FaultPlan.parse(
            "crash(peer-b)@500ms+1s;pause(peer-a)@3s+760ms;pause(peer-c)@4500ms+840ms;"
                + "pause(peer-b)@6s+1500ms;restart(peer-c)@8s;pause(peer-a)@9s+40ms");
    RealPlan plan =
        RealPlan.draw(1, 3, 60, Duration.ofSeconds(10), false).withFaults(faults, false);
    try (Ground ground = new LoopbackGround()) {
      RealReport report = run(plan, ground);
      assertThat(report.lives()).isEqualTo(5);
      assertThat(report.judgement().primaries()).isGreaterThan(1);
      assertThat(TraceFolder.read(folder).check(folder).passed()).isTrue();
    }
  }

  @Test
  void lossPartitionsAndVanishingHostsKeepEveryPromise() throws Exception {
    String obstacle = NamespaceGround.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle);
    FaultPlan faults =
        FaultPlan.parse(
            "lossy(*>*,10%)@0ms+5s;partition(peer-a|peer-b,peer-c)@1s+1500ms;"
                + "one-way(peer-b>peer-c)@4s+1500ms;lossy(*>*,1%)@5s+5s;"
                + "crash-host(peer-a)@7s+1500ms;isolate(peer-c)@9s+300ms");
    RealPlan plan = RealPlan.draw(2, 3, 60, Duration.ofSeconds(10), true).withFaults(faults, true);
    try (Ground ground = new NamespaceGround(3)) {
      RealReport report = run(plan, ground);
      assertThat(report.lives()).isEqualTo(4);
      assertThat(report.judgement().configurations()).isGreaterThan(6);
    }
    assertThat(Commands.tryRun("ip", "netns", "list").output())
        .doesNotContain("-" + ProcessHandle.current().pid() + "-");
  }

  @Test
  void brokenPromisesAreFoundInTheTracesOfARun() throws Exception {
    RealPlan plan =
        RealPlan.draw(3, 2, 60, Duration.ofSeconds(1), false).withFaults(FaultPlan.NONE, false);
    try (Ground ground = new LoopbackGround()) {
      run(plan, ground);
    }
    Path trace = folder.resolve("peer-b.1.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(trace));
    int delivery = lines.size() - 1;
    while (!lines.get(delivery).contains("\"DELIVER\"")
        || !lines.get(delivery).contains("\"SAFE\"")) {
      delivery--;
    }
    lines.remove(delivery);
    Files.write(trace, lines);
    assertThat(TraceFolder.read(folder).check(folder).violations())
        .anyMatch(violation -> violation.checker().startsWith("EV-"));
  }
}
