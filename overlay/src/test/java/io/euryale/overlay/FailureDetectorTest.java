package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Core;
import io.euryale.kernel.PeerId;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {

  private static final long MS = 1_000_000;
  private static final PeerId ANNA = PeerId.of("anna", 1);

  private final FailureDetector detector = new FailureDetector(OverlaySettings.defaults());

  private long pings(long from, int count, long periodMillis) {
    long now = from;
    for (int i = 0; i < count; i++) {
      now += periodMillis * MS;
      detector.heard(now, ANNA);
      detector.pinged(now, ANNA);
    }
    return now;
  }

  @Test
  void a_regular_peer_is_suspected_after_the_shortest_silence_and_once() {
    detector.watch(0, List.of(ANNA));
    long last = pings(0, 40, 250);
    assertThat(detector.due(last + 749 * MS)).isEmpty();
    assertThat(detector.nextDeadline()).isEqualTo(last + 750 * MS);
    assertThat(detector.due(last + 750 * MS))
        .containsExactly(new FailureDetector.Suspicion(ANNA, "silent", 750 * MS));
    assertThat(detector.due(last + 900 * MS)).isEmpty();
    assertThat(detector.isSuspected(ANNA)).isTrue();
  }

  @Test
  void an_irregular_peer_gets_more_time_but_never_more_than_the_longest_silence() {
    detector.watch(0, List.of(ANNA));
    long last = 0;
    for (int i = 0; i < 40; i++) {
      last = pings(last, 1, i % 2 == 0 ? 20 : 700);
    }
    assertThat(detector.timeoutNanos(ANNA)).isGreaterThan(1_000 * MS);
    for (int i = 0; i < 40; i++) {
      last = pings(last, 1, i % 2 == 0 ? 20 : 9_000);
    }
    assertThat(detector.timeoutNanos(ANNA)).isEqualTo(5_000 * MS);
  }

  @Test
  void a_suspected_peer_that_is_heard_again_is_trusted_again() {
    detector.watch(0, List.of(ANNA));
    assertThat(detector.due(750 * MS)).hasSize(1);
    assertThat(detector.heard(800 * MS, ANNA)).isTrue();
    assertThat(detector.isSuspected(ANNA)).isFalse();
    assertThat(detector.heard(801 * MS, ANNA)).isFalse();
  }

  @Test
  void a_broken_link_leaves_only_the_confirm_time_unless_the_peer_is_heard() {
    detector.watch(0, List.of(ANNA));
    detector.broken(10 * MS, ANNA, "reset");
    assertThat(detector.due(159 * MS)).isEmpty();
    detector.heard(159 * MS, ANNA);
    assertThat(detector.due(700 * MS)).isEmpty();
    detector.broken(700 * MS, ANNA, "reset");
    assertThat(detector.due(850 * MS))
        .containsExactly(new FailureDetector.Suspicion(ANNA, "link broken: reset", 691 * MS));
  }

  @Test
  void regular_pings_are_answered_by_own_ones_and_others_are_not() {
    detector.watch(0, List.of(ANNA));
    assertThat(detector.pinged(1_000 * MS, ANNA)).isFalse(); // Nothing is known of it.
    assertThat(detector.pinged(1_250 * MS, ANNA)).isTrue();
    assertThat(detector.pinged(2_250 * MS, ANNA)).isTrue();
    assertThat(detector.pinged(2_350 * MS, ANNA)).isFalse(); // It wants to hear more often.
    assertThat(detector.pinged(2_600 * MS, PeerId.of("bert", 1))).isFalse(); // It gets none.
  }

  @Test
  void a_refused_dial_leaves_no_time() {
    detector.watch(0, List.of(ANNA));
    detector.refused(10 * MS, ANNA, "connection refused");
    assertThat(detector.due(10 * MS)).hasSize(1);
  }

  @Test
  void who_turns_a_dial_away_is_alive_whatever_it_says() {
    assertThat(Links.isNobodyThere("connection refused")).isTrue();
    assertThat(Links.isNobodyThere("dial timeout")).isFalse();
    assertThat(Links.isNobodyThere(Core.TURNED_AWAY + ": bert was refused")).isFalse();
  }

  @Test
  void a_peer_that_was_stopped_itself_suspects_nobody_at_once() {
    detector.watch(0, List.of(ANNA));
    detector.forgive(3_000 * MS);
    assertThat(detector.due(3_000 * MS)).isEmpty();
    assertThat(detector.due(3_750 * MS)).hasSize(1);
  }

  @Test
  void peers_not_watched_any_more_are_forgotten() {
    detector.watch(0, List.of(ANNA));
    detector.watch(1, List.of());
    assertThat(detector.due(10_000 * MS)).isEmpty();
    assertThat(detector.nextDeadline()).isEqualTo(Long.MAX_VALUE);
  }
}
