package io.euryale.link;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What [Handshakes] knows about one peer, and how far it has got with it.
final class Contact {

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

  /// Takes one handshake from the peer's allowance, of which it may save up `burst`.
  boolean allow(long nowNanos, long intervalNanos, int burst) {
    long base = Math.max(allowedNanos, nowNanos - burst * intervalNanos);
    if (base + intervalNanos > nowNanos) {
      return false;
    }
    allowedNanos = base + intervalNanos;
    return true;
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
