package io.euryale.group.named;

import io.euryale.kernel.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What every peer knows of one group, equal at the same place of the order.
final class Group {

  /// A member, the eldest first.
  static final class Member {
    static final Comparator<Member> AGE =
        Comparator.<Member>comparingLong(m -> m.birthConfiguration)
            .thenComparingLong(m -> m.birthNumber)
            .thenComparing(m -> m.id);

    final GroupMemberId id;
    final boolean gives;
    final long birthConfiguration;
    final long birthNumber;

    /// Which members come from the same view; 0 when it brings no state.
    long lineage;

    /// Whether it waits for state, so that it cannot give any.
    boolean awaits;

    /// Whether it waits without a giver, until another one that waits has got its state.
    boolean isUnserved;

    /// Names the state transfer it waits for.
    int attempt;

    Member(GroupMemberId id, boolean gives, long birthConfiguration, long birthNumber) {
      this.id = id;
      this.gives = gives;
      this.birthConfiguration = birthConfiguration;
      this.birthNumber = birthNumber;
    }
  }

  /// Something ordered that waits until the present view has ended.
  sealed interface Change {
    record Joining(GroupMemberId member, boolean wants, boolean gives, int attempt, long mark)
        implements Change {}

    record Leaving(GroupMemberId member, GroupView.Cause cause, long mark) implements Change {}

    record Unordering(PeerId peer) implements Change {}
  }

  final GroupName name;
  final List<Member> members = new ArrayList<>();
  long number;
  long history;
  GroupView.Cause cause = GroupView.Cause.CONFIGURATION;
  @Nullable GroupMemberId changed;

  /// Peers that may send what does not wait for the total order.
  final TreeSet<PeerId> unordered = new TreeSet<>();

  /// Changes that wait for the flushes of [#awaited].
  final ArrayDeque<Change> pending = new ArrayDeque<>();

  final TreeSet<PeerId> awaited = new TreeSet<>();

  Group(GroupName name) {
    this.name = name;
  }

  @Nullable Member member(GroupMemberId id) {
    for (Member member : members) {
      if (member.id.equals(id)) {
        return member;
      }
    }
    return null;
  }

  boolean hasMemberAt(PeerId peer) {
    for (Member member : members) {
      if (member.id.peer().equals(peer)) {
        return true;
      }
    }
    return false;
  }

  /// Who can give state to `receiver`, the eldest first.
  List<Member> givers(GroupMemberId receiver) {
    return members.stream().filter(m -> m.gives && !m.awaits && !m.id.equals(receiver)).toList();
  }
}
