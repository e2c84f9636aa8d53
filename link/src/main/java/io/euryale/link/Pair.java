package io.euryale.link;

import javax.crypto.Mac;

/// An own static key and one of a peer, and what follows from these two alone. Kept, so that the
/// first look at a handshake costs one HMAC.
///
/// @param secret what both keys share
/// @param out authenticates what is sent
/// @param in authenticates what is received
@SuppressWarnings("ArrayRecordComponent")
record Pair(StaticKey own, PeerKey remote, byte[] secret, Mac out, Mac in) {

  static Pair of(StaticKey own, PeerKey remote) {
    byte[] secret = Crypto.agree(own.key(), remote.key());
    if (secret == null) {
      // A key that keeps no secret must authenticate nothing, and cannot: nobody knows this one.
      secret = Crypto.hash(own.publicKey().bytes(), own.scalar());
    }
    byte[] mine = own.publicKey().bytes();
    byte[] theirs = remote.bytes();
    return new Pair(own, remote, secret, mac(secret, mine, theirs), mac(secret, theirs, mine));
  }

  private static Mac mac(byte[] secret, byte[] sender, byte[] receiver) {
    return Crypto.mac(
        Crypto.derive(
            new byte[0], "euryale link 1 mac", Crypto.KEY_BYTES, secret, sender, receiver));
  }
}
