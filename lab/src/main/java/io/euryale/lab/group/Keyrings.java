package io.euryale.lab.group;

import io.euryale.kernel.PeerName;
import io.euryale.link.Keyring;
import io.euryale.link.PeerKey;
import io.euryale.link.StaticKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Keys of simulated peers. Drawn once for all runs: making them costs more than a short run.
final class Keyrings {

  /// Peers that have keys.
  static final int MOST_PEERS = 16;
  private static final Map<PeerName, Keyring> ALL = make();

  private Keyrings() {}

  /// By name of the peer.
  static Map<PeerName, Keyring> all() {
    return ALL;
  }

  private static Map<PeerName, Keyring> make() {
    List<StaticKey> own = new ArrayList<>();
    Map<PeerName, List<PeerKey>> all = new TreeMap<>();
    for (int i = 0; i < MOST_PEERS; i++) {
      byte[] random = new byte[32];
      Arrays.fill(random, (byte) (i + 1));
      StaticKey key = StaticKey.of(random);
      own.add(key);
      all.put(new PeerName(GroupPlan.peer(i)), List.of(key.publicKey()));
    }
    Map<PeerName, Keyring> rings = new TreeMap<>();
    for (int i = 0; i < MOST_PEERS; i++) {
      PeerName name = new PeerName(GroupPlan.peer(i));
      rings.put(name, new Keyring(name, List.of(own.get(i)), all));
    }
    return rings;
  }
}
