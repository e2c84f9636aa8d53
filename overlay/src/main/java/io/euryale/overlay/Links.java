package io.euryale.overlay;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The control links of one process, by peer and by address: dials on demand, keeps the links to
/// neighbours, and lets go of others when they are idle.
///
/// What is sent to a peer that is still being dialled waits for a second at most, and at most
/// [#MAX_WAITING] frames; the oldest is dropped first, for every request is repeated by its sender.
/// Not thread-safe.
final class Links {

  /// Frames that wait for a link to come up.
  static final int MAX_WAITING = 16;

  /// What waited longer has been repeated, or is no longer wanted: a request for a place from
  /// before a split would take it from somebody else.
  private static final long MOST_WAITING_NANOS = 1_000_000_000L;

  /// Addresses dialled at a time; the one unused for longest makes room.
  static final int MAX_DIALLED = 1_024;

  private static final long IDLE_NANOS = 10_000_000_000L;
  private static final long UNANSWERED_NANOS = 2_000_000_000L;

  private static final long HURRY_NANOS = 1_000_000_000L;

  private static final class Dialled {
    final Endpoint to;
    final int link;
    final Deque<Waiting> waiting = new ArrayDeque<>();
    @Nullable PeerRef remote;
    long usedNanos;

    /// When the first frame was sent after the last one that came, or `Long.MAX_VALUE`.
    long unansweredNanos = Long.MAX_VALUE;

    Dialled(Endpoint to, int link) {
      this.to = to;
      this.link = link;
    }
  }

  /// A frame for whoever listens there (`to` null), or for one incarnation only.
  private record Waiting(@Nullable PeerId to, ByteBuffer frame, long sinceNanos) {}

  private final Home home;
  private final PeerRef self;
  private final WireWriter writer = new WireWriter();
  private final Map<String, Dialled> byAddress = new LinkedHashMap<>();
  private final Map<Integer, String> addresses = new LinkedHashMap<>();
  private final Map<Integer, Hello> up = new LinkedHashMap<>();
  private Set<PeerId> kept = Set.of();
  private long hurryNanos = Long.MIN_VALUE;

  Links(Home home, PeerRef self) {
    this.home = home;
    this.self = self;
  }

  /// Whether the reason of a failed dial says that nobody listens: the process has ended.
  static boolean isNobodyThere(String reason) {
    return reason.contains("refused") && !reason.startsWith(Core.TURNED_AWAY);
  }

  /// Sends to one incarnation of a peer, dialling it where necessary.
  void send(long nowNanos, PeerRef to, CellMessage message) {
    if (to.id().equals(self.id())) {
      return;
    }
    ByteBuffer frame = CellCodec.encode(writer, message);
    renewIfDead(nowNanos, to.endpoint(), to.id());
    Integer link = linkTo(to.id());
    if (link != null) {
      used(nowNanos, link);
      home.send(link, frame);
    } else if (to.endpoint().controlPort() != 0) {
      dial(nowNanos, to.endpoint(), new Waiting(to.id(), copy(frame), nowNanos));
    }
  }

  /// Sends to whoever listens at an address.
  void send(long nowNanos, Endpoint to, CellMessage message) {
    if (to.toString().equals(self.endpoint().toString())) {
      return;
    }
    ByteBuffer frame = CellCodec.encode(writer, message);
    renewIfDead(nowNanos, to, null);
    Dialled dialled = byAddress.get(to.toString());
    if (dialled != null && up.containsKey(dialled.link)) {
      used(nowNanos, dialled.link);
      home.send(dialled.link, frame);
    } else {
      dial(nowNanos, to, new Waiting(null, copy(frame), nowNanos));
    }
  }

  /// A machine that lost power tells nobody: its links look up for ever. One over which nothing
  /// came back for a while, or that leads to a former life of the peer meant, is dialled anew.
  private void renewIfDead(long nowNanos, Endpoint to, @Nullable PeerId meant) {
    Dialled dialled = byAddress.get(to.toString());
    Hello remote = dialled == null ? null : up.get(dialled.link);
    if (dialled == null || remote == null) {
      return;
    }
    boolean silent =
        dialled.unansweredNanos != Long.MAX_VALUE
            && nowNanos - dialled.unansweredNanos > UNANSWERED_NANOS;
    if (silent || (meant != null && meant.supersedes(remote.self().id()))) {
      drop(dialled.link);
    }
  }

  /// A frame came over a link.
  void heard(int link, PeerRef from) {
    answered(addresses.get(link));
    answered(from.endpoint().toString());
  }

  private void answered(@Nullable String address) {
    Dialled dialled = address == null ? null : byAddress.get(address);
    if (dialled != null) {
      dialled.unansweredNanos = Long.MAX_VALUE;
    }
  }

  /// Answers on the link a frame came by.
  void reply(int link, CellMessage message) {
    home.send(link, CellCodec.encode(writer, message));
  }

  /// Who is at the other end, or null when the link is not up.
  @Nullable Hello remote(int link) {
    return up.get(link);
  }

  boolean isUp(PeerId peer) {
    return linkTo(peer) != null;
  }

  /// Whether what is sent to this peer leaves over this link: two peers that dialled each other at
  /// once have two.
  boolean isUsed(int link, PeerId peer) {
    Integer used = linkTo(peer);
    return used != null && used == link;
  }

  void linkUp(long nowNanos, int link, Hello remote) {
    up.put(link, remote);
    String address = addresses.get(link);
    Dialled dialled = address == null ? null : byAddress.get(address);
    if (dialled == null) {
      return;
    }
    dialled.remote = remote.self();
    for (Waiting waiting : dialled.waiting) {
      boolean meant = waiting.to() == null || waiting.to().equals(remote.self().id());
      if (meant && nowNanos - waiting.sinceNanos() <= MOST_WAITING_NANOS) {
        home.send(link, waiting.frame());
      }
    }
    dialled.waiting.clear();
    dialled.usedNanos = nowNanos;
    dialled.unansweredNanos = Long.MAX_VALUE;
  }

  /// A link is gone; tells the peer that has no link left now, or null.
  @Nullable PeerRef linkDown(int link) {
    Hello remote = up.remove(link);
    return remote == null || isUp(remote.self().id()) ? null : remote.self();
  }

  /// The peer last met, or meant, at the address a dial failed for.
  Set<PeerId> meantBy(int link) {
    Set<PeerId> meant = new LinkedHashSet<>();
    String address = addresses.get(link);
    Dialled dialled = address == null ? null : byAddress.get(address);
    if (dialled != null) {
      PeerRef remote = dialled.remote;
      if (remote != null) {
        meant.add(remote.id());
      }
      for (Waiting waiting : dialled.waiting) {
        if (waiting.to() != null) {
          meant.add(waiting.to());
        }
      }
    }
    return meant;
  }

  /// Dials these peers if need be and keeps the links to them.
  void keep(long nowNanos, Collection<PeerRef> peers) {
    Set<PeerId> wanted = new LinkedHashSet<>();
    for (PeerRef peer : peers) {
      wanted.add(peer.id());
      if (linkTo(peer.id()) == null && !peer.id().equals(self.id())) {
        dialled(nowNanos, peer.endpoint()).remote = peer;
      }
    }
    kept = wanted;
  }

  /// Closes every link to a peer: a link that stays silent may be dead at this end only.
  void reset(PeerRef peer) {
    for (int link : new ArrayList<>(up.keySet())) {
      Hello remote = up.get(link);
      if (remote != null && remote.self().id().equals(peer.id())) {
        drop(link);
      }
    }
    Dialled dialled = byAddress.get(peer.endpoint().toString());
    if (dialled != null) {
      drop(dialled.link);
    }
  }

  /// Dials a peer whose link broke, to see whether it is still there.
  void redial(long nowNanos, PeerRef peer) {
    if (peer.endpoint().controlPort() != 0 && kept.contains(peer.id())) {
      dialled(nowNanos, peer.endpoint()).remote = peer;
    }
  }

  /// Does not wait for a dial that pauses: what is sent there next is dialled at once.
  void dialAnew(Endpoint to) {
    Dialled pending = byAddress.get(to.toString());
    if (pending != null && !up.containsKey(pending.link)) {
      drop(pending.link);
    }
  }

  /// Dials anew whatever is not up: the network works again, and a dial from before may hang for
  /// seconds. At most once a second.
  void hurry(long nowNanos) {
    if (nowNanos < hurryNanos) {
      return;
    }
    hurryNanos = nowNanos + HURRY_NANOS;
    for (Dialled pending : new ArrayList<>(byAddress.values())) {
      if (!up.containsKey(pending.link)) {
        drop(pending.link);
        Dialled again = dialled(nowNanos, pending.to);
        again.remote = pending.remote;
        again.usedNanos = pending.usedNanos;
        again.waiting.addAll(pending.waiting);
      }
    }
  }

  /// The address a link asked for goes to, or null for links that others opened.
  @Nullable String address(int link) {
    return addresses.get(link);
  }

  /// Lets go of links that nobody needed for a while.
  void sweep(long nowNanos) {
    List<Integer> idle = new ArrayList<>();
    for (Dialled dialled : byAddress.values()) {
      PeerRef remote = dialled.remote;
      boolean needed = remote != null && kept.contains(remote.id());
      if (!needed && nowNanos - dialled.usedNanos > IDLE_NANOS) {
        idle.add(dialled.link);
      }
    }
    idle.forEach(this::drop);
  }

  /// Whoever makes this peer dial addresses out of nothing must not fill its memory with them.
  private void makeRoom() {
    Dialled oldest = null;
    for (Dialled dialled :
        byAddress.size() < MAX_DIALLED ? List.<Dialled>of() : byAddress.values()) {
      PeerRef remote = dialled.remote;
      boolean needed = remote != null && kept.contains(remote.id());
      if (!needed && (oldest == null || dialled.usedNanos < oldest.usedNanos)) {
        oldest = dialled;
      }
    }
    if (oldest != null) {
      drop(oldest.link);
    }
  }

  /// Closes a link and forgets it: what is sent to its address from now on is dialled anew.
  void drop(int link) {
    home.disconnect(link);
    up.remove(link);
    String address = addresses.remove(link);
    if (address != null) {
      byAddress.remove(address);
    }
  }

  private void dial(long nowNanos, Endpoint to, Waiting waiting) {
    Dialled dialled = dialled(nowNanos, to);
    dialled.usedNanos = nowNanos;
    if (dialled.waiting.size() >= MAX_WAITING) {
      dialled.waiting.removeFirst();
    }
    dialled.waiting.addLast(waiting);
  }

  private Dialled dialled(long nowNanos, Endpoint to) {
    String address = to.toString();
    Dialled dialled = byAddress.get(address);
    if (dialled == null) {
      makeRoom();
      dialled = new Dialled(to, home.connect(to));
      dialled.usedNanos = nowNanos;
      byAddress.put(address, dialled);
      addresses.put(dialled.link, address);
    }
    return dialled;
  }

  private void used(long nowNanos, int link) {
    String address = addresses.get(link);
    Dialled dialled = address == null ? null : byAddress.get(address);
    if (dialled != null) {
      dialled.usedNanos = nowNanos;
      dialled.unansweredNanos = Math.min(dialled.unansweredNanos, nowNanos);
    }
  }

  /// The newest link that is up to this incarnation: older ones may be dead at one end.
  private @Nullable Integer linkTo(PeerId peer) {
    Integer found = null;
    for (Map.Entry<Integer, Hello> link : up.entrySet()) {
      if (link.getValue().self().id().equals(peer)) {
        found = link.getKey();
      }
    }
    return found;
  }

  private static ByteBuffer copy(ByteBuffer frame) {
    ByteBuffer copy = ByteBuffer.allocate(frame.remaining());
    return copy.put(frame.duplicate()).flip();
  }
}
