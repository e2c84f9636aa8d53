package io.euryale.group.named;

import io.euryale.group.Service;
import java.util.List;

/// Something this peer has to submit.
sealed interface Outgoing {

  /// A frame of the layer itself.
  ///
  /// @param outlives whether it is still wanted after a change of the configuration
  record Internal(GroupFrame frame, Service service, boolean outlives) implements Outgoing {}

  /// A leave that comes after the messages before it.
  record Leaving(Membership membership) implements Outgoing {}

  /// An application message.
  final class Message implements Outgoing {
    final Membership membership;
    final Service service;
    final long token;
    final byte[] payload;
    final List<GroupMemberId> to;
    boolean isStable;
    boolean isDelivered;

    Message(
        Membership membership,
        Service service,
        long token,
        byte[] payload,
        List<GroupMemberId> to) {
      this.membership = membership;
      this.service = service;
      this.token = token;
      this.payload = payload;
      this.to = to;
    }
  }
}
