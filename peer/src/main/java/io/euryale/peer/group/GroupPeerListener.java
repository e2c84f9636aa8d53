package io.euryale.peer.group;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerName;
import java.time.Duration;
import java.util.List;

/// What happens to a member of a group overlay. Called by its control loop: return soon.
public interface GroupPeerListener {

  GroupPeerListener NONE = new GroupPeerListener() {};

  /// A configuration is installed.
  ///
  /// @param took from the first proposal to the installation; zero for a transitional one
  default void installed(Configuration configuration, Duration took) {}

  /// The present regular configuration is primary component number `index`.
  default void primary(long index, List<PeerName> members) {}

  /// The present configuration is no longer primary.
  default void primaryLost() {}

  /// Why there is no primary component here, or that there is one, in one sentence.
  default void verdict(String sentence) {}

  /// The peer stopped because of a mistake in it or because its disk failed.
  default void failed(Throwable cause) {}
}
