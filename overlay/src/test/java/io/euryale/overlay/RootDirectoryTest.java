package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RootDirectoryTest {

  private static final long MS = 1_000_000;
  private static final CellId LEFT = CellId.ROOT.child(0);
  private static final CellId RIGHT = CellId.ROOT.child(1);

  private final OverlaySettings settings = OverlaySettings.defaults();
  private final RootDirectory directory = new RootDirectory(settings, CellRules.SOUND);

  private static PeerRef peer(String name) {
    return CellMessages.ref(name, 1);
  }

  private static CellView view(CellId cell, long term, String... names) {
    List<CellView.Member> members = new ArrayList<>();
    for (String name : names) {
      members.add(new CellView.Member(peer(name), null));
    }
    return new CellView(cell, new Term(term, peer(names[0]).id()), 1, members);
  }

  private CellId placed(long now, String name) {
    return ((RootDirectory.Answer.Place) directory.place(now, peer(name), null)).cell();
  }

  @Test
  void existing_cells_are_filled_before_new_ones_are_opened_breadth_first() {
    directory.record(0, view(CellId.ROOT, 1, "a"));
    List<CellId> places = new ArrayList<>();
    for (String name : List.of("b", "c", "d", "e", "f")) {
      places.add(placed(0, name));
    }
    assertThat(places).containsExactly(CellId.ROOT, LEFT, LEFT, RIGHT, RIGHT);
  }

  @Test
  void a_joiner_gets_the_cell_it_asks_for_while_that_can_be_opened_and_any_other_else() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    CellId deep = RIGHT.child(1);
    assertThat(directory.place(0, peer("c"), RIGHT))
        .extracting(answer -> ((RootDirectory.Answer.Place) answer).cell())
        .isEqualTo(RIGHT);
    assertThat(directory.place(0, peer("d"), deep))
        .as("its parent is not there yet")
        .extracting(answer -> ((RootDirectory.Answer.Place) answer).cell())
        .isNotEqualTo(deep);
    directory.record(0, view(RIGHT, 1, "c", "e"));
    assertThat(directory.place(0, peer("f"), deep))
        .extracting(answer -> ((RootDirectory.Answer.Place) answer).cell())
        .isEqualTo(deep);
    assertThat(directory.place(0, peer("g"), RIGHT))
        .as("it is full")
        .extracting(answer -> ((RootDirectory.Answer.Place) answer).cell())
        .isNotEqualTo(RIGHT);
  }

  @Test
  void the_names_of_cells_are_read_and_nothing_else() {
    assertThat(CellId.parse("0.2.15")).isEqualTo(CellId.ROOT.child(2).child(15));
    assertThat(CellId.parse("0")).isEqualTo(CellId.ROOT);
    for (String no : List.of("", "1", "0.", "0.64", "0.-1", "0.a", "0.0.0.0.0.0.0.0.0")) {
      assertThat(CellId.parse(no)).as(no).isNull();
    }
  }

  @Test
  void the_second_joiner_of_a_new_cell_is_told_its_founder() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    RootDirectory.Answer first = directory.place(0, peer("c"), null);
    RootDirectory.Answer second = directory.place(0, peer("d"), null);
    assertThat(first)
        .isEqualTo(new RootDirectory.Answer.Place(LEFT, List.of(), List.of(peer("a"), peer("b"))));
    assertThat(second)
        .isEqualTo(
            new RootDirectory.Answer.Place(
                LEFT, List.of(peer("c")), List.of(peer("a"), peer("b"))));
  }

  @Test
  void a_place_that_is_not_taken_is_given_to_another_after_a_while() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    placed(0, "c");
    directory.record(3_100 * MS, view(CellId.ROOT, 1, "a", "b"));
    assertThat(directory.place(3_100 * MS, peer("d"), null))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.Place.class, place -> assertThat(place.members()).isEmpty());
  }

  @Test
  void a_place_kept_for_a_peer_that_turns_up_in_another_cell_is_free_again() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    assertThat(placed(0, "c")).isEqualTo(LEFT);
    directory.record(10 * MS, view(RIGHT, 1, "c", "d"));
    assertThat(directory.place(20 * MS, peer("e"), null))
        .isEqualTo(new RootDirectory.Answer.Place(LEFT, List.of(), List.of(peer("a"), peer("b"))));
  }

  @Test
  void a_peer_that_comes_back_gets_its_former_cell_while_there_is_room() {
    directory.record(0, view(CellId.ROOT, 1, "a"));
    directory.record(0, view(LEFT, 1, "c"));
    assertThat(directory.place(0, peer("d"), LEFT))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.Place.class, place -> assertThat(place.cell()).isEqualTo(LEFT));
    assertThat(directory.place(0, peer("e"), LEFT))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.Place.class,
            place -> assertThat(place.cell()).isEqualTo(CellId.ROOT));
  }

  @Test
  void cells_below_a_lost_cell_are_closed() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    directory.record(0, view(LEFT.child(0), 1, "g"));
    assertThat(placed(0, "h")).isEqualTo(LEFT);
  }

  @Test
  void a_full_overlay_refuses_and_says_what_to_do() {
    RootDirectory small =
        new RootDirectory(OverlaySettings.shaped(1, 1, List.of(1)), CellRules.SOUND);
    small.record(0, view(CellId.ROOT, 1, "a"));
    assertThat(small.place(0, peer("b"), null))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.No.class,
            no -> assertThat(no.refusal()).as("peers may be on the move").isEqualTo(Refusal.BUSY));
    long later = RootDirectory.expiryNanos(OverlaySettings.defaults());
    small.record(later / 2, view(CellId.ROOT, 1, "a"));
    assertThat(small.place(later, peer("b"), null))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.No.class,
            no -> {
              assertThat(no.refusal()).isEqualTo(Refusal.OVERLAY_FULL);
              assertThat(no.text()).contains("raise depth");
            });
  }

  @Test
  void of_two_views_of_one_cell_the_lower_term_is_the_loser() {
    CellView low = view(LEFT, 1, "c");
    CellView high = view(LEFT, 2, "d");
    assertThat(directory.record(0, low)).isNull();
    assertThat(directory.record(0, high)).isEqualTo(low);
    assertThat(directory.record(0, low)).isEqualTo(low);
    assertThat(directory.views()).containsExactly(high);
  }

  @Test
  void a_later_life_of_a_name_is_admitted_and_an_earlier_one_refused() {
    directory.record(0, view(CellId.ROOT, 1, "a"));
    PeerRef later = CellMessages.ref("a", 2);
    assertThat(directory.elder(later)).isEqualTo(peer("a"));
    assertThat(directory.validate(0, later, CellId.ROOT, false)).isNull();
    CellView taken =
        new CellView(
            CellId.ROOT, new Term(2, later.id()), 1, List.of(new CellView.Member(later, null)));
    directory.record(0, taken);
    assertThat(directory.validate(0, peer("a"), LEFT, true)).isEqualTo(Refusal.SUPERSEDED);
  }

  @Test
  void the_same_name_and_incarnation_at_another_address_is_refused() {
    directory.record(0, view(CellId.ROOT, 1, "a"));
    PeerRef twin = new PeerRef(peer("a").id(), new Endpoint("elsewhere", 1, 2, 3, 4));
    assertThat(directory.place(0, twin, null))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.No.class,
            no -> assertThat(no.refusal()).isEqualTo(Refusal.NAME_TAKEN));
  }

  @Test
  void cells_that_stop_reporting_are_forgotten() {
    directory.record(0, view(CellId.ROOT, 1, "a"));
    directory.record(0, view(LEFT, 1, "c"));
    directory.record(2_600 * MS, view(CellId.ROOT, 1, "a"));
    assertThat(directory.views()).hasSize(1);
  }

  @Test
  void successors_of_the_root_are_the_most_senior_of_each_level_1_cell_first() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    directory.record(0, view(RIGHT, 1, "e", "f"));
    directory.record(0, view(LEFT, 1, "c", "d"));
    assertThat(directory.levelOne()).containsExactly(peer("c"), peer("e"), peer("d"), peer("f"));
  }

  @Test
  void members_that_all_ask_for_a_place_are_not_sent_to_each_other() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    directory.record(0, view(LEFT, 1, "c", "d"));
    assertThat(directory.place(10 * MS, peer("c"), LEFT))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.Place.class,
            place -> assertThat(place.members()).containsExactly(peer("d")));
    assertThat(directory.place(20 * MS, peer("d"), LEFT))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.Place.class,
            place -> {
              assertThat(place.cell()).isEqualTo(LEFT);
              assertThat(place.members()).as("it founds the cell anew").isEmpty();
            });
  }

  @Test
  void a_cell_that_misses_its_report_while_its_members_stand_elsewhere_is_free() {
    directory.record(0, view(CellId.ROOT, 1, "a", "b"));
    directory.record(0, view(RIGHT, 1, "c", "d"));
    directory.record(10 * MS, view(LEFT, 1, "c", "d"));
    assertThat(directory.place(700 * MS, peer("e"), RIGHT))
        .as("its report may yet come")
        .extracting(answer -> ((RootDirectory.Answer.Place) answer).cell())
        .isNotEqualTo(RIGHT);
    directory.record(750 * MS, view(LEFT, 1, "c", "d"));
    assertThat(directory.place(800 * MS, peer("f"), RIGHT))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.Place.class,
            place -> {
              assertThat(place.cell()).isEqualTo(RIGHT);
              assertThat(place.members()).isEmpty();
            });
  }

  @Test
  void nobody_is_told_that_all_is_full_while_places_are_kept_for_others() {
    OverlaySettings two = OverlaySettings.shaped(1, 1, List.of(2));
    RootDirectory root = new RootDirectory(two, CellRules.SOUND);
    root.record(0, view(CellId.ROOT, 1, "a"));
    assertThat(root.place(2_400 * MS, peer("b"), null))
        .isInstanceOf(RootDirectory.Answer.Place.class);
    root.record(2_450 * MS, view(CellId.ROOT, 1, "a"));
    assertThat(root.place(2_600 * MS, peer("c"), null))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.No.class, no -> assertThat(no.refusal()).isEqualTo(Refusal.BUSY));
  }

  @Test
  void a_place_kept_for_an_order_of_a_former_term_is_free_again() {
    OverlaySettings full = OverlaySettings.shaped(2, 2, List.of(2, 2));
    RootDirectory root = new RootDirectory(full, CellRules.SOUND);
    root.record(0, view(CellId.ROOT, 1, "a", "b"));
    root.record(0, view(LEFT, 1, "c"));
    root.record(0, view(RIGHT, 1, "d", "e"));
    assertThat(root.rebalance(1_100 * MS))
        .isEqualTo(new RootDirectory.Move(peer("e"), RIGHT, LEFT));
    assertThat(root.place(1_110 * MS, peer("f"), null)).isInstanceOf(RootDirectory.Answer.No.class);
    root.record(1_120 * MS, view(CellId.ROOT, 2, "a", "b"));
    assertThat(root.place(1_130 * MS, peer("f"), null))
        .isInstanceOfSatisfying(
            RootDirectory.Answer.Place.class, place -> assertThat(place.cell()).isEqualTo(LEFT));
  }
}
