package io.euryale.link;

import io.euryale.kernel.PeerName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A peer's own key and the public keys of all others. Immutable; replaced as a whole to rotate
/// keys:
///
/// 1. every peer gets the new public key beside the old one;
/// 2. the owner gets the new private key before the old one, and all its sessions are renewed;
/// 3. every peer loses the old public key, and the owner the old private one.
///
/// In each step the order of the peers does not matter, and no datagram is lost.
public final class Keyring {

  /// Most keys of one name at a time.
  public static final int MAX_KEYS = 4;

  private final PeerName self;
  private final List<StaticKey> own;
  private final Map<PeerName, List<PeerKey>> others = new LinkedHashMap<>();
  private final Map<Long, PeerName> owners = new LinkedHashMap<>();
  private final Map<Long, PeerKey> keys = new LinkedHashMap<>();

  /// @param self own name
  /// @param own own keys, the preferred one first
  /// @param others keys of the other peers, the preferred one of each first; an entry for `self` is
  /// ignored, so that all peers may have the same list
  /// @throws IllegalArgumentException when a name has no key or more than [#MAX_KEYS], or two names
  /// have the same key
  public Keyring(PeerName self, List<StaticKey> own, Map<PeerName, List<PeerKey>> others) {
    this.self = self;
    this.own = List.copyOf(own);
    checkCount(self, own.size());
    for (StaticKey key : own) {
      owners.put(key.publicKey().id(), self);
    }
    others.forEach(
        (name, list) -> {
          checkCount(name, list.size());
          if (!name.equals(self)) {
            this.others.put(name, List.copyOf(list));
            list.forEach(key -> add(name, key));
          }
        });
  }

  public PeerName self() {
    return self;
  }

  /// Names of all others.
  public List<PeerName> names() {
    return List.copyOf(others.keySet());
  }

  List<StaticKey> own() {
    return own;
  }

  @Nullable StaticKey own(long id) {
    for (StaticKey key : own) {
      if (key.publicKey().id() == id) {
        return key;
      }
    }
    return null;
  }

  /// The keys of a name, none when it is not listed.
  List<PeerKey> of(PeerName name) {
    return others.getOrDefault(name, List.of());
  }

  @Nullable PeerName owner(long id) {
    return owners.get(id);
  }

  @Nullable PeerKey key(long id) {
    return keys.get(id);
  }

  /// Whether both keys that a session came from are still listed.
  boolean allows(PeerName peer, SessionKeys session) {
    PeerKey remote = keys.get(session.remoteKey());
    return own(session.ownKey()) != null && remote != null && of(peer).contains(remote);
  }

  /// Whether a session came from the preferred keys of both sides.
  boolean prefers(PeerName peer, SessionKeys session) {
    return own.getFirst().publicKey().id() == session.ownKey()
        && of(peer).getFirst().id() == session.remoteKey();
  }

  private void add(PeerName name, PeerKey key) {
    PeerName before = owners.put(key.id(), name);
    if (before != null && !before.equals(name)) {
      throw new IllegalArgumentException(
          before + " and " + name + " have the same key " + key + ": give each one of its own");
    }
    keys.put(key.id(), key);
  }

  private static void checkCount(PeerName name, int count) {
    if (count < 1 || count > MAX_KEYS) {
      throw new IllegalArgumentException(
          name + " has 1 to " + MAX_KEYS + " keys at a time, not " + count);
    }
  }
}
