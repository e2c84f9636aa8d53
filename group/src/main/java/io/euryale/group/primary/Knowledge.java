package io.euryale.group.primary;

import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// What the members of a regular configuration know together: ComputeKnowledge and IsQuorum of
/// [4]. A pure function of their state messages, so all of them come to the same.
final class Knowledge {

  private final NavigableMap<PeerName, PrimaryRecord> states;
  private final PrimaryRules rules;
  private final Charter charter;
  private final Verdict verdict;
  private final boolean everyVoter;

  /// Whether those here that never heard of an attempt could found the group: then it is taken
  /// for granted that they never did, rather than forgot.
  private final boolean blankQuorum;
  private Component last;
  private long attempts;

  /// Those that stay vulnerable, with whom they have met by now.
  private final Map<PeerName, Attempt> unresolved = new TreeMap<>();

  Knowledge(NavigableMap<PeerName, PrimaryRecord> states, PrimaryRules rules) {
    this.states = states;
    this.rules = rules;
    List<PrimaryRecord> informed =
        states.values().stream().filter(r -> r.proven() || r.last().index() > 0).toList();
    charter = first(informed.isEmpty() ? states.values() : informed).charter();
    last = charter.origin();
    everyVoter = charter.voters().stream().allMatch(v -> states.containsKey(v.name()));
    blankQuorum = isQuorum(charter.origin(), PrimaryRecord::isBlank);
    verdict = conclude(informed.isEmpty() ? states.values() : informed);
  }

  Verdict verdict() {
    return verdict;
  }

  Component last() {
    return last;
  }

  /// The component that the present members may try to form.
  Component next(ConfigurationId configuration) {
    List<Voter> members = new ArrayList<>();
    for (PeerName name : states.keySet()) {
      members.add(new Voter(name, charter.weightOf(name)));
    }
    return new Component(last.index() + 1, attempts + 1, configuration, members);
  }

  /// What a member knows after the exchange.
  PrimaryRecord learnedBy(PeerName self, PrimaryRecord before) {
    if (verdict == Verdict.CHARTERS_DIFFER || verdict == Verdict.CONFLICT) {
      return before;
    }
    return new PrimaryRecord(charter, before.proven(), last, attempts, unresolved.get(self));
  }

  private Verdict conclude(Collection<PrimaryRecord> informed) {
    for (PrimaryRecord record : informed) {
      if (!record.charter().equals(charter)) {
        return Verdict.CHARTERS_DIFFER;
      }
    }
    for (PrimaryRecord record : informed) {
      if (record.last().isAfter(last)) {
        last = record.last();
      }
    }
    for (PrimaryRecord record : informed) {
      if (record.last().index() == last.index() && !record.last().equals(last)) {
        return Verdict.CONFLICT;
      }
    }
    assumeInstalled();
    for (Map.Entry<PeerName, PrimaryRecord> state : states.entrySet()) {
      Attempt vulnerable = state.getValue().vulnerable();
      if (vulnerable != null && !isResolved(vulnerable)) {
        unresolved.put(state.getKey(), vulnerable.having(met(vulnerable.component())));
      }
    }
    for (PrimaryRecord record : informed) {
      if (record.last().equals(last)) {
        attempts = Math.max(attempts, record.attempts());
      }
    }
    if (!unresolved.isEmpty() && rules.blocks()) {
      return Verdict.VULNERABLE;
    }
    if (!hasQuorum()) {
      return Verdict.NO_QUORUM;
    }
    long weight = states.keySet().stream().mapToLong(charter::weightOf).sum();
    return rules.isLargeEnough(weight, charter) ? Verdict.CONSTRUCT : Verdict.TOO_SMALL;
  }

  /// An attempt of which nobody can know more than that it was made counts as installed: a member
  /// may have installed it, told its application, and crashed before its record was durable.
  /// Taking it for failed would use its number twice.
  ///
  /// Of several, the latest: a member common to two quorums of one component numbers its
  /// attempts, and made the later one because it knew that the earlier one had failed.
  private void assumeInstalled() {
    Component assumed = null;
    for (PrimaryRecord record : states.values()) {
      Attempt vulnerable = record.vulnerable();
      if (vulnerable != null
          && vulnerable.component().index() > last.index()
          && !isKnownAsFailed(vulnerable.component())
          && isAllThatIsLeft(vulnerable.component())
          && (assumed == null || vulnerable.component().isAfter(assumed))) {
        assumed = vulnerable.component();
      }
    }
    if (assumed != null && rules.togetherMeansInstalled()) {
      last = assumed;
    }
  }

  private boolean isResolved(Attempt vulnerable) {
    Component attempted = vulnerable.component();
    if (attempted.index() < last.index()) {
      return true; // A later primary was formed, and only by members that knew the outcome.
    }
    if (attempted.index() == last.index()) {
      return !attempted.equals(last) || leftInOrder(attempted) || isAllThatIsLeft(attempted);
    }
    return isKnownAsFailed(attempted) || isAllThatIsLeft(attempted);
  }

  /// Whether one of those asked never entered the attempt, or came out of it knowing that it
  /// failed. A member without a proven record may only have forgotten.
  private boolean isKnownAsFailed(Component attempted) {
    for (Map.Entry<PeerName, PrimaryRecord> state : states.entrySet()) {
      PrimaryRecord record = state.getValue();
      if ((record.proven() || (blankQuorum && record.isBlank()))
          && attempted.contains(state.getKey())
          && record.last().index() < attempted.index()
          && !record.isVulnerableTo(attempted)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a member of the last primary is here that knows how it ended.
  private boolean leftInOrder(Component attempted) {
    for (Map.Entry<PeerName, PrimaryRecord> state : states.entrySet()) {
      PrimaryRecord record = state.getValue();
      if (record.proven()
          && attempted.contains(state.getKey())
          && record.last().equals(attempted)
          && !record.isVulnerableTo(attempted)) {
        return true;
      }
    }
    return false;
  }

  /// Whether nobody elsewhere knows more: all members of the attempt have met, each as ignorant
  /// as the others. One that lost its record is as ignorant, but only when every voter is here
  /// and a quorum of them remembers something: otherwise those without records might start anew.
  private boolean isAllThatIsLeft(Component attempted) {
    Set<PeerName> met = met(attempted);
    if (everyVoter && !blankQuorum) {
      states.forEach((name, record) -> met.addAll(record.proven() ? List.of() : List.of(name)));
    }
    return met.containsAll(attempted.names());
  }

  /// The members that were vulnerable to it, here or where one of those here met them before.
  private Set<PeerName> met(Component attempted) {
    Set<PeerName> met = new TreeSet<>();
    for (Map.Entry<PeerName, PrimaryRecord> state : states.entrySet()) {
      Attempt vulnerable = state.getValue().vulnerable();
      if (vulnerable != null && vulnerable.component().equals(attempted)) {
        met.add(state.getKey());
        met.addAll(vulnerable.met());
      }
    }
    return met;
  }

  private boolean hasQuorum() {
    boolean firstStart = states.values().stream().allMatch(PrimaryRecord::isBlank);
    return isQuorum(rules.electorate(last, charter), r -> rules.counts(r, firstStart, everyVoter));
  }

  private boolean isQuorum(Component electorate, Predicate<PrimaryRecord> counts) {
    long present = 0;
    long total = 0;
    boolean distinguishedPresent = false;
    for (Voter voter : electorate.members()) {
      total += rules.weight(voter);
      PrimaryRecord record = states.get(voter.name());
      if (record != null && counts.test(record)) {
        present += rules.weight(voter);
        distinguishedPresent |= voter.name().equals(electorate.distinguished());
      }
    }
    return rules.isQuorum(present, total, distinguishedPresent);
  }

  private static PrimaryRecord first(Collection<PrimaryRecord> records) {
    return records.iterator().next();
  }
}
