package io.euryale.overlay;

import io.euryale.kernel.PeerId;

/// What an [OverlayMember] tells its owner besides its neighbourhood.
public sealed interface MemberEvent {

  /// The peer is a member of `cell`; again after every rejoin.
  record Joined(CellId cell) implements MemberEvent {}

  /// The overlay refuses the peer; it asks again slowly by itself.
  ///
  /// @param text one sentence with what to do
  record Refused(Refusal refusal, String text) implements MemberEvent {}

  /// The peer was expelled and rejoins by itself [1 §1.1].
  record Shunned(CellId cell, String reason) implements MemberEvent {}

  /// Two parts of an overlay met, and this peer, of the part that gave way, has its place again.
  ///
  /// @param tookMillis since it learned of the other part
  record Merged(CellId cell, long tookMillis) implements MemberEvent {}

  /// The peer had no cell, parent or coordinator for longer than a reorganisation may take [1
  /// §1.1].
  ///
  /// @param phase what it is doing
  record PromiseBroken(String phase) implements MemberEvent {}

  /// A promise that was broken is kept again.
  ///
  /// @param tookMillis how long the peer was without its place
  record Reorganised(long tookMillis) implements MemberEvent {}

  /// Somebody outside asks this peer to drain: to leave once nothing needs it any more.
  record DrainAsked(PeerId by) implements MemberEvent {}

  /// A [OverlayMember#leave] is complete: the process can stop.
  ///
  /// @param acknowledged whether everybody concerned confirmed, or the time allowed ran out
  record Left(boolean acknowledged) implements MemberEvent {}
}
