package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.membership.MemberMessage.Accept;
import io.euryale.group.membership.MemberMessage.Commit;
import io.euryale.group.membership.MemberMessage.Enter;
import io.euryale.group.membership.MemberMessage.Install;
import io.euryale.group.membership.MemberMessage.Left;
import io.euryale.group.membership.MemberMessage.Propose;
import io.euryale.group.membership.MemberMessage.Recovered;
import io.euryale.group.membership.MemberMessage.Refuse;
import io.euryale.group.order.Holdings;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way of this peer from one configuration to the next: promises, falls silent, recovers,
/// installs. The coordinator's own way, too.
final class Acceptance implements Seats.Answers {

  /// Where this peer stands. Numbers in events and metrics follow this order.
  enum Phase {
    /// In no configuration, or in a regular one.
    RESTING,
    /// Promised; the classes fall silent and the number is being written.
    FREEZING,
    ACCEPTED,
    RECOVERING,
    /// Told the coordinator that the union is held.
    RECOVERED,
    DELIVERING_OLD,
    DELIVERING_REST,
    /// Done with the old configuration, and told the coordinator so.
    LEFT
  }

  /// What becomes of it, told to the core that owns it.
  interface Outcome {

    /// Makes sure that a number may be promised, on disk; answers [Acceptance#durable] at once or
    /// later.
    void promise(long now, long number);

    /// A regular configuration is installed.
    ///
    /// @param orderly whether all members are known to have left what they were in; only such a
    /// configuration may become primary
    void installed(long now, Configuration configuration, long startedNanos, boolean orderly);

    void transitional(long now, Configuration configuration);

    /// What it is doing from now on; for operators.
    void phase(Phase next);
  }

  private final MembershipSettings settings;
  private final PeerId self;
  private final Voice voice;
  private final Seats seats;
  private final Outcome outcome;
  private final MembershipRules rules;

  private Phase phase = Phase.RESTING;
  private ConfigurationId promised;
  private @Nullable Configuration current;
  private boolean frozen;
  private boolean orderly = true;

  private long attempt;
  private long startedAt;
  private boolean durable;
  private int answers;
  private List<@Nullable Holdings> holdings = new ArrayList<>();
  private @Nullable Accept accept;
  private @Nullable Commit commit;
  private long progressAt;
  private long repeatAt = Long.MAX_VALUE;

  /// @param ceiling no number up to here may be promised: an earlier life may have done so
  Acceptance(
      MembershipSettings settings,
      PeerId self,
      long ceiling,
      Voice voice,
      Seats seats,
      Outcome outcome,
      MembershipRules rules) {
    this.settings = settings;
    this.self = self;
    this.voice = voice;
    this.seats = seats;
    this.outcome = outcome;
    this.rules = rules;
    promised = ConfigurationId.regular(ceiling, self);
  }

  Phase phase() {
    return phase;
  }

  private void move(Phase next) {
    phase = next;
    outcome.phase(next);
  }

  ConfigurationId promised() {
    return promised;
  }

  @Nullable Configuration current() {
    return current;
  }

  /// Whether this peer waits for a new configuration.
  boolean isFrozen() {
    return frozen || !orderly;
  }

  /// Whether an installation is decided and only waits for the loops of this peer.
  boolean isInstalling() {
    return phase == Phase.DELIVERING_OLD || phase == Phase.DELIVERING_REST;
  }

  /// Whether somebody's attempt is under way here and not too long without progress.
  boolean isUnderWay(long now) {
    return phase != Phase.RESTING && now - progressAt < settings.answerTimeout().toNanos();
  }

  void propose(long now, PeerId from, Propose propose) {
    ConfigurationId id = propose.id();
    if (isInstalling()) {
      return; // It is asked again when this is done.
    }
    if (id.equals(promised)) {
      Accept given = accept;
      if (given != null && phase == Phase.ACCEPTED) {
        voice.send(now, from, given);
      }
      return;
    }
    if (!rules.isNewer(id, promised) || !id.coordinator().equals(from)) {
      voice.send(now, from, new Refuse(id, promised.number()));
      return;
    }
    if (!propose.members().contains(self) || !propose.members().contains(from)) {
      return;
    }
    if (phase == Phase.LEFT) {
      enter(now, false);
    }
    if (phase == Phase.RESTING) {
      startedAt = now;
    }
    promised = id;
    move(Phase.FREEZING);
    frozen = true;
    accept = null;
    commit = null;
    durable = false;
    answers = 0;
    holdings = new ArrayList<>();
    for (int i = 0; i < TrafficClass.count(); i++) {
      holdings.add(null);
    }
    attempt++;
    progressAt = now;
    repeatAt = Long.MAX_VALUE;
    seats.freeze(now, attempt);
    outcome.promise(now, id.number());
  }

  /// A promised number is on disk.
  void durable(long now, long number) {
    if (phase == Phase.FREEZING && promised.number() <= number) {
      durable = true;
      sendAccept(now);
    }
  }

  @Override
  public void frozen(long now, long ofAttempt, TrafficClass trafficClass, @Nullable Holdings held) {
    if (ofAttempt == attempt && phase == Phase.FREEZING) {
      holdings.set(trafficClass.code(), held);
      answers++;
      sendAccept(now);
    }
  }

  private void sendAccept(long now) {
    if (!durable || answers < TrafficClass.count()) {
      return;
    }
    Configuration old = current;
    List<Holdings> reports = new ArrayList<>();
    for (Holdings report : holdings) {
      if (report != null) {
        reports.add(report);
      }
    }
    Accept given =
        old == null
            ? new Accept(promised, null, List.of(), List.of())
            : new Accept(promised, old.id(), old.members(), reports);
    accept = given;
    move(Phase.ACCEPTED);
    progressAt = now;
    voice.send(now, promised.coordinator(), given);
  }

  /// Whether a commit fits this peer and where it comes from.
  boolean isPlausible(Commit received) {
    Configuration old = current;
    if (!received.members().contains(self)
        || !received.members().contains(received.id().coordinator())) {
      return false;
    }
    if (old == null || received.merged().isEmpty()) {
      return true; // Told apart when it is followed.
    }
    int size = old.members().size();
    return received.together().get(old.rank(self))
        && received.together().length() <= size
        && received.merged().size() == TrafficClass.count()
        && received.merged().stream().allMatch(of -> of.origins().size() == size);
  }

  void commit(long now, Commit received) {
    if (!received.id().equals(promised)
        || phase != Phase.ACCEPTED
        || (received.merged().isEmpty() != (current == null))) {
      return;
    }
    commit = received;
    move(Phase.RECOVERING);
    progressAt = now;
    answers = 0;
    seats.recover(now, attempt, promised.tag(), received.merged(), received.together());
  }

  @Override
  public void recovered(long now, long ofAttempt, TrafficClass trafficClass) {
    if (ofAttempt != attempt || phase != Phase.RECOVERING) {
      return;
    }
    answers++;
    progressAt = now;
    if (answers == TrafficClass.count()) {
      move(Phase.RECOVERED);
      sendRecovered(now);
    }
  }

  private void sendRecovered(long now) {
    repeatAt = now + settings.repeatPause().toNanos();
    voice.send(now, promised.coordinator(), new Recovered(promised));
  }

  void install(long now, Install received) {
    boolean ready =
        phase == Phase.RECOVERED || (phase == Phase.RECOVERING && !rules.waitsForRecovery());
    if (!received.id().equals(promised) || !ready) {
      return;
    }
    progressAt = now;
    repeatAt = Long.MAX_VALUE;
    if (current == null) {
      leave(now);
      return;
    }
    move(Phase.DELIVERING_OLD);
    answers = 0;
    seats.deliverOld(now, attempt);
  }

  @Override
  public void delivered(long now, long ofAttempt, TrafficClass trafficClass) {
    if (ofAttempt != attempt || ++answers < TrafficClass.count()) {
      return;
    }
    if (phase == Phase.DELIVERING_OLD) {
      move(Phase.DELIVERING_REST);
      answers = 0;
      Configuration transitional = transitional();
      if (transitional.members().size() == sizeOfCurrent() && !rules.alwaysTransitional()) {
        leave(now);
        return;
      }
      outcome.transitional(now, transitional);
      seats.transitional(now, attempt, transitional);
    } else if (phase == Phase.DELIVERING_REST) {
      leave(now);
    }
  }

  private int sizeOfCurrent() {
    Configuration old = current;
    return old == null ? 0 : old.members().size();
  }

  private Configuration transitional() {
    Configuration old = current;
    Commit decided = commit;
    if (old == null || decided == null) {
      throw new IllegalStateException("Nothing was committed");
    }
    List<PeerId> together = new ArrayList<>();
    BitSet ranks = decided.together();
    for (int rank = ranks.nextSetBit(0); rank >= 0; rank = ranks.nextSetBit(rank + 1)) {
      together.add(old.members().get(rank));
    }
    return new Configuration(promised.transitional(together.getFirst()), together, old.id());
  }

  private void leave(long now) {
    move(Phase.LEFT);
    progressAt = now;
    sendLeft(now);
  }

  private void sendLeft(long now) {
    repeatAt = now + settings.repeatPause().toNanos();
    voice.send(now, promised.coordinator(), new Left(promised));
  }

  void enter(long now, Enter received) {
    if (received.id().equals(promised) && phase == Phase.LEFT) {
      enter(now, true);
    }
  }

  /// Installs the new configuration.
  ///
  /// @param everybodyLeft whether it is known that all members are done with the old one; if not,
  /// this is a step on the way to the next configuration only
  private void enter(long now, boolean everybodyLeft) {
    orderly = everybodyLeft;
    repeatAt = Long.MAX_VALUE;
    Commit decided = commit;
    if (decided == null) {
      throw new IllegalStateException("Nothing was committed");
    }
    Configuration next = new Configuration(promised, decided.members(), null);
    current = next;
    frozen = false;
    move(Phase.RESTING);
    outcome.installed(now, next, startedAt, everybodyLeft);
    seats.regular(now, next);
  }

  long nextDeadline() {
    return phase == Phase.RECOVERED || phase == Phase.LEFT ? repeatAt : Long.MAX_VALUE;
  }

  void due(long now) {
    if (phase == Phase.RECOVERED && repeatAt <= now) {
      sendRecovered(now);
    } else if (phase == Phase.LEFT && now - progressAt >= settings.answerTimeout().toNanos()) {
      enter(now, false);
    } else if (phase == Phase.LEFT && repeatAt <= now) {
      sendLeft(now);
    }
  }
}
