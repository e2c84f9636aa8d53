package io.euryale.link;

import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The public half of a peer's key, as it stands in the settings of all others.
public final class PeerKey {

  private final byte[] bytes;
  private final PublicKey key;
  private final long id;

  PeerKey(byte[] bytes) {
    this.bytes = bytes;
    this.key = Crypto.publicKey(bytes);
    this.id = ByteBuffer.wrap(Crypto.hash(bytes)).getLong();
  }

  /// Reads the text form.
  ///
  /// @throws IllegalArgumentException when it is not 32 bytes in Base64, or not fit for a key
  public static PeerKey parse(String text) {
    PeerKey key = new PeerKey(decode(text, "public"));
    if (!key.keepsSecret()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a public key that can keep a secret: copy the peer's own again");
    }
    return key;
  }

  /// A key from its bytes as they came over a wire.
  ///
  /// @param bytes 32, copied
  /// @return null when they are not fit for a key: not 32, or one of the few that keep no secret
  public static @Nullable PeerKey of(byte[] bytes) {
    if (bytes.length != Crypto.KEY_BYTES) {
      return null;
    }
    PeerKey key = new PeerKey(bytes.clone());
    return key.keepsSecret() ? key : null;
  }

  private boolean keepsSecret() {
    return Crypto.agree(Crypto.privateKey(new byte[Crypto.KEY_BYTES]), key) != null;
  }

  static byte[] decode(String text, String half) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length != Crypto.KEY_BYTES) {
      throw new IllegalArgumentException("A " + half + " key is 32 bytes in Base64, 44 characters");
    }
    return bytes;
  }

  PublicKey key() {
    return key;
  }

  /// The 32 bytes of the key, a copy.
  public byte[] bytes() {
    return bytes.clone();
  }

  /// Whether these are the bytes of this key.
  public boolean is(byte[] other) {
    return Arrays.equals(bytes, other);
  }

  /// Names the key on the wire: the first bytes of its hash.
  long id() {
    return id;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// The text form, 44 characters of Base64.
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
