package io.euryale.link;

/// Why bytes that arrived, or a datagram to be sent, went no further. Each is counted in
/// [LinkCounters]; none changes anything else. New reasons are added at the end.
public enum Rejection {
  /// Shorter than its header and tag.
  TOO_SHORT,
  /// Longer than any datagram.
  TOO_LONG,
  /// A kind of datagram that this version does not know, or one that came to the wrong place.
  UNKNOWN_KIND,
  /// A version of the envelope that this version does not speak.
  UNKNOWN_VERSION,
  /// Without keys, where keys are required, or with keys where there are none.
  WRONG_MODE,
  /// No session here has this index: a stranger, a life before this one, or long expired.
  UNKNOWN_SESSION,
  /// A session that was replaced, and the overlap is over, or one used far beyond its life.
  EXPIRED_SESSION,
  /// A packet number that no sender uses.
  BAD_NUMBER,
  /// The packet number was seen before, or is so old that nobody can tell.
  REPLAYED,
  /// The tag or the checksum does not fit: damaged, forged, or sealed under other keys.
  NOT_AUTHENTIC,
  /// A handshake under keys that are not in the keyring.
  UNKNOWN_KEY,
  /// A handshake whose contents are malformed.
  MALFORMED,
  /// A handshake that names somebody other than the owner of its key, or another receiver.
  WRONG_NAME,
  /// A handshake that came from this peer itself.
  OWN_NAME,
  /// A handshake of another overlay.
  OTHER_OVERLAY,
  /// A handshake that shares no version with this peer.
  NO_COMMON_VERSION,
  /// A handshake of a life of a peer that has had a later one.
  OLD_INCARNATION,
  /// More handshakes of one peer than allowed in a time.
  RATE_LIMITED,
  /// More half-open handshakes, or more peers, than allowed.
  TOO_MANY,
  /// Both sides began a handshake at once, and the other one is carried on.
  CROSSED,
  /// A handshake that ran out of time.
  TIMED_OUT,
  /// A datagram was to be sent to a peer without a session.
  NO_SESSION,
  /// A datagram was to be sent that is longer than any datagram.
  BODY_TOO_LONG,
  /// A piece of a message that contradicts other pieces, or is malformed.
  BAD_FRAGMENT,
  /// A piece of a message that is here already.
  DUPLICATE_FRAGMENT,
  /// A piece of a message was dropped because its sender has too many or too large unfinished ones.
  REASSEMBLY_FULL,
  /// An unfinished message was dropped because its rest did not come in time.
  REASSEMBLY_TIMED_OUT
}
