package io.euryale.group.membership;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Who hears whom, as far as this peer knows, and which configuration that makes one want.
final class HearingGraph {

  private final PeerId self;
  private final SortedMap<PeerName, Remote> remotes;
  private final MembershipRules rules;

  /// @param remotes the other peers, by name; the [Detector]'s to change
  HearingGraph(PeerId self, SortedMap<PeerName, Remote> remotes, MembershipRules rules) {
    this.self = self;
    this.remotes = remotes;
    this.rules = rules;
  }

  @Nullable Remote find(PeerId peer) {
    Remote remote = remotes.get(peer.name());
    return remote != null && remote.id().equals(peer) ? remote : null;
  }

  /// The members of the configuration that this peer should be in, sorted.
  ///
  /// Nobody knows more of the graph than whom the peers say that it hears itself, and nobody needs
  /// to: in the order of names, who is in nobody else's configuration leads one of its own and
  /// chooses its members among those whom no earlier leader has chosen; and who is chosen follows.
  /// What the first leader chooses depends on nobody else's choice, what the second one chooses on
  /// the first one's only, and so on: when the graph stays as it is, so do the configurations, and
  /// they are the greedy cliques of the whole graph.
  List<PeerId> wanted() {
    NavigableSet<PeerId> free = new TreeSet<>();
    free.add(self);
    for (Remote remote : remotes.values()) {
      if (isUsable(remote)) {
        if (isChosenBy(remote)) {
          return remote.wanted();
        }
        if (!isTaken(remote)) {
          free.add(remote.id());
        }
      }
    }
    return Cliques.of(self, free, this::connects);
  }

  /// Whether an earlier peer leads a configuration with this peer, and knows whom this peer hears.
  private boolean isChosenBy(Remote remote) {
    return remote.leader().equals(remote.id())
        && remote.id().compareTo(self) < 0
        && remote.wanted().contains(self)
        && Cliques.isOne(remote.wanted(), this::connects);
  }

  /// Whether a peer follows a leader before this peer, to whom it is left.
  private boolean isTaken(Remote remote) {
    PeerId leader = remote.leader();
    if (leader.compareTo(self) >= 0) {
      return false;
    }
    Remote known = remotes.get(leader.name());
    if (known == null || known.id().incarnation() < leader.incarnation()) {
      return true;
    }
    if (!known.id().equals(leader) || known.left || known.lostJustNow) {
      return false; // It will find out, too.
    }
    return !isUsable(known)
        || (known.wanted().contains(remote.id()) && !known.wanted().contains(self));
  }

  boolean isUsable(PeerId peer) {
    return usable(peer) != null;
  }

  /// Whether a peer is present, and it and this one hear each other.
  boolean isUsable(Remote remote) {
    return remote.alive
        && remote.excludedUntil == Long.MIN_VALUE
        && (remote.hears(self) || !rules.hearsBothWays());
  }

  private @Nullable Remote usable(PeerId peer) {
    Remote remote = find(peer);
    return remote != null && isUsable(remote) ? remote : null;
  }

  private boolean connects(PeerId one, PeerId other) {
    if (one.equals(self) || other.equals(self)) {
      // Both have to say so: one that leaves this peer out for a while is not to be waited for.
      Remote remote = usable(one.equals(self) ? other : one);
      return remote != null && (remote.works(self) || !rules.hearsBothWays());
    }
    Remote first = usable(one);
    Remote second = usable(other);
    if (first == null || second == null) {
      return (first != null && first.works(other)) || (second != null && second.works(one));
    }
    return first.works(other) && second.works(one);
  }
}
