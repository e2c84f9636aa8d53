package io.euryale.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who is in a group from one point of the order on.
///
/// @param id its name; unique
/// @param isRegular false for the members that go on together between two regular views
/// @param cause why it differs from the view before
/// @param changed who joined or left; null when the configuration of peers changed
/// @param members the eldest first; the same list everywhere
/// @param parts for each member a number that tells which members come from the same view before
public record View(
    String id,
    boolean isRegular,
    Cause cause,
    @Nullable Member changed,
    List<Member> members,
    List<Integer> parts) {

  /// Why a view came, or why a member is out of the group. In the order of their codes.
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

  public View {
    members = List.copyOf(members);
    parts = List.copyOf(parts);
  }
}
