package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.group.named.Group.Change;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The named groups of one traffic class at one peer: light-weight groups of applications over the
/// ordered stream of the peers. It is the only user of its [Submission].
///
/// Called by the loop of the class only; callbacks come from inside these calls. What all peers
/// decide alike they decide from the stream alone.
public final class NamedGroups implements Delivery {

  /// What names of the longest kind take in an UNRELIABLE message, and of each receiver.
  private static final int NAMES_BYTES = 300;

  private static final int RECEIVER_BYTES = 150;

  private final Site site;
  private final Credits credits;
  private final Outbox outbox;
  private final Transfers transfers;
  private final Views views;
  private final Successor successor;
  private final Reception reception;

  /// @param submission where this layer submits; nobody else may
  /// @param rights who may do what, equal at all peers
  public NamedGroups(
      Submission submission,
      PeerId self,
      Rights rights,
      GroupSettings settings,
      GroupObserver observer,
      GroupTrace trace) {
    this(submission, self, rights, settings, observer, trace, GroupRules.ALL);
  }

  NamedGroups(
      Submission submission,
      PeerId self,
      Rights rights,
      GroupSettings settings,
      GroupObserver observer,
      GroupTrace trace,
      GroupRules rules) {
    site = new Site(self, rights, settings, observer, trace, rules);
    credits = new Credits(site);
    outbox = new Outbox(site, submission, credits);
    transfers = new Transfers(site, outbox, credits);
    views = new Views(site, outbox, credits, transfers);
    successor = new Successor(site, outbox, credits, transfers, views);
    reception = new Reception(site, outbox, credits, transfers, views, successor);
  }

  /// Asks to join a group; its first view follows at the join's place in the order.
  ///
  /// @param events told about this group, by this loop, until [GroupEvents#left]
  public Admission join(
      long nowNanos,
      PeerName application,
      GroupName group,
      JoinOptions options,
      GroupEvents events) {
    GroupMemberId id = site.own(application);
    Membership before = site.membership(group, application);
    if (before != null) {
      return Admission.refused(
          Refusal.Reason.ALREADY_A_MEMBER,
          before.stage == Membership.Stage.LEAVING
              ? "Application " + application + " is still leaving group " + group + "; try again"
              : "Application " + application + " has joined group " + group + " before");
    }
    Admission forbidden = forbidden(nowNanos, id, Right.JOIN, group);
    if (forbidden != null) {
      return forbidden;
    }
    if (site.outsiders.contains(site.self)) {
      return Admission.refused(
          Refusal.Reason.TABLES_DIFFER,
          "The table of rights or the limits of this peer differ from those of most peers; make"
              + " them equal and restart it");
    }
    if (site.count() >= site.settings.groupsPerPeer()) {
      return Admission.refused(
          Refusal.Reason.TOO_MANY,
          "This peer has as many memberships as the setting groupsPerPeer allows");
    }
    Membership made = new Membership(id, group, options, events);
    made.mayReceive = site.rights.allows(Right.RECEIVE, group, id);
    made.asked = options.wantsState() ? ++site.attempts : 0;
    if (!site.hasInterest(group)) {
      site.trace.join(nowNanos, group);
    }
    site.add(made);
    outbox.addLasting(
        new GroupFrame.Join(
            group, application, options.wantsState(), options.givesState(), made.asked));
    if (!site.rules.joinsInPlace() && site.phase == Site.Phase.OPEN) {
      views.change(
          nowNanos,
          group,
          new Change.Joining(id, options.wantsState(), options.givesState(), made.asked, 0));
    }
    outbox.drain(nowNanos);
    return Admission.accepted();
  }

  /// Asks to leave; messages accepted before are sent before. [GroupEvents#left] follows.
  public Admission leave(long nowNanos, PeerName application, GroupName group) {
    Membership own = site.membership(group, application);
    if (own == null || own.stage == Membership.Stage.LEAVING) {
      return notAMember(application, group);
    }
    own.stage = Membership.Stage.LEAVING;
    outbox.add(new Outgoing.Leaving(own));
    credits.release(nowNanos, group);
    outbox.drain(nowNanos);
    return Admission.accepted();
  }

  /// The application is gone: it leaves all its groups at once, what it has queued is dropped, and
  /// its [GroupEvents] are called no more.
  public void disconnect(long nowNanos, PeerName application) {
    site.paused.remove(application);
    for (Membership own : site.memberships(application)) {
      own.isSilent = true;
      own.stage = Membership.Stage.LEAVING;
      outbox.drop(own);
      outbox.addLasting(new GroupFrame.Leave(own.group, application, true));
      transfers.left(nowNanos, own.group, own.id);
      credits.release(nowNanos, own.group);
    }
    outbox.drain(nowNanos);
  }

  /// Sends to all members, itself included.
  ///
  /// @param token given back with the message's own delivery and with [GroupEvents#stable]
  /// @param payload position to limit, copied
  public Admission multicast(
      long nowNanos,
      PeerName application,
      GroupName group,
      Service service,
      long token,
      ByteBuffer payload) {
    return send(nowNanos, application, group, service, token, payload, List.of());
  }

  /// Sends to some members; those that have left when it arrives are passed over. The sender is
  /// given it only when it names itself.
  ///
  /// @param receivers 1 to 128, at least one of them in the present view
  /// @param token given back with [GroupEvents#stable]
  /// @param payload position to limit, copied
  public Admission send(
      long nowNanos,
      PeerName application,
      GroupName group,
      List<GroupMemberId> receivers,
      Service service,
      long token,
      ByteBuffer payload) {
    if (receivers.isEmpty() || receivers.size() > GroupCodec.MAX_RECEIVERS) {
      return Admission.refused(
          Refusal.Reason.NO_SUCH_RECEIVER,
          "A private message names 1 to 128 receivers, not " + receivers.size());
    }
    Group present = site.groups.get(group);
    if (present != null && receivers.stream().allMatch(r -> present.member(r) == null)) {
      return Admission.refused(
          Refusal.Reason.NO_SUCH_RECEIVER, "None of " + receivers + " is in group " + group);
    }
    return send(nowNanos, application, group, service, token, payload, receivers);
  }

  /// Largest message in bytes: by the settings, or by what fits into one datagram together with the
  /// names of the group, the sender and the receivers, since nobody asks for a lost UNRELIABLE one.
  ///
  /// @param receivers of a private message; 0 for one to all
  public static long mostBytes(GroupSettings settings, Service service, int receivers) {
    return service == Service.UNRELIABLE
        ? Math.max(0, Submission.MAX_UNRELIABLE_BYTES - NAMES_BYTES - RECEIVER_BYTES * receivers)
        : settings.messageBytes();
  }

  private Admission send(
      long nowNanos,
      PeerName application,
      GroupName group,
      Service service,
      long token,
      ByteBuffer payload,
      List<GroupMemberId> to) {
    Membership own = site.membership(group, application);
    if (own == null || own.stage != Membership.Stage.MEMBER) {
      return notAMember(application, group);
    }
    Admission forbidden = forbidden(nowNanos, own.id, Right.SEND, group);
    if (forbidden != null) {
      return forbidden;
    }
    long limit = mostBytes(site.settings, service, to.size());
    if (payload.remaining() > limit) {
      return Admission.refused(
          Refusal.Reason.TOO_LARGE,
          "A message to group "
              + group
              + " has "
              + payload.remaining()
              + " bytes, the service "
              + service.label()
              + " takes at most "
              + limit
              + " here");
    }
    if (!outbox.hasRoom(group, payload.remaining())) {
      own.wantsRoom = true;
      return Admission.refused(
          Refusal.Reason.FULL,
          "The queue of group " + group + " is full; send again when it is writable");
    }
    byte[] copy = new byte[payload.remaining()];
    payload.duplicate().get(copy);
    outbox.add(new Outgoing.Message(own, service, token, copy, List.copyOf(to)));
    outbox.drain(nowNanos);
    return Admission.accepted();
  }

  /// Asks for the state of the group at a later point of the order, such as after a merge. What is
  /// delivered from that point on is kept back until the state is there; then the present view of
  /// that point is given again.
  ///
  /// @param giver who has to give it; null for the first member that can
  public Admission requestState(
      long nowNanos, PeerName application, GroupName group, @Nullable GroupMemberId giver) {
    Membership own = site.membership(group, application);
    if (own == null || own.stage != Membership.Stage.MEMBER) {
      return notAMember(application, group);
    }
    if (own.intake != null || own.asked > own.placed) {
      return Admission.refused(
          Refusal.Reason.ALREADY_A_MEMBER, "State of group " + group + " is on its way already");
    }
    if (site.phase != Site.Phase.OPEN) {
      return Admission.refused(
          Refusal.Reason.NO_STATE,
          "The configuration is changing; ask for the state of group "
              + group
              + " after the next view");
    }
    own.asked = ++site.attempts;
    outbox.add(
        new GroupFrame.StateRequest(group, application, own.asked, 0, giver), Service.AGREED);
    outbox.drain(nowNanos);
    return Admission.accepted();
  }

  private static Admission notAMember(PeerName application, GroupName group) {
    return Admission.refused(
        Refusal.Reason.NOT_A_MEMBER,
        "Application "
            + application
            + " is not in group "
            + group
            + ": join, and wait for the first view");
  }

  private @Nullable Admission forbidden(
      long nowNanos, GroupMemberId who, Right right, GroupName group) {
    if (site.rights.allows(right, group, who)) {
      return null;
    }
    String text = Rights.refusal(right, group, who.application());
    site.observer.forbidden(nowNanos, who, right, group, text, true);
    return Admission.refused(Refusal.Reason.FORBIDDEN, text + "; grant it in the table of rights");
  }

  /// The application's queue at the host is full: senders to its groups are throttled.
  public void pause(long nowNanos, PeerName application) {
    site.paused.add(application);
  }

  /// There is room again.
  public void resume(long nowNanos, PeerName application) {
    if (site.paused.remove(application)) {
      for (Membership own : site.memberships(application)) {
        credits.release(nowNanos, own.group);
        transfers.take(own);
      }
      outbox.drain(nowNanos);
    }
  }

  /// A [StateSource] that had nothing has a chunk, is finished or failed.
  public void stateAvailable(long nowNanos, PeerName application, GroupName group) {
    Membership own = site.membership(group, application);
    if (own != null) {
      transfers.available(own);
      outbox.drain(nowNanos);
    }
  }

  /// The present view of a group, as far as this peer has come in the order; null when the group
  /// has no members or the memberships are being exchanged.
  public @Nullable GroupView view(GroupName group) {
    Group present = site.hasViews ? site.groups.get(group) : null;
    return present == null || present.members.isEmpty() ? null : site.view(present);
  }

  /// An application of this peer as a member of groups.
  public GroupMemberId member(PeerName application) {
    return site.own(application);
  }

  /// The groups with members, sorted by name; empty while memberships are being exchanged.
  public List<GroupName> groups() {
    return site.hasViews
        ? site.groups.values().stream()
            .filter(group -> !group.members.isEmpty())
            .map(group -> group.name)
            .toList()
        : List.of();
  }

  /// Whether nothing waits to be sent or delivered; for tests.
  boolean isQuiet() {
    return reception.isQuiet() && outbox.isEmpty();
  }

  @Override
  public void regular(long nowNanos, Configuration configuration) {
    reception.forget();
    successor.begin(nowNanos, configuration);
    outbox.drain(nowNanos);
  }

  @Override
  public void transitional(long nowNanos, Configuration configuration) {
    successor.end(nowNanos, configuration);
  }

  @Override
  public void sent(long nowNanos, long sequence, Service service, ByteBuffer payload) {
    outbox.sent(nowNanos, sequence);
    outbox.drain(nowNanos);
  }

  @Override
  public void message(
      long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
    if (service.isOrdered()) {
      site.ordered++;
    }
    boolean isLate = transfers.isLate();
    reception.arrived(nowNanos, sender, sequence, service, payload);
    if (isLate) {
      transfers.takeLate();
    }
    outbox.drain(nowNanos);
  }

  @Override
  public void stable(long nowNanos, long sequence) {
    outbox.stable(nowNanos, sequence);
    outbox.drain(nowNanos);
  }

  @Override
  public void writable(long nowNanos) {
    outbox.drain(nowNanos);
  }
}
