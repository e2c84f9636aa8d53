package io.euryale.group.named;

/// A request that was not done, with what and why in words for people.
///
/// @param reason why
/// @param text one sentence that names what was refused and what to do
public record Refusal(Reason reason, String text) {

  /// Why; later versions may add reasons.
  public enum Reason {
    /// The rights do not allow it.
    FORBIDDEN,
    /// The application is not in the group: it never joined, it is leaving, or its first view has
    /// not come yet.
    NOT_A_MEMBER,
    /// The application has joined this group before.
    ALREADY_A_MEMBER,
    /// A private message names nobody who is in the group.
    NO_SUCH_RECEIVER,
    /// Larger than the settings allow.
    TOO_LARGE,
    /// The queue is full; [GroupEvents#writable] follows.
    FULL,
    /// The settings allow no more groups at this peer, or members in the group.
    TOO_MANY,
    /// The tables of rights or limits differ between the peers, and this peer is in the minority.
    TABLES_DIFFER,
    /// No member has state, or the transfer failed too often.
    NO_STATE
  }
}
