package io.euryale.lab.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Traces of correct runs, written by hand: no checker objects.
class GoodTracesTest {

  @Test
  void everyServiceInOneConfiguration() {
    assertThat(
            new Script()
                .boot("a", "b", "c")
                .reg("a", "2/a#1")
                .reg("b", "2/b#1")
                .reg("c", "2/c#1")
                .trans("a", "3/a#1/a#1", "2/a#1")
                .trans("b", "3/a#1/b#1", "2/b#1")
                .trans("c", "3/a#1/c#1", "2/c#1")
                .reg("a,b,c", "4/a#1")
                .send("a1", "UNRELIABLE", "4/a#1")
                .send("a2", "RELIABLE", "4/a#1")
                .send("a3", "FIFO", "4/a#1")
                .send("a4", "FIFO", "4/a#1")
                .send("b1", "AGREED", "4/a#1")
                .deliver("a,b,c", "4/a#1", "a3", "a4")
                .deliver("a,b", "4/a#1", "b1")
                .deliver("a,b", "4/a#1", "a2")
                .send("b2", "CAUSAL", "4/a#1")
                .send("c1", "SAFE", "4/a#1")
                .deliver("c", "4/a#1", "b1", "b2", "c1", "a2")
                .deliver("b,a", "4/a#1", "b2", "c1")
                .deliver("b", "4/a#1", "a1")
                .quiesce()
                .at(10_000)
                .end()
                .violations())
        .isEmpty();
  }

  @Test
  void partitionAndMerge() {
    assertThat(partitionAndMerge(new Script()).violations()).isEmpty();
  }

  /// a and b part from c; in the old configuration, c missed what a sent, and b's second message
  /// reached a part only. Then all meet again.
  static Script partitionAndMerge(Script script) {
    return script
        .boot("a", "b", "c")
        .reg("a,b,c", "4/a#1")
        .primary("a,b,c", "4/a#1", 1, "a,b,c")
        .send("a1", "SAFE", "4/a#1")
        .send("b1", "AGREED", "4/a#1")
        .send("c1", "AGREED", "4/a#1")
        .deliver("a,b", "4/a#1", "a1")
        .trans("a,b", "5/a#1/a#1", "4/a#1")
        .deliver("a", "5/a#1/a#1", "b1")
        .deliver("b", "5/a#1/a#1", "b1")
        .reg("a,b", "6/a#1")
        .primary("a,b", "6/a#1", 2, "a,b")
        .trans("c", "5/c#1/c#1", "4/a#1")
        .deliver("c", "5/c#1/c#1", "a1", "c1")
        .reg("c", "6/c#1")
        .send("c2", "SAFE", "6/c#1")
        .deliver("c", "6/c#1", "c2")
        .send("b2", "alarm", "SAFE", "6/a#1")
        .deliver("a,b", "6/a#1", "b2")
        .quiesce()
        .trans("a,b", "7/a#1/a#1", "6/a#1")
        .trans("c", "7/a#1/c#1", "6/c#1")
        .reg("a,b,c", "8/a#1")
        .primary("a,b,c", "8/a#1", 3, "a,b,c")
        .at(3_000)
        .submit("c3")
        .send("c3", "SAFE", "8/a#1")
        .deliver("a,b,c", "8/a#1", "c3")
        .at(9_000)
        .end();
  }

  @Test
  void aSafeMessageIsDeliveredByOneInTheRegularByOthersInTheTransitionalConfiguration() {
    // a delivered it before the cut; b and c learn from a's packets that all hold it.
    assertThat(
            new Script()
                .reg("a,b,c", "4/a#1")
                .send("c1", "SAFE", "4/a#1")
                .deliver("a", "4/a#1", "c1")
                .crash("a")
                .trans("b", "5/b#1/b#1", "4/a#1")
                .deliver("b", "5/b#1/b#1", "c1")
                .reg("b", "6/b#1")
                .trans("c", "5/c#1/c#1", "4/a#1")
                .deliver("c", "5/c#1/c#1", "c1")
                .reg("c", "6/c#1")
                .broken())
        .isEmpty();
  }

  @Test
  void aCascadeCutsOffAMemberWhileItRecovers() {
    // c had installed 5 on its way to 6 with a and b when it crashed; these go on through 7 to 8.
    assertThat(
            new Script()
                .boot("a", "b", "c")
                .reg("a,b,c", "4/a#1")
                .send("c1", "FIFO", "4/a#1")
                .send("c2", "FIFO", "4/a#1")
                .deliver("c", "4/a#1", "c1", "c2")
                .deliver("a", "4/a#1", "c1")
                .trans("c", "5/a#1/a#1", "a,b,c", "4/a#1")
                .deliver("b", "4/a#1", "c1")
                .crash("c")
                .boot("c#2")
                .reg("c#2", "6/c#2")
                .trans("a,b", "7/a#1/a#1", "4/a#1")
                .reg("a,b", "8/a#1")
                .trans("a,b", "9/a#1/a#1", "8/a#1")
                .trans("c#2", "9/a#1/c#2", "6/c#2")
                .reg("a,b,c#2", "10/a#1")
                .violations())
        .isEmpty();
  }

  @Test
  void theHalfWithTheFirstMemberBecomesPrimary() {
    assertThat(
            new Script()
                .reg("a,b", "4/a#1")
                .primary("a,b", "4/a#1", 1, "a,b")
                .send("a1", "AGREED", "4/a#1")
                .deliver("a,b", "4/a#1", "a1")
                .trans("b", "5/b#1/b#1", "4/a#1")
                .reg("b", "6/b#1")
                .trans("a", "5/a#1/a#1", "4/a#1")
                .reg("a", "6/a#1")
                .primary("a", "6/a#1", 2, "a")
                .violations())
        .isEmpty();
  }

  @Test
  void groupsChangeTheirViewsByAnOrderedMessage() {
    assertThat(groups(new Script()).violations()).isEmpty();
  }

  @Test
  void aJoinThatIsOrderedInATransitionalConfigurationGivesAnotherTransitionalView() {
    // a had the join and the message of b before the configuration broke, b and c after it.
    assertThat(
            new Script()
                .reg("a,b,c", "4/a#1")
                .group("g")
                .join("a")
                .join("b")
                .reg("a,b", "g4.1")
                .join("c")
                .send("b1", "AGREED", "g4.1")
                .reg("a", "g4.2", "a,b,c")
                .deliver("a", "g4.2", "b1")
                .group("")
                .send("a9", "AGREED", "4/a#1")
                .deliver("a,b,c", "4/a#1", "a9")
                .trans("a", "5/a#1/a#1", "4/a#1")
                .trans("b,c", "5/b#1/b#1", "4/a#1")
                .group("g")
                .trans("a", "g5.a", "g4.2")
                .trans("b", "g5.b", "g4.1")
                .trans("b,c", "g5.b2", "b,c", "g4.2")
                .deliver("b,c", "g5.b2", "b1")
                .group("")
                .reg("a", "6/a#1")
                .reg("b,c", "6/b#1")
                .group("g")
                .reg("a", "g6.a")
                .reg("b,c", "g6.b")
                .group("")
                .violations())
        .isEmpty();
  }

  @Test
  void theViewThatATransitionalOneFollowsMayBeInstalledByNobody() {
    assertThat(
            new Script()
                .reg("a,b", "4/a#1")
                .group("g")
                .join("a")
                .reg("a", "g4.1")
                .join("b")
                .group("")
                .send("a9", "AGREED", "4/a#1")
                .deliver("a,b", "4/a#1", "a9")
                .trans("a,b", "5/a#1/a#1", "4/a#1")
                .group("g")
                .trans("a", "g5", "g4.1")
                .trans("a,b", "g5.2", "a,b", "g4.2")
                .group("")
                .reg("a,b", "6/a#1")
                .group("g")
                .reg("a,b", "g6")
                .group("")
                .violations())
        .isEmpty();
  }

  /// a and b are members, c joins, sends, and leaves; then the configuration breaks.
  static Script groups(Script script) {
    return script
        .reg("a,b,c", "4/a#1")
        .group("g")
        .join("a")
        .join("b")
        .reg("a,b", "g4.1")
        .send("a1", "AGREED", "g4.1")
        .join("c")
        .reg("a", "g4.2", "a,b,c")
        .reg("c", "g4.2", "a,b,c")
        .deliver("a,c", "g4.2", "a1")
        .reg("b", "g4.2", "a,b,c")
        .deliver("b", "g4.2", "a1")
        .send("c1", "SAFE", "g4.2")
        .deliver("a,b,c", "g4.2", "c1")
        .leave("c")
        .reg("a,b", "g4.3")
        .group("")
        .send("a9", "AGREED", "4/a#1")
        .deliver("a,b,c", "4/a#1", "a9")
        .trans("a", "5/a#1/a#1", "4/a#1")
        .trans("b,c", "5/b#1/b#1", "4/a#1")
        .group("g")
        .trans("a", "g5.a", "g4.3")
        .trans("b", "g5.b", "g4.3")
        .group("")
        .reg("a", "6/a#1")
        .reg("b,c", "6/b#1")
        .group("g")
        .reg("a", "g6.a")
        .reg("b", "g6.b")
        .group("");
  }

  @Test
  void classesOrderForThemselves() {
    assertThat(
            new Script()
                .reg("a,b,c", "4/a#1")
                .send("a1", "alarm", "AGREED", "4/a#1")
                .send("b1", "normal", "AGREED", "4/a#1")
                .deliver("a,b", "4/a#1", "a1", "b1")
                .deliver("c", "4/a#1", "b1", "a1")
                .violations())
        .isEmpty();
  }

  @Test
  void aFifoMessageMayOvertakeTheTotalOrder() {
    assertThat(
            new Script()
                .reg("a,b,c", "4/a#1")
                .send("a1", "AGREED", "4/a#1")
                .send("c1", "AGREED", "4/a#1")
                .deliver("a,b", "4/a#1", "a1", "c1")
                .send("b1", "FIFO", "4/a#1")
                .deliver("c", "4/a#1", "b1", "a1", "c1")
                .deliver("a,b", "4/a#1", "b1")
                .violations())
        .isEmpty();
  }
}
