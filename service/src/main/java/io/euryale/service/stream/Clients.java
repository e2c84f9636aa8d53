package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which clients a relay knows, what leads to each of them, and which keep a claim to packets
/// although nothing does at present.
///
/// A client has a link to this peer, or is reached by way of a peer below, or in the root cell of a
/// sibling. Which way that is, is soft state: it is as good as the last subscriptions that came
/// over it.
///
/// Owned by the relay's loop.
final class Clients {

  /// When its subscriptions did not come for so many periods a client is gone; one period before,
  /// any other way to it is better.
  private static final int SILENT_PERIODS = 3;

  /// Of a client there is one, so this bounds what peers below can make this one remember.
  static final int MAX_CLIENTS = 65_536;

  /// What clients want may take so much, and those of one name so much of it.
  private static final long MAX_WISH_BYTES = 64L << 20;

  private static final long MAX_WISH_BYTES_OF_NAME = 4L << 20;

  private final Home home;
  private final RelayLinks links;
  private final long periodNanos;
  private final long silenceNanos;
  private final long graceNanos;
  private final Map<PeerId, Client> present = new TreeMap<>();
  private final Map<PeerId, Departed> departed = new TreeMap<>();
  private final WishBudget budget = new WishBudget(MAX_WISH_BYTES, MAX_WISH_BYTES_OF_NAME);
  private final WireWriter envelopes = new WireWriter();

  /// The same as arrays, for the data path; null when they changed.
  private Client @Nullable [] presentNow;

  private Client @Nullable [] claimantsNow;
  private long rounds;

  private record Departed(Client client, long expiresAtNanos) {}

  Clients(StreamSettings settings, Home home, RelayLinks links) {
    this.home = home;
    this.links = links;
    periodNanos = settings.refreshPeriod().toNanos();
    silenceNanos = SILENT_PERIODS * periodNanos;
    graceNanos = settings.clientGrace().toNanos();
  }

  /// Those that told what they want and can be reached.
  Client[] present() {
    Client[] now = presentNow;
    if (now == null) {
      now = present.values().toArray(Client[]::new);
      presentNow = now;
    }
    return now;
  }

  /// Those that have a claim to packets: they are present, or may come back.
  Client[] claimants() {
    Client[] now = claimantsNow;
    if (now == null) {
      List<Client> all = new ArrayList<>(present.values());
      departed.values().forEach(gone -> all.add(gone.client()));
      now = all.toArray(Client[]::new);
      claimantsNow = now;
    }
    return now;
  }

  private void changed() {
    presentNow = null;
    claimantsNow = null;
  }

  /// One that is present; null for another.
  @Nullable Client get(PeerId id) {
    return present.get(id);
  }

  /// The one that gets its streams over its own link; null when it gets them elsewhere, or has not
  /// said what it wants.
  @Nullable Client at(RemoteLink link) {
    Client client = link.role() == Role.CLIENT ? present.get(link.hello.self().id()) : null;
    return client != null && client.next == link ? client : null;
  }

  /// Sends a frame to a client wherever it is.
  ///
  /// @return false when it was not taken: nothing leads there now, or too much waits already
  boolean send(Client to, ByteBuffer frame) {
    if (to.isHere()) {
      return home.send(to.next.id, frame);
    }
    return frame.remaining() <= StreamFrames.MAX_PACKET_BYTES
        && home.send(
            to.next.id, StreamFrames.envelop(envelopes, StreamFrames.TO_CLIENT, to.id, frame));
  }

  /// Begins to send something that goes over each link once ([RemoteLink#carried]).
  long nextRound() {
    return ++rounds;
  }

  /// Forgets the progress of all clients in a flow.
  void forget(long flow) {
    for (Client client : claimants()) {
      client.forget(flow);
    }
  }

  // ---- what they want ----

  /// Why there is no room for what a client wants, in a sentence; null when there is.
  @Nullable String limit(PeerId id, StreamFrames.Message.Subscriptions wishes) {
    Client client = known(id);
    if (!present.containsKey(id) && present.size() >= MAX_CLIENTS) {
      return "a peer knows at most " + MAX_CLIENTS + " clients.";
    }
    return budget.limit(id.name(), client == null ? 0 : client.wishBytes, WishBudget.bytes(wishes));
  }

  private @Nullable Client known(PeerId id) {
    Departed gone = departed.get(id);
    return gone == null ? present.get(id) : gone.client();
  }

  /// A client tells what it wants, for which there is room.
  void says(Client client, StreamFrames.Message.Subscriptions wishes) {
    client.says(wishes);
    charge(client, WishBudget.bytes(wishes));
  }

  private void charge(Client client, long bytes) {
    budget.take(client.name(), bytes - client.wishBytes);
    client.wishBytes = bytes;
  }

  // ---- they come ----

  /// A client with a link here gets its streams over it from now on. What it has is known from
  /// before, if it was here or is at another peer.
  Client claim(RemoteLink link) {
    Client client = present.get(link.hello.self().id());
    return leadTo(client == null ? admit(link.hello.self().id(), link) : client, link);
  }

  /// A client that is elsewhere told what it wants, over a peer that can reach it.
  ///
  /// @return the client; null when it is reached in a better way
  @Nullable Client reach(long nowNanos, PeerId id, RemoteLink way, long turn) {
    Client client = present.get(id);
    if (client == null) {
      return present.size() < MAX_CLIENTS ? admit(id, way) : null;
    }
    boolean isBetter =
        turn > client.turn() || (turn == client.turn() && mayReplace(nowNanos, client, way));
    if (client.next != way && !isBetter) {
      return null;
    }
    client.moved |= turn > client.turn(); // What was sent to its former peer may be lost.
    return leadTo(client, way);
  }

  /// A client that another peer of the root cell knows, and nothing leads to, may come. Its claim
  /// ends when it does there: who is told of it does not begin its grace anew. Of several who tell
  /// of it the last to expect it counts; what is known here at first hand counts more.
  ///
  /// @return the client; null when that is nothing new, or there is no room
  @Nullable Client expect(
      long nowNanos,
      PeerId id,
      RemoteLink teller,
      StreamFrames.Message.Subscriptions says,
      long leftNanos) {
    long endsAtNanos = nowNanos + Math.clamp(leftNanos, 0, graceNanos);
    Departed known = departed.get(id);
    boolean isNews =
        known == null
            ? !present.containsKey(id) && departed.size() < MAX_CLIENTS
            : known.client().isHearsay && known.expiresAtNanos() < endsAtNanos;
    if (!isNews) {
      return null;
    }
    Client client = known == null ? new Client(id, teller) : known.client();
    client.isHearsay = true;
    says(client, says);
    client.rematch();
    departed.put(id, new Departed(client, endsAtNanos));
    changed();
    return client;
  }

  private Client admit(PeerId id, RemoteLink next) {
    Departed before = departed.remove(id);
    Client client = before == null ? new Client(id, next) : before.client();
    client.isHearsay = false;
    client.next = next;
    client.moved = true;
    present.put(id, client);
    changed();
    return client;
  }

  /// Whether a way by which a client is heard replaces the one known so far. It says what it wants
  /// over one way at a time, so the last is right, unless a peer hands on an old word because it
  /// stood still or has a new sibling; the client's next word puts that right. Only siblings tell
  /// unasked, so one replaces a child only when the child's word is old or its link is quiet.
  private boolean mayReplace(long nowNanos, Client client, RemoteLink way) {
    RemoteLink known = client.next;
    boolean isOld = nowNanos - client.saidAtNanos() >= silenceNanos - periodNanos;
    return !client.isHere()
        && (known.sibling || !way.sibling || isOld || known.silence.isQuiet(nowNanos));
  }

  private static Client leadTo(Client client, RemoteLink next) {
    // Who reaches two root peers, but not this one, is heard of over both in turn.
    boolean isEither = client.isConnectedTo(client.next) && client.isConnectedTo(next);
    client.moved |= client.next != next && !isEither;
    client.next = next;
    return client;
  }

  // ---- they go ----

  /// A client gets its streams elsewhere from now on. Its claim stays until it is known where.
  void leave(long nowNanos, Client client) {
    if (present.remove(client.id, client)) {
      if (!client.subscriptions().isEmpty() && departed.size() < MAX_CLIENTS) {
        departed.put(client.id, new Departed(client, claimEndsAtNanos(nowNanos, client)));
      } else {
        charge(client, 0);
      }
      changed();
    }
  }

  /// When the claim of a client ends if nothing more is heard of it. One that is elsewhere was
  /// there for one period after its last word at the most: its grace counts from then, as at the
  /// peer that saw it go, and not from when its silence is noticed. So all peers of the root cell
  /// free at about the same time what only they kept back. But who is taken for present has a
  /// period: this peer may have stood still, and its words wait to be read.
  long claimEndsAtNanos(long nowNanos, Client client) {
    Departed gone = departed.get(client.id);
    if (gone != null) {
      return gone.expiresAtNanos();
    }
    long there = client.isHere() ? nowNanos : client.saidAtNanos() + periodNanos;
    return Math.max(Math.min(nowNanos, there) + graceNanos, nowNanos + periodNanos);
  }

  /// Clients that cannot be reached any more in the way known so far, as it leads nowhere, or
  /// nothing came over it for long, leave.
  List<Client> leaveUnreachable(long nowNanos) {
    List<Client> unreachable = new ArrayList<>();
    for (Client client : present()) {
      if (!client.isHere()
          && (!leads(client.next) || nowNanos - client.saidAtNanos() >= silenceNanos)) {
        unreachable.add(client);
      }
    }
    for (Client client : unreachable) {
      leave(nowNanos, client);
    }
    return unreachable;
  }

  private boolean leads(RemoteLink way) {
    return links.get(way.id) == way && (links.isBelow(way) || (links.isRoot() && way.sibling));
  }

  /// Ends the claims of clients that did not come back; true when there were any.
  boolean expireClaims(long nowNanos) {
    List<Departed> expired =
        departed.values().stream().filter(gone -> gone.expiresAtNanos() <= nowNanos).toList();
    for (Departed gone : expired) {
      departed.remove(gone.client().id);
      charge(gone.client(), 0);
    }
    if (!expired.isEmpty()) {
      changed();
    }
    return !expired.isEmpty();
  }
}
