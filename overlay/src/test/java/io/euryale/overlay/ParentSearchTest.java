package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The candidates that seek a parent themselves when they are asked to be one.
class ParentSearchTest {

  private static final OverlaySettings SETTINGS = OverlaySettings.defaults();
  private static final long TIMEOUT = SETTINGS.requestTimeout().toNanos();
  private static final PeerRef FIRST = candidate("first");
  private static final PeerRef SECOND = candidate("second");

  private final TestNet.Node node =
      new TestNet().boot("seeker", 1, Role.PEER, _ -> new SilentCore());
  private final LocalPeer local =
      new LocalPeer(SETTINGS, node.ref, List.of(), node, CellRules.SOUND, _ -> {});
  private final ParentSearch search =
      new ParentSearch(local, CellId.ROOT.child(0), List.of(FIRST, SECOND));

  private static PeerRef candidate(String name) {
    return new PeerRef(PeerId.of(name, 1), new Endpoint(name, 7000, 7000, 7000, 7000));
  }

  @Test
  void the_others_are_asked_at_once_and_then_the_first_after_a_pause() {
    assertThat(search.ask(0)).isTrue();
    assertThat(search.putOff(1, FIRST.id())).isTrue();
    assertThat(search.asked()).isEqualTo(SECOND);
    assertThat(search.putOff(2, SECOND.id())).isTrue();
    assertThat(search.asked()).isEqualTo(FIRST);
    assertThat(search.deadlineNanos()).isEqualTo(2 + TIMEOUT / 4);
    assertThat(search.timerDue(2 + TIMEOUT / 4)).isTrue();
    assertThat(search.deadlineNanos()).as("of its answer").isEqualTo(2 + TIMEOUT / 4 + 2 * TIMEOUT);
  }

  @Test
  void who_says_nothing_when_it_is_asked_again_is_given_up() {
    search.ask(0);
    search.putOff(1, FIRST.id());
    search.putOff(2, SECOND.id());
    search.timerDue(search.deadlineNanos());
    assertThat(search.timerDue(search.deadlineNanos())).isTrue();
    assertThat(search.candidates()).containsExactly(SECOND);
  }

  @Test
  void an_answer_of_one_that_is_not_asked_now_means_nothing() {
    search.ask(0);
    assertThat(search.putOff(1, SECOND.id())).isTrue();
    assertThat(search.asked()).isEqualTo(FIRST);
  }

  @Test
  void those_that_are_busy_for_ever_count_as_no_candidates() {
    search.ask(0);
    List<Long> asked = new ArrayList<>(List.of(0L));
    long now = 0;
    PeerRef busy = FIRST;
    while (search.putOff(now, busy.id()) && asked.size() < 100) {
      if (busy != FIRST) {
        now = search.deadlineNanos();
        assertThat(search.timerDue(now)).isTrue();
      }
      asked.add(now);
      busy = busy == FIRST ? SECOND : FIRST;
    }
    assertThat(now).as("three time-outs").isBetween(3 * TIMEOUT, 3 * TIMEOUT + TIMEOUT / 2);
    assertThat(asked).hasSizeBetween(12, 26);
    assertThat(search.exclude(now, busy.id())).isTrue();
    assertThat(search.exclude(now, (busy == FIRST ? SECOND : FIRST).id())).isFalse();
  }
}
