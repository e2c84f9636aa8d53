package io.euryale.group.named;

import io.euryale.group.named.Group.Change;
import io.euryale.group.named.GroupFrame.StateRequest;
import io.euryale.kernel.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Applies joins and leaves at their places in the order, and tells the applications here.
///
/// A view ends at a place of the total order, and that says nothing about messages that do not wait
/// for the order: one peer may have delivered such a message before the join and another after it.
/// So a peer that sends such messages to a group says so first, in the order; and when the view is
/// about to change, each of these peers says, in the order too, that it has sent its last one in
/// the old view. The last of these flushes is the place where the view changes: the stream
/// delivers it after all that its sender sent before. Groups without such senders change at the
/// join itself, for one message.
final class Views {

  private final Site site;
  private final Outbox outbox;
  private final Credits credits;
  private final Transfers transfers;

  Views(Site site, Outbox outbox, Credits credits, Transfers transfers) {
    this.site = site;
    this.outbox = outbox;
    this.credits = credits;
    this.transfers = transfers;
  }

  /// Something that may end the present view was ordered.
  ///
  /// @return whether views were installed
  boolean change(long nowNanos, GroupName name, Change change) {
    Group group = site.groups.get(name);
    if (group == null) {
      group = new Group(name);
      group.number = site.floor;
      group.history = Hash.chain(site.tag, Hash.of(name.value()));
      site.groups.put(name, group);
    }
    if (!group.pending.isEmpty()) {
      group.pending.add(change);
      return false;
    }
    if (change instanceof Change.Unordering
        || group.unordered.isEmpty()
        || !site.rules.keepsView()) {
      apply(nowNanos, group, change);
      return true;
    }
    group.pending.add(change);
    group.awaited.addAll(group.unordered);
    if (group.awaited.contains(site.self)) {
      outbox.flush(group);
    }
    return false;
  }

  /// A peer has sent its last unordered message in the view with this number.
  ///
  /// @return whether views were installed
  boolean flush(long nowNanos, GroupName name, PeerId peer, long number) {
    Group group = site.groups.get(name);
    if (group == null || group.number != number || !group.awaited.remove(peer)) {
      return false;
    }
    if (!group.awaited.isEmpty()) {
      return false;
    }
    while (!group.pending.isEmpty()) {
      apply(nowNanos, group, group.pending.remove());
    }
    return true;
  }

  private void apply(long nowNanos, Group group, Change change) {
    switch (change) {
      case Change.Joining c -> join(nowNanos, group, c);
      case Change.Leaving c -> leave(nowNanos, group, c);
      case Change.Unordering c -> {
        if (group.hasMemberAt(c.peer())) {
          group.unordered.add(c.peer());
        }
      }
    }
    if (group.members.isEmpty() && group.pending.isEmpty()) {
      site.floor = Math.max(site.floor, group.number);
      site.groups.remove(group.name);
    }
  }

  private void join(long nowNanos, Group group, Change.Joining join) {
    GroupMemberId id = join.member();
    Membership own = site.membership(group.name, id);
    if (group.member(id) != null) {
      return;
    }
    Refusal full = full(group, id.peer());
    if (full != null) {
      site.observer.rejected(nowNanos, id.peer(), "too many members");
      if (own != null) {
        put(nowNanos, own, full);
      }
      return;
    }
    Group.Member member =
        new Group.Member(id, join.gives(), site.configuration().id().number(), group.number + 1);
    member.attempt = join.attempt();
    if (own != null) {
      own.isJoined = true;
      own.isInView = true;
      if (own.stage == Membership.Stage.JOINING) {
        own.stage = Membership.Stage.MEMBER;
      }
      own.birthConfiguration = member.birthConfiguration;
      own.birthNumber = member.birthNumber;
    }
    if (join.wants()) {
      await(nowNanos, group, member, own);
    }
    group.members.add(member);
    site.hosted.merge(id.peer(), 1, Integer::sum);
    next(group, GroupView.Cause.JOIN, id, join.mark());
    install(nowNanos, group, List.of());
  }

  private @Nullable Refusal full(Group group, PeerId peer) {
    if (group.members.size() >= site.settings.membersPerGroup()) {
      return new Refusal(
          Refusal.Reason.TOO_MANY,
          "Group " + group.name + " has as many members as the setting membersPerGroup allows");
    }
    if (site.hosted.getOrDefault(peer, 0) >= site.settings.groupsPerPeer()) {
      return new Refusal(
          Refusal.Reason.TOO_MANY,
          "Peer " + peer.name() + " has as many memberships as the setting groupsPerPeer allows");
    }
    return null;
  }

  /// The member needs state from here on. In a transitional configuration nobody can send any; the
  /// next exchange sees to it.
  private void await(long nowNanos, Group group, Group.Member member, @Nullable Membership own) {
    List<Group.Member> givers = group.givers(member.id);
    if (site.phase == Site.Phase.TRANSITIONAL) {
      member.awaits = true;
      if (own != null) {
        own.intake = Intake.waiting(own.asked);
        own.placed = member.attempt;
      }
    } else if (!givers.isEmpty()) {
      member.awaits = true;
      transfers.begin(nowNanos, group.name, member.id, member.attempt, givers.getFirst().id);
    } else if (group.members.stream().anyMatch(m -> m.awaits)) {
      member.awaits = true;
      member.isUnserved = true;
      if (own != null) {
        own.intake = Intake.waiting(own.asked);
      }
    } else if (own != null) {
      transfers.none(nowNanos, own);
    }
  }

  /// A member has its state and can give it.
  void done(long nowNanos, GroupName name, GroupMemberId id) {
    Group group = site.groups.get(name);
    Group.Member member = group == null ? null : group.member(id);
    if (group != null && member != null) {
      member.awaits = false;
      serve(nowNanos, group);
    }
  }

  /// Looks for state for those that wait without a giver. A member that waits may have its state
  /// already while the order does not say so, so only when none of them can get it any more, nobody
  /// has state.
  private void serve(long nowNanos, Group group) {
    List<Group.Member> waiting = group.members.stream().filter(m -> m.isUnserved).toList();
    if (waiting.isEmpty() || site.phase == Site.Phase.TRANSITIONAL) {
      return;
    }
    if (group.members.stream().anyMatch(m -> m.gives && !m.awaits)) {
      for (Group.Member member : waiting) {
        begin(nowNanos, group, member, group.givers(member.id).getFirst());
      }
    } else if (group.members.stream().allMatch(m -> m.isUnserved || !m.awaits)) {
      nobody(nowNanos, group);
    }
  }

  private void begin(long nowNanos, Group group, Group.Member member, Group.Member giver) {
    member.isUnserved = false;
    transfers.begin(nowNanos, group.name, member.id, member.attempt, giver.id);
    Membership own = site.membership(group.name, member.id);
    if (own != null) {
      own.view(nowNanos, site.view(group)); // Kept: what the state belongs to.
    }
  }

  private void leave(long nowNanos, Group group, Change.Leaving leave) {
    GroupMemberId id = leave.member();
    Group.Member member = group.member(id);
    Membership own = site.membership(group.name, id);
    if (member == null) {
      if (own != null && own.isJoined) {
        own.left(nowNanos, leave.cause());
        forget(nowNanos, own);
      }
      return;
    }
    group.members.remove(member);
    site.hosted.merge(id.peer(), -1, Integer::sum);
    if (!group.hasMemberAt(id.peer())) {
      group.unordered.remove(id.peer());
      if (id.peer().equals(site.self)) {
        outbox.ended(group.name);
      }
    }
    if (own != null) {
      own.isInView = false;
    }
    next(group, leave.cause(), id, leave.mark());
    install(nowNanos, group, List.of());
    transfers.left(nowNanos, group.name, id);
    serve(nowNanos, group);
    if (own != null) {
      own.left(nowNanos, leave.cause());
      forget(nowNanos, own);
      if (site.hasInterest(group.name) && !site.isHost(group.name)) {
        // Another application here is joining: until its place in the order this peer is out.
        site.trace.leave(nowNanos, group.name);
        site.trace.join(nowNanos, group.name);
      }
    }
  }

  private static void next(Group group, GroupView.Cause cause, GroupMemberId changed, long mark) {
    group.number++;
    group.history = Hash.chain(group.history, mark);
    group.cause = cause;
    group.changed = changed;
  }

  /// Takes a membership away that the order did not accept.
  void put(long nowNanos, Membership own, Refusal refusal) {
    outbox.drop(own);
    own.refused(nowNanos, refusal);
    own.left(nowNanos, GroupView.Cause.LEAVE);
    forget(nowNanos, own);
  }

  private void forget(long nowNanos, Membership own) {
    site.remove(own);
    if (!site.hasInterest(own.group)) {
      site.trace.leave(nowNanos, own.group);
    }
  }

  /// Gives the applications here the group's present view.
  ///
  /// @param withheld peers that grant no credit yet
  void install(long nowNanos, Group group, List<PeerId> withheld) {
    List<PeerId> peers = group.members.stream().map(m -> m.id.peer()).distinct().toList();
    credits.view(nowNanos, group.name, peers, withheld);
    if (!site.isHost(group.name)) {
      return;
    }
    GroupView view = site.view(group);
    site.trace.install(nowNanos, view);
    site.observer.installed(nowNanos, view);
    for (Membership membership : site.memberships(group.name)) {
      if (membership.isInView) {
        membership.view(nowNanos, view);
      }
    }
  }

  /// An application asked for state at this place of the order.
  void request(long nowNanos, PeerId peer, StateRequest request) {
    Group group = site.groups.get(request.group());
    GroupMemberId id = new GroupMemberId(peer, request.application());
    Group.Member member = group == null ? null : group.member(id);
    if (group == null || member == null) {
      return;
    }
    transfers.cancel(group.name, id);
    Membership own = site.membership(group.name, id);
    boolean waited = member.awaits;
    member.attempt = request.attempt();
    member.awaits = true;
    if (site.phase == Site.Phase.TRANSITIONAL) {
      if (own != null) {
        own.intake = Intake.waiting(own.asked);
        own.placed = request.attempt();
      }
      return;
    }
    List<Group.Member> givers = group.givers(id);
    GroupMemberId named = request.giver();
    if (named != null) {
      givers = givers.stream().filter(m -> m.id.equals(named)).toList();
    }
    if (!givers.isEmpty()) {
      begin(nowNanos, group, member, givers.get(request.skip() % givers.size()));
    } else if (!waited) {
      member.awaits = false;
      if (own != null) {
        own.placed = own.asked;
        own.refused(
            nowNanos,
            new Refusal(
                Refusal.Reason.NO_STATE,
                (named == null ? "No other member" : "Member " + named + " is not there or")
                    + " can give the state of group "
                    + group.name
                    + "; the application keeps its own"));
      }
    } else {
      member.isUnserved = true;
      serve(nowNanos, group);
    }
  }

  /// Nobody can give state: all that wait begin with nothing, at the same place.
  void nobody(long nowNanos, Group group) {
    for (Group.Member member : group.members) {
      if (member.awaits) {
        member.awaits = false;
        member.isUnserved = false;
        Membership own = site.membership(group.name, member.id);
        if (own != null) {
          boolean isUntold = own.intake != null;
          transfers.none(nowNanos, own);
          if (isUntold && own.isInView && site.phase == Site.Phase.OPEN) {
            own.view(nowNanos, site.view(group));
          }
        }
      }
    }
  }

  /// The configuration is over; those members of each view go on together whose peers do.
  void transitional(long nowNanos) {
    for (Group group : List.copyOf(site.groups.values())) {
      group.cause = GroupView.Cause.CONFIGURATION;
      group.changed = null;
      if (site.isHost(group.name)) {
        GroupView view = site.view(group);
        site.trace.install(nowNanos, view);
        site.observer.installed(nowNanos, view);
        for (Membership membership : site.memberships(group.name)) {
          if (membership.isInView) {
            membership.view(nowNanos, view);
          }
        }
      }
    }
  }
}
