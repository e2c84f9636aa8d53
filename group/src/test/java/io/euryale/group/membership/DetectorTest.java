package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.membership.MemberMessage.Heard;
import io.euryale.group.membership.MemberMessage.Heartbeat;
import io.euryale.group.membership.MemberMessage.Ping;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Failure detection with hand-made time.
final class DetectorTest {

  private static final long MILLI = 1_000_000;
  private static final PeerId SELF = PeerId.of("b", 1);
  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final PeerId D = PeerId.of("d", 1);
  private static final MembershipSettings SETTINGS = MembershipSettings.standard();

  private final List<String> said = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final Ear ear = new Ear();
  private final Detector detector =
      new Detector(SETTINGS, SELF, ear, MembershipRules.SOUND, this::event);
  private long now = 1_000 * MILLI;
  private long beat;

  private final class Ear implements Voice {
    long nonce;

    @Override
    public void send(long at, PeerId to, MemberMessage message) {
      said.add(message.getClass().getSimpleName() + " to " + to.name());
      if (message instanceof Ping ping) {
        nonce = ping.nonce();
      }
    }

    @Override
    public long jitter(long bound) {
      return Math.min(7, bound - 1);
    }
  }

  private void event(TraceEvent event) {
    events.add(event.event());
  }

  private Remote meet(PeerId peer) {
    detector.reachable(now, new PeerRef(peer, Endpoint.contact("host", 4_000)));
    return Objects.requireNonNull(detector.find(peer));
  }

  /// A heartbeat of a peer that hears these both ways.
  private void beat(PeerId peer, PeerId... hears) {
    Remote remote = Objects.requireNonNull(detector.find(peer));
    List<Heard> heard = new ArrayList<>();
    for (PeerId each : hears) {
      heard.add(new Heard(each, true, true));
    }
    detector.heard(now, remote);
    beat++;
    detector.heartbeat(now, remote, new Heartbeat(beat, 0, 0, false, beat, heard));
  }

  private void tick() {
    detector.due(now);
    detector.speak(now, new Detector.Status(0, 0, false));
    assertThat(detector.nextDeadline()).as("not due again at once").isGreaterThan(now);
  }

  /// Lets time pass in steps of a heartbeat, in which these peers are heard.
  private void pass(long millis, PeerId... heard) {
    long until = now + millis * MILLI;
    while (now < until) {
      now = Math.min(until, Math.min(detector.nextDeadline(), now + 50 * MILLI));
      for (PeerId peer : heard) {
        detector.heard(now, Objects.requireNonNull(detector.find(peer)));
      }
      tick();
    }
  }

  private void together(PeerId... peers) {
    PeerId[] all = java.util.Arrays.copyOf(peers, peers.length + 1);
    all[peers.length] = SELF;
    for (PeerId peer : peers) {
      meet(peer);
      beat(peer, all);
    }
    tick();
  }

  @Test
  void whoHearsThisPeerIsWantedAndWhoDoesNotIsNot() {
    meet(A);
    beat(A);
    assertThat(detector.wanted()).containsExactly(SELF);
    beat(A, SELF);
    assertThat(detector.wanted()).containsExactly(A, SELF);
  }

  @Test
  void aSessionAloneIsNoPresence() {
    Remote remote = meet(A);
    detector.heard(now, remote);
    assertThat(remote.alive).isFalse();
    assertThat(detector.wanted()).containsExactly(SELF);
  }

  @Test
  void twoPeersThatDoNotHearEachOtherAreNotBothWanted() {
    meet(A);
    meet(C);
    beat(A, SELF);
    beat(C, SELF);
    assertThat(detector.wanted()).containsExactly(A, SELF);
    beat(A, SELF, C);
    assertThat(detector.wanted()).as("one-way").containsExactly(A, SELF);
    beat(C, SELF, A);
    assertThat(detector.wanted()).containsExactly(A, SELF, C);
  }

  @Test
  void silenceForTheTimeoutIsALossAndNotBefore() {
    together(A, C, D);
    pass(799, C, D);
    assertThat(detector.wanted()).contains(A);
    pass(2, C, D);
    assertThat(detector.wanted()).doesNotContain(A);
    assertThat(detector.suspicions()).isEqualTo(1);
    assertThat(events).containsOnlyOnce("SUSPECT");
  }

  @Test
  void heartbeatsThatLeaveInTheTurnsOfDatagramsDoNotHideASilence() {
    together(A, C, D);
    for (int i = 0; i < 810; i++) {
      now += MILLI;
      detector.heard(now, Objects.requireNonNull(detector.find(C)));
      detector.heard(now, Objects.requireNonNull(detector.find(D)));
      detector.speak(now, new Detector.Status(0, 0, false));
      if (detector.nextDeadline() <= now) {
        tick();
      }
    }
    assertThat(detector.wanted()).doesNotContain(A);
  }

  @Test
  void whoFindsMostSilentDistrustsItselfAndAsksAgainFirst() {
    together(A, C, D);
    said.clear();
    pass(774, D);
    assertThat(said).doesNotContain("Ping to a", "Ping to c");
    pass(2, D);
    assertThat(said).contains("Ping to a", "Ping to c");
    assertThat(detector.wanted()).contains(A, C);
    detector.heard(now, Objects.requireNonNull(detector.find(A)));
    detector.heard(now, Objects.requireNonNull(detector.find(C)));
    pass(200, A, C, D);
    assertThat(detector.wanted()).contains(A, C);
    assertThat(detector.suspicions()).isZero();
  }

  @Test
  void whoIsAboutToBeMissedIsAskedOnce() {
    together(A, C, D);
    said.clear();
    pass(774, C, D);
    assertThat(said).doesNotContain("Ping to a");
    pass(24, C, D);
    assertThat(said).containsOnlyOnce("Ping to a").doesNotContain("Ping to c");
    detector.heard(now, Objects.requireNonNull(detector.find(A)));
    pass(774, C, D);
    assertThat(detector.suspicions()).isZero();
    pass(2, C, D);
    assertThat(said.stream().filter("Ping to a"::equals)).as("silent again").hasSize(2);
  }

  @Test
  void whoseSessionIsOverIsForgotten() {
    together(A, C);
    detector.forget(now, A.name());
    assertThat(detector.remotes()).extracting(Remote::id).containsExactly(C);
    beat(C, SELF);
    assertThat(detector.wanted()).containsExactly(SELF, C);
    said.clear();
    pass(1_000, C);
    assertThat(said).doesNotContain("Heartbeat to a").contains("Heartbeat to c");
    meet(A);
    beat(A, SELF, C);
    beat(C, SELF, A);
    assertThat(detector.wanted()).contains(A);
  }

  @Test
  void silenceThatLastsBeyondThatQuestionIsALossInTime() {
    together(A, C, D);
    pass(799, D);
    assertThat(detector.wanted()).contains(A, C);
    pass(2, D);
    beat(D, SELF);
    assertThat(detector.wanted()).containsExactly(SELF, D);
    assertThat(detector.suspicions()).isEqualTo(2);
  }

  @Test
  void mostPeersAreNotLostBeforeTheyHadTimeToAnswer() {
    together(A, C, D);
    pass(700, D);
    now += 110 * MILLI; // Too short to count as a pause of this peer.
    detector.heard(now, Objects.requireNonNull(detector.find(D)));
    tick();
    assertThat(said).contains("Ping to a", "Ping to c");
    assertThat(detector.suspicions()).isZero();
    pass(24, D);
    assertThat(detector.suspicions()).isZero();
    pass(2, D);
    assertThat(detector.suspicions()).isEqualTo(2);
  }

  @Test
  void aPauseOfOneselfIsForgiven() {
    together(A, C, D);
    now += 5_000 * MILLI;
    tick();
    assertThat(detector.wanted()).contains(A, C, D);
    pass(500, A, C, D);
    assertThat(detector.suspicions()).isZero();
  }

  @Test
  void aBrokenConnectionIsALossUnlessThePeerAnswersInOneRound() {
    together(A, C, D);
    Remote a = Objects.requireNonNull(detector.find(A));
    Remote c = Objects.requireNonNull(detector.find(C));
    detector.doubt(now, a, "reset");
    long asked = ear.nonce;
    detector.doubt(now, c, "reset");
    assertThat(said).contains("Ping to a", "Ping to c");
    detector.pong(a, asked + 1);
    detector.pong(c, ear.nonce);
    pass(41, A, C, D);
    beat(C, SELF, D);
    beat(D, SELF, C);
    assertThat(detector.wanted()).containsExactly(SELF, C, D);
  }

  @Test
  void aDoubtedPeerWhoseMachineRefusesIsGoneAtOnce() {
    together(A, C);
    Remote a = Objects.requireNonNull(detector.find(A));
    detector.refused(now, a);
    assertThat(a.alive).as("nobody doubts it").isTrue();
    detector.doubt(now, a, "reset");
    detector.refused(now, a);
    assertThat(a.alive).isFalse();
    beat(C, SELF);
    assertThat(detector.wanted()).containsExactly(SELF, C);
  }

  @Test
  void whoLeftIsNotTakenBackInThisLife() {
    together(A, C);
    detector.left(now, Objects.requireNonNull(detector.find(A)));
    assertThat(detector.wanted()).doesNotContain(A);
    beat(A, SELF, C);
    assertThat(detector.wanted()).doesNotContain(A);
    PeerId next = PeerId.of("a", 2);
    meet(next);
    beat(next, SELF, C);
    beat(C, SELF, next);
    assertThat(detector.wanted()).contains(next);
  }

  @Test
  void aLostPeerComesBackWithItsNextHeartbeatAndNotWithAnOldOne() {
    together(A, C, D);
    pass(801, C, D);
    assertThat(detector.wanted()).doesNotContain(A);
    Remote a = Objects.requireNonNull(detector.find(A));
    detector.heard(now, a);
    detector.heartbeat(now, a, new Heartbeat(1, 0, 0, false, 9, List.of()));
    assertThat(a.alive).isFalse();
    beat(A, SELF, C, D);
    assertThat(detector.wanted()).contains(A);
  }

  @Test
  void anEarlierLifeIsNotLookedAtAnyMore() {
    meet(PeerId.of("a", 5));
    detector.reachable(now, new PeerRef(PeerId.of("a", 4), Endpoint.contact("host", 4_000)));
    assertThat(detector.find(PeerId.of("a", 4))).isNull();
    assertThat(detector.find(PeerId.of("a", 5))).isNotNull();
  }

  @Test
  void whoDoesNotAnswerProposalsIsLeftOutForLongerAndLonger() {
    together(A, C, D);
    Remote a = Objects.requireNonNull(detector.find(A));
    long last = 0;
    for (int i = 0; i < 4; i++) {
      detector.exclude(now, a);
      long began = now;
      assertThat(detector.wanted()).doesNotContain(A);
      while (!detector.wanted().contains(A)) {
        pass(50, A, C, D);
      }
      assertThat(now - began).isGreaterThan(last);
      last = now - began;
    }
    detector.answered(a);
    assertThat(a.exclusions).isZero();
  }

  @Test
  void aHeartbeatGoesToEverybodyInEveryPeriod() {
    together(A, C);
    said.clear();
    pass(1_000, A, C);
    assertThat(said.stream().filter(s -> s.equals("Heartbeat to a")).count()).isBetween(9L, 13L);
  }

  @Test
  void manyMadeUpPeersInAHeartbeatChangeNothing() {
    together(A, C);
    PeerId[] madeUp = new PeerId[1_000];
    for (int i = 0; i < madeUp.length; i++) {
      madeUp[i] = PeerId.of("a-" + i, 1);
    }
    beat(C, madeUp);
    assertThat(detector.wanted()).contains(SELF).doesNotContain(madeUp);
  }
}
