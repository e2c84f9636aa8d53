package io.euryale.overlay;

import io.euryale.kernel.PeerId;

/// The decisions that safety hangs on, in one place. Package-private and never chosen by settings
/// or wire: tests break one rule at a time and prove that a checker sees it.
class CellRules {

  static final CellRules SOUND = new CellRules();

  /// Which of two views of one cell is followed: higher term, then higher version.
  int compare(CellView one, CellView other) {
    return one.compareAge(other);
  }

  /// Whether a cell of `members` peers takes one more.
  boolean hasRoom(int members, int capacity) {
    return members < capacity;
  }

  /// Whether a suspicion has consequences.
  boolean believes(FailureDetector.Suspicion suspicion) {
    return true;
  }

  /// Whether meeting a later life of a peer ends the membership of the former one.
  boolean replaces(PeerId newer, PeerId former) {
    return newer.supersedes(former);
  }

  /// What a suspicion is recorded with.
  String reason(FailureDetector.Suspicion suspicion) {
    return suspicion.reason();
  }

  /// Whether a peer that suspects most of its neighbours doubts itself first.
  boolean doubtsItself() {
    return true;
  }

  /// Whether the other member of a cell of two asks the cell above before it takes over.
  boolean asksAbove() {
    return true;
  }

  /// Whether a root cell gives way to a living one of a higher term.
  boolean yields() {
    return true;
  }

  /// Whether a reorganisation that took too long is reported.
  boolean reportsLate() {
    return true;
  }

  /// Whether a peer that was shunned looks for a place again.
  boolean comesBack() {
    return true;
  }

  /// Whether a peer below level 1 that finds no parent starts over.
  boolean startsOver() {
    return true;
  }

  /// Whether a member that lags behind its cell for too long is removed.
  boolean shunsLaggards() {
    return true;
  }

  /// Whether the root fills cells that have become too small.
  boolean rebalances() {
    return true;
  }

  /// Whether peers that never were members may found in the founder's place.
  boolean foundsForFounder() {
    return true;
  }

  /// Whether terms far beyond all that is known are doubted.
  boolean boundsTerms() {
    return true;
  }

  /// Whether a view is followed only on the word of its coordinator.
  boolean asksCoordinator() {
    return true;
  }

  /// Whether what a peer offered is forgotten when it has not been repeated for too long.
  boolean forgetsOffers() {
    return true;
  }

  /// Whether a peer tells again now and then what it offers.
  boolean repeatsOffers() {
    return true;
  }

  /// Whether those that watch are told at once what changed for them.
  boolean tellsWatches() {
    return true;
  }

  /// Whether a coordinator makes a new version although nothing changed.
  boolean restless() {
    return false;
  }
}
