package io.euryale.group.membership;

import io.euryale.group.ConfigurationId;
import io.euryale.group.order.Holdings;
import io.euryale.group.order.Merged;
import io.euryale.kernel.PeerId;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What members say to each other about configurations, in datagrams of the control class. The
/// sender is the authenticated peer of the session. Layouts are in [MemberCodec].
sealed interface MemberMessage {

  /// Type 129: I am here.
  ///
  /// @param sequence grows by one in each heartbeat of a life
  /// @param highestNumber of any configuration the sender knows of
  /// @param installed tag of the regular configuration installed; 0 before the first
  /// @param frozen whether the sender waits for a new configuration
  /// @param version grows when `heard` changes
  record Heartbeat(
      long sequence,
      long highestNumber,
      long installed,
      boolean frozen,
      long version,
      List<Heard> heard)
      implements MemberMessage {
    public Heartbeat {
      heard = List.copyOf(heard);
    }
  }

  /// A peer that the sender of a heartbeat hears.
  ///
  /// @param mutual whether that peer hears the sender as well
  /// @param wanted whether the sender wants to be in one configuration with it; only if `mutual`
  record Heard(PeerId peer, boolean mutual, boolean wanted) {}

  /// Type 131: are you there?
  record Ping(long nonce) implements MemberMessage {}

  /// Type 132: the answer.
  record Pong(long nonce) implements MemberMessage {}

  /// Type 133: let us form a configuration.
  record Propose(ConfigurationId id, List<PeerId> members) implements MemberMessage {
    public Propose {
      members = List.copyOf(members);
    }
  }

  /// Type 134: yes; this is where I come from.
  ///
  /// @param old the regular configuration installed last; null when there was none
  /// @param oldMembers its members
  /// @param holdings by code of the traffic class; empty without an old configuration
  record Accept(
      ConfigurationId id,
      @Nullable ConfigurationId old,
      List<PeerId> oldMembers,
      List<Holdings> holdings)
      implements MemberMessage {
    public Accept {
      oldMembers = List.copyOf(oldMembers);
      holdings = List.copyOf(holdings);
    }
  }

  /// Type 135: no; I have promised to follow only ids above this number.
  record Refuse(ConfigurationId id, long promised) implements MemberMessage {}

  /// Type 136: all have accepted.
  ///
  /// @param together ranks in the receiver's old configuration that go on together
  /// @param merged by code of the traffic class; empty when the receiver comes from none
  record Commit(ConfigurationId id, List<PeerId> members, BitSet together, List<Merged> merged)
      implements MemberMessage {
    public Commit {
      members = List.copyOf(members);
      together = (BitSet) together.clone();
      merged = List.copyOf(merged);
    }
  }

  /// Type 137: I hold the union.
  record Recovered(ConfigurationId id) implements MemberMessage {}

  /// Type 138: everybody holds it; leave the old configuration.
  record Install(ConfigurationId id) implements MemberMessage {}

  /// Type 140: I am in the transitional configuration, and done with the old one.
  record Left(ConfigurationId id) implements MemberMessage {}

  /// Type 141: everybody has left; enter the new configuration.
  record Enter(ConfigurationId id) implements MemberMessage {}

  /// Type 139: I am leaving; do not wait for me.
  record Leave() implements MemberMessage {}
}
