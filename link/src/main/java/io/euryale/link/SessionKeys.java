package io.euryale.link;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import org.jspecify.annotations.Nullable;

/// What a handshake agreed upon: everything that a traffic class needs to talk to one life of a
/// peer. Immutable; made by the control core and handed to the cores of the classes.
///
/// Every class and direction has a key of its own, derived from the handshake's secret by label, so
/// that no class can be made to take another's packets.
public final class SessionKeys {

  private final PeerRef remote;
  private final PeerId local;
  private final boolean initiator;
  private final int localIndex;
  private final int remoteIndex;
  private final long epoch;
  private final byte @Nullable [] secret;
  private final long ownKey;
  private final long remoteKey;

  /// @param secret 32 bytes, or null where there are no keys
  SessionKeys(
      PeerRef remote,
      PeerId local,
      boolean initiator,
      int localIndex,
      int remoteIndex,
      long epoch,
      byte @Nullable [] secret,
      long ownKey,
      long remoteKey) {
    this.remote = remote;
    this.local = local;
    this.initiator = initiator;
    this.localIndex = localIndex;
    this.remoteIndex = remoteIndex;
    this.epoch = epoch;
    this.secret = secret;
    this.ownKey = ownKey;
    this.remoteKey = remoteKey;
  }

  /// Who is at the other end, and where it listens; proved where there are keys.
  public PeerRef remote() {
    return remote;
  }

  public PeerId peer() {
    return remote.id();
  }

  /// Whether this side began the handshake.
  public boolean initiator() {
    return initiator;
  }

  /// Whether packets are encrypted and authenticated; else only checksummed.
  public boolean isKeyed() {
    return secret != null;
  }

  int localIndex() {
    return localIndex;
  }

  int remoteIndex() {
    return remoteIndex;
  }

  long epoch() {
    return epoch;
  }

  long ownKey() {
    return ownKey;
  }

  long remoteKey() {
    return remoteKey;
  }

  /// Both sides of a link put its sessions in the same order, and send under the last one. Crossed
  /// handshakes have the same epoch; then the one begun by the first name counts more.
  boolean isAfter(SessionKeys other) {
    long life = peer().incarnation();
    long otherLife = other.peer().incarnation();
    if (life != otherLife) {
      return life > otherLife;
    }
    return epoch != other.epoch
        ? epoch > other.epoch
        : begunByFirstName() && !other.begunByFirstName();
  }

  private boolean begunByFirstName() {
    return initiator == (local.name().compareTo(remote.name()) < 0);
  }

  /// The two directions of one class.
  Session session(TrafficClass trafficClass) {
    return new Session(this, trafficClass);
  }

  byte @Nullable [] secret() {
    return secret;
  }

  /// Names the session without its secret.
  @Override
  public String toString() {
    return "session "
        + Integer.toHexString(localIndex)
        + " with "
        + remote.id()
        + (isKeyed() ? "" : " without keys");
  }
}
