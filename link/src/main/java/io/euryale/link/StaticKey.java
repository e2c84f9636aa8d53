package io.euryale.link;

import java.security.PrivateKey;
import java.util.Base64;

/// A peer's own key: the private half, which never leaves its machine, and the public one.
public final class StaticKey {

  private final byte[] scalar;
  private final PrivateKey key;
  private final PeerKey publicKey;

  private StaticKey(byte[] scalar) {
    this.scalar = scalar;
    this.key = Crypto.privateKey(scalar);
    this.publicKey = new PeerKey(Crypto.publicBytes(key));
  }

  /// A key from randomness fit for keys.
  ///
  /// @param random 32 bytes, copied
  public static StaticKey of(byte[] random) {
    if (random.length != Crypto.KEY_BYTES) {
      throw new IllegalArgumentException("A private key is made of 32 random bytes");
    }
    return new StaticKey(random.clone());
  }

  /// Reads the text form of the private half. The text is never part of an error.
  ///
  /// @throws IllegalArgumentException when it is not 32 bytes in Base64
  public static StaticKey parse(String text) {
    return new StaticKey(PeerKey.decode(text, "private"));
  }

  /// What the others need.
  public PeerKey publicKey() {
    return publicKey;
  }

  /// The text form of the private half, for a file that only its owner may read.
  public String secretText() {
    return Base64.getEncoder().encodeToString(scalar);
  }

  byte[] scalar() {
    return scalar.clone();
  }

  PrivateKey key() {
    return key;
  }

  /// Names the public half only.
  @Override
  public String toString() {
    return "private half of " + publicKey;
  }
}
