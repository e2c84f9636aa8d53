package io.euryale.link;

import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Handshakes between peers that know each other's static keys, in the manner of the Noise pattern
/// KK: first message `e, es, ss`, second `e, ee, se`. All that both sides saw goes into a running
/// hash, which salts the derivation of every key:
///
/// ```
/// h1 = H("euryale link 1 KK" | static key of initiator | of responder | first message so far)
/// k1, c1 = HKDF(salt h1, es | ss);       greeting 1 is sealed under k1;   h2 = H(h1 | sealed)
/// h3 = H(h2 | second message so far)
/// k2, c2 = HKDF(salt h3, c1 | ee | se);  greeting 2 is sealed under k2;   h4 = H(h3 | sealed)
/// secret = HKDF(salt h4, c2)
/// ```
///
/// Both names are proved to each other, and recorded sessions stay secret when static keys get
/// known later.
final class KeyedScheme implements Scheme {

  private static final byte[] PROTOCOL = "euryale link 1 KK".getBytes(StandardCharsets.US_ASCII);

  private static final int KEYS_OFFSET = Envelope.HEADER_BYTES + 12;
  private static final int EPHEMERAL_OFFSET = KEYS_OFFSET + 16;
  private static final int GREETING_OFFSET = EPHEMERAL_OFFSET + Crypto.KEY_BYTES;
  private static final int LEAST_BYTES = GREETING_OFFSET + 2 * Crypto.TAG_BYTES;

  private final Consumer<byte[]> keyBytes;
  private Keyring keyring;

  /// By own key's id, then the peer's; bounded by the keyring.
  private final Map<Long, Map<Long, Pair>> pairs = new LinkedHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Chained(byte[] key, byte[] chain) {}

  KeyedScheme(Keyring keyring, Consumer<byte[]> keyBytes) {
    this.keyring = keyring;
    this.keyBytes = keyBytes;
  }

  Keyring keyring() {
    return keyring;
  }

  void replace(Keyring other) {
    keyring = other;
    pairs.clear();
  }

  @Override
  public boolean isKeyed() {
    return true;
  }

  @Override
  public int ways(PeerName peer) {
    return keyring.own().size() * keyring.of(peer).size();
  }

  @Override
  public Initiation first(PeerName peer, int way, int localIndex, long attempt, Greeting greeting) {
    Pair pair = pair(peer, way);
    PrivateKey ephemeral = ephemeral();
    ByteBuffer datagram = begin(Envelope.FIRST, 0, attempt, localIndex, greeting, pair, ephemeral);
    byte[] hash = firstHash(pair.own().publicKey(), pair.remote(), written(datagram));
    byte[] es = Crypto.agree(ephemeral, pair.remote().key());
    Chained keys = chain(hash, orNothing(es), pair.secret());
    hash = finish(datagram, keys.key(), greeting, hash, pair);
    return new Initiation(peer, localIndex, attempt, datagram, pair, ephemeral, keys.chain(), hash);
  }

  @Override
  public Outcome<Claim> claim(ByteBuffer datagram) {
    if (datagram.remaining() < LEAST_BYTES) {
      return new Outcome.No<>(Rejection.TOO_SHORT);
    }
    int start = datagram.position();
    long senderKey = datagram.getLong(start + KEYS_OFFSET);
    PeerName peer = keyring.owner(senderKey);
    if (peer == null) {
      return new Outcome.No<>(Rejection.UNKNOWN_KEY);
    }
    if (peer.equals(keyring.self())) {
      return new Outcome.No<>(Rejection.OWN_NAME);
    }
    StaticKey own = keyring.own(datagram.getLong(start + KEYS_OFFSET + 8));
    PeerKey remote = keyring.key(senderKey);
    if (own == null || remote == null) {
      return new Outcome.No<>(Rejection.UNKNOWN_KEY);
    }
    Pair pair = pair(own, remote);
    if (!isAuthentic(pair, datagram)) {
      return new Outcome.No<>(Rejection.NOT_AUTHENTIC);
    }
    int fixed = start + Envelope.HEADER_BYTES;
    return new Outcome.Is<>(
        new Claim(
            peer,
            datagram.getInt(fixed),
            datagram.getLong(fixed + 4),
            Envelope.number(datagram),
            pair));
  }

  @Override
  public Outcome<Introduction> introduction(Claim claim, ByteBuffer datagram) {
    Pair pair = Objects.requireNonNull(claim.pair());
    byte[] ephemeral = bytes(datagram, EPHEMERAL_OFFSET, Crypto.KEY_BYTES);
    byte[] hash = firstHash(pair.remote(), pair.own().publicKey(), prefix(datagram));
    byte[] es = Crypto.agree(pair.own().key(), Crypto.publicKey(ephemeral));
    if (es == null) {
      return new Outcome.No<>(Rejection.NOT_AUTHENTIC);
    }
    Chained keys = chain(hash, es, pair.secret());
    Outcome<Greeting> opened = open(keys.key(), datagram, claim.peer(), claim.incarnation());
    return switch (opened) {
      case Outcome.No<Greeting>(Rejection reason) -> new Outcome.No<>(reason);
      case Outcome.Is<Greeting>(Greeting greeting) ->
          new Outcome.Is<>(
              new Introduction(
                  claim, greeting, ephemeral, keys.chain(), Crypto.hash(hash, sealed(datagram))));
    };
  }

  @Override
  public Agreement second(Introduction introduction, int localIndex, Greeting greeting) {
    Claim claim = introduction.claim();
    Pair pair = Objects.requireNonNull(claim.pair());
    PrivateKey ephemeral = ephemeral();
    ByteBuffer datagram =
        begin(
            Envelope.SECOND, claim.index(), claim.attempt(), localIndex, greeting, pair, ephemeral);
    byte[] hash = Crypto.hash(introduction.hash(), written(datagram));
    byte[] ee = Crypto.agree(ephemeral, Crypto.publicKey(introduction.ephemeral()));
    byte[] se = Crypto.agree(ephemeral, pair.remote().key());
    Chained keys = chain(hash, introduction.chain(), orNothing(ee), orNothing(se));
    hash = finish(datagram, keys.key(), greeting, hash, pair);
    return new Agreement(greeting, claim.index(), datagram, secret(hash, keys.chain()), pair);
  }

  @Override
  public Outcome<Agreement> agreement(Initiation initiation, ByteBuffer datagram) {
    Pair pair = Objects.requireNonNull(initiation.pair());
    if (datagram.remaining() < LEAST_BYTES) {
      return new Outcome.No<>(Rejection.TOO_SHORT);
    }
    if (!isAuthentic(pair, datagram)) {
      return new Outcome.No<>(Rejection.NOT_AUTHENTIC);
    }
    byte[] hash = Crypto.hash(initiation.hash(), prefix(datagram));
    var remote = Crypto.publicKey(bytes(datagram, EPHEMERAL_OFFSET, Crypto.KEY_BYTES));
    byte[] ee = Crypto.agree(Objects.requireNonNull(initiation.ephemeral()), remote);
    byte[] se = Crypto.agree(pair.own().key(), remote);
    if (ee == null || se == null) {
      return new Outcome.No<>(Rejection.NOT_AUTHENTIC);
    }
    Chained keys = chain(hash, initiation.chain(), ee, se);
    int fixed = datagram.position() + Envelope.HEADER_BYTES;
    byte[] secret = secret(Crypto.hash(hash, sealed(datagram)), keys.chain());
    return switch (open(keys.key(), datagram, initiation.peer(), datagram.getLong(fixed + 4))) {
      case Outcome.No<Greeting>(Rejection reason) -> new Outcome.No<>(reason);
      case Outcome.Is<Greeting>(Greeting greeting) ->
          new Outcome.Is<>(
              new Agreement(
                  greeting, datagram.getInt(fixed), ByteBuffer.allocate(0), secret, pair));
    };
  }

  /// The pairs in the order of preference: those with small sums of places first.
  private Pair pair(PeerName peer, int way) {
    List<PeerKey> remote = keyring.of(peer);
    int left = way % ways(peer);
    for (int sum = 0; ; sum++) {
      for (int i = 0; i <= sum; i++) {
        if (i < keyring.own().size() && sum - i < remote.size() && left-- == 0) {
          return pair(keyring.own().get(i), remote.get(sum - i));
        }
      }
    }
  }

  private Pair pair(StaticKey own, PeerKey remote) {
    return pairs
        .computeIfAbsent(own.publicKey().id(), id -> new LinkedHashMap<>())
        .computeIfAbsent(remote.id(), id -> Pair.of(own, remote));
  }

  private PrivateKey ephemeral() {
    byte[] scalar = new byte[Crypto.KEY_BYTES];
    keyBytes.accept(scalar);
    return Crypto.privateKey(scalar);
  }

  private static ByteBuffer begin(
      int kind,
      int remoteIndex,
      long attempt,
      int localIndex,
      Greeting greeting,
      Pair pair,
      PrivateKey ephemeral) {
    ByteBuffer datagram = ByteBuffer.allocate(LEAST_BYTES + greeting.encode().length);
    Envelope.write(datagram, kind, true, remoteIndex, attempt);
    return datagram
        .putInt(localIndex)
        .putLong(greeting.self().id().incarnation())
        .putLong(pair.own().publicKey().id())
        .putLong(pair.remote().id())
        .put(Crypto.publicBytes(ephemeral));
  }

  /// Adds the sealed greeting and the tag to a message; gives the hash with the greeting.
  private static byte[] finish(
      ByteBuffer datagram, byte[] key, Greeting greeting, byte[] hash, Pair pair) {
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key, written(datagram), greeting.encode());
    if (sealed == null) {
      throw new IllegalStateException("AES-GCM refused to encrypt");
    }
    datagram.put(sealed);
    byte[] message = written(datagram);
    datagram.put(tag(pair.out(), message));
    datagram.flip();
    return Crypto.hash(hash, sealed);
  }

  private static Outcome<Greeting> open(
      byte[] key, ByteBuffer datagram, PeerName peer, long incarnation) {
    byte[] plain = crypt(Cipher.DECRYPT_MODE, key, prefix(datagram), sealed(datagram));
    if (plain == null) {
      return new Outcome.No<>(Rejection.NOT_AUTHENTIC);
    }
    Greeting greeting = Greeting.decode(ByteBuffer.wrap(plain));
    if (greeting == null || greeting.self().id().incarnation() != incarnation) {
      return new Outcome.No<>(Rejection.MALFORMED);
    }
    return greeting.self().name().equals(peer)
        ? new Outcome.Is<>(greeting)
        : new Outcome.No<>(Rejection.WRONG_NAME);
  }

  /// Each key seals one greeting, so the nonce is zero.
  private static byte @Nullable [] crypt(int mode, byte[] key, byte[] prefix, byte[] content) {
    try {
      Cipher cipher = Crypto.aesGcm();
      cipher.init(
          mode,
          new SecretKeySpec(key, "AES"),
          new GCMParameterSpec(Crypto.TAG_BYTES * 8, new byte[12]));
      cipher.updateAAD(prefix);
      return cipher.doFinal(content);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw Crypto.missing("AES/GCM/NoPadding", e);
    }
  }

  private static boolean isAuthentic(Pair pair, ByteBuffer datagram) {
    int length = datagram.remaining() - Crypto.TAG_BYTES;
    byte[] expected = tag(pair.in(), bytes(datagram, 0, length));
    return MessageDigest.isEqual(expected, bytes(datagram, length, Crypto.TAG_BYTES));
  }

  private static byte[] tag(Mac mac, byte[] bytes) {
    return Arrays.copyOf(mac.doFinal(bytes), Crypto.TAG_BYTES);
  }

  private static byte[] firstHash(PeerKey initiator, PeerKey responder, byte[] prefix) {
    return Crypto.hash(PROTOCOL, initiator.bytes(), responder.bytes(), prefix);
  }

  private static Chained chain(byte[] hash, byte[]... secrets) {
    byte[] both = Crypto.derive(hash, "euryale link 1 chain", 2 * Crypto.KEY_BYTES, secrets);
    return new Chained(
        Arrays.copyOf(both, Crypto.KEY_BYTES),
        Arrays.copyOfRange(both, Crypto.KEY_BYTES, 2 * Crypto.KEY_BYTES));
  }

  private static byte[] secret(byte[] hash, byte[] chain) {
    return Crypto.derive(hash, "euryale link 1 session", Crypto.KEY_BYTES, chain);
  }

  /// An agreement with a worthless key of the other side adds nothing to what is derived.
  private static byte[] orNothing(byte @Nullable [] agreed) {
    return agreed == null ? new byte[Crypto.KEY_BYTES] : agreed;
  }

  /// What was written into a message so far.
  private static byte[] written(ByteBuffer datagram) {
    byte[] bytes = new byte[datagram.position()];
    datagram.get(0, bytes);
    return bytes;
  }

  private static byte[] prefix(ByteBuffer datagram) {
    return bytes(datagram, 0, GREETING_OFFSET);
  }

  private static byte[] sealed(ByteBuffer datagram) {
    return bytes(
        datagram, GREETING_OFFSET, datagram.remaining() - GREETING_OFFSET - Crypto.TAG_BYTES);
  }

  private static byte[] bytes(ByteBuffer datagram, int offset, int length) {
    byte[] bytes = new byte[length];
    datagram.get(datagram.position() + offset, bytes);
    return bytes;
  }
}
