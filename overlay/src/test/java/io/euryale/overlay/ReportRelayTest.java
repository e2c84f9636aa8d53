package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportRelayTest {

  private static final long MS = 1_000_000;

  private final ReportRelay relay = new ReportRelay(OverlaySettings::defaults);

  private static CellView view(int branch, long version) {
    CellId cell = CellId.ROOT.child(branch);
    Term term = new Term(1, CellMessages.ref("c" + branch, 1).id());
    return new CellView(
        cell, term, version, List.of(new CellView.Member(CellMessages.ref("c" + branch, 1), null)));
  }

  private static List<CellView> views(List<CellMessage> messages) {
    List<CellView> views = new ArrayList<>();
    messages.forEach(message -> views.addAll(((CellMessage.Reports) message).views()));
    return views;
  }

  @Test
  void news_go_on_soon_and_repetitions_with_others() {
    relay.take(0, view(0, 1), 0);
    assertThat(relay.due(9 * MS)).isEmpty();
    assertThat(views(relay.due(10 * MS))).containsExactly(view(0, 1));
    assertThat(relay.nextDeadline()).isEqualTo(Long.MAX_VALUE);

    relay.take(500 * MS, view(0, 1), 0);
    relay.take(530 * MS, view(1, 1), 1);
    relay.take(535 * MS, view(2, 1), 2);
    List<CellMessage> told = relay.due(540 * MS);
    assertThat(told).hasSize(1);
    assertThat(views(told)).containsExactly(view(0, 1), view(1, 1), view(2, 1));
    assertThat(((CellMessage.Reports) told.getFirst()).hops()).isEqualTo(3);

    relay.take(1_000 * MS, view(0, 1), 0);
    assertThat(relay.due(1_049 * MS)).isEmpty();
    assertThat(views(relay.due(1_050 * MS))).containsExactly(view(0, 1));
  }

  @Test
  void a_newer_view_takes_the_place_of_the_one_that_waits() {
    relay.take(0, view(0, 1), 0);
    relay.take(1 * MS, view(0, 2), 0);
    assertThat(views(relay.due(10 * MS))).containsExactly(view(0, 2));
  }

  @Test
  void two_views_of_one_cell_are_both_told() {
    Term term = new Term(2, CellMessages.ref("x", 1).id());
    CellView rival =
        new CellView(
            CellId.ROOT.child(0),
            term,
            1,
            List.of(new CellView.Member(CellMessages.ref("x", 1), null)));
    relay.take(0, view(0, 1), 0);
    relay.take(1 * MS, rival, 0);
    assertThat(views(relay.due(10 * MS))).containsExactly(view(0, 1), rival);
  }

  @Test
  void who_is_new_above_gets_what_was_heard_of_late() {
    relay.take(0, view(0, 1), 0);
    relay.take(400 * MS, view(1, 1), 0);
    assertThat(views(relay.due(500 * MS))).hasSize(2);
    relay.startOver(1_000 * MS);
    assertThat(views(relay.due(1_000 * MS))).containsExactly(view(1, 1));
  }

  @Test
  void many_cells_go_in_several_messages() {
    for (int branch = 0; branch < 60; branch++) {
      List<CellView.Member> members = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        members.add(new CellView.Member(CellMessages.ref("c" + branch + "-" + i, 1), null));
      }
      Term term = new Term(1, members.getFirst().id());
      relay.take(0, new CellView(CellId.ROOT.child(branch), term, 1, members), 0);
    }
    List<CellMessage> told = relay.due(10 * MS);
    assertThat(told).hasSize(3);
    assertThat(views(told)).hasSize(60);
  }

  @Test
  void what_was_passed_on_too_often_goes_no_further() {
    relay.take(0, view(0, 1), CellMessage.MAX_ROUTE);
    assertThat(relay.due(1_000 * MS)).isEmpty();
  }
}
