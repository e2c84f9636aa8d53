package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.membership.MemberMessage.Accept;
import io.euryale.group.membership.MemberMessage.Heartbeat;
import io.euryale.group.membership.MemberMessage.Left;
import io.euryale.group.membership.MemberMessage.Recovered;
import io.euryale.group.membership.MemberMessage.Refuse;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Proposes configurations where that is for this peer to do: it is the first member of the one
/// wanted, and that is not installed everywhere. One attempt at a time.
final class Coordination {

  private final MembershipSettings settings;
  private final PeerId self;
  private final Set<PeerName> declared;
  private final Detector detector;
  private final Acceptance acceptance;
  private final Voice voice;
  private final MembershipRules rules;

  private @Nullable Proposal proposal;
  private List<PeerId> wanted = List.of();
  private long highestNumber;
  private long bornAt;
  private long wantedSince;
  private long installedAt;
  private long proposeAt = Long.MAX_VALUE;
  private long lookAt = Long.MIN_VALUE;
  private long notBefore;
  private boolean rests;
  private int failedRecoveries;

  /// Whether something happened that may make this peer propose, or give up what it proposed.
  private boolean reconsider = true;

  /// @param declared peers that a starting one waits for, up to the join window
  /// @param ceiling no number up to here is proposed
  Coordination(
      MembershipSettings settings,
      PeerId self,
      Set<PeerName> declared,
      long ceiling,
      Detector detector,
      Acceptance acceptance,
      Voice voice,
      MembershipRules rules) {
    this.settings = settings;
    this.self = self;
    this.declared = declared;
    this.highestNumber = ceiling;
    this.detector = detector;
    this.acceptance = acceptance;
    this.voice = voice;
    this.rules = rules;
  }

  void start(long now) {
    bornAt = now;
    wantedSince = now;
  }

  /// The highest number of any configuration that this peer has heard of.
  long highestNumber() {
    return highestNumber;
  }

  /// Somebody knows a configuration, or an attempt at one, with this number.
  void know(long number) {
    highestNumber = Math.max(highestNumber, number);
  }

  /// Something happened outside that may change what is wanted or installed.
  void reconsider() {
    reconsider = true;
  }

  /// Proposes nothing any more.
  void rest() {
    rests = true;
  }

  void accept(long now, PeerId from, Accept accept) {
    Proposal open = open(accept.id());
    if (open != null) {
      open.accept(now, from, accept);
      Remote remote = detector.find(from);
      if (remote != null) {
        detector.answered(remote);
      }
    }
  }

  void refuse(long now, PeerId from, Refuse refuse) {
    know(refuse.promised());
    Proposal open = open(refuse.id());
    if (open != null && !open.isEntered() && open.members.contains(from)) {
      proposal = null;
      notBefore = now + voice.jitter(2 * settings.settlePause().toNanos() + 1);
    }
  }

  void recovered(long now, PeerId from, Recovered recovered) {
    Proposal open = open(recovered.id());
    if (open != null) {
      open.recovered(now, from);
    }
  }

  void left(long now, PeerId from, Left left) {
    Proposal open = open(left.id());
    if (open != null) {
      open.left(now, from);
    }
  }

  /// A member's heartbeat tells which configuration is installed there.
  void heartbeat(PeerId from, Heartbeat heartbeat) {
    know(heartbeat.highestNumber());
    Proposal open = proposal;
    if (open != null && open.isEntered() && heartbeat.installed() == open.id.tag()) {
      open.installed(from);
    }
  }

  /// A regular configuration is installed here.
  void installed(long now, Configuration configuration) {
    installedAt = now;
    failedRecoveries = 0;
    reconsider = true;
    Proposal open = open(configuration.id());
    if (open != null) {
      open.installed(self);
    }
  }

  private @Nullable Proposal open(ConfigurationId id) {
    Proposal open = proposal;
    return open != null && open.id.equals(id) ? open : null;
  }

  long nextDeadline() {
    Proposal open = proposal;
    return open == null ? proposeAt : Math.min(proposeAt, open.nextDeadline());
  }

  /// Repeats what is unanswered; an attempt whose time is over leaves out who did not answer.
  void due(long now) {
    reconsider = true;
    Proposal open = proposal;
    if (open == null || open.nextDeadline() > now) {
      return;
    }
    Set<PeerId> missing = open.due(now);
    if (missing != null) {
      proposal = null;
      // One who holds a packet and does not give it makes all the others look late: before anybody
      // is blamed for not recovering, everybody is asked once more, and who is gone shows.
      boolean blames = !open.isRecovering() || failedRecoveries > 0;
      failedRecoveries = blames ? 0 : failedRecoveries + 1;
      if (!blames) {
        return;
      }
      for (PeerId member : missing) {
        Remote remote = detector.find(member);
        if (remote != null) {
          detector.exclude(now, remote);
        }
      }
    }
  }

  /// This peer was stopped for a while: the others get time anew.
  void forgivePause(long now) {
    Proposal open = proposal;
    if (open != null) {
      open.extend(now);
    }
  }

  /// Ends a turn: proposes, if something changed or the time has come.
  void turn(long now) {
    if (!rests && (reconsider || proposeAt <= now || detector.hasChanged())) {
      reconsider = false;
      propose(now);
    }
  }

  /// Proposes the configuration wanted, when it is for this peer to do, and time.
  private void propose(long now) {
    if (detector.hasChanged() && now < lookAt) {
      proposeAt = lookAt;
      return;
    }
    if (detector.takeChanged()) {
      lookAt = now + detector.lookPauseNanos();
      List<PeerId> fresh = detector.wanted();
      if (!fresh.equals(wanted)) {
        wanted = fresh;
        wantedSince = now;
        detector.want(now, fresh);
      }
    }
    proposeAt = Long.MAX_VALUE;
    Proposal open = proposal;
    if (open != null && !open.isEntered()) {
      if (wanted.containsAll(open.members) && open.id.equals(acceptance.promised())) {
        return;
      }
      // Somebody in it is lost, or this peer follows a later attempt: nobody is to blame then.
      proposal = null;
    }
    if (acceptance.isInstalling()
        || wanted.isEmpty()
        || !wanted.getFirst().equals(self)
        || isContent()) {
      return;
    }
    long due = Math.max(Math.max(dueAt(), notBefore), detector.disputedUntil());
    if (awaitsOther(now)) {
      due = Math.max(due, now + settings.repeatPause().toNanos());
    }
    if (due > now) {
      proposeAt = due;
      return;
    }
    long number = Math.max(highestNumber, acceptance.promised().number()) + 2;
    number += number & 1;
    highestNumber = number;
    Proposal fresh =
        new Proposal(ConfigurationId.regular(number, self), wanted, settings, voice, rules);
    proposal = fresh;
    fresh.begin(now);
  }

  /// Whether an attempt of another coordinator, who is present, is under way here.
  private boolean awaitsOther(long now) {
    PeerId coordinator = acceptance.promised().coordinator();
    return !coordinator.equals(self) && wanted.contains(coordinator) && acceptance.isUnderWay(now);
  }

  /// Whether everybody wanted has installed what is installed here, and it is what is wanted.
  private boolean isContent() {
    Configuration current = acceptance.current();
    if (current == null || acceptance.isFrozen() || !current.members().equals(wanted)) {
      return false;
    }
    if (!rules.rests()) {
      return false;
    }
    for (PeerId member : wanted) {
      Remote remote = detector.find(member);
      Heartbeat last = remote == null ? null : remote.last();
      if (last != null && (last.installed() != current.id().tag() || last.frozen())) {
        return false;
      }
    }
    return true;
  }

  /// From when on the configuration wanted is to be proposed: losses at once, others when they have
  /// settled, members that missed an installation when they had the time to hear of it.
  private long dueAt() {
    MembershipSettings s = settings;
    Configuration current = acceptance.current();
    if (current == null) {
      boolean all = declared.stream().allMatch(this::isWanted);
      return all
          ? wantedSince + s.settlePause().toNanos()
          : Math.max(bornAt + s.joinWindow().toNanos(), wantedSince + s.settlePause().toNanos());
    }
    if (acceptance.phase() != Acceptance.Phase.RESTING) {
      return wantedSince; // An attempt failed, and everybody in it is silent: no time to lose.
    }
    if (current.members().equals(wanted)) {
      return wantedSinceOrInstalled() + s.answerTimeout().toNanos();
    }
    return isLoss(current) ? wantedSince : wantedSince + s.settlePause().toNanos();
  }

  /// Whether the configuration wanted lacks only members of the present one that are lost. Others
  /// are on their way elsewhere, and may not have got there.
  private boolean isLoss(Configuration current) {
    return current.members().containsAll(wanted)
        && current.members().stream()
            .noneMatch(member -> !wanted.contains(member) && detector.isUsable(member));
  }

  private long wantedSinceOrInstalled() {
    return Math.max(wantedSince, installedAt);
  }

  private boolean isWanted(PeerName name) {
    return wanted.stream().anyMatch(peer -> peer.name().equals(name));
  }
}
