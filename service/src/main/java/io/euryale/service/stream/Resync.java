package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Undone;
import java.util.ArrayList;
import java.util.List;

/// Tells others of packets that come up the tree once more.
///
/// A packet is *done* at a peer when peers above it hold it. When one of those moves to a place
/// beside or below, with the packet in its hands, it is not: told that it is done, the one who has
/// moved would let go of what nobody else has. So a peer that gets another above or beside it tells
/// it first what it keeps, or has heard so of from below (`resync`), and whoever hears that from
/// below tells all beside and above likewise. Each takes these packets for missing
/// where it does not keep them, and so takes them once more. What comes twice costs a repetition,
/// which the next hop or the client drops.
///
/// Until the other side has answered the ping that follows, nothing that it says is done or kept is
/// believed: it may have left before it knew.
///
/// Owned by the relay's loop.
final class Resync {

  private final Home home;
  private final RelayLinks links;
  private final Flows flows;
  private final WireWriter writer = new WireWriter();

  Resync(Home home, RelayLinks links, Flows flows) {
    this.home = home;
    this.links = links;
    this.flows = flows;
  }

  /// Links or neighbours changed, and nothing was sent to them yet.
  void review(long nowNanos) {
    links.forEach(
        link -> {
          boolean isNew = (link.sibling && !link.wasSibling) || (link.above && !link.wasAbove);
          link.wasSibling = link.sibling;
          link.wasAbove = link.above;
          if (isNew) {
            tell(nowNanos, link, 0);
          }
        });
  }

  /// Another peer tells of packets that are not done there, or has told of all.
  void told(long nowNanos, RemoteLink from, Message.Resync what) {
    for (Undone undone : what.undone()) {
      Flow flow = flows.get(undone.flow());
      if (flow != null) {
        flow.reopen(undone);
      }
    }
    if (what.isLast() && what.hops() < StreamFrames.MAX_HOPS) {
      links.forEach(
          link -> {
            if ((link.sibling || link.above) && link != from) {
              tell(nowNanos, link, what.hops() + 1);
            }
          });
    }
  }

  /// The other side knows, if the ping is not from before.
  void answered(long nowNanos, RemoteLink from, long ping) {
    if (from.isResyncing() && ping >= from.resyncPing) {
      from.resyncPing = RemoteLink.RESYNCED;
      if (from.resyncAgain) {
        from.resyncAgain = false;
        send(nowNanos, from);
      }
    }
  }

  /// Says again what a full link did not take.
  void refresh(long nowNanos) {
    links.forEach(
        link -> {
          if (link.resyncPing == RemoteLink.UNTOLD) {
            send(nowNanos, link);
          }
        });
  }

  /// Once in a round trip, whatever happens meanwhile: in a ring of peers that each take the next
  /// for the one above, as it may be for a moment, it goes around no faster, and ends.
  ///
  /// @param hops how many peers have passed it on
  private void tell(long nowNanos, RemoteLink link, int hops) {
    boolean waits = link.resyncPing == RemoteLink.UNTOLD || link.resyncAgain;
    link.resyncHops = waits ? Math.min(link.resyncHops, hops) : hops;
    if (link.isResyncing()) {
      link.resyncAgain = link.resyncPing != RemoteLink.UNTOLD;
    } else {
      send(nowNanos, link);
    }
  }

  private void send(long nowNanos, RemoteLink link) {
    // Who is beside has the same peers above, and they hear it from here.
    int hops = link.sibling ? StreamFrames.MAX_HOPS : link.resyncHops;
    List<Undone> all = new ArrayList<>();
    flows.forEach(flow -> flow.undone(all));
    boolean sent = true;
    for (int from = 0; from < all.size() && sent; from += StreamFrames.MAX_UNDONE) {
      int to = Math.min(all.size(), from + StreamFrames.MAX_UNDONE);
      sent = send(link, new Message.Resync(hops, to == all.size(), all.subList(from, to)));
    }
    if (!all.isEmpty()) {
      long ping = nowNanos + 1; // Later than any that was sent before.
      link.resyncPing = sent && send(link, new Message.Ping(ping)) ? ping : RemoteLink.UNTOLD;
    }
  }

  private boolean send(RemoteLink link, Message message) {
    return home.send(link.id, StreamFrames.encode(writer, message));
  }
}
