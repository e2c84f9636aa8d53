package io.euryale.group.membership;

import io.euryale.group.ConfigurationId;

/// The decisions that agreement hangs on, in one place. Never chosen by settings or wire: tests
/// break one rule at a time and prove that a checker sees it.
public class MembershipRules {

  /// The rules as they have to be.
  public static final MembershipRules SOUND = new MembershipRules();

  protected MembershipRules() {}

  /// Whether a proposed id is above all promised.
  protected boolean isNewer(ConfigurationId id, ConfigurationId promised) {
    return id.number() > promised.number();
  }

  /// Whether the ceiling of promised numbers outlives the process.
  protected boolean remembersNumbers() {
    return true;
  }

  /// Whether a transitional configuration comes between when all members go on together.
  protected boolean alwaysTransitional() {
    return true;
  }

  /// Whether the coordinator waits until every member holds the union.
  protected boolean waitsForRecovery() {
    return true;
  }

  /// Whether a link counts only when both sides hear each other.
  protected boolean hearsBothWays() {
    return true;
  }

  /// Whether a heartbeat older than the last one heard is ignored.
  protected boolean ignoresOldHeartbeats() {
    return true;
  }

  /// Whether members that come from the same old configuration are told apart from others.
  protected boolean togetherMeansSameOrigin() {
    return true;
  }

  /// Whether a coordinator rests once its configuration is installed everywhere.
  protected boolean rests() {
    return true;
  }

  /// Whether the new configuration waits until all have left the old ones.
  protected boolean waitsForLeaving() {
    return true;
  }

  /// Whether a configuration that not all are known to have entered in order keeps its members from
  /// voting.
  protected boolean votesInOrderOnly() {
    return true;
  }

  /// Whether the reports of all who come from one old configuration are joined; else those of the
  /// coordinator's own only.
  protected boolean joinsEveryOrigin() {
    return true;
  }
}
