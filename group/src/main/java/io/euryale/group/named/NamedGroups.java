package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.group.named.Group.Change;
import io.euryale.group.named.GroupFrame.Data;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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

  /// A message that came before its view, or its point of the order, came here.
  private record Held(
      PeerId sender, long sequence, Service service, boolean isData, ByteBuffer bytes) {}

  private final Site site;
  private final Credits credits;
  private final Outbox outbox;
  private final Transfers transfers;
  private final Views views;
  private final Successor successor;
  private final WireReader reader = new WireReader();
  private final List<Held> held = new ArrayList<>();

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
    return held.isEmpty() && outbox.isEmpty();
  }

  @Override
  public void regular(long nowNanos, Configuration configuration) {
    held.clear(); // Of views that were never seen on this side.
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
    handle(nowNanos, sender, sequence, service, payload);
    if (isLate) {
      transfers.takeLate();
    }
    outbox.drain(nowNanos);
  }

  private void handle(
      long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
    switch (GroupCodec.decode(reader, payload.duplicate())) {
      case Decoded.Ok<GroupCodec.Tagged>(GroupCodec.Tagged tagged) -> {
        // What waited in the queue of its sender through a change of the configuration is sent
        // again; here nobody counts it.
        if (tagged.configuration() == site.tag) {
          boolean installed = frame(nowNanos, sender, sequence, service, tagged.frame(), payload);
          if (installed) {
            retry(nowNanos);
          }
        }
      }
      case Decoded.Unknown<GroupCodec.Tagged> _ ->
          site.observer.rejected(nowNanos, sender, "unknown type");
      case Decoded.Malformed<GroupCodec.Tagged> _ ->
          site.observer.rejected(nowNanos, sender, "malformed");
    }
  }

  /// @return whether views were installed, or points of the order reached
  private boolean frame(
      long nowNanos,
      PeerId sender,
      long sequence,
      Service service,
      GroupFrame frame,
      ByteBuffer bytes) {
    if (frame instanceof GroupFrame.Memberships part) {
      return service.isOrdered() && successor.told(nowNanos, sender, part);
    }
    boolean isCarried =
        frame instanceof Data
            || frame instanceof GroupFrame.Chunk
            || frame instanceof GroupFrame.ChunkTaken
            || frame instanceof GroupFrame.Credit;
    if (!site.hasViews) {
      if (isCarried && !service.isOrdered() && service != Service.UNRELIABLE) {
        hold(sender, sequence, service, frame instanceof Data, bytes);
      } else {
        site.observer.rejected(nowNanos, sender, "before the exchange");
      }
      return false;
    }
    if (!isCarried && (!service.isOrdered() || site.outsiders.contains(sender))) {
      site.observer.rejected(nowNanos, sender, "out of order");
      return false;
    }
    long mark = Hash.chain(Hash.of(sender.toString()), sequence);
    switch (frame) {
      case GroupFrame.Join f -> {
        GroupMemberId id = new GroupMemberId(sender, f.application());
        if (site.rights.allows(Right.JOIN, f.group(), id)) {
          return views.change(
              nowNanos, f.group(), new Change.Joining(id, f.wants(), f.gives(), f.attempt(), mark));
        }
        String text = Rights.refusal(Right.JOIN, f.group(), f.application());
        site.observer.forbidden(nowNanos, id, Right.JOIN, f.group(), text, false);
      }
      case GroupFrame.Leave f -> {
        GroupView.Cause cause =
            f.disconnected() ? GroupView.Cause.DISCONNECT : GroupView.Cause.LEAVE;
        GroupMemberId id = new GroupMemberId(sender, f.application());
        return views.change(nowNanos, f.group(), new Change.Leaving(id, cause, mark));
      }
      case GroupFrame.Unordered f -> {
        if (site.groups.containsKey(f.group())) {
          views.change(nowNanos, f.group(), new Change.Unordering(sender));
        }
      }
      case GroupFrame.Flush f -> {
        return views.flush(nowNanos, f.group(), sender, f.number());
      }
      case Data f -> data(nowNanos, sender, sequence, service, f, bytes);
      case GroupFrame.Credit f ->
          f.grants().stream()
              .filter(grant -> grant.sender().equals(site.self))
              .forEach(g -> credits.granted(nowNanos, g.group(), sender, g.offset()));
      case GroupFrame.Chunk f -> {
        if (transfers.isEarly(f)) {
          hold(sender, sequence, service, false, bytes);
        } else {
          transfers.arrived(nowNanos, sender, f);
        }
      }
      case GroupFrame.ChunkTaken f -> {
        if (f.giver().peer().equals(site.self)) {
          transfers.taken(sender, f);
        }
      }
      case GroupFrame.StateRequest f -> {
        views.request(nowNanos, sender, f);
        return true;
      }
      case GroupFrame.StateDone f -> {
        views.done(nowNanos, f.group(), new GroupMemberId(sender, f.application()));
        return true;
      }
      case GroupFrame.Memberships _ -> {}
    }
    return false;
  }

  private void data(
      long nowNanos, PeerId sender, long sequence, Service service, Data data, ByteBuffer bytes) {
    Outgoing.Message own = sender.equals(site.self) ? outbox.delivered(sequence) : null;
    if (!site.hasInterest(data.group())) {
      return;
    }
    Group group = site.groups.get(data.group());
    if (!service.isOrdered() && site.rules.keepsView()) {
      boolean isNow =
          group != null && group.number == data.number() && group.history == data.history();
      if (service == Service.UNRELIABLE) {
        if (!isNow) {
          site.observer.rejected(nowNanos, sender, "unreliable outside its view");
          return;
        }
      } else if (!isNow || held.stream().anyMatch(h -> h.isData() && h.sender().equals(sender))) {
        if (group != null && data.number() < group.number) {
          site.observer.rejected(nowNanos, sender, "after its view");
        } else {
          hold(sender, sequence, service, true, bytes);
        }
        return;
      }
    }
    if (group == null || !site.isHost(data.group())) {
      return;
    }
    deliver(nowNanos, sender, sequence, data, group, own);
    if (data.service() != Service.UNRELIABLE) {
      credits.arrived(nowNanos, data.group(), sender, data.offset());
    }
  }

  private void deliver(
      long nowNanos,
      PeerId sender,
      long sequence,
      Data data,
      Group group,
      Outgoing.@Nullable Message own) {
    GroupMemberId from = new GroupMemberId(sender, data.application());
    if (site.outsiders.contains(sender) || group.member(from) == null) {
      site.observer.rejected(nowNanos, sender, "not a member");
      return;
    }
    if (!site.rights.allows(Right.SEND, group.name, from)) {
      String text = Rights.refusal(Right.SEND, group.name, data.application());
      site.observer.forbidden(nowNanos, from, Right.SEND, group.name, text, false);
      return;
    }
    boolean isPrivate = !data.to().isEmpty();
    List<Membership> receivers = new ArrayList<>();
    for (Membership membership : site.memberships(group.name)) {
      if (membership.isInView
          && (!isPrivate || !site.rules.keepsPrivate() || data.to().contains(membership.id))) {
        receivers.add(membership);
      }
    }
    if (receivers.isEmpty()) {
      return;
    }
    GroupViewId view = site.viewId(group);
    site.trace.deliver(
        nowNanos,
        group.name,
        view,
        sender,
        sequence,
        data.service(),
        isPrivate,
        data.payload().duplicate());
    long position =
        data.service().isOrdered() ? (site.configuration().id().number() << 32) + site.ordered : 0;
    for (Membership receiver : receivers) {
      boolean isDropped =
          data.service() == Service.UNRELIABLE && site.paused.contains(receiver.application());
      if (receiver.mayReceive && !isDropped) {
        boolean isOwn = own != null && own.membership == receiver;
        receiver.message(
            nowNanos,
            new GroupMessage(
                group.name,
                view,
                from,
                data.service(),
                isPrivate,
                isOwn,
                isOwn && own != null ? own.token : 0,
                position,
                data.payload().duplicate()));
        transfers.check(nowNanos, receiver);
      }
    }
  }

  /// A peer that keeps to the rules has less on its way than it may queue.
  private void hold(
      PeerId sender, long sequence, Service service, boolean isData, ByteBuffer bytes) {
    long before = bytes.remaining();
    for (Held h : held) {
      before += h.sender().equals(sender) ? h.bytes().remaining() : 0;
    }
    if (before > site.settings.queueBytes()) {
      site.observer.rejected(0, sender, "too much before its time");
      return;
    }
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
    copy.put(bytes.duplicate()).flip();
    held.add(new Held(sender, sequence, service, isData, copy));
  }

  /// Something was installed: what was held may be delivered, in the order of its arrival.
  private void retry(long nowNanos) {
    if (!held.isEmpty()) {
      List<Held> now = List.copyOf(held);
      held.clear();
      now.forEach(h -> handle(nowNanos, h.sender(), h.sequence(), h.service(), h.bytes()));
    }
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
