package io.euryale.group.primary;

/// The decisions that safety hangs on, in one place. Package-private and never chosen by settings
/// or wire: tests break one rule at a time and prove that the exploration sees it.
class PrimaryRules {

  static final PrimaryRules SOUND = new PrimaryRules();

  /// Whether so much weight is a quorum.
  boolean isQuorum(long present, long total, boolean distinguishedPresent) {
    return 2 * present > total || (2 * present == total && distinguishedPresent);
  }

  /// Of which component the next primary needs a quorum.
  Component electorate(Component last, Charter charter) {
    return last;
  }

  /// The weight of one vote.
  long weight(Voter voter) {
    return voter.weight();
  }

  /// Whether a component is large enough to be primary.
  boolean isLargeEnough(long weight, Charter charter) {
    return weight >= charter.minimumPrimary();
  }

  /// Whether a member without a proven record counts in a quorum.
  boolean counts(PrimaryRecord record, boolean firstStart, boolean everyVoter) {
    return record.proven() || firstStart || everyVoter;
  }

  /// Whether a vulnerable member keeps its component from forming a primary.
  boolean blocks() {
    return true;
  }

  /// Whether an attempt of which all members are here, none knowing its end, counts as installed.
  boolean togetherMeansInstalled() {
    return true;
  }

  /// Whether the create-primary message waits for the attempt record to be durable.
  boolean writesFirst() {
    return true;
  }

  /// Whether a regular configuration ends the vulnerability in this state.
  boolean resolves(PrimaryState state) {
    return state == PrimaryState.TRANS_PRIM || state == PrimaryState.NO;
  }

  /// Whether a member stays vulnerable to what it installed, until it leaves.
  boolean vulnerableInside() {
    return true;
  }

  /// What a member starts from after a crash.
  PrimaryRecord recovered(PrimaryRecord durable) {
    return durable;
  }

  /// Whether a regular configuration begins without the state messages of the one before.
  boolean startsAfresh() {
    return true;
  }
}
