package io.euryale.service.cell;

import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.link.Keyring;
import io.euryale.link.PeerKey;
import io.euryale.link.StaticKey;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The keys that seal the datagrams of the groups of cells: one of this peer, made for its present
/// life and never written down, and those that other peers have told.
///
/// A key is told over control links, whose other side has proved its name, in a frame of its own:
///
/// | bytes | field | meaning                                        |
/// |-------|-------|------------------------------------------------|
/// | 1     | type  | [#TYPE]                                        |
/// | 32    | key   | X25519, public half, of the peer that sends it |
///
/// It counts as long as a link it was told on is up. So who is believed no more, whose link
/// therefore ends, is sent nothing by datagrams either and is heard no more. The first key told on
/// a link is the one: a peer has one for its life. Owned by the control loop.
final class SiblingKeys {

  /// The next type of frames after those of group members.
  static final int TYPE = 192;

  private static final int FRAME_BYTES = 33;
  private static final int KEY_BYTES = FRAME_BYTES - 1;

  /// What was told on a link that is up.
  private record Told(PeerId by, PeerKey key) {}

  private final PeerName self;
  private final StaticKey own;
  private final ByteBuffer frame;
  private final Map<Integer, Told> told = new TreeMap<>();

  /// @param random 32 bytes fit for a key
  SiblingKeys(PeerName self, byte[] random) {
    this.self = self;
    own = StaticKey.of(random);
    frame = frameOf(own.publicKey());
  }

  private static ByteBuffer frameOf(PeerKey key) {
    return ByteBuffer.allocate(FRAME_BYTES).put((byte) TYPE).put(key.bytes()).flip();
  }

  /// Tells the own key.
  ByteBuffer frame() {
    return frame.duplicate();
  }

  /// Takes a frame if it tells a key.
  ///
  /// @param frame from position to limit, which are left as they were
  /// @return whether it does; other frames, and those that tell no good key, are somebody else's
  boolean take(int link, Hello from, ByteBuffer frame) {
    int start = frame.position();
    if (from.role() != Role.PEER
        || frame.remaining() != FRAME_BYTES
        || (frame.get(start) & 0xFF) != TYPE) {
      return false;
    }
    byte[] bytes = new byte[KEY_BYTES];
    frame.get(start + 1, bytes);
    Told before = told.get(link);
    if (before != null) {
      return before.key.is(bytes); // Repeated, for a link may lose it.
    }
    PeerKey key = PeerKey.of(bytes);
    if (key == null) {
      return false;
    }
    told.put(link, new Told(from.self().id(), key));
    return true;
  }

  /// A link is gone.
  void forget(int link) {
    told.remove(link);
  }

  /// The keys of these peers, as far as they have told one: of the latest life that did, and of two
  /// peers that tell the same key of the first only.
  Map<PeerName, PeerKey> of(List<PeerRef> peers) {
    Set<PeerKey> seen = new HashSet<>(Set.of(own.publicKey()));
    Map<PeerName, PeerKey> keys = new TreeMap<>();
    for (PeerRef peer : peers) {
      PeerKey key = of(peer.id().name());
      if (key != null && seen.add(key)) {
        keys.put(peer.id().name(), key);
      }
    }
    return keys;
  }

  private @Nullable PeerKey of(PeerName name) {
    Told latest = null;
    for (Told each : told.values()) {
      if (each.by.name().equals(name) && (latest == null || each.by.supersedes(latest.by))) {
        latest = each;
      }
    }
    return latest == null ? null : latest.key;
  }

  /// The own key and these.
  Keyring ring(Map<PeerName, PeerKey> keys) {
    Map<PeerName, List<PeerKey>> others = new TreeMap<>();
    keys.forEach((name, key) -> others.put(name, List.of(key)));
    return new Keyring(self, List.of(own), others);
  }
}
