package io.euryale.lab.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.lab.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a client may get of a stream whose path is too slow for one of its subscriptions.
class LatencyCheckerTest {

  private static final String STREAM = "sensor-1/normal";

  private final QosChecker.Latency checker = new QosChecker.Latency();
  private long step;

  private void happens(String who, long life, TraceEvent event) {
    checker.accept(new Trace(step, step++ * 1_000, who, life, event));
  }

  private void delivered(long epoch, String refusedBy) {
    happens(
        "client",
        1,
        TraceEvent.of(
            "DELIVER",
            "stream",
            STREAM,
            "epoch",
            epoch,
            "seq",
            1L,
            "class",
            "normal",
            "refusedBy",
            refusedBy));
  }

  private void published(long epoch) {
    happens(
        "sensor-1",
        epoch,
        TraceEvent.of("PUBLISH", "stream", STREAM, "epoch", epoch, "class", "normal"));
  }

  private void refused(long epoch) {
    happens(
        "client",
        1,
        TraceEvent.of(
            "REFUSED",
            "pattern",
            QosChecker.IMPATIENT,
            "stream",
            STREAM,
            "epoch",
            epoch,
            "policy",
            QosChecker.Latency.POLICY));
  }

  @Test
  void whatIsLateOfALifeThatWasNotRefusedMayCome() {
    published(1);
    published(2);
    refused(2);
    delivered(1, QosChecker.MISFIT);
    delivered(2, QosChecker.IMPATIENT);
    assertThat(checker.finish()).isEmpty();
  }

  @Test
  void whatComesOfALifeAfterTheOneThatWasRefusedMayCome() {
    published(1);
    published(2);
    refused(1);
    delivered(2, QosChecker.MISFIT);
    assertThat(checker.finish()).isEmpty();
  }

  @Test
  void whatWasRefusedMayNot() {
    published(2);
    refused(2);
    delivered(2, QosChecker.MISFIT);
    assertBroken();
  }

  @Test
  void aLifeThatNeverPublishedIsNotRefused() {
    published(1);
    refused(2);
    assertBroken();
  }

  private void assertBroken() {
    assertThat(checker.finish()).extracting(Violation::checker).isEqualTo(List.of("S-16"));
  }
}
