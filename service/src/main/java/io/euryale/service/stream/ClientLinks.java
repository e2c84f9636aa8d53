package io.euryale.service.stream;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A client's links to the peers that its streams come from, who are told what it wants: all
/// members of the root cell, or, when it is *near*, one member of a cell at a time.
final class ClientLinks {

  private final Home home;
  private final Subscriber.Listener listener;
  private final boolean near;
  private final Wishes wishes;
  private final WireWriter writer = new WireWriter();
  private final Map<PeerId, Dial> dialled = new TreeMap<>();

  /// Who is at the other end of each live link.
  private final TreeMap<Integer, PeerId> up = new TreeMap<>();

  /// The peers to be linked to; when near, the one to prefer first.
  private List<PeerRef> points = List.of();

  /// When near: the link that streams are asked for over, or -1; one before it whose last packets
  /// may be on their way, or -1; and how often that has changed.
  private int source = -1;

  private int former = -1;
  private long turn;

  /// How often a source said that the client should go, since others were named.
  private int sentAway;

  /// When near: of the source.
  private final Silence silence;

  private record Dial(int link, Endpoint endpoint) {}

  ClientLinks(
      StreamSettings settings,
      Home home,
      Subscriber.Listener listener,
      boolean near,
      Wishes wishes) {
    this.home = home;
    this.listener = listener;
    this.near = near;
    this.wishes = wishes;
    silence = new Silence(settings, 0);
  }

  /// The members of the root cell, or of the cell to be near to.
  void points(long nowNanos, List<PeerRef> peers) {
    points = List.copyOf(peers);
    sentAway = 0;
    Map<PeerId, PeerRef> wanted = new TreeMap<>();
    peers.forEach(peer -> wanted.put(peer.id(), peer));
    wanted.forEach(
        (id, peer) -> {
          Dial dial = dialled.get(id);
          if (dial != null && !dial.endpoint().equals(peer.endpoint())) {
            drop(id, dial);
          }
          dialled.computeIfAbsent(
              id, _ -> new Dial(home.connect(peer.endpoint()), peer.endpoint()));
        });
    if (near && !isPoint(source)) {
      choose(nowNanos);
    }
    dropOthers();
  }

  void up(long nowNanos, int link, PeerId peer) {
    up.put(link, peer);
    if (!near) {
      tellWishes(); // To all: they hear who else is reached.
    } else if (source < 0 || !isPoint(source)) {
      choose(nowNanos);
    }
  }

  void down(long nowNanos, int link) {
    boolean served = link == source;
    forget(link);
    if (served) {
      choose(nowNanos);
    } else if (!near) {
      tellWishes(); // The others reach it alone.
    }
  }

  /// A peer is about to go. If it was left already, it did not hear so.
  void goElsewhere(long nowNanos, int link) {
    if (!near) {
      return;
    }
    if (link == source) {
      sentAway++;
      choose(nowNanos);
      if (isPoint(link) && (link == source || sentAway >= points.size())) {
        sentAway = 0;
        listener.unserved(nowNanos);
      }
    } else if (link != former) {
      leave(link);
    }
  }

  /// What leads to the source has changed: this is like coming to it anew.
  void chooseAgain(int link) {
    if (near && link == source) {
      turn++;
      sendWishes(source);
    }
  }

  /// Something came over a link.
  void heard(long nowNanos, int link) {
    if (link == source) {
      silence.heard(nowNanos);
    }
  }

  /// Leaves a source that stands still, if there is another.
  void review(long nowNanos) {
    if (!isWatched()) {
      return;
    }
    if (silence.isLasting(nowNanos)) {
      silence.unanswered(nowNanos);
      choose(nowNanos);
    } else if (silence.asks(nowNanos)) {
      home.send(source, StreamFrames.encode(writer, new Message.Ping(nowNanos)));
    }
  }

  private boolean isWatched() {
    return near && source >= 0;
  }

  /// When [#review] is due.
  long dueAtNanos() {
    return isWatched() ? silence.dueAtNanos() : Long.MAX_VALUE;
  }

  /// Whoever served before does so no more: what it had for this client has come by now.
  void leaveFormer() {
    if (former >= 0) {
      leave(former);
      former = -1;
      dropOthers();
    }
  }

  /// Says what the client wants to all who are to serve it.
  void tellWishes() {
    if (near) {
      if (source >= 0) {
        sendWishes(source);
      }
    } else {
      up.keySet().forEach(this::sendWishes);
    }
  }

  /// Whether at least one peer is connected.
  boolean isAnyUp() {
    return !up.isEmpty();
  }

  /// Sends to one who can answer for all streams, if there is any.
  void ask(ByteBuffer question) {
    int asked = near || up.isEmpty() ? source : up.firstKey();
    if (asked >= 0) {
      home.send(asked, question);
    }
  }

  /// Sends to all.
  ///
  /// @return how many took it
  int askAll(ByteBuffer question) {
    int asked = 0;
    for (int link : up.keySet()) {
      asked += home.send(link, question) ? 1 : 0;
    }
    return asked;
  }

  /// Who is at the other end of a live link; null when it is not live.
  @Nullable PeerId peer(int link) {
    return up.get(link);
  }

  /// Sends to whoever serves a flow.
  void reply(Incoming flow, ByteBuffer frame) {
    if (near) {
      replyOver(source, frame);
    } else {
      for (int link : flow.sources) {
        replyOver(link, frame);
      }
    }
  }

  private void replyOver(int link, ByteBuffer frame) {
    if (up.containsKey(link)) {
      home.send(link, frame);
    }
  }

  /// Asks for streams over another link than the present one, if there is any: the next in turn, so
  /// that all have been tried when none serves.
  private void choose(long nowNanos) {
    int present = point(source);
    for (int i = 1; i <= points.size(); i++) {
      PeerRef next = points.get((present + i) % points.size());
      Dial dial = dialled.get(next.id());
      if (dial != null && dial.link() != source && up.containsKey(dial.link())) {
        leaveFormer();
        former = source;
        source = dial.link();
        turn++;
        silence.restart(nowNanos);
        sendWishes(source);
        listener.servedBy(nowNanos, next);
        return;
      }
    }
  }

  private boolean isPoint(int link) {
    return point(link) >= 0;
  }

  /// Which of the points a link leads to; -1 for none.
  private int point(int link) {
    for (int i = 0; i < points.size(); i++) {
      Dial dial = dialled.get(points.get(i).id());
      if (dial != null && dial.link() == link) {
        return i;
      }
    }
    return -1;
  }

  /// Drops links to who is no attachment point any more, but the one that streams come over.
  private void dropOthers() {
    for (PeerId known : List.copyOf(dialled.keySet())) {
      Dial dial = dialled.get(known);
      boolean isPoint = points.stream().anyMatch(point -> point.id().equals(known));
      if (dial != null && !isPoint && dial.link() != source && dial.link() != former) {
        drop(known, dial);
      }
    }
  }

  private void drop(PeerId id, Dial dial) {
    dialled.remove(id);
    forget(dial.link());
    home.disconnect(dial.link());
  }

  private void forget(int link) {
    up.remove(link);
    source = source == link ? -1 : source;
    former = former == link ? -1 : former;
  }

  private void leave(int link) {
    home.send(link, StreamFrames.encode(writer, new Message.Gone()));
  }

  private void sendWishes(int link) {
    List<PeerName> attached =
        near
            ? List.of()
            : up.values().stream()
                .map(PeerId::name)
                .distinct()
                .limit(StreamFrames.MAX_ATTACHED)
                .toList();
    home.send(
        link,
        StreamFrames.encode(writer, new Message.Subscriptions(turn, attached, wishes.entries())));
  }
}
