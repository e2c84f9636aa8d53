package io.euryale.group.named;

import io.euryale.kernel.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who is in a group from one point of the order on.
///
/// A regular view changes by one join or leave, or as a whole after a change of the configuration.
/// Between two regular configurations there is a transitional view: those members of the regular
/// view before it that go on together; messages sent in that view may still follow.
///
/// @param id its name
/// @param group whose view it is
/// @param members the eldest first; joins append. It is the same list in the same order everywhere
/// @param parts for each member a number that tells which members come from the same view before;
/// all 0 unless the cause is [Cause#CONFIGURATION]. A member that brings no state (it has just
/// joined, or its state had not arrived) is a part of its own
/// @param cause why it differs from the view before
/// @param changed who joined or left; null when the cause is [Cause#CONFIGURATION]
/// @param origin of a transitional view the regular view it follows, else null
public record GroupView(
    GroupViewId id,
    GroupName group,
    List<GroupMemberId> members,
    List<Integer> parts,
    Cause cause,
    @Nullable GroupMemberId changed,
    @Nullable GroupViewId origin) {

  /// Why a view came.
  public enum Cause {
    /// A member joined.
    JOIN,
    /// A member left because it wanted to.
    LEAVE,
    /// A member's session with its peer ended.
    DISCONNECT,
    /// The configuration of peers changed.
    CONFIGURATION
  }

  public GroupView {
    members = List.copyOf(members);
    parts = List.copyOf(parts);
    if (members.size() != parts.size()) {
      throw new IllegalArgumentException("One part for each member");
    }
  }

  public boolean isRegular() {
    return origin == null;
  }

  /// Whether the members come from more than one view: a partition healed, or somebody is new.
  public boolean isMerged() {
    return parts.stream().distinct().count() > 1;
  }

  /// The members that come from the same view as `member`, itself included; empty when it is none.
  public List<GroupMemberId> companions(GroupMemberId member) {
    int place = members.indexOf(member);
    if (place < 0) {
      return List.of();
    }
    Integer part = parts.get(place);
    return members.stream().filter(m -> parts.get(members.indexOf(m)).equals(part)).toList();
  }

  /// The peers of the members, each once, in the order of their first members.
  public List<PeerId> peers() {
    return members.stream().map(GroupMemberId::peer).distinct().toList();
  }
}
