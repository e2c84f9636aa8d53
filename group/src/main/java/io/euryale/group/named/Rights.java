package io.euryale.group.named;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.RightsTable;
import io.euryale.kernel.RightsTable.Rule;
import java.util.List;
import java.util.Set;

/// Who may join, send and receive in which groups. What no rule grants is refused.
///
/// The peer of a member checks before it sends, and every peer checks again what it is given, so
/// that a peer that lies about its own table changes nothing. A peer is known by its keys; the
/// name of an application is vouched for by its peer, so a rule that matters names the peers too.
/// Rights do not hide: every peer of the overlay could read what travels.
///
/// All peers need the same table. A table that differs is noticed when memberships are exchanged
/// ([GroupObserver#tablesDiffer]): the peers whose table is not that of most members (on a tie: of
/// the first member's side) are outsiders, their applications are in no view and what they send to
/// groups is ignored by everybody. So a table is rolled out by restarting one peer after the other,
/// and most of them serve all the time.
///
/// @param table rules with patterns of groups, peers and applications, see [#rule]
public record Rights(RightsTable<Right> table) {

  private static final int GROUP = 0;
  private static final int PEER = 1;
  private static final int APPLICATION = 2;

  /// Everything to everybody: for tests and single-user overlays.
  public static final Rights OPEN =
      new Rights(new RightsTable<>(List.of(rule("*", "*", "*", Set.of(Right.values())))));

  /// A rule of the table.
  ///
  /// @param groups which groups
  /// @param peers at which peers, by name
  /// @param applications which applications, by name
  /// @param grants what they may
  public static Rule<Right> rule(
      String groups, String peers, String applications, Set<Right> grants) {
    return new Rule<>(List.of(groups, peers, applications), grants);
  }

  /// Reads lines `GROUPS PEERS APPLICATIONS RIGHTS`.
  ///
  /// @throws IllegalArgumentException when a line cannot be understood, with a sentence that says
  /// why
  public static Rights parse(List<String> lines) {
    return new Rights(
        RightsTable.parse(
            Right.class,
            "GROUPS PEERS APPLICATIONS RIGHTS",
            "orders/* * billing* join,send,receive",
            lines));
  }

  /// Whether a member has a right in a group.
  public boolean allows(Right right, GroupName group, GroupMemberId member) {
    for (Rule<Right> rule : table.rules()) {
      if (rule.grants().contains(right)
          && rule.matches(GROUP, group.value())
          && isFor(rule, member.peer().name(), member.application())) {
        return true;
      }
    }
    return false;
  }

  /// Whether any rule is for this application at this peer.
  public boolean knows(PeerName peer, PeerName application) {
    return table.rules().stream().anyMatch(rule -> isFor(rule, peer, application));
  }

  private static boolean isFor(Rule<Right> rule, PeerName peer, PeerName application) {
    return rule.matches(PEER, peer.value()) && rule.matches(APPLICATION, application.value());
  }

  /// What to tell the one who was refused.
  static String refusal(Right right, GroupName group, PeerName application) {
    return switch (right) {
      case JOIN -> "Application " + application + " may not join group " + group;
      case SEND -> "Application " + application + " may not send to group " + group;
      case RECEIVE -> "Application " + application + " may not receive in group " + group;
    };
  }
}
