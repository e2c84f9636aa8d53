package io.euryale.group.named;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.Comparator;

/// A member of groups: an application at one life of a peer. Several applications share a peer,
/// through its Java API or as clients in other processes.
///
/// @param peer the peer that speaks for the application
/// @param application its name, unique at that peer; authenticated by that peer
public record GroupMemberId(PeerId peer, PeerName application)
    implements Comparable<GroupMemberId> {

  private static final Comparator<GroupMemberId> ORDER =
      Comparator.comparing(GroupMemberId::peer).thenComparing(GroupMemberId::application);

  @Override
  public int compareTo(GroupMemberId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return application + "@" + peer;
  }
}
