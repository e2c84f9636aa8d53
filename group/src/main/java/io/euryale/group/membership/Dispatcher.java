package io.euryale.group.membership;

import io.euryale.group.membership.MemberMessage.Heartbeat;
import io.euryale.group.order.Ordering;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.wire.Decoded;
import java.nio.ByteBuffer;

/// Takes what peers say on the control class, passes over what no member would say, and hands the
/// rest to whom it concerns.
final class Dispatcher {

  private static final int ORDER = 128;

  /// How far beyond all known numbers of configurations a number may be: newcomers meet old groups.
  private static final long LONGEST_LEAP = 1L << 40;

  private final MemberVoice voice;
  private final Detector detector;
  private final Coordination coordination;
  private final Acceptance acceptance;
  private final Ordering ordering;
  private final MemberCounters counters = new MemberCounters();

  Dispatcher(
      MemberVoice voice,
      Detector detector,
      Coordination coordination,
      Acceptance acceptance,
      Ordering ordering) {
    this.voice = voice;
    this.detector = detector;
    this.coordination = coordination;
    this.acceptance = acceptance;
    this.ordering = ordering;
  }

  MemberCounters counters() {
    return counters;
  }

  /// A datagram of a peer was opened.
  ///
  /// @param isHeard whether the peer is one of this group
  void datagram(long now, PeerId peer, boolean isHeard, ByteBuffer body) {
    Remote remote = isHeard ? detector.find(peer) : null;
    if (remote == null) {
      counters.stranger++;
      return;
    }
    detector.heard(now, remote);
    body(now, remote, body);
  }

  /// Hands out what this peer said to itself. It ends: an answer to oneself belongs to a later
  /// phase of the attempt, and no answer begins another attempt; that waits for the turn's end.
  void toSelf(long now) {
    voice.drain((from, message) -> message(now, from, message));
  }

  private void body(long now, Remote remote, ByteBuffer body) {
    if (!body.hasRemaining()) {
      counters.malformed++;
      return;
    }
    int type = body.get(body.position()) & 0xFF;
    if (type == ORDER) {
      ordering.datagram(now, remote.id(), body);
      return;
    }
    switch (voice.decode(now, remote.id(), body)) {
      case Decoded.Ok<MemberMessage>(MemberMessage message) -> {
        if (voice.hasMoreFields()) {
          counters.skippedFields++;
        }
        if (isPlausible(remote.id(), message)) {
          message(now, remote.id(), message);
        } else {
          counters.implausible++;
        }
      }
      case Decoded.Unknown<MemberMessage>(int unknown) -> {
        if (unknown != MemberVoice.PIECE) {
          counters.unknown++;
        }
      }
      case Decoded.Malformed<MemberMessage> _ -> counters.malformed++;
    }
  }

  /// Whether a member may say this. Numbers only grow, and whoever follows one cannot go back: one
  /// far beyond all others is not followed. Only who coordinates an attempt leads it on.
  private boolean isPlausible(PeerId from, MemberMessage message) {
    long highest = coordination.highestNumber();
    return switch (message) {
      case Heartbeat m -> m.highestNumber() - highest <= LONGEST_LEAP;
      case MemberMessage.Propose m -> m.id().number() - highest <= LONGEST_LEAP;
      case MemberMessage.Refuse m -> m.promised() - highest <= LONGEST_LEAP;
      case MemberMessage.Commit m -> m.id().coordinator().equals(from) && acceptance.isPlausible(m);
      case MemberMessage.Install m -> m.id().coordinator().equals(from);
      case MemberMessage.Enter m -> m.id().coordinator().equals(from);
      default -> true;
    };
  }

  private void message(long now, PeerId from, MemberMessage message) {
    Remote remote = detector.find(from);
    if (!(message instanceof Heartbeat)) {
      coordination.reconsider();
    }
    switch (message) {
      case Heartbeat m -> {
        if (remote != null && detector.heartbeat(now, remote, m)) {
          coordination.reconsider();
        }
        coordination.heartbeat(from, m);
      }
      case MemberMessage.Ping m -> voice.send(now, from, new MemberMessage.Pong(m.nonce()));
      case MemberMessage.Pong m -> {
        if (remote != null) {
          detector.pong(remote, m.nonce());
        }
      }
      case MemberMessage.Propose m -> {
        coordination.know(m.id().number());
        acceptance.propose(now, from, m);
      }
      case MemberMessage.Accept m -> coordination.accept(now, from, m);
      case MemberMessage.Refuse m -> coordination.refuse(now, from, m);
      case MemberMessage.Commit m -> acceptance.commit(now, m);
      case MemberMessage.Recovered m -> coordination.recovered(now, from, m);
      case MemberMessage.Install m -> acceptance.install(now, m);
      case MemberMessage.Left m -> coordination.left(now, from, m);
      case MemberMessage.Enter m -> acceptance.enter(now, m);
      case MemberMessage.Leave _ -> {
        if (remote != null) {
          detector.left(now, remote);
        }
      }
    }
  }
}
