package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RootRumourTest {

  private static final long MS = 1_000_000;

  private OverlaySettings settings = OverlaySettings.defaults();
  private final RootRumour rumour = new RootRumour(() -> settings);
  private final Term term = new Term(1, CellMessages.ref("own", 1).id());

  private static CellView root(long term) {
    CellView.Member rival = new CellView.Member(CellMessages.ref("rival", 1), null);
    return new CellView(CellId.ROOT, new Term(term, rival.peer().id()), 1, List.of(rival));
  }

  private static OverlaySettings with(Duration requestTimeout, Duration orphanPatience) {
    OverlaySettings d = OverlaySettings.defaults();
    return new OverlaySettings(
        d.kind(),
        d.depth(),
        d.span(),
        d.peersPerCell(),
        d.pingPeriod(),
        d.suspicionMin(),
        d.suspicionMax(),
        d.confirmTimeout(),
        requestTimeout,
        d.requestAttempts(),
        d.refusedRetry(),
        d.reportPeriod(),
        d.probePeriod(),
        orphanPatience,
        d.rootSilence(),
        d.leaveTimeout(),
        d.smallestCell(),
        d.reorganisationTimeout(),
        d.foundingPatience());
  }

  private RootRumour.Verdict at(long millis, boolean leads) {
    return rumour.timerDue(millis * MS, term, leads);
  }

  @Test
  void the_rival_is_asked_again_and_again_and_outbid_by_the_coordinator_in_the_end() {
    assertThat(at(0, true)).isEqualTo(RootRumour.Verdict.NOTHING);
    assertThat(rumour.heard(0, root(5))).isTrue();
    assertThat(rumour.heard(0, root(4))).isFalse();
    assertThat(at(0, true)).isEqualTo(RootRumour.Verdict.ASK);
    assertThat(at(499, true)).isEqualTo(RootRumour.Verdict.NOTHING);
    assertThat(at(500, true)).isEqualTo(RootRumour.Verdict.ASK);
    assertThat(at(3_001, false)).isEqualTo(RootRumour.Verdict.ASK);
    assertThat(at(3_001, true)).isEqualTo(RootRumour.Verdict.OUTBID);
    assertThat(rumour.timerDue(3_002 * MS, root(6).term(), true))
        .isEqualTo(RootRumour.Verdict.NOTHING);
    assertThat(rumour.rival()).isNull();
  }

  @Test
  void settings_that_change_meanwhile_count() {
    rumour.heard(0, root(5));
    settings = with(Duration.ofMillis(50), Duration.ofSeconds(1));
    assertThat(at(0, true)).isEqualTo(RootRumour.Verdict.ASK);
    assertThat(at(100, true)).isEqualTo(RootRumour.Verdict.ASK);
    assertThat(at(1_001, true)).isEqualTo(RootRumour.Verdict.OUTBID);
  }
}
