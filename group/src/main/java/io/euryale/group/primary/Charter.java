package io.euryale.group.primary;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerName;
import java.util.List;
import java.util.TreeSet;

/// What was declared before the first primary component: who votes, and how far voting may
/// shrink.
///
/// The settings give it to a member that has no durable record. From then on the record holds it,
/// and it travels with the state messages: a member whose settings were changed later follows the
/// charter in force, so one mistyped weight cannot split the vote.
///
/// @param voters the declared set, which counts as primary component 0; sorted by name
/// @param minimumPrimary least weight of a primary component, summed over its members with the
///     declared weights; 1 to the total weight. Low values keep a primary component alive in
///     small remains; with more than half of the total weight at most one component can ever
///     have it
public record Charter(List<Voter> voters, long minimumPrimary) {

  public Charter {
    voters = List.copyOf(new TreeSet<>(voters));
    if (!Component.isMembership(voters)) {
      throw new IllegalArgumentException(
          "Declare 1 to " + Configuration.MAX_MEMBERS + " voters, each name once");
    }
    long total = weight(voters);
    if (total == 0) {
      throw new IllegalArgumentException("At least one declared voter needs a weight above 0");
    }
    if (minimumPrimary < 1 || minimumPrimary > total) {
      throw new IllegalArgumentException(
          "minimumPrimary is 1 to the total weight " + total + ", not " + minimumPrimary);
    }
  }

  public static Charter of(long minimumPrimary, Voter... voters) {
    return new Charter(List.of(voters), minimumPrimary);
  }

  static long weight(List<Voter> voters) {
    return voters.stream().mapToLong(Voter::weight).sum();
  }

  /// The declared set as the component that the first primary needs a quorum of.
  Component origin() {
    return new Component(0, 0, null, voters);
  }

  /// The declared weight; 0 for somebody who is not declared.
  int weightOf(PeerName name) {
    for (Voter voter : voters) {
      if (voter.name().equals(name)) {
        return voter.weight();
      }
    }
    return 0;
  }
}
