package io.euryale.group.named;

import io.euryale.kernel.PeerName;
import org.jspecify.annotations.Nullable;

/// An application of this peer in one group.
final class Membership {

  enum Stage {
    /// The join has not come back in the order.
    JOINING,
    MEMBER,
    /// It asked to leave, or was disconnected.
    LEAVING,
    GONE
  }

  final GroupMemberId id;
  final GroupName group;
  final JoinOptions options;
  final GroupEvents events;
  Stage stage = Stage.JOINING;

  /// Whether it is in the view; a member that leaves stays in it for a while.
  boolean isInView;

  /// The application is gone and is told nothing.
  boolean isSilent;

  boolean wantsRoom;

  /// Whether its join was ordered.
  boolean isJoined;

  /// Whether it may be given messages.
  boolean mayReceive;

  /// Names the state transfers it asked for.
  int asked;

  /// The last of them whose place in the order has come.
  int placed;

  int restarts;
  @Nullable Intake intake;

  /// Where it stands between two configurations, for the next exchange.
  long lineage;

  long birthConfiguration;
  long birthNumber;

  Membership(GroupMemberId id, GroupName group, JoinOptions options, GroupEvents events) {
    this.id = id;
    this.group = group;
    this.options = options;
    this.events = events;
  }

  PeerName application() {
    return id.application();
  }

  void view(long nowNanos, GroupView view) {
    Intake waiting = intake;
    if (isSilent) {
      return;
    }
    if (waiting != null) {
      waiting.keep(view);
    } else {
      events.view(nowNanos, view);
    }
  }

  void message(long nowNanos, GroupMessage message) {
    Intake waiting = intake;
    if (isSilent) {
      return;
    }
    if (waiting != null) {
      waiting.keep(message);
    } else {
      events.message(nowNanos, message);
    }
  }

  void refused(long nowNanos, Refusal refusal) {
    if (!isSilent) {
      events.refused(nowNanos, refusal);
    }
  }

  void left(long nowNanos, GroupView.Cause cause) {
    stage = Stage.GONE;
    isInView = false;
    intake = null;
    if (!isSilent) {
      isSilent = true;
      events.left(nowNanos, cause);
    }
  }
}
