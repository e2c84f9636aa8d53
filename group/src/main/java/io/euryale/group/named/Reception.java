package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.group.named.Group.Change;
import io.euryale.group.named.GroupFrame.Data;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What comes in: takes the messages of the stream apart, holds those that are before their time,
/// and gives those of applications to the members here.
final class Reception {

  /// A message that came before its view, or its point of the order, came here.
  private record Held(
      PeerId sender, long sequence, Service service, boolean isData, ByteBuffer bytes) {}

  private final Site site;
  private final Outbox outbox;
  private final Credits credits;
  private final Transfers transfers;
  private final Views views;
  private final Successor successor;
  private final WireReader reader = new WireReader();
  private final List<Held> held = new ArrayList<>();

  Reception(
      Site site,
      Outbox outbox,
      Credits credits,
      Transfers transfers,
      Views views,
      Successor successor) {
    this.site = site;
    this.outbox = outbox;
    this.credits = credits;
    this.transfers = transfers;
    this.views = views;
    this.successor = successor;
  }

  boolean isQuiet() {
    return held.isEmpty();
  }

  /// A new configuration: what is held is of views that were never seen on this side.
  void forget() {
    held.clear();
  }

  /// A message of the stream, or one that was held.
  void arrived(long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
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
      now.forEach(h -> arrived(nowNanos, h.sender(), h.sequence(), h.service(), h.bytes()));
    }
  }
}
