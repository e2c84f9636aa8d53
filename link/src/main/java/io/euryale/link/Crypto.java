package io.euryale.link;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The four primitives of links: X25519, HKDF-SHA-256, HMAC-SHA-256 and AES-256-GCM, from the JDK
/// and with given randomness only. A JDK without them cannot run keyed links, and says so.
final class Crypto {

  static final int KEY_BYTES = 32;
  static final int TAG_BYTES = 16;

  private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

  private Crypto() {}

  static PrivateKey privateKey(byte[] scalar) {
    try {
      return KeyFactory.getInstance("X25519")
          .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar));
    } catch (NoSuchAlgorithmException | InvalidKeySpecException e) {
      throw missing("X25519", e);
    }
  }

  /// A public key from its 32 bytes, little-endian; the highest bit is ignored (RFC 7748).
  static PublicKey publicKey(byte[] bytes) {
    byte[] bigEndian = new byte[KEY_BYTES];
    for (int i = 0; i < KEY_BYTES; i++) {
      bigEndian[i] = bytes[KEY_BYTES - 1 - i];
    }
    bigEndian[0] &= 0x7F;
    return publicKey(new BigInteger(1, bigEndian));
  }

  private static PublicKey publicKey(BigInteger u) {
    try {
      return KeyFactory.getInstance("X25519")
          .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u));
    } catch (NoSuchAlgorithmException | InvalidKeySpecException e) {
      throw missing("X25519", e);
    }
  }

  /// The 32 bytes of the public key that belongs to a private one: its agreement with the base
  /// point.
  static byte[] publicBytes(PrivateKey key) {
    byte[] bytes = agree(key, publicKey(BASE_POINT));
    if (bytes == null) {
      throw new IllegalStateException("X25519 refuses its own base point");
    }
    return bytes;
  }

  /// The secret that two keys share, or null when the public key is one of the few (of small
  /// order) that give the same secret to everybody.
  static byte @Nullable [] agree(PrivateKey own, PublicKey other) {
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(own);
      agreement.doPhase(other, true);
      return agreement.generateSecret();
    } catch (InvalidKeyException e) {
      return null;
    } catch (NoSuchAlgorithmException e) {
      throw missing("X25519", e);
    }
  }

  /// HKDF: extract with a salt, expand with a label.
  static byte[] derive(byte[] salt, String label, int length, byte[]... secrets) {
    try {
      HKDFParameterSpec.Builder extract = HKDFParameterSpec.ofExtract().addSalt(salt);
      for (byte[] secret : secrets) {
        extract.addIKM(secret);
      }
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(extract.thenExpand(label.getBytes(StandardCharsets.US_ASCII), length));
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw missing("HKDF-SHA256", e);
    }
  }

  static byte[] hash(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw missing("SHA-256", e);
    }
  }

  static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw missing("HmacSHA256", e);
    }
  }

  static Cipher aesGcm() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
      throw missing("AES/GCM/NoPadding", e);
    }
  }

  static IllegalStateException missing(String algorithm, GeneralSecurityException cause) {
    return new IllegalStateException(
        "This JDK does not offer " + algorithm + " as links need it: use an unmodified JDK 25",
        cause);
  }
}
