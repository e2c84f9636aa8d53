package io.euryale.group.membership;

import io.euryale.group.membership.MemberMessage.Heard;
import io.euryale.group.membership.MemberMessage.Heartbeat;
import io.euryale.group.membership.MemberMessage.Ping;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Failure detection: who is present, and what everybody is told about it. Which configuration that
/// makes one want is the [HearingGraph]'s to say.
final class Detector {

  /// Shortest pause between two heartbeats that carry news.
  private static final long NEWS_PAUSE_NANOS = 1_000_000;

  /// Up to so many peers every change of the graph is looked at.
  private static final int FEW_PEERS = 16;

  private static final long LOOK_PAUSE_NANOS = 200_000;

  /// How often a doubted peer is asked.
  private static final int QUESTIONS = 3;

  private final MembershipSettings settings;
  private final Voice voice;
  private final MembershipRules rules;
  private final Consumer<TraceEvent> observer;
  private final TreeMap<PeerName, Remote> remotes = new TreeMap<>();
  private final HearingGraph graph;

  private long sequence;
  private long version = 1;
  private List<Heard> row = List.of();
  private Set<PeerId> chosen = Set.of();
  private long heartbeatAt = Long.MIN_VALUE;
  private long lastHeartbeatAt = Long.MIN_VALUE / 2;
  private long checkedAt;
  private boolean started;
  private long doubtSince = Long.MAX_VALUE;
  private long silenceAt = Long.MAX_VALUE;
  private long verifyAt = Long.MAX_VALUE;
  private boolean changed = true;
  private long suspicions;

  /// @param observer gets `SUSPECT` (`peer`, `reason`) and `HEARD` (`peer`) events
  Detector(
      MembershipSettings settings,
      PeerId self,
      Voice voice,
      MembershipRules rules,
      Consumer<TraceEvent> observer) {
    this.settings = settings;
    this.voice = voice;
    this.rules = rules;
    this.observer = observer;
    graph = new HearingGraph(self, remotes, rules);
  }

  /// What goes into heartbeats besides whom one hears.
  record Status(long highestNumber, long installed, boolean frozen) {}

  Collection<Remote> remotes() {
    return remotes.values();
  }

  long suspicions() {
    return suspicions;
  }

  @Nullable Remote find(PeerId peer) {
    return graph.find(peer);
  }

  /// There is a session with a life of a peer.
  void reachable(long now, PeerRef ref) {
    Remote known = remotes.get(ref.id().name());
    if (known != null && known.id().incarnation() >= ref.id().incarnation()) {
      return;
    }
    if (known != null && known.alive) {
      lose(now, known, "it restarted");
    }
    Remote remote = new Remote(ref);
    remote.heardAt = now;
    remotes.put(ref.id().name(), remote);
    touch(now);
    heartbeatAt = now;
  }

  /// There will be no session with a peer any more unless it begins one.
  void forget(long now, PeerName peer) {
    Remote known = remotes.remove(peer);
    if (known != null && known.alive) {
      lose(now, known, "its session ended");
      touch(now);
    }
  }

  /// A datagram of this peer was opened.
  void heard(long now, Remote remote) {
    remote.heardAt = now;
  }

  /// A peer told how it is and whom it hears.
  ///
  /// @return whether it tells anything new
  boolean heartbeat(long now, Remote remote, Heartbeat heartbeat) {
    Heartbeat before = remote.last();
    if (before != null
        && heartbeat.sequence() <= before.sequence()
        && rules.ignoresOldHeartbeats()) {
      return false;
    }
    boolean moved =
        before == null
            || before.installed() != heartbeat.installed()
            || before.frozen() != heartbeat.frozen();
    boolean news = remote.take(heartbeat);
    for (PeerId lost : remote.dropped()) {
      // One who saw it die may have seen more than this peer: ask it now, not after the silence.
      Remote doubted = find(lost);
      if (doubted != null) {
        doubt(now, doubted, remote.id().name() + " lost it");
      }
    }
    if (!remote.alive && !remote.left && remote.verifyBy == Long.MAX_VALUE) {
      remote.alive = true;
      remote.lostJustNow = false;
      silenceAt = Math.min(silenceAt, now + suspicionNanos());
      observer.accept(TraceEvent.of("HEARD", "peer", remote.id().toString()));
      news = true;
    }
    if (news) {
      touch(now);
    }
    return news || moved;
  }

  /// A control connection broke: the peer has one round to answer.
  void doubt(long now, Remote remote, String reason) {
    if (!remote.alive || remote.verifyBy != Long.MAX_VALUE) {
      return;
    }
    remote.nonce = voice.jitter(Long.MAX_VALUE);
    remote.doubt = reason;
    remote.verifyBy = now + settings.verifyTimeout().toNanos();
    ask(now, remote);
    verifyAt = Math.min(verifyAt, remote.askAt);
  }

  /// Asks a doubted peer, and will ask again: a question may be lost.
  private void ask(long now, Remote remote) {
    remote.askAt = now + settings.verifyTimeout().toNanos() / QUESTIONS;
    voice.send(now, remote.id(), new Ping(remote.nonce));
  }

  /// Its machine refuses connections on its port: a doubted peer is gone.
  void refused(long now, Remote remote) {
    if (remote.verifyBy != Long.MAX_VALUE) {
      remote.verifyBy = Long.MAX_VALUE;
      lose(now, remote, remote.doubt + ", then refused");
      touch(now);
    }
  }

  /// It is no peer of the group any more, and nothing that it says is heard.
  void unheard(long now, Remote remote) {
    if (remote.alive) {
      remote.verifyBy = Long.MAX_VALUE;
      lose(now, remote, "it is no peer of this group any more");
      touch(now);
    }
  }

  void pong(Remote remote, long nonce) {
    if (remote.nonce == nonce) {
      remote.verifyBy = Long.MAX_VALUE;
    }
  }

  void left(long now, Remote remote) {
    if (!remote.left) {
      remote.left = true;
      lose(now, remote, "it left");
      touch(now);
    }
  }

  /// Leaves a peer that is heard but does not answer out of proposals for a while.
  void exclude(long now, Remote remote) {
    long pause = settings.answerTimeout().toNanos() << Math.min(remote.exclusions, 4);
    remote.exclusions++;
    remote.excludedUntil = now + pause + voice.jitter(pause / 4 + 1);
    verifyAt = Math.min(verifyAt, remote.excludedUntil);
    observer.accept(
        TraceEvent.of("SUSPECT", "peer", remote.id().toString(), "reason", "it does not answer"));
    touch(now);
  }

  /// It took part in a configuration.
  void answered(Remote remote) {
    remote.exclusions = 0;
  }

  /// When [#due] wants to be called. May be too early: who is heard meanwhile is silent later.
  long nextDeadline() {
    // Heartbeats leave in the turns of datagrams as well; this peer's own pauses must be looked for
    // whether or not they do, or it would take itself for paused and forgive the silent.
    long lookAt = started ? checkedAt + settings.heartbeatPeriod().toNanos() : Long.MAX_VALUE;
    return Math.min(Math.min(heartbeatAt, lookAt), Math.min(silenceAt, verifyAt));
  }

  /// Looks for the next deadlines of single peers.
  private void lookAhead(long now) {
    long answerBy = doubtSince + settings.verifyTimeout().toNanos();
    silenceAt = doubtSince != Long.MAX_VALUE && answerBy > now ? answerBy : Long.MAX_VALUE;
    verifyAt = Long.MAX_VALUE;
    for (Remote remote : remotes.values()) {
      if (remote.verifyBy != Long.MAX_VALUE) {
        verifyAt = Math.min(verifyAt, Math.min(remote.verifyBy, remote.askAt));
      }
      if (remote.lostJustNow) {
        verifyAt = Math.min(verifyAt, remote.lostAt + disputeNanos());
      }
      if (remote.alive) {
        silenceAt = Math.min(silenceAt, after(now, remote.heardAt + suspicionNanos()));
        long lostAt = remote.heardAt + settings.failureTimeout().toNanos();
        silenceAt = Math.min(silenceAt, after(now, lostAt));
      }
      if (remote.excludedUntil != Long.MIN_VALUE) {
        verifyAt = Math.min(verifyAt, remote.excludedUntil);
      }
    }
  }

  /// Finds who is silent.
  ///
  /// @return whether this peer itself was stopped for a while
  boolean due(long now) {
    boolean wasStopped = forgivePause(now);
    for (Remote remote : remotes.values()) {
      if (remote.verifyBy != Long.MAX_VALUE && remote.askAt <= now && now < remote.verifyBy) {
        ask(now, remote);
      }
      if (remote.verifyBy <= now) {
        remote.verifyBy = Long.MAX_VALUE;
        lose(now, remote, remote.doubt + ", then no answer");
        touch(now);
      }
      if (remote.lostJustNow && remote.lostAt + disputeNanos() <= now) {
        remote.lostJustNow = false;
        touch(now);
      }
      if (remote.excludedUntil <= now && remote.excludedUntil != Long.MIN_VALUE) {
        remote.excludedUntil = Long.MIN_VALUE;
        touch(now);
      }
    }
    findSilent(now);
    lookAhead(now);
    return wasStopped;
  }

  private static long after(long now, long time) {
    return time > now ? time : Long.MAX_VALUE;
  }

  /// Something of the graph changed; if it is whom this peer hears, it tells everybody soon.
  private void touch(long now) {
    changed = true;
    describe(now);
  }

  private void describe(long now) {
    List<Heard> present = heard();
    if (!present.equals(row)) {
      row = present;
      version++;
      announce(now);
    }
  }

  private List<Heard> heard() {
    List<Heard> heard = new ArrayList<>();
    for (Remote remote : remotes.values()) {
      if (remote.alive) {
        boolean usable = graph.isUsable(remote);
        heard.add(new Heard(remote.id(), usable, usable && chosen.contains(remote.id())));
      }
    }
    return heard;
  }

  /// Tells everybody the present status soon.
  void announce(long now) {
    heartbeatAt = Math.min(heartbeatAt, Math.max(now, lastHeartbeatAt + NEWS_PAUSE_NANOS));
  }

  /// Whether something changed since [#takeChanged].
  boolean hasChanged() {
    return changed;
  }

  /// Whether something changed since the last call.
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /// Pause between two looks at the graph. It costs the square of the peers to look, so where they
  /// are many not every change is looked at by itself.
  long lookPauseNanos() {
    return remotes.size() <= FEW_PEERS ? 0 : remotes.size() * LOOK_PAUSE_NANOS;
  }

  /// The members of the configuration that this peer should be in, sorted.
  List<PeerId> wanted() {
    return graph.wanted();
  }

  /// Tells everybody which configuration this peer wants to be in.
  void want(long now, List<PeerId> members) {
    chosen = Set.copyOf(members);
    describe(now);
  }

  /// Whether a peer and this one hear each other.
  boolean isUsable(PeerId peer) {
    return graph.isUsable(peer);
  }

  /// Until when it is worth waiting for others to find out, too, that a peer is lost. As long as
  /// they say that they hear it, it looks like a link that only some have lost, and the
  /// configuration wanted splits them off.
  ///
  /// @return a time in the past when nothing is disputed
  long disputedUntil() {
    long until = Long.MIN_VALUE;
    for (Remote lost : remotes.values()) {
      if (!lost.alive && !lost.left) {
        for (Remote other : remotes.values()) {
          if (other != lost && graph.isUsable(other) && other.works(lost.id())) {
            until = Math.max(until, lost.lostAt + disputeNanos());
          }
        }
      }
    }
    return until;
  }

  private long disputeNanos() {
    return settings.verifyTimeout().toNanos() + settings.heartbeatPeriod().toNanos();
  }

  /// A peer that was itself stopped for a while has not listened: the others get time anew.
  private boolean forgivePause(long now) {
    long late = started ? now - checkedAt - 2 * settings.heartbeatPeriod().toNanos() : 0;
    started = true;
    checkedAt = now;
    if (late <= 0) {
      return false;
    }
    long again = now - settings.failureTimeout().toNanos() / 2;
    for (Remote remote : remotes.values()) {
      remote.heardAt = Math.max(remote.heardAt, again);
      if (remote.verifyBy <= now) {
        remote.verifyBy = now + settings.verifyTimeout().toNanos();
        ask(now, remote);
      }
    }
    heartbeatAt = now;
    return true;
  }

  private void findSilent(long now) {
    List<Remote> silent = silentSince(now - settings.failureTimeout().toNanos());
    List<Remote> soon = silentSince(now - suspicionNanos());
    for (Remote remote : soon) {
      if (remote.askedAt <= remote.heardAt) {
        remote.askedAt = now; // Its heartbeats may have been lost, and the answer comes in time.
        voice.send(now, remote.id(), new Ping(0));
      }
    }
    if (soon.size() < 2 || 2 * soon.size() <= present()) {
      doubtSince = Long.MAX_VALUE;
    } else {
      if (doubtSince == Long.MAX_VALUE) {
        doubtSince = now;
      }
      if (now - doubtSince < settings.verifyTimeout().toNanos()) {
        return;
      }
    }
    if (silent.isEmpty()) {
      return;
    }
    for (Remote remote : silent) {
      lose(now, remote, "silent for " + settings.failureTimeout().toMillis() + " ms");
    }
    touch(now);
  }

  private int present() {
    return (int) remotes.values().stream().filter(remote -> remote.alive).count();
  }

  private List<Remote> silentSince(long time) {
    return remotes.values().stream()
        .filter(remote -> remote.alive && remote.heardAt <= time)
        .toList();
  }

  /// Silence after which peers are asked if they are many: early enough for an answer before the
  /// failure timeout is over.
  private long suspicionNanos() {
    long failure = settings.failureTimeout().toNanos();
    return Math.max(failure - settings.verifyTimeout().toNanos(), failure / 2);
  }

  private void lose(long now, Remote remote, String reason) {
    if (remote.alive) {
      remote.alive = false;
      remote.lostAt = now;
      remote.lostJustNow = true;
      verifyAt = Math.min(verifyAt, now + disputeNanos());
      suspicions++;
      observer.accept(TraceEvent.of("SUSPECT", "peer", remote.id().toString(), "reason", reason));
    }
    changed = true;
  }

  /// Ends a turn: sends the heartbeat that is due. Only now, so that whom this peer hears and whom
  /// it wants are of one moment.
  void speak(long now, Status status) {
    if (heartbeatAt > now) {
      return;
    }
    Heartbeat heartbeat =
        new Heartbeat(
            ++sequence, status.highestNumber(), status.installed(), status.frozen(), version, row);
    for (Remote remote : remotes.values()) {
      if (!remote.left) {
        voice.send(now, remote.id(), heartbeat);
      }
    }
    lastHeartbeatAt = now;
    long period = settings.heartbeatPeriod().toNanos();
    heartbeatAt = now + period - voice.jitter(period / 8 + 1);
  }
}
