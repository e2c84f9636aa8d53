package io.euryale.group.membership;

import io.euryale.group.ConfigurationId;
import io.euryale.group.membership.MemberMessage.Accept;
import io.euryale.group.membership.MemberMessage.Commit;
import io.euryale.group.membership.MemberMessage.Enter;
import io.euryale.group.membership.MemberMessage.Install;
import io.euryale.group.membership.MemberMessage.Propose;
import io.euryale.group.order.Holdings;
import io.euryale.group.order.Merged;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One attempt to form a configuration, on the side of its coordinator, who is a member like the
/// others and sends to itself as well.
final class Proposal {

  /// How many times the usual wait for an answer the last step is repeated.
  private static final int MOST_REPEATS = 10;

  private enum Phase {
    PROPOSED,
    COMMITTED,
    /// Everybody may leave the old configuration.
    DECIDED,
    /// Everybody has left it and may enter; kept to answer those who did not hear it.
    ENTERED
  }

  final ConfigurationId id;
  final List<PeerId> members;
  private final MembershipSettings settings;
  private final Voice voice;
  private final MembershipRules rules;
  private final Map<PeerId, Accept> accepts = new TreeMap<>();
  private final Map<PeerId, Commit> commits = new TreeMap<>();
  private final Set<PeerId> recovered = new TreeSet<>();
  private final Set<PeerId> left = new TreeSet<>();
  private final Set<PeerId> installed = new TreeSet<>();
  private Phase phase = Phase.PROPOSED;
  private long repeatAt;
  private long deadline;

  Proposal(
      ConfigurationId id,
      List<PeerId> members,
      MembershipSettings settings,
      Voice voice,
      MembershipRules rules) {
    this.id = id;
    this.members = List.copyOf(members);
    this.settings = settings;
    this.voice = voice;
    this.rules = rules;
  }

  /// Whether all that is left to do is to tell everybody.
  boolean isEntered() {
    return phase == Phase.ENTERED;
  }

  /// Whether everybody has accepted and not everybody holds the union.
  boolean isRecovering() {
    return phase == Phase.COMMITTED;
  }

  /// Gives everybody time anew.
  void extend(long now) {
    progress(now);
  }

  void begin(long now) {
    progress(now);
    Propose propose = new Propose(id, members);
    members.forEach(member -> voice.send(now, member, propose));
  }

  void accept(long now, PeerId from, Accept accept) {
    if (phase != Phase.PROPOSED || !members.contains(from) || !isSound(from, accept)) {
      if (phase == Phase.COMMITTED) {
        Commit commit = commits.get(from);
        if (commit != null) {
          voice.send(now, from, commit);
        }
      }
      return;
    }
    if (accepts.put(from, accept) == null) {
      progress(now);
    }
    if (accepts.size() == members.size()) {
      commit(now);
    }
  }

  /// What a member says of its old configuration has to fit what the others say of it.
  private boolean isSound(PeerId from, Accept accept) {
    ConfigurationId old = accept.old();
    if (old == null) {
      return true;
    }
    if (!accept.oldMembers().contains(from) || accept.holdings().size() != TrafficClass.count()) {
      return false;
    }
    return accepts.values().stream()
        .filter(other -> old.equals(other.old()))
        .allMatch(other -> other.oldMembers().equals(accept.oldMembers()));
  }

  private void commit(long now) {
    phase = Phase.COMMITTED;
    Map<ConfigurationId, BitSet> together = new TreeMap<>();
    Map<ConfigurationId, List<Merged>> merged = new TreeMap<>();
    for (var entry : accepts.entrySet()) {
      ConfigurationId old = entry.getValue().old();
      if (old != null) {
        int rank = entry.getValue().oldMembers().indexOf(entry.getKey());
        together.computeIfAbsent(old, any -> new BitSet()).set(rank);
        if (!rules.togetherMeansSameOrigin()) {
          for (PeerId member : members) {
            int other = entry.getValue().oldMembers().indexOf(member);
            if (other >= 0) {
              together.computeIfAbsent(old, any -> new BitSet()).set(other);
            }
          }
        }
      }
    }
    for (ConfigurationId old : together.keySet()) {
      merged.put(old, merge(old));
    }
    for (var entry : accepts.entrySet()) {
      ConfigurationId old = entry.getValue().old();
      BitSet mine = old == null ? null : together.get(old);
      List<Merged> mergedOfMine = old == null ? null : merged.get(old);
      Commit commit =
          mine == null || mergedOfMine == null
              ? new Commit(id, members, new BitSet(), List.of())
              : new Commit(id, members, mine, mergedOfMine);
      commits.put(entry.getKey(), commit);
    }
    progress(now);
    commits.forEach((member, commit) -> voice.send(now, member, commit));
    if (!rules.waitsForRecovery()) {
      decide(now);
    }
  }

  private List<Merged> merge(ConfigurationId old) {
    List<Merged> merged = new ArrayList<>();
    for (int code = 0; code < TrafficClass.count(); code++) {
      SortedMap<Integer, Holdings> reports = new TreeMap<>();
      for (var entry : accepts.entrySet()) {
        Accept accept = entry.getValue();
        if (old.equals(accept.old()) && isJoined(old, entry.getKey(), reports)) {
          reports.put(accept.oldMembers().indexOf(entry.getKey()), accept.holdings().get(code));
        }
      }
      merged.add(Merged.of(reports));
    }
    return merged;
  }

  private boolean isJoined(
      ConfigurationId old, PeerId member, SortedMap<Integer, Holdings> reports) {
    return rules.joinsEveryOrigin() || old.coordinator().equals(member) || reports.isEmpty();
  }

  void recovered(long now, PeerId from) {
    if (phase == Phase.DECIDED || phase == Phase.ENTERED) {
      voice.send(now, from, new Install(id));
      return;
    }
    if (phase != Phase.COMMITTED || !members.contains(from)) {
      return;
    }
    if (recovered.add(from)) {
      progress(now);
    }
    if (recovered.size() == members.size()) {
      decide(now);
    }
  }

  private void decide(long now) {
    phase = Phase.DECIDED;
    progress(now);
    members.forEach(member -> voice.send(now, member, new Install(id)));
    if (!rules.waitsForLeaving()) {
      phase = Phase.ENTERED;
      members.forEach(member -> voice.send(now, member, new Enter(id)));
    }
  }

  void left(long now, PeerId from) {
    if (phase == Phase.ENTERED) {
      voice.send(now, from, new Enter(id));
      return;
    }
    if (phase != Phase.DECIDED || !members.contains(from)) {
      return;
    }
    if (left.add(from)) {
      progress(now);
    }
    if (left.size() == members.size()) {
      phase = Phase.ENTERED;
      progress(now);
      members.forEach(member -> voice.send(now, member, new Enter(id)));
    }
  }

  /// A member's heartbeat shows that it has installed the configuration.
  void installed(PeerId member) {
    installed.add(member);
  }

  long nextDeadline() {
    if (phase == Phase.ENTERED) {
      return installed.size() >= members.size() ? Long.MAX_VALUE : repeatAt;
    }
    return Math.min(repeatAt, deadline);
  }

  /// Repeats what is unanswered.
  ///
  /// @return members that let the attempt fail, when their time is over; else null
  @Nullable Set<PeerId> due(long now) {
    if (phase != Phase.ENTERED && deadline <= now) {
      return missing();
    }
    if (phase == Phase.ENTERED
        && now >= deadline + MOST_REPEATS * settings.answerTimeout().toNanos()) {
      installed.addAll(members); // Whoever has not heard it by now has gone another way.
    }
    if (repeatAt <= now) {
      repeatAt = now + settings.repeatPause().toNanos();
      for (PeerId member : missing()) {
        switch (phase) {
          case PROPOSED -> voice.send(now, member, new Propose(id, members));
          case COMMITTED -> {
            Commit commit = commits.get(member);
            if (commit != null) {
              voice.send(now, member, commit);
            }
          }
          case DECIDED -> voice.send(now, member, new Install(id));
          case ENTERED -> voice.send(now, member, new Enter(id));
        }
      }
    }
    return null;
  }

  private Set<PeerId> missing() {
    Set<PeerId> missing = new TreeSet<>(members);
    missing.removeAll(
        switch (phase) {
          case PROPOSED -> accepts.keySet();
          case COMMITTED -> recovered;
          case DECIDED -> left;
          case ENTERED -> installed;
        });
    return missing;
  }

  private void progress(long now) {
    repeatAt = now + settings.repeatPause().toNanos();
    deadline = now + settings.answerTimeout().toNanos();
  }
}
