package io.euryale.lab.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.trace.TraceEvent;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// For every id a trace that breaks this promise and no other.
class BadTracesTest {

  private static final String R = "4/a#1";
  private static final String T = "5/a#1/a#1";

  private static Script three() {
    return new Script().reg("a,b,c", R);
  }

  /// A message of a, delivered by all.
  private static Script sound() {
    return three().send("a1", "AGREED", R).deliver("a,b,c", R, "a1");
  }

  private static DynamicTest breaks(String id, String situation, Script script) {
    return DynamicTest.dynamicTest(
        id + " " + situation, () -> assertThat(script.broken()).containsExactly(id));
  }

  @TestFactory
  Stream<DynamicTest> configurations() {
    return Stream.of(
        breaks(
            "CF-1", "a stranger installs", sound().trans("a,b", T, R).reg("a,b,d", "6/a#1", "a,b")),
        breaks(
            "CF-2",
            "members differ",
            sound().trans("a,b", T, R).reg("a", "6/a#1", "a,b").reg("b", "6/a#1", "a,b,d")),
        breaks(
            "CF-3",
            "an old id comes back after a crash",
            sound().trans("a,b", T, R).reg("a,b", "6/a#1").crash("c").reg("c#2", "2/c#2")),
        breaks("CF-4", "no transitional configuration", sound().reg("a,b,c", "6/a#1")),
        breaks(
            "CF-4",
            "two transitional ones",
            sound().trans("c", "5/c#1/c#1", R).trans("c", "7/c#1/c#1", "5/c#1/c#1")),
        breaks("CF-5", "another origin", sound().trans("a,b", T, "2/a#1").reg("a,b", "6/a#1")),
        breaks(
            "CF-5",
            "a member that does not come along",
            sound().trans("a", T, "a,b", R).reg("a", "6/a#1")),
        breaks(
            "CF-5",
            "a member that came another way",
            sound()
                .trans("b", "5/b#1/b#1", R)
                .reg("b", "6/b#1")
                .trans("a", "9/a#1/a#1", "a,b", R)
                .trans("b", "9/a#1/b#1", "6/b#1")
                .reg("a,b", "10/a#1")),
        breaks(
            "CF-6",
            "two ways between the same two",
            sound().trans("a", T, R).trans("b", "5/a#1/b#1", R).reg("a,b", "6/a#1")),
        breaks(
            "CF-7",
            "sent in a transitional configuration",
            sound().trans("a", T, R).send("a2", "UNRELIABLE", T)),
        breaks(
            "CF-7",
            "delivered in one it never installs",
            sound().send("b1", "UNRELIABLE", R).reg("d", "4/d#1").deliver("d", R, "b1")));
  }

  @TestFactory
  Stream<DynamicTest> messages() {
    return Stream.of(
        breaks("EV-1a", "never sent", sound().deliver("a,b,c", R, "b7")),
        breaks(
            "EV-1a",
            "another content",
            sound()
                .send("b1", "UNRELIABLE", R)
                .event(
                    "a",
                    TraceEvent.of(
                        "DELIVER",
                        "m",
                        Script.id("b1", "normal"),
                        "x",
                        R,
                        "class",
                        "normal",
                        "svc",
                        "UNRELIABLE",
                        "digest",
                        7L))),
        breaks("EV-1b", "twice", sound().deliver("b", R, "a1")),
        breaks("EV-1c", "sent twice", sound().send("a1", "AGREED", R)),
        breaks(
            "EV-1d",
            "delivered after the next configuration",
            sound()
                .send("b1", "UNRELIABLE", R)
                .trans("a,b", T, R)
                .reg("a,b", "6/a#1")
                .deliver("a", "6/a#1", "b1")),
        breaks(
            "EV-3a",
            "one goes on alone at the end",
            sound().trans("c", "5/c#1/c#1", R).reg("c", "6/c#1").quiesce().at(500).end()),
        breaks(
            "EV-3b",
            "delivered before the first configuration",
            three().send("a1", "RELIABLE", R).deliver("d", R, "a1").deliver("a,b,c", R, "a1")),
        breaks("EV-3b", "begins transitional", sound().trans("d", "5/d#1/d#1", "2/d#1")),
        breaks(
            "EV-3c",
            "delivered after the next installation",
            sound().send("b1", "UNRELIABLE", R).trans("a,b", T, R).deliver("a", R, "b1")),
        breaks(
            "EV-3c",
            "delivered before the installation",
            three().send("b1", "UNRELIABLE", R).deliver("b", T, "b1").trans("a,b", T, R)),
        breaks(
            "EV-4",
            "own message forgotten",
            sound().send("a2", "RELIABLE", R).trans("a", T, R).reg("a", "6/a#1")),
        breaks(
            "EV-4",
            "own message never delivered",
            sound().send("a2", "RELIABLE", R).at(400).quiesce().at(900).end()));
  }

  @TestFactory
  Stream<DynamicTest> order() {
    return Stream.of(
        breaks(
            "EV-5",
            "sets differ in the regular configuration",
            sound().send("b1", "RELIABLE", R).deliver("b,c", R, "b1").trans("a,b", T, R)),
        breaks(
            "EV-5",
            "sets differ in the transitional configuration",
            sound()
                .send("c1", "RELIABLE", R)
                .deliver("c", R, "c1")
                .trans("a,b", T, R)
                .deliver("b", T, "c1")
                .reg("a,b", "6/a#1")),
        breaks(
            "EV-6",
            "a fifo sequence with a gap",
            sound()
                .send("b1", "FIFO", R)
                .send("b2", "FIFO", R)
                .deliver("b", R, "b1", "b2")
                .deliver("c", R, "b2")),
        breaks(
            "EV-6",
            "a gap behind a sender that did not come along",
            sound()
                .send("c1", "FIFO", R)
                .send("c2", "FIFO", R)
                .trans("a,b", T, R)
                .deliver("a,b", T, "c2")),
        breaks(
            "EV-6",
            "the effect before the cause",
            sound()
                .send("b1", "CAUSAL", R)
                .deliver("b,c", R, "b1")
                .send("c1", "CAUSAL", R)
                .deliver("c,b", R, "c1")
                .deliver("a", R, "c1", "b1")),
        breaks(
            "EV-7a",
            "two orders",
            sound()
                .send("b1", "AGREED", R)
                .send("c1", "AGREED", R)
                .deliver("a,b", R, "b1", "c1")
                .deliver("c", R, "c1", "b1")),
        breaks(
            "EV-7a",
            "three messages in a circle",
            sound()
                .send("b1", "AGREED", R)
                .send("c1", "SAFE", R)
                .send("a2", "AGREED", R)
                .deliver("a", R, "b1", "c1")
                .deliver("b", R, "c1", "a2")
                .deliver("c", R, "a2", "b1")),
        breaks(
            "EV-7b",
            "one left out",
            sound()
                .send("b1", "AGREED", R)
                .send("c1", "AGREED", R)
                .deliver("a,b", R, "b1", "c1")
                .deliver("c", R, "c1")),
        breaks(
            "EV-7b",
            "the message of a member left out behind the transitional configuration",
            sound()
                .send("b1", "AGREED", R)
                .send("c1", "AGREED", R)
                .deliver("c", R, "b1", "c1")
                .trans("a,b", T, R)
                .deliver("a,b", T, "c1")),
        breaks(
            "EV-8a",
            "one leaves without the safe message",
            sound()
                .send("b1", "SAFE", R)
                .deliver("a,b", R, "b1")
                .trans("c", "5/c#1/c#1", R)
                .reg("c", "6/c#1")),
        breaks(
            "EV-8a",
            "a member of the transitional configuration went without it",
            sound()
                .send("b1", "SAFE", R)
                .trans("a", T, "a,c", R)
                .deliver("a", T, "b1")
                .trans("c", "7/c#1/c#1", R)
                .reg("c", "8/c#1")),
        breaks(
            "EV-8b",
            "delivered before all had installed",
            new Script()
                .reg("a,b", R, "a,b,c")
                .send("a1", "SAFE", R)
                .deliver("a,b", R, "a1")
                .reg("c", R, "a,b,c")
                .deliver("c", R, "a1")));
  }

  /// No trace breaks EV-2 alone: a circle through configurations also breaks the growth of their
  /// ids at somebody, or leads through different sets.
  @Test
  void ev2ConfigurationsInTwoOrders() {
    Script script =
        sound()
            .trans("a", T, R)
            .reg("a", "6/a#1", "a,b")
            .trans("a", "7/a#1/a#1", "6/a#1")
            .reg("a", "8/a#1", "a,b")
            .trans("b", "7/a#1/b#1", "b", R)
            .reg("b", "8/a#1", "a,b")
            .trans("b", "5/b#1/b#1", "8/a#1")
            .reg("b", "6/a#1", "a,b");
    assertThat(script.broken()).containsExactlyInAnyOrder("EV-2", "CF-3");
  }

  @Test
  void ev2AMessageOnBothSidesOfAConfiguration() {
    Script script =
        sound()
            .send("b1", "AGREED", R)
            .deliver("a", R, "b1")
            .trans("a,b", T, R)
            .deliver("b", T, "b1");
    assertThat(script.broken()).containsExactlyInAnyOrder("EV-2", "EV-5");
    assertThat(script.violations())
        .filteredOn(violation -> violation.checker().equals("EV-2"))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.sentence()).contains("DELIVER b/1/normal/1", "INSTALL " + T);
              assertThat(violation.evidence()).hasSize(4);
            });
  }

  @Test
  void aGapSaysWhatIsMissing() {
    Script script =
        sound()
            .send("b1", "AGREED", R)
            .send("c1", "AGREED", R)
            .deliver("a,b", R, "b1", "c1")
            .deliver("c", R, "c1");
    assertThat(script.violations())
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.sentence())
                  .isEqualTo(
                      "c#1 delivered c/1/normal/1 in 4/a#1 without b/1/normal/1, which comes"
                          + " before it and whose sender is a member");
              assertThat(violation.evidence()).hasSize(2);
            });
  }

  @TestFactory
  Stream<DynamicTest> groups() {
    return Stream.of(
        breaks(
            "EV-9",
            "two views for one message",
            group()
                .send("b1", "AGREED", "g1")
                .deliver("a", "g1", "b1")
                .reg("a,b", "g2")
                .deliver("b", "g2", "b1")),
        breaks(
            "EV-9",
            "two transitional views after one regular view",
            groupSound()
                .group("")
                .trans("a,b,c", T, R)
                .group("g")
                .trans("a,b", "gt", "g1")
                .trans("a,b", "gt2", "g1")),
        breaks("EV-9", "delivered twice", groupSound().deliver("b", "g1", "a1")),
        breaks(
            "EV-9",
            "two orders",
            groupSound()
                .send("a2", "AGREED", "g1")
                .send("b1", "AGREED", "g1")
                .deliver("a", "g1", "a2", "b1")
                .deliver("b", "g1", "b1", "a2")),
        breaks(
            "EV-9",
            "sets differ",
            groupSound().send("a2", "RELIABLE", "g1").deliver("a", "g1", "a2").reg("a,b", "g2")),
        breaks(
            "EV-9",
            "a fifo sequence out of order",
            groupSound()
                .send("a2", "FIFO", "g1")
                .send("a3", "FIFO", "g1")
                .deliver("b", "g1", "a3", "a2")),
        breaks(
            "EV-9",
            "the effect before the cause",
            groupSound()
                .send("a2", "CAUSAL", "g1")
                .deliver("b", "g1", "a2")
                .send("b1", "CAUSAL", "g1")
                .deliver("a", "g1", "b1", "a2")),
        breaks(
            "EV-9",
            "one leaves a view without its safe message",
            groupSound().send("a2", "SAFE", "g1").deliver("a", "g1", "a2").reg("b", "g2", "b")),
        breaks(
            "EV-9",
            "a ghost that died",
            groupSound()
                .group("")
                .crash("b")
                .trans("a,c", T, R)
                .reg("a,c", "6/a#1")
                .group("g")
                .trans("a", "gt", "g1")
                .reg("a", "g2", "a,b")),
        breaks(
            "EV-9",
            "a ghost that left",
            groupSound().leave("b").reg("a", "g2").reg("a", "g3", "a,b")),
        breaks("EV-9", "members differ", groupSound().reg("a", "g2", "a,b").reg("b", "g2", "b")));
  }

  private static Script group() {
    return sound().group("g").join("a").join("b").reg("a,b", "g1");
  }

  private static Script groupSound() {
    return group().send("a1", "AGREED", "g1").deliver("a,b", "g1", "a1");
  }

  @TestFactory
  Stream<DynamicTest> primaries() {
    return Stream.of(
        breaks(
            "PC-1",
            "two with one index",
            apart().primary("a,b", "6/a#1", 2, "a,b").primary("c", "6/c#1", 2, "c")),
        breaks(
            "PC-1",
            "one with two indexes",
            apart().primary("a", "6/a#1", 2, "a,b").primary("b", "6/a#1", 3, "a,b")),
        breaks(
            "PC-2",
            "nobody goes along",
            new Script()
                .reg("a,b", R, "a,b,c")
                .send("a1", "AGREED", R)
                .deliver("a,b", R, "a1")
                .primary("a,b", R, 1, "a,b,c")
                .crash("a")
                .crash("b")
                .reg("c", "8/c#1", "a,c")
                .primary("c", "8/c#1", 2, "a,c")),
        breaks("PC-3", "a minority", apart().primary("c", "6/c#1", 2, "c")),
        breaks(
            "PC-3",
            "half without the first",
            new Script()
                .reg("a,b,c", R)
                .send("a1", "AGREED", R)
                .deliver("a,b,c", R, "a1")
                .trans("a,b", T, R)
                .trans("c", "5/c#1/c#1", R)
                .reg("a,b", "6/a#1")
                .reg("c", "6/c#1")
                .primary("a,b", "6/a#1", 1, "a,b")
                .trans("a", "7/a#1/a#1", "6/a#1")
                .trans("b", "7/b#1/b#1", "6/a#1")
                .reg("a", "8/a#1")
                .reg("b", "8/b#1")
                .primary("b", "8/b#1", 2, "b")),
        breaks(
            "PC-3",
            "no majority of the declared set",
            new Script()
                .reg("b", "4/b#1")
                .send("b1", "FIFO", "4/b#1")
                .primary("b", "4/b#1", 1, "b")),
        breaks(
            "PC-1",
            "an index that nobody tried",
            apart().attempt("a,b", 3, "a,b").primary("a,b", "6/a#1", 3, "a,b")),
        breaks(
            "PC-3",
            "a majority of the seen, not of the settled primary",
            apart()
                .attempt("a,b", 2, "a,b")
                .trans("a", "7/a#1/a#1", "6/a#1")
                .trans("b", "7/c#1/b#1", "6/a#1")
                .trans("c", "7/c#1/c#1", "6/c#1")
                .reg("a", "8/a#1")
                .reg("b,c", "8/c#1")
                .primary("b,c", "8/c#1", 3, "b,c")),
        breaks(
            "PC-4",
            "one has not left",
            sound()
                .primary("a,b", R, 1, "a,b,c")
                .trans("a", T, "a,b", R)
                .reg("a", "6/a#1", "a,b")
                .primary("a", "6/a#1", 2, "a,b")
                .trans("b", T, "a,b", R)),
        breaks(
            "PC-5",
            "a straggler is safe",
            sound()
                .primary("a,b", R, 1, "a,b,c")
                .crash("a")
                .crash("b")
                .reg("a#2,b#2", "6/a#2")
                .primary("a#2,b#2", "6/a#2", 2, "a#2,b#2")
                .send("c1", "SAFE", R)
                .deliver("c", R, "c1")),
        breaks(
            "PC-6",
            "members differ",
            apart().primary("a", "6/a#1", 2, "a,b").primary("b", "6/a#1", 2, "a")),
        breaks(
            "PC-6",
            "a transitional one that follows no primary",
            sound().trans("a,b", T, R).primary("a", T, 2, "a,b")));
  }

  private static Script apart() {
    return sound()
        .primary("a,b,c", R, 1, "a,b,c")
        .trans("a,b", T, R)
        .trans("c", "5/c#1/c#1", R)
        .reg("a,b", "6/a#1")
        .reg("c", "6/c#1");
  }

  @TestFactory
  Stream<DynamicTest> liveness() {
    return Stream.of(
        breaks(
            "LV-1",
            "one stays alone too long",
            sound()
                .trans("a,b", T, R)
                .trans("c", "5/c#1/c#1", R)
                .reg("a,b", "6/a#1")
                .reg("c", "6/c#1")
                .quiesce()
                .at(1_500)
                .trans("a,b", "7/a#1/a#1", "6/a#1")
                .trans("c", "7/a#1/c#1", "6/c#1")
                .reg("a,b,c", "8/a#1")
                .at(5_000)
                .end()),
        breaks(
            "LV-2",
            "a change late in the quiet time",
            sound().quiesce().at(3_000).trans("a,b,c", T, R).reg("a,b,c", "6/a#1").at(5_000).end()),
        breaks(
            "LV-3",
            "delivered late",
            sound()
                .quiesce()
                .at(2_000)
                .send("b1", "FIFO", R)
                .deliver("a,b", R, "b1")
                .at(2_200)
                .deliver("c", R, "b1")
                .at(5_000)
                .end()),
        breaks(
            "LV-3",
            "never delivered by one",
            sound()
                .quiesce()
                .at(2_000)
                .send("b1", "FIFO", R)
                .deliver("a,b", R, "b1")
                .at(5_000)
                .end()),
        breaks(
            "LV-4",
            "no stable configuration with a one-way link",
            sound()
                .quiesce()
                .fault("one-way(a>b)@1s+end", "begin")
                .at(4_000)
                .trans("a,c", T, R)
                .trans("b", "5/b#1/b#1", R)
                .reg("a,c", "6/a#1")
                .reg("b", "6/b#1")
                .at(9_500)
                .trans("a,c", "7/a#1/a#1", "6/a#1")
                .reg("a,c", "8/a#1")
                .at(12_000)
                .end()),
        breaks(
            "LV-5",
            "stuck in the queue",
            sound()
                .quiesce()
                .at(2_000)
                .submit("b1")
                .at(2_500)
                .send("b1", "FIFO", R)
                .deliver("a,b,c", R, "b1")
                .at(5_000)
                .end()),
        breaks(
            "LV-5",
            "for ever in the queue",
            sound().quiesce().at(2_000).submit("b1").at(5_000).end()));
  }

  @TestFactory
  Stream<DynamicTest> form() {
    return Stream.of(
        breaks("X-2", "nobody sends", three()),
        breaks("X-2", "a message without a form", sound().event("a", bad("m", "a1"))),
        breaks("X-2", "no such service", sound().event("a", bad("svc", "LOUD"))),
        breaks("X-2", "another class", sound().event("a", bad("class", "alarm"))),
        breaks("X-2", "no digest", sound().event("a", bad("digest", null))),
        breaks("X-2", "no configuration", sound().event("a", bad("x", null))),
        breaks(
            "X-2",
            "members without incarnations",
            sound()
                .event(
                    "a", TraceEvent.of("INSTALL", "x", "6/a#1", "kind", "REG", "members", "a,b"))),
        breaks(
            "X-2",
            "ids of another form",
            new Script()
                .reg("a,b", "first")
                .send("a1", "FIFO", "first")
                .deliver("a,b", "first", "a1")),
        breaks("X-2", "a dead process speaks", sound().crash("c").send("c1", "UNRELIABLE", R)),
        breaks(
            "X-2", "events are missing", sound().event("a", TraceEvent.of("LOST", "count", 3L))));
  }

  private static TraceEvent bad(String field, Object value) {
    Map<String, Object> fields =
        TraceEvent.of(
                "DELIVER",
                "m",
                Script.id("a1", "normal"),
                "x",
                R,
                "class",
                "normal",
                "svc",
                "AGREED",
                "digest",
                1L)
            .fields();
    if (value == null) {
      fields.remove(field);
    } else {
      fields.put(field, value);
    }
    return new TraceEvent("DELIVER", fields);
  }

  @Test
  void everyPromiseHasASentence() {
    TreeSet<String> ids = new TreeSet<>();
    GroupCheckers.promises().forEach(promise -> ids.add(promise.checker()));
    assertThat(ids).hasSize(GroupCheckers.promises().size()).hasSize(35);
  }
}
