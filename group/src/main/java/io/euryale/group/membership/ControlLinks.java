package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Connections that carry nothing: their end is the first sign of a death.
///
/// Of every two members the one with the lower name connects. In larger configurations everybody
/// has connections with a few neighbours in the ring of names only.
final class ControlLinks {

  /// Up to here every two members are connected.
  private static final int MESH = 16;

  private static final int NEIGHBOURS = 2;

  private final DatagramHome home;
  private final PeerId self;
  private final Map<Integer, PeerName> names = new TreeMap<>();
  private final Map<PeerName, Integer> own = new TreeMap<>();

  ControlLinks(DatagramHome home, PeerId self) {
    this.home = home;
    this.self = self;
  }

  /// Connects to the members that need it, and drops connections to others.
  void follow(Configuration configuration, Detector detector) {
    Set<PeerName> wanted = new TreeSet<>();
    int size = configuration.members().size();
    int rank = configuration.rank(self);
    int reach = size <= MESH ? size - 1 : NEIGHBOURS;
    for (int i = 1; i <= reach; i++) {
      PeerId neighbour = configuration.members().get((rank + i) % size);
      Remote remote = detector.find(neighbour);
      boolean mine = size > MESH || self.compareTo(neighbour) < 0;
      if (mine && remote != null && wanted.add(neighbour.name())) {
        own.computeIfAbsent(
            neighbour.name(),
            name -> {
              int link = home.connect(remote.ref.endpoint());
              names.put(link, name);
              return link;
            });
      }
    }
    for (PeerName name : Set.copyOf(own.keySet())) {
      if (!wanted.contains(name)) {
        drop(name);
      }
    }
  }

  /// Connects anew to a later life of a peer, which may listen elsewhere.
  void drop(PeerName name) {
    Integer link = own.remove(name);
    if (link != null) {
      names.remove(link);
      home.disconnect(link);
    }
  }

  void up(int link, Hello remote) {
    names.put(link, remote.self().id().name());
  }

  /// A link ended.
  ///
  /// @return whose link ended, when it is known
  @Nullable PeerName down(int link) {
    PeerName name = names.get(link);
    if (name != null && !Integer.valueOf(link).equals(own.get(name))) {
      names.remove(link);
    }
    return name;
  }

  @Nullable PeerName of(int link) {
    return names.get(link);
  }
}
