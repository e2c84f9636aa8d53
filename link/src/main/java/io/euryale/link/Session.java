package io.euryale.link;

import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Both directions of one traffic class under one [SessionKeys]. Counts its packets (the number is
/// the nonce, so no number is used twice) and remembers what arrived.
///
/// What does not open changes nothing here. Allocates only what the JDK's cipher does.
final class Session {

  /// Beyond this many packets a session seals and opens nothing: four times what makes links agree
  /// on new keys, and far below what AES-GCM allows.
  static final long MAX_PACKETS = 1L << 32;

  private final SessionKeys keys;
  private final Direction out;
  private final Direction in;
  private final ReplayWindow window = new ReplayWindow();
  private long sent;

  /// Set by [Sessions]: when it is no longer taken, and from when on it may be sent under.
  long expiresNanos = Long.MAX_VALUE;

  long sendFromNanos = Long.MAX_VALUE;
  boolean renewalAsked;

  Session(SessionKeys keys, TrafficClass trafficClass) {
    this.keys = keys;
    byte[] secret = keys.secret();
    this.out = direction(secret, trafficClass, keys.initiator());
    this.in = direction(secret, trafficClass, !keys.initiator());
  }

  SessionKeys keys() {
    return keys;
  }

  long sent() {
    return sent;
  }

  int overhead() {
    return keys.isKeyed() ? Envelope.KEYED_OVERHEAD : Envelope.PLAIN_OVERHEAD;
  }

  /// Writes the sealed packet at the target's position, which has room for it. The body (position
  /// to limit) is left as it was.
  void seal(int kind, ByteBuffer body, ByteBuffer target) {
    long number = ++sent;
    int start = target.position();
    Envelope.write(target, kind, keys.isKeyed(), keys.remoteIndex(), number);
    int position = body.position();
    out.seal(number, start, body, target);
    body.position(position);
  }

  /// Opens a packet whose header was checked; the datagram's position and limit are left as they
  /// were.
  ///
  /// @param target gets the body from its position on; has room for it
  /// @return why not, or null when the body is there
  @Nullable Rejection open(ByteBuffer datagram, ByteBuffer target) {
    long number = Envelope.number(datagram);
    if (number < 1 || number > MAX_PACKETS) {
      return Rejection.BAD_NUMBER;
    }
    if (!window.isNew(number)) {
      return Rejection.REPLAYED;
    }
    int position = datagram.position();
    int limit = datagram.limit();
    boolean authentic = in.open(number, datagram, target);
    datagram.limit(limit).position(position);
    if (!authentic) {
      return Rejection.NOT_AUTHENTIC;
    }
    window.mark(number);
    return null;
  }

  private static Direction direction(
      byte @Nullable [] secret, TrafficClass trafficClass, boolean fromInitiator) {
    if (secret == null) {
      return new Checksummed(trafficClass.code() << 1 | (fromInitiator ? 1 : 0));
    }
    String label =
        "euryale link 1 "
            + trafficClass.label()
            + (fromInitiator ? " from initiator" : " from responder");
    return new Sealed(Crypto.derive(new byte[0], label, Crypto.KEY_BYTES, secret));
  }

  private sealed interface Direction {
    /// @param start where the header stands in `target`, up to its position
    void seal(long number, int start, ByteBuffer body, ByteBuffer target);

    boolean open(long number, ByteBuffer datagram, ByteBuffer target);
  }

  private static final class Sealed implements Direction {
    private final SecretKeySpec key;
    private final Cipher cipher = Crypto.aesGcm();
    private final byte[] nonce = new byte[12];
    private final byte[] header = new byte[Envelope.HEADER_BYTES];

    Sealed(byte[] key) {
      this.key = new SecretKeySpec(key, "AES");
    }

    @Override
    public void seal(long number, int start, ByteBuffer body, ByteBuffer target) {
      try {
        start(Cipher.ENCRYPT_MODE, number);
        target.get(start, header);
        cipher.updateAAD(header);
        cipher.doFinal(body, target);
      } catch (InvalidKeyException
          | InvalidAlgorithmParameterException
          | ShortBufferException
          | IllegalBlockSizeException
          | BadPaddingException e) {
        throw Crypto.missing("AES/GCM/NoPadding", e);
      }
    }

    @Override
    public boolean open(long number, ByteBuffer datagram, ByteBuffer target) {
      try {
        start(Cipher.DECRYPT_MODE, number);
        datagram.get(header);
        cipher.updateAAD(header);
        cipher.doFinal(datagram, target);
        return true;
      } catch (AEADBadTagException e) {
        return false;
      } catch (InvalidKeyException
          | InvalidAlgorithmParameterException
          | ShortBufferException
          | IllegalBlockSizeException
          | BadPaddingException e) {
        throw Crypto.missing("AES/GCM/NoPadding", e);
      }
    }

    private void start(int mode, long number)
        throws InvalidKeyException, InvalidAlgorithmParameterException {
      for (int i = 0; i < 8; i++) {
        nonce[4 + i] = (byte) (number >>> (56 - 8 * i));
      }
      cipher.init(mode, key, new GCMParameterSpec(Crypto.TAG_BYTES * 8, nonce));
    }
  }

  /// Without keys: CRC32C over the class and direction, the header and the body.
  private static final class Checksummed implements Direction {
    private final int label;
    private final CRC32C crc = new CRC32C();

    Checksummed(int label) {
      this.label = label;
    }

    @Override
    public void seal(long number, int start, ByteBuffer body, ByteBuffer target) {
      target.put(body);
      int end = target.position();
      int limit = target.limit();
      target.limit(end).position(start);
      int checksum = checksum(target);
      target.limit(limit).position(end);
      target.putInt(checksum);
    }

    @Override
    public boolean open(long number, ByteBuffer datagram, ByteBuffer target) {
      int start = datagram.position();
      int end = datagram.limit() - 4;
      int expected = datagram.getInt(end);
      datagram.limit(end);
      if (checksum(datagram) != expected) {
        return false;
      }
      target.put(datagram.position(start + Envelope.HEADER_BYTES));
      return true;
    }

    private int checksum(ByteBuffer bytes) {
      crc.reset();
      crc.update(label);
      crc.update(bytes);
      return (int) crc.getValue();
    }
  }
}
