package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class CliquesTest {

  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId B = PeerId.of("b", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final PeerId D = PeerId.of("d", 1);

  private static TreeSet<PeerId> peers(PeerId... peers) {
    return new TreeSet<>(List.of(peers));
  }

  private static Cliques.Edges without(PeerId... pair) {
    return (one, other) -> !Set.of(one, other).equals(Set.of(pair));
  }

  @Test
  void whenEverybodyHearsEverybodyAllAreTogether() {
    for (PeerId self : List.of(A, B, C)) {
      assertThat(Cliques.of(self, peers(A, B, C), (x, y) -> true)).containsExactly(A, B, C);
    }
  }

  @Test
  void aMissingLinkLeavesTheLaterOfTheTwoOut() {
    assertThat(Cliques.of(A, peers(A, B, C), without(B, C))).containsExactly(A, B);
    assertThat(Cliques.of(B, peers(A, B, C), without(B, C))).containsExactly(A, B);
    assertThat(Cliques.of(C, peers(A, B, C), without(B, C))).containsExactly(C);
  }

  @Test
  void thoseLeftOutFormACliqueOfTheirOwn() {
    Cliques.Edges edges = (x, y) -> !(x.equals(A) && (y.equals(C) || y.equals(D)));
    Cliques.Edges both = (x, y) -> edges.connects(x, y) && edges.connects(y, x);
    assertThat(Cliques.of(C, peers(A, B, C, D), both)).containsExactly(C, D);
    assertThat(Cliques.of(B, peers(A, B, C, D), both)).containsExactly(A, B);
  }

  @Test
  void twoLivesOfOneNameAreNeverTogether() {
    PeerId later = PeerId.of("b", 2);
    assertThat(Cliques.of(A, peers(A, B, later), (x, y) -> true)).containsExactly(A, B);
  }

  @Test
  void aCliqueIsNotLargerThanAConfiguration() {
    TreeSet<PeerId> many = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      many.add(PeerId.of("p" + (1_000 + i), 1));
    }
    assertThat(Cliques.of(many.first(), many, (x, y) -> true)).hasSize(Configuration.MAX_MEMBERS);
    assertThat(Cliques.of(many.last(), many, (x, y) -> true)).hasSize(44);
  }

  @Test
  void peersThatKnowTheSameGraphWantTheSame() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      TreeSet<PeerId> all = new TreeSet<>();
      int size = 2 + random.nextInt(8);
      for (int i = 0; i < size; i++) {
        all.add(PeerId.of("p" + i, 1));
      }
      Set<Set<PeerId>> missing = new java.util.LinkedHashSet<>();
      for (PeerId one : all) {
        for (PeerId other : all) {
          if (!one.equals(other) && random.nextInt(4) == 0) {
            missing.add(Set.of(one, other));
          }
        }
      }
      Cliques.Edges edges = (x, y) -> !missing.contains(Set.of(x, y));
      for (PeerId self : all) {
        List<PeerId> clique = Cliques.of(self, all, edges);
        assertThat(clique).contains(self).isSorted();
        for (PeerId member : clique) {
          assertThat(Cliques.of(member, all, edges)).isEqualTo(clique);
          for (PeerId other : clique) {
            assertThat(member.equals(other) || edges.connects(member, other)).isTrue();
          }
        }
      }
    }
  }
}
