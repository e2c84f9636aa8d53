package io.euryale.link;

import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;

/// How the two messages of a handshake are protected: [KeyedScheme] or [PlainScheme]. No state of
/// a handshake is in here, only in the values passed.
///
/// After the header of [Envelope], both messages have
///
/// | bytes   | field         | since | meaning                                                  |
/// |---------|---------------|-------|----------------------------------------------------------|
/// | 4       | index         | 1     | that the sender chose for the session                    |
/// | 8       | incarnation   | 1     | of the sender                                            |
/// | 8       | sender's key  | 1     | with keys only: names the sender's static key            |
/// | 8       | receiver's key| 1     | with keys only: names the receiver's static key          |
/// | 32      | ephemeral     | 1     | with keys only: a public key for this handshake          |
/// | n       | greeting      | 1     | [Greeting], with keys encrypted, 16 bytes longer         |
/// | 16 or 4 | tag           | 1     | HMAC-SHA-256 of all before, cut off; CRC32C without keys |
///
/// The HMAC's key comes from the static keys of the pair alone. It proves little, but costs no
/// agreement of keys, so that garbage is cheap to reject; the greeting's encryption is the proof.
/// The records carry key material from one step to the next and are never compared.
@SuppressWarnings("ArrayRecordComponent")
sealed interface Scheme permits KeyedScheme, PlainScheme {

  /// A value, or why there is none.
  sealed interface Outcome<T> {
    record Is<T>(T value) implements Outcome<T> {}

    record No<T>(Rejection reason) implements Outcome<T> {}
  }

  /// A handshake that this side began.
  ///
  /// @param datagram the first message, to be repeated as it is
  record Initiation(
      PeerName peer,
      int localIndex,
      long attempt,
      ByteBuffer datagram,
      @Nullable Pair pair,
      @Nullable PrivateKey ephemeral,
      byte[] chain,
      byte[] hash) {}

  /// What a first message claims, before the costly part of its proof.
  record Claim(PeerName peer, int index, long incarnation, long attempt, @Nullable Pair pair) {}

  /// A first message that was opened.
  record Introduction(
      Claim claim, Greeting greeting, byte[] ephemeral, byte[] chain, byte[] hash) {}

  /// What a handshake agreed upon.
  ///
  /// @param datagram at the responder the second message
  /// @param secret null without keys
  record Agreement(
      Greeting greeting,
      int remoteIndex,
      ByteBuffer datagram,
      byte @Nullable [] secret,
      @Nullable Pair pair) {

    long ownKey() {
      return pair == null ? 0 : pair.own().publicKey().id();
    }

    long remoteKey() {
      return pair == null ? 0 : pair.remote().id();
    }
  }

  boolean isKeyed();

  /// How many pairs of static keys can be tried with a peer; 0 when it is not known.
  int ways(PeerName peer);

  /// The first message.
  ///
  /// @param way which pair, from 0 to `ways`, the preferred one first
  Initiation first(PeerName peer, int way, int localIndex, long attempt, Greeting greeting);

  /// The cheap part of reading a first message whose header was checked.
  Outcome<Claim> claim(ByteBuffer datagram);

  /// The costly part of reading a first message.
  Outcome<Introduction> introduction(Claim claim, ByteBuffer datagram);

  /// The second message and what it agrees upon.
  Agreement second(Introduction introduction, int localIndex, Greeting greeting);

  /// Reads a second message that answers `initiation`.
  Outcome<Agreement> agreement(Initiation initiation, ByteBuffer datagram);
}
