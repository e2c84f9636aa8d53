package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which peers should form configurations, from who hears whom both ways: greedy cliques in the
/// order of names. Peers that know the same graph come to the same answer.
final class Cliques {

  /// Whether two different peers hear each other.
  @FunctionalInterface
  interface Edges {
    boolean connects(PeerId one, PeerId other);
  }

  private Cliques() {}

  /// The clique that `self` belongs to, sorted.
  ///
  /// @param peers all peers of the graph, `self` among them
  static List<PeerId> of(PeerId self, SortedSet<PeerId> peers, Edges edges) {
    TreeSet<PeerId> rest = new TreeSet<>(peers);
    while (!rest.isEmpty()) {
      List<PeerId> clique = new ArrayList<>();
      for (PeerId candidate : rest) {
        if (clique.size() < Configuration.MAX_MEMBERS && joins(candidate, clique, edges)) {
          clique.add(candidate);
        }
      }
      if (clique.contains(self)) {
        return clique;
      }
      clique.forEach(rest::remove);
    }
    return List.of(self);
  }

  /// Whether these all hear each other.
  static boolean isOne(List<PeerId> peers, Edges edges) {
    for (int i = 1; i < peers.size(); i++) {
      if (!joins(peers.get(i), peers.subList(0, i), edges)) {
        return false;
      }
    }
    return true;
  }

  private static boolean joins(PeerId candidate, List<PeerId> clique, Edges edges) {
    for (PeerId member : clique) {
      if (member.name().equals(candidate.name()) || !edges.connects(member, candidate)) {
        return false;
      }
    }
    return true;
  }
}
