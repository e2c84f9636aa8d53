package io.euryale.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// For every promise a trace that breaks it and no other, and traces that come close and do not.
class BadCellTracesTest {

  private static final int ALL = Integer.MAX_VALUE;

  private static CellScript tree() {
    return CellScript.tree();
  }

  private static DynamicTest breaks(String id, String situation, CellScript script) {
    return DynamicTest.dynamicTest(
        id + " " + situation, () -> assertThat(script.broken()).containsExactly(id));
  }

  private static DynamicTest holds(String situation, CellScript script) {
    return DynamicTest.dynamicTest(situation, () -> assertThat(script.broken()).isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> time() {
    return Stream.of(
        holds("a whole tree", tree().quiesce().after(40_000)),
        holds(
            "another parent within a second",
            tree().parentLost("c", "a", "left").after(900).parent("c", "b")),
        breaks(
            "C-7",
            "another parent too late and not a word",
            tree().parentLost("c", "a", "left").after(1_500).parent("c", "b")),
        holds(
            "another parent too late, reported",
            tree()
                .parentLost("c", "a", "left")
                .after(1_001)
                .event("c", "PROMISE_BROKEN")
                .after(500)
                .parent("c", "b")
                .event("c", "REORGANISED", "took", 1_501)),
        holds(
            "reported in the same instant by a peer that had been stopped",
            tree()
                .parentLost("c", "a", "left")
                .after(3_000)
                .parent("c", "b")
                .event("c", "PROMISE_BROKEN")),
        breaks(
            "C-7",
            "an earlier report does not count",
            tree()
                .event("c", "PROMISE_BROKEN")
                .event("c", "REORGANISED", "took", 1_200)
                .parentLost("c", "a", "left")
                .after(1_500)
                .parent("c", "b")),
        breaks(
            "C-7",
            "a new place too late and not a word",
            tree()
                .shunned("d")
                .after(2_000)
                .member("d", "0.0")
                .view("d", "0.0", 1, "c", "c", "d")
                .parent("d", "a")),
        holds(
            "shunned and back",
            tree()
                .shunned("d")
                .after(500)
                .member("d", "0.0")
                .view("d", "0.0", 1, "c", "c", "d")
                .parent("d", "a")
                .quiesce()),
        breaks(
            "C-10",
            "shunned and back after ages",
            tree()
                .quiesce()
                .shunned("d")
                .after(1_500)
                .event("d", "PROMISE_BROKEN")
                .after(10_000)
                .member("d", "0.0")
                .view("d", "0.0", 1, "c", "c", "d")
                .parent("d", "a")));
  }

  @TestFactory
  Stream<DynamicTest> roots() {
    return Stream.of(
        breaks("C-9", "two roots at the end", tree().root("f", "2/e#1", 2).quiesce()),
        breaks(
            "C-9",
            "one root, but too late",
            tree().root("f", "2/e#1", 2).quiesce().after(11_000).root("f", "1/a#1", 6)),
        holds(
            "one root in time",
            tree().root("f", "2/e#1", 2).quiesce().after(9_000).root("f", "1/a#1", 6)),
        DynamicTest.dynamicTest(
            "C-8 two cells below each other",
            () ->
                assertThat(tree().parent("c", "e").parent("e", "c").quiesce().broken())
                    .contains("C-8")),
        DynamicTest.dynamicTest(
            "C-8 an orphan",
            () ->
                assertThat(tree().parentLost("c", "a", "left").quiesce().broken()).contains("C-8")),
        DynamicTest.dynamicTest(
            "C-13 a root cell of one above full cells",
            () ->
                assertThat(
                        tree()
                            .event("b", "CRASH")
                            .view("a", "0", 2, "a", "a")
                            .parent("e", "a")
                            .parent("f", "a")
                            .quiesce()
                            .broken())
                    .containsExactly("C-13")),
        holds(
            "a last leaf of one",
            tree().event("f", "CRASH").view("e", "0.1", 2, "e", "e").quiesce()));
  }

  /// c offers a bell, nobody else anything; 11 s after the faults.
  private static CellScript bell() {
    return tree().offers("c", "bell").quiesce().after(11_000);
  }

  @TestFactory
  Stream<DynamicTest> finds() {
    return Stream.of(
        holds("all there is", bell().asks("e", 1, "*", ALL).found("e", 1, "bell@c#1")),
        breaks("C-15", "nothing of what there is", bell().asks("e", 1, "*", ALL).found("e", 1, "")),
        breaks(
            "C-15",
            "less than was wanted",
            bell().asks("e", 1, "bell", 2).found("e", 1, "").after(4_000)),
        holds(
            "soon after the faults",
            tree()
                .offers("c", "bell")
                .quiesce()
                .after(9_000)
                .asks("e", 1, "*", ALL)
                .found("e", 1, "")),
        holds(
            "soon after it changed",
            bell().offers("d", "door").after(900).asks("e", 1, "*", ALL).found("e", 1, "bell@c#1")),
        breaks(
            "C-15",
            "not so soon after it changed",
            bell()
                .offers("d", "door")
                .after(1_100)
                .asks("e", 1, "*", ALL)
                .found("e", 1, "bell@c#1")),
        breaks(
            "C-15",
            "what nobody offered",
            tree().asks("e", 1, "*", ALL).found("e", 1, "bell@c#1").quiesce()),
        holds(
            "of one that is enough, what is no longer offered",
            bell().offers("c", "").after(15_500).asks("e", 1, "bell", 1).found("e", 1, "bell@c#1")),
        breaks(
            "C-15",
            "of one that is enough, what has not been offered for long",
            bell().offers("c", "").after(16_500).asks("e", 1, "bell", 1).found("e", 1, "bell@c#1")),
        breaks(
            "C-15",
            "only what others than the top know",
            bell()
                .asks("e", 1, "*", ALL)
                .event("e", "FOUND", "id", 1, "complete", false, "found", "bell@c#1")),
        holds("an answer that is on its way", bell().asks("e", 1, "*", ALL).after(3_000)),
        breaks("C-15", "no answer", bell().asks("e", 1, "*", ALL).after(4_000)));
  }

  @TestFactory
  Stream<DynamicTest> watches() {
    return Stream.of(
        holds("told before the faults were over", watched()),
        breaks("C-16", "never told", bell().watches("e", 1).after(100)),
        holds(
            "told soon that nothing is left",
            watched().offers("c", "").after(900).told("e", 1, "").after(2_000)),
        breaks("C-16", "not told that nothing is left", watched().offers("c", "").after(1_100)),
        breaks(
            "C-16",
            "told too late that there is more",
            watched().offers("d", "door").after(1_100).told("e", 1, "bell@c#1,door@d#1")),
        breaks("C-16", "told what is not so", watched().told("e", 1, "").after(2_000)));
  }

  private static CellScript watched() {
    CellScript script = tree().offers("c", "bell").watches("e", 1).told("e", 1, "bell@c#1");
    return script.quiesce().after(11_000);
  }

  @TestFactory
  Stream<DynamicTest> laggards() {
    return Stream.of(
        breaks(
            "C-14",
            "a member that never follows",
            lagging().after(9_000).view("d", "0.0", 2, "c", "c", "d").quiesce()),
        holds(
            "a member that follows late",
            lagging().after(6_000).view("d", "0.0", 2, "c", "c", "d").quiesce()),
        holds(
            "a member that never follows and is removed",
            lagging()
                .after(2_000)
                .view("c", "0.0", 3, "c", "c")
                .after(9_000)
                .shunned("d")
                .after(100)
                .member("d", "0.0")
                .view("c", "0.0", 4, "c", "c", "d")
                .view("d", "0.0", 4, "c", "c", "d")
                .parent("d", "a")
                .quiesce()),
        holds(
            "under a coordinator that was stopped",
            lagging()
                .after(6_000)
                .event("c", "PAUSED", "late", 5_000)
                .after(6_000)
                .view("d", "0.0", 2, "c", "c", "d")
                .quiesce()));
  }

  /// c made a new view of cell 0.0, d follows the former one.
  private static CellScript lagging() {
    return tree().view("c", "0.0", 2, "c", "c", "d");
  }

  @TestFactory
  Stream<DynamicTest> decisions() {
    return Stream.of(
        breaks(
            "C-11",
            "takes over without a question",
            takeOver(tree().suspect("d", "c", "silent", 4, 1).after(1))),
        holds(
            "takes over from a coordinator that is known to be gone",
            takeOver(
                tree()
                    .event("c", "CRASH")
                    .suspect("d", "c", "link broken: connection refused", 4, 1))),
        holds(
            "takes over by decision",
            takeOver(
                tree()
                    .event("c", "CRASH")
                    .suspect("d", "c", "silent", 4, 1)
                    .after(100)
                    .event("a", "ARBITRATED", "cell", "0.0", "keeper", "d#1")
                    .event("d", "DECIDED", "cell", "0.0", "keeper", "d#1"))),
        holds(
            "takes over without an answer",
            takeOver(
                tree()
                    .event("c", "CRASH")
                    .suspect("d", "c", "silent", 4, 1)
                    .after(500)
                    .event("d", "UNDECIDED", "cell", "0.0"))),
        breaks(
            "C-11",
            "takes over against the decision",
            takeOver(
                tree()
                    .suspect("d", "c", "silent", 4, 1)
                    .after(100)
                    .event("a", "ARBITRATED", "cell", "0.0", "keeper", "c#1")
                    .event("d", "DECIDED", "cell", "0.0", "keeper", "c#1"))),
        breaks(
            "C-11",
            "hears a decision that nobody made",
            tree().event("d", "DECIDED", "cell", "0.0", "keeper", "d#1")),
        breaks(
            "C-12",
            "gives most of its neighbours up at once",
            tree()
                .suspect("c", "a", "silent", 2, 2)
                .parentLost("c", "a", "suspected")
                .parent("c", "b")),
        holds(
            "doubts itself first",
            tree()
                .suspect("c", "a", "silent", 2, 2)
                .event("c", "DOUBT", "suspected", 1, "near", 2)
                .after(20)
                .event("c", "DOUBT_OVER", "reason", "ANSWERED")
                .parentLost("c", "a", "suspected")
                .parent("c", "b")),
        holds(
            "gives one of four up",
            tree()
                .suspect("c", "a", "silent", 4, 1)
                .parentLost("c", "a", "suspected")
                .parent("c", "b")));
  }

  /// d leads cell 0.0; c joins it again when it lives.
  private static CellScript takeOver(CellScript script) {
    boolean lives = !script.hasCrashed("c");
    script.view("d", "0.0", 2, "d", "d").event("d", "COORDINATOR", "cell", "0.0");
    if (lives) {
      script.view("d", "0.0", 3, "d", "d", "c").view("c", "0.0", 3, "d", "d", "c");
    } else {
      // The rest of the cell is not too small: it stands last once the other leaf is gone.
      script.event("e", "CRASH").event("f", "CRASH");
    }
    return script;
  }

  @TestFactory
  Stream<DynamicTest> shapesAndTerms() {
    return Stream.of(
        DynamicTest.dynamicTest(
            "C-1 a parent in another cell",
            () -> assertThat(tree().parent("c", "e").quiesce().broken()).contains("C-1")),
        breaks(
            "C-2",
            "two coordinators of one term",
            tree()
                .view("c", "0.0", 2, "c", "c", "d")
                .event(
                    "d",
                    "CELL_VIEW",
                    "cell",
                    "0.0",
                    "term",
                    "2/c#1",
                    "number",
                    2L,
                    "version",
                    2L,
                    "coordinator",
                    "d#1",
                    "members",
                    "c#1,d#1")),
        breaks(
            "C-3",
            "a lower term is followed",
            tree()
                .view("c", "0.0", 3, "c", "c", "d")
                .view("d", "0.0", 3, "c", "c", "d")
                .view("c", "0.0", 2, "c", "c", "d")
                .view("d", "0.0", 2, "c", "c", "d")),
        breaks("C-4", "no reason", tree().suspect("c", "a", "", 4, 1)),
        breaks(
            "C-6",
            "something changes after the settle time",
            tree().quiesce().after(16_000).parent("c", "a")));
  }
}
