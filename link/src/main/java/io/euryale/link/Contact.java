package io.euryale.link;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What [Handshakes] knows about one peer, and how far it has got with it.
final class Contact {

  /// Handshakes that a peer may save up, in seconds' worth.
  private static final int BURST_SECONDS = 2;

  /// Messages after which a crossing handshake of the other side is welcome: perhaps ours cannot
  /// get through.
  private static final int CROSSED_MESSAGES = 2;

  /// A handshake begun here that waits for the second message.
  static final class Begun {
    final Scheme.Initiation initiation;
    final Endpoint endpoint;
    final long deadlineNanos;
    long repeatNanos;
    int sent;

    Begun(Scheme.Initiation initiation, Endpoint endpoint, long deadlineNanos) {
      this.initiation = initiation;
      this.endpoint = endpoint;
      this.deadlineNanos = deadlineNanos;
    }
  }

  /// A handshake begun here that has its keys and waits for the other side to confirm.
  static final class Confirming {
    final SessionKeys keys;
    final long deadlineNanos;
    long repeatNanos;
    long pauseNanos;

    Confirming(SessionKeys keys, long nowNanos, long pauseNanos, long deadlineNanos) {
      this.keys = keys;
      this.deadlineNanos = deadlineNanos;
      this.pauseNanos = pauseNanos;
      this.repeatNanos = nowNanos + pauseNanos;
    }
  }

  /// A handshake begun by the peer and answered, half-open until the peer confirms.
  record Answered(SessionKeys keys, int remoteIndex, ByteBuffer datagram, long deadlineNanos) {}

  final PeerName name;

  /// Whether this side is to keep a session.
  boolean wanted;

  /// Where the peer was said to listen, by the caller or by itself.
  @Nullable Endpoint endpoint;

  @Nullable Begun begun;
  @Nullable Confirming confirming;
  @Nullable Answered answered;

  @Nullable SessionKeys current;
  long currentSinceNanos;
  boolean renew;

  /// When the next handshake may begin, and the pause that follows it when nobody answers.
  long nextNanos;

  long pauseNanos;
  int way;

  /// Highest life of the peer that proved itself, and its highest handshake.
  long incarnation;

  long attempt;
  long epoch;

  /// When the peer's handshakes would be paid off at the allowed rate.
  private long allowedNanos = Long.MIN_VALUE;

  Contact(PeerName name) {
    this.name = name;
  }

  /// Why a first message of this peer is not looked at further, or null; takes one handshake from
  /// the peer's allowance then.
  @Nullable Rejection refuses(
      long nowNanos, Scheme.Claim claim, PeerName self, LinkSettings settings) {
    if (claim.incarnation() < incarnation) {
      return Rejection.OLD_INCARNATION;
    }
    if (claim.incarnation() == incarnation && claim.attempt() <= attempt) {
      return Rejection.REPLAYED;
    }
    // Of two handshakes that cross, the one begun by the first name goes on.
    if (begun != null && begun.sent <= CROSSED_MESSAGES && self.compareTo(name) < 0) {
      return Rejection.CROSSED;
    }
    long interval = 1_000_000_000L / settings.handshakesPerSecond();
    long saved = interval * settings.handshakesPerSecond() * BURST_SECONDS;
    long base = Math.max(allowedNanos, nowNanos - saved);
    if (base + interval > nowNanos) {
      return Rejection.RATE_LIMITED;
    }
    allowedNanos = base + interval;
    return null;
  }

  /// The peer has answered a handshake begun here.
  void agreed(PeerRef remote, long withEpoch) {
    if (remote.id().incarnation() > incarnation) {
      incarnation = remote.id().incarnation();
      attempt = 0;
    }
    endpoint = remote.endpoint();
    epoch = Math.max(epoch, withEpoch);
  }

  /// Both sides have these keys.
  void established(long nowNanos, SessionKeys keys, LinkSettings settings) {
    SessionKeys former = current;
    if (former == null || keys.isAfter(former)) {
      current = keys;
      currentSinceNanos = nowNanos;
    }
    endpoint = keys.remote().endpoint();
    renew = false;
    way = 0;
    pauseNanos = settings.handshakeRetry().toNanos();
    nextNanos = nowNanos + pauseNanos;
  }

  /// When something is to be done about this peer.
  ///
  /// @param heardNanos when a packet of it was opened last
  long deadline(LinkSettings settings, long heardNanos) {
    long deadline = isIdle() ? beginNanos(settings, heardNanos) : Long.MAX_VALUE;
    if (answered != null) {
      deadline = Math.min(deadline, answered.deadlineNanos());
    }
    if (confirming != null) {
      deadline = Math.min(deadline, Math.min(confirming.repeatNanos, confirming.deadlineNanos));
    }
    if (begun != null) {
      deadline = Math.min(deadline, Math.min(begun.repeatNanos, begun.deadlineNanos));
    }
    return current == null ? deadline : Math.min(deadline, endNanos(settings));
  }

  /// When the present session is of no use any more.
  long endNanos(LinkSettings settings) {
    return currentSinceNanos + 2 * settings.rekeyPeriod().toNanos();
  }

  /// When a handshake is to begin, if none is going on; in the past when there is nothing to keep
  /// this entry for.
  long beginNanos(LinkSettings settings, long heardNanos) {
    if (current == null) {
      return wanted ? nextNanos : Long.MIN_VALUE;
    }
    if (renew) {
      return nextNanos;
    }
    // Both sides count; the responder leaves the renewal to the initiator unless it is late.
    long period = settings.rekeyPeriod().toNanos();
    long due = currentSinceNanos + (current.initiator() ? period - period / 10 : period);
    if (wanted) {
      due = Math.min(due, heardNanos + settings.silence().toNanos());
    }
    return Math.max(due, nextNanos);
  }

  boolean isHalfOpen() {
    return answered != null && current == null;
  }

  boolean isIdle() {
    return begun == null && confirming == null && answered == null;
  }

  @Nullable PeerRef remote() {
    return current == null ? null : current.remote();
  }
}
