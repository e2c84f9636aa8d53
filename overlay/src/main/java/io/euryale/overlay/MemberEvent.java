package io.euryale.overlay;

/// What a [CellMember] tells its owner besides its neighbourhood.
public sealed interface MemberEvent {

  /// The peer is a member of `cell`; again after every rejoin.
  record Joined(CellId cell) implements MemberEvent {}

  /// The overlay refuses the peer; it asks again slowly by itself.
  ///
  /// @param text one sentence with what to do
  record Refused(Refusal refusal, String text) implements MemberEvent {}

  /// The peer was expelled and rejoins by itself [1 §1.1].
  record Shunned(CellId cell, String reason) implements MemberEvent {}

  /// A [CellMember#leave] is complete: the process can stop.
  ///
  /// @param acknowledged whether everybody concerned confirmed, or the time allowed ran out
  record Left(boolean acknowledged) implements MemberEvent {}
}
