package io.euryale.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.overlay.CellId;
import io.euryale.overlay.CellView;
import io.euryale.overlay.Term;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KnownCellsTest {

  private static final long SECOND = 1_000_000_000L;

  private final KnownCells known = new KnownCells();

  private static CellView cell(CellId id, String... names) {
    List<CellView.Member> members =
        Stream.of(names)
            .map(
                name ->
                    new CellView.Member(
                        new PeerRef(PeerId.of(name, 1), Endpoint.contact("127.0.0.1", 1)), null))
            .toList();
    return new CellView(id, new Term(1, members.getFirst().id()), 1, members);
  }

  private final CellView root = cell(CellId.ROOT, "r1", "r2");
  private final CellView line = cell(CellId.ROOT.child(0), "l1", "l2");

  @Test
  void a_cell_that_a_new_root_was_not_told_of_yet_is_remembered_for_a_while() {
    assertThat(known.learn(0, List.of(root, line))).allMatch(KnownCells.Cell::reported);
    List<KnownCells.Cell> then = known.learn(2 * SECOND, List.of(cell(CellId.ROOT, "r2")));
    assertThat(then)
        .containsExactly(
            new KnownCells.Cell(cell(CellId.ROOT, "r2"), true), new KnownCells.Cell(line, false));
    assertThat(known.learn(5 * SECOND, List.of(root))).hasSize(1);
  }

  @Test
  void who_stands_elsewhere_by_now_is_not_counted_twice() {
    assertThat(known.learn(0, List.of(root, line))).hasSize(2);
    CellView other = cell(CellId.ROOT.child(1), "l1", "l2");
    assertThat(known.learn(SECOND, List.of(root, other)))
        .extracting(cell -> cell.view().cell())
        .containsExactly(CellId.ROOT, CellId.ROOT.child(1));
  }
}
