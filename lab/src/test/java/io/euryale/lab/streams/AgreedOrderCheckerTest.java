package io.euryale.lab.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.lab.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Orders that peers of a cell may store packets in, and orders that they may not.
class AgreedOrderCheckerTest {

  private final AgreedOrderChecker checker = new AgreedOrderChecker();
  private long step;

  private void stored(String peer, String configuration, String in, long flow, long sequence) {
    happened("STORE", peer, configuration, in, flow, sequence);
  }

  private void happened(
      String what, String peer, String configuration, String in, long flow, long sequence) {
    checker.accept(
        new Trace(
            step,
            step++ * 1_000,
            peer,
            1,
            TraceEvent.of(what, "x", configuration, "class", in, "flow", flow, "seq", sequence)));
  }

  private void stored(String peer, long... flows) {
    for (long flow : flows) {
      stored(peer, "2/a#1", "alarm", flow, 1);
    }
  }

  @Test
  void theSameOrderIsFine() {
    stored("a", 7, 8, 9);
    stored("b", 7, 8, 9);
    assertThat(checker.finish()).isEmpty();
  }

  @Test
  void oneMayLackWhatAnotherStored() {
    stored("a", 7, 8, 9);
    stored("b", 7, 9);
    stored("c", 8);
    assertThat(checker.finish()).isEmpty();
  }

  @Test
  void twoPacketsTheOtherWayRoundAreAViolation() {
    stored("a", 7, 8, 9);
    stored("b", 7, 9, 8);
    List<Violation> found = checker.finish();
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().checker()).isEqualTo("S-8");
    assertThat(found.getFirst().sentence())
        .contains("a#1 stored 1 of 9 after 1 of 8", "2/a#1 alarm", "b#1");
  }

  @Test
  void everyTwoPeersAreCompared() {
    stored("a", 7);
    stored("b", 8, 9);
    stored("c", 9, 8);
    assertThat(checker.finish()).hasSize(1);
  }

  @Test
  void otherConfigurationsAndClassesHaveOrdersOfTheirOwn() {
    stored("a", "2/a#1", "alarm", 7, 1);
    stored("a", "2/a#1", "alarm", 8, 1);
    stored("b", "2/a#1", "critical", 8, 1);
    stored("b", "2/a#1", "critical", 7, 1);
    stored("c", "4/a#1", "alarm", 8, 1);
    stored("c", "4/a#1", "alarm", 7, 1);
    assertThat(checker.finish()).isEmpty();
  }

  @Test
  void whatIsTakenOnceMoreKeepsThePlaceThatItHad() {
    happened("PLACED", "a", "2/a#1", "alarm", 7, 1);
    stored("a", 8, 7);
    stored("b", 7, 8);
    assertThat(checker.finish()).isEmpty();
    stored("c", 8, 7);
    assertThat(checker.finish()).isNotEmpty();
  }

  @Test
  void whatIsStoredAgainKeepsItsFirstPlace() {
    stored("a", 7, 8, 7);
    stored("b", 7, 8);
    assertThat(checker.finish()).isEmpty();
  }
}
