package io.euryale.group.named;

import io.euryale.kernel.PeerName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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
/// @param rules a right is granted when any rule grants it
public record Rights(List<Rule> rules) {

  /// Everything to everybody: for tests and single-user overlays.
  public static final Rights OPEN =
      new Rights(List.of(new Rule("*", "*", "*", Set.of(Right.values()))));

  /// Patterns are an exact name, `*`, or the beginning of names followed by `*`.
  ///
  /// @param groups which groups
  /// @param peers at which peers, by name
  /// @param applications which applications, by name
  /// @param grants what they may
  public record Rule(String groups, String peers, String applications, Set<Right> grants) {
    public Rule {
      grants = Set.copyOf(grants);
      pattern(groups);
      pattern(peers);
      pattern(applications);
    }

    private static void pattern(String pattern) {
      int star = pattern.indexOf('*');
      if (pattern.isEmpty() || (star >= 0 && star != pattern.length() - 1)) {
        throw new IllegalArgumentException(
            "A pattern is a name, or the beginning of one with '*' at its end: '" + pattern + "'");
      }
    }

    boolean grants(Right right, GroupName group, GroupMemberId member) {
      return grants.contains(right)
          && matches(groups, group.value())
          && matches(peers, member.peer().name().value())
          && matches(applications, member.application().value());
    }

    private static boolean matches(String pattern, String name) {
      int last = pattern.length() - 1;
      return pattern.charAt(last) == '*'
          ? name.regionMatches(0, pattern, 0, last)
          : name.equals(pattern);
    }
  }

  public Rights {
    rules = List.copyOf(rules);
  }

  /// Whether a member has a right in a group.
  public boolean allows(Right right, GroupName group, GroupMemberId member) {
    for (Rule rule : rules) {
      if (rule.grants(right, group, member)) {
        return true;
      }
    }
    return false;
  }

  /// Tells tables apart; equal for equal tables in every process.
  long digest() {
    long hash = 0xcbf29ce484222325L;
    for (Rule rule : rules) {
      String text =
          rule.groups()
              + ' '
              + rule.peers()
              + ' '
              + rule.applications()
              + ' '
              + new TreeSet<>(rule.grants())
              + '\n';
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        hash = (hash ^ b) * 0x100000001b3L;
      }
    }
    return hash;
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
