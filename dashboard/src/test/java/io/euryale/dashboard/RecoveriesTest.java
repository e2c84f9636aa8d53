package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.overlay.CellId;
import io.euryale.overlay.CellView;
import io.euryale.overlay.Term;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecoveriesTest {

  private static final CellId LINE = CellId.ROOT.child(0);
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  private final Recoveries recoveries = new Recoveries();

  private static CellView.Member member(String name, long incarnation, String parent) {
    Endpoint at = Endpoint.contact("127.0.0.1", 7400);
    PeerId above = parent.isEmpty() ? null : PeerId.of(parent, 1);
    return new CellView.Member(new PeerRef(PeerId.of(name, incarnation), at), above);
  }

  private static CellView cell(CellId id, CellView.Member... members) {
    return new CellView(id, new Term(1, members[0].id()), 1, Arrays.asList(members));
  }

  private void picture(long millis, CellView... cells) {
    recoveries.picture(millis * 1_000_000, NOON, List.of(cells));
  }

  private Map<String, Object> only() {
    assertThat(recoveries.told()).hasSize(1);
    return recoveries.told().getFirst();
  }

  private final CellView root = cell(CellId.ROOT, member("r1", 1, ""), member("r2", 1, ""));
  private final CellView line = cell(LINE, member("l1", 1, "r1"), member("l2", 1, "r2"));

  @Test
  void the_death_of_a_coordinator_is_told_with_who_took_over_and_when_it_is_back() {
    picture(0, root, line);
    recoveries.announced(1_000_000_000L, NOON, "Reset of r1", List.of("r1"));
    picture(1_200, cell(CellId.ROOT, member("r2", 1, "")), line);
    assertThat(only()).containsEntry("noticedMillis", 200.0).containsEntry("tookOverMillis", null);
    picture(
        1_400,
        cell(CellId.ROOT, member("r2", 1, "")),
        cell(LINE, member("l1", 1, "r2"), member("l2", 1, "r2")));
    assertThat(only()).containsEntry("tookOverMillis", 400.0).containsEntry("closed", false);
    assertThat(only().get("elections").toString()).contains("from=r1", "to=r2", "cell=0");
    assertThat(only().get("moves").toString()).contains("peer=l1", "from=r1", "to=r2");
    recoveries.mended(4_000_000_000L, List.of("r1"), "started again");
    picture(
        4_500,
        cell(CellId.ROOT, member("r2", 1, ""), member("r1", 2, "")),
        cell(LINE, member("l1", 1, "r2"), member("l2", 1, "r2")));
    assertThat(only())
        .containsEntry("mendedMillis", 3_000.0)
        .containsEntry("mended", "started again")
        .containsEntry("backMillis", 3_500.0)
        .containsEntry("closed", true);
    assertThat(recoveries.isOpen()).isFalse();
  }

  @Test
  void who_vanishes_without_an_announcement_has_a_story_too_and_those_with_it_share_it() {
    picture(0, root, line);
    picture(1_000, cell(CellId.ROOT, member("r2", 1, "")), cell(LINE, member("l2", 1, "r2")));
    assertThat(only()).containsEntry("announced", false);
    assertThat(only().get("peers")).isEqualTo(List.of("r1", "l1"));
  }

  @Test
  void who_was_missed_by_mistake_and_is_back_with_its_duties_has_recovered() {
    picture(0, root, line);
    picture(1_000, cell(CellId.ROOT, member("r2", 1, "")), line);
    picture(1_500, root, line); // The same life of r1 leads its cell and has its child.
    assertThat(only()).containsEntry("backMillis", 500.0).containsEntry("closed", true);
  }

  @Test
  void who_is_missed_later_belongs_to_the_fault_that_named_it() {
    picture(0, root, line);
    recoveries.announced(1_000_000_000L, NOON, "SIGKILL of process 1", List.of("r1", "l1"));
    picture(1_100, cell(CellId.ROOT, member("r2", 1, "")), cell(LINE, member("l1", 1, "r2")));
    assertThat(recoveries.told()).hasSize(2);
    picture(1_500, cell(CellId.ROOT, member("r2", 1, "")));
    assertThat(recoveries.told().getLast().get("noticedMillis")).isEqualTo(500.0);
  }

  @Test
  void the_longest_delays_of_packets_belong_to_what_is_being_mended() {
    picture(0, root, line);
    recoveries.delays(Map.of("alarm", 900.0));
    recoveries.announced(1_000_000, NOON, "Reset of r1", List.of("r1"));
    recoveries.delays(Map.of("alarm", 30.0));
    recoveries.delays(Map.of("alarm", 20.0));
    assertThat(only()).containsEntry("delays", Map.of("alarm", 30.0));
  }

  @Test
  void a_fault_that_nobody_sees_is_closed_after_a_while() {
    picture(0, root, line);
    recoveries.announced(0, NOON, "SIGSTOP of process 1", List.of("r1"));
    picture(19_000, root, line);
    assertThat(recoveries.isOpen()).isTrue();
    picture(21_000, root, line);
    assertThat(only()).containsEntry("noticedMillis", null).containsEntry("closed", true);
  }

  @Test
  void a_fault_that_only_some_of_its_peers_were_missed_for_is_closed_when_all_are_there() {
    picture(0, root, line);
    recoveries.announced(0, NOON, "SIGSTOP of process 1", List.of("r1", "l1"));
    picture(1_000, cell(CellId.ROOT, member("r2", 1, "")), line);
    picture(21_000, cell(CellId.ROOT, member("r2", 1, "")), line);
    assertThat(recoveries.isOpen()).as("r1 is still missed").isTrue();
    picture(22_000, root, line);
    assertThat(only()).containsEntry("noticedMillis", null).containsEntry("closed", true);
  }

  @Test
  void a_fault_of_a_peer_that_had_no_place_is_mended_as_any_other() {
    picture(0, root, line);
    picture(500, root, cell(LINE, member("l1", 1, "r1")));
    recoveries.announced(1_000_000_000L, NOON, "SIGKILL of process 1", List.of("r1", "l2"));
    picture(1_200, cell(CellId.ROOT, member("r2", 1, "")), cell(LINE, member("l1", 1, "r2")));
    assertThat(recoveries.told().getFirst())
        .containsEntry("what", "SIGKILL of process 1")
        .containsEntry("noticedMillis", 200.0)
        .containsEntry("tookOverMillis", 200.0);
    picture(
        3_000,
        cell(CellId.ROOT, member("r2", 1, ""), member("r1", 2, "")),
        cell(LINE, member("l1", 1, "r2"), member("l2", 2, "r2")));
    assertThat(recoveries.isOpen()).isFalse();
  }

  @Test
  void only_so_many_stories_are_kept() {
    for (int i = 0; i < 200; i++) {
      recoveries.announced(i, NOON, "Reset", List.of("r" + i));
    }
    assertThat(recoveries.told()).hasSize(60);
    assertThat(recoveries.told().getFirst()).containsEntry("id", 200L);
  }
}
