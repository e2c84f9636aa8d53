package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.ResyncId;
import io.euryale.service.stream.StreamFrames.Undone;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Tells others of packets that come up the tree once more.
///
/// A packet is *done* at a peer when peers above it hold it. When one of those moves to a place
/// beside or below, with the packet in its hands, it is not: told that it is done, the one who has
/// moved would let go of what nobody else has. So a peer that gets another above or beside it tells
/// it first what it keeps, or has heard so of (`resync`). Whoever hears that takes these packets
/// for missing where it does not keep them, and so takes them once more; and passes the frame on to
/// all beside and above, once, by its [ResyncId]. What comes twice costs a repetition, which the
/// next hop or the client drops.
///
/// Until the other side of a link has answered the ping that follows, nothing that it says is done
/// or kept is believed: it may have left before it knew. So whoever was told believes only those
/// who were told too.
///
/// Owned by the relay's loop.
final class Resync {

  /// Frames that are known when they come again.
  static final int MAX_SEEN = 4_096;

  /// Frames that wait for room in a link at most. One with more is told anew what is kept here.
  static final int MAX_UNTOLD = 1_024;

  private final PeerId self;
  private final Home home;
  private final RelayLinks links;
  private final Flows flows;
  private final StreamRules rules;
  private final Set<ResyncId> seen = new LinkedHashSet<>();
  private long frames;
  private final WireWriter writer = new WireWriter();

  Resync(PeerId self, Home home, RelayLinks links, Flows flows, StreamRules rules) {
    this.self = self;
    this.home = home;
    this.links = links;
    this.flows = flows;
    this.rules = rules;
  }

  /// Links or neighbours changed, and nothing was sent to them yet.
  void review(long nowNanos) {
    links.forEach(
        link -> {
          boolean isNew = (link.sibling && !link.wasSibling) || (link.above && !link.wasAbove);
          link.wasSibling = link.sibling;
          link.wasAbove = link.above;
          if (isNew) {
            tell(nowNanos, link, undone());
          }
        });
  }

  /// Another peer tells of packets that are not done there.
  void told(long nowNanos, RemoteLink from, Message.Resync what) {
    for (Undone undone : what.undone()) {
      Flow flow = flows.meet(nowNanos, undone.flow());
      if (flow != null) {
        flow.reopen(undone); // Also what was heard: the last packet's feeder may not have.
      }
    }
    if (isFirst(what.id()) && what.hops() < StreamFrames.MAX_HOPS) {
      List<Message.Resync> next = List.of(what.passedOn());
      links.forEach(
          link -> {
            if ((link.sibling || link.above) && link != from) {
              tell(nowNanos, link, next);
            }
          });
    }
  }

  private boolean isFirst(ResyncId id) {
    if (seen.size() == MAX_SEEN) {
      seen.remove(seen.iterator().next());
    }
    return seen.add(id);
  }

  /// The other side knows, if the ping is not from before.
  void answered(RemoteLink from, long ping) {
    if (from.untold.isEmpty() && ping >= from.resyncPing) {
      from.isResyncing = false;
    }
  }

  /// Says what a full link did not take, and asks again for answers that one did not.
  void refresh(long nowNanos) {
    links.forEach(
        link -> {
          if (link.isResyncing) {
            send(nowNanos, link);
          }
        });
  }

  private void tell(long nowNanos, RemoteLink link, List<Message.Resync> what) {
    if (what.isEmpty()) {
      return;
    }
    link.untold.addAll(what);
    if (link.untold.size() > MAX_UNTOLD) {
      link.untold.clear();
      link.untold.addAll(undone());
    }
    send(nowNanos, link);
  }

  private void send(long nowNanos, RemoteLink link) {
    link.isResyncing = true;
    Message.Resync next = link.untold.peek();
    while (next != null && send(link, next)) {
      link.untold.remove();
      next = link.untold.peek();
    }
    if (next == null) {
      link.resyncPing = Math.max(nowNanos, link.resyncPing) + 1; // Later than any from before.
      send(link, new Message.Ping(link.resyncPing));
    }
  }

  private boolean send(RemoteLink link, Message message) {
    return home.send(link.id, StreamFrames.encode(writer, message));
  }

  /// What is kept here, or to come once more.
  private List<Message.Resync> undone() {
    List<Undone> all = new ArrayList<>();
    if (rules.tellsWhatItKeeps()) {
      flows.forEach(flow -> flow.undone(all));
    }
    List<Message.Resync> told = new ArrayList<>();
    for (int from = 0; from < all.size(); from += StreamFrames.MAX_UNDONE) {
      int to = Math.min(all.size(), from + StreamFrames.MAX_UNDONE);
      told.add(new Message.Resync(new ResyncId(self, ++frames), 0, all.subList(from, to)));
    }
    return told;
  }
}
