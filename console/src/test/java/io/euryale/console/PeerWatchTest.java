package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.platform.Loops;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What `sensor` and `client` say when the overlay is gone and when it is back.
@Timeout(180)
class PeerWatchTest {

  private static final long PATIENCE_NANOS = Duration.ofSeconds(45).toNanos();

  @Test
  void both_say_that_no_peer_answers_and_that_one_does_again_and_end_as_ever() throws Exception {
    try (Loops loops = new Loops()) {
      EuryalePeer peer =
          EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT);
      peer.awaitMember(Duration.ofSeconds(30));
      Endpoint at = peer.self().endpoint();
      try (EuryaleProcess client =
              EuryaleProcess.start(
                  "client",
                  "--join",
                  at.toString(),
                  "--subscribe",
                  "s",
                  "--count",
                  "2",
                  "--print");
          EuryaleProcess sensor =
              EuryaleProcess.start("sensor", "--join", at.toString(), "--stream", "s", "--lines")) {
        sensor.say("before");
        client.await("a packet", () -> printed(client, "before"));
        peer.kill();
        for (EuryaleProcess each : List.of(client, sensor)) {
          each.await("the sentence", () -> each.err.size() == 1);
          assertThat(each.err.getFirst())
              .matches("euryale: No peer of the overlay has answered for \\d+ s: .*\\.");
        }
        peer =
            EuryalePeer.start(
                PeerSettings.named("a1")
                    .withAddress(
                        at.host(),
                        at.controlPort(),
                        at.alarmPort(),
                        at.criticalPort(),
                        at.normalPort()),
                loops,
                null,
                PeerListener.SILENT);
        for (EuryaleProcess each : List.of(client, sensor)) {
          each.await("the other sentence", () -> each.err.size() == 2);
          assertThat(each.err.getLast()).matches("euryale: A peer answers again after \\d+ s\\.");
        }
        sensor.say("after");
        sensor.endInput();
        assertThat(sensor.awaitExit()).isEqualTo(ExitCode.DONE);
        assertThat(client.awaitExit()).isEqualTo(ExitCode.DONE);
        assertThat(client.out).anyMatch(line -> line.contains("after"));
        assertThat(sensor.err).hasSize(2);
        assertThat(client.err).hasSize(2);
      } finally {
        peer.kill();
      }
    }
  }

  private static boolean printed(EuryaleProcess client, String text) {
    return client.out.stream().anyMatch(line -> line.contains(text));
  }

  @Test
  void a_long_silence_that_is_seen_once_is_not_told() throws InterruptedException {
    StringWriter err = new StringWriter();
    List<Duration> silences =
        List.of(Duration.ofSeconds(9), Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(6));
    AtomicInteger asked = new AtomicInteger();
    try (PeerWatch _ =
        new PeerWatch(
            () -> {
              int i = asked.getAndIncrement();
              return i < silences.size() ? silences.get(i) : Duration.ZERO;
            },
            new PrintWriter(err),
            "it waits")) {
      await(() -> err.toString().contains("again"));
    }
    assertThat(err.toString().lines())
        .containsExactly(
            "euryale: No peer of the overlay has answered for 6 s: it waits.",
            "euryale: A peer answers again after 6 s.");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("waited in vain").isNegative();
      Thread.sleep(10);
    }
  }
}
