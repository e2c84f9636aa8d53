package io.euryale.simulation;

import static io.euryale.simulation.ToyCore.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The same seed gives the same run, to the last event.
class RepeatTest {

  /// Prints the hash of one seed; run in JVMs of their own.
  static final class Main {
    private Main() {}

    public static void main(String[] args) {
      System.out.println(Long.toHexString(hash(Long.parseLong(args[0]))));
    }
  }

  static long hash(long seed) {
    Simulation run = ToyCore.mesh(seed, 4);
    run.inject(FaultMenu.of(List.of("p1", "p2", "p3", "p4"), 200 * MILLI, 3000 * MILLI).draw(seed));
    run.runUntil(3000 * MILLI);
    run.quiesce(true);
    run.runFor(1000 * MILLI);
    run.end();
    return run.traceHash() + 31 * datagramHash(seed);
  }

  private static long datagramHash(long seed) {
    List<String> peers = List.of("p1", "p2", "p3", "p4");
    Simulation run = DatagramToy.mesh(seed, 4, 10 * MILLI, 100);
    run.inject(
        FaultMenu.of(peers, 200 * MILLI, 3000 * MILLI)
            .withKinds(EnumSet.allOf(Fault.Kind.class))
            .withPatterns(
                List.of(
                    FaultPattern.CrashTogether.usual(),
                    new FaultPattern.Flapping(300 * MILLI),
                    new FaultPattern.PauseAround(500 * MILLI)))
            .draw(seed));
    run.runUntil(3000 * MILLI);
    run.quiesce(true);
    run.runFor(1000 * MILLI);
    return run.traceHash();
  }

  @Test
  void oneSeedTwiceInOneJvm() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(hash(seed)).as("seed %d", seed).isEqualTo(hash(seed));
    }
  }

  @Test
  void oneSeedInTwoJvms() throws Exception {
    String first = inAnotherJvm(7);
    assertThat(inAnotherJvm(7)).isEqualTo(first);
    assertThat(first).isEqualTo(Long.toHexString(hash(7)));
  }

  @Test
  void otherSeedsGiveOtherRuns() {
    Set<Long> hashes = new HashSet<>();
    for (long seed = 1; seed <= 50; seed++) {
      hashes.add(hash(seed));
    }
    assertThat(hashes).hasSize(50);
  }

  private static String inAnotherJvm(long seed) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                Long.toString(seed))
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
