package io.euryale.service.stream;

import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client as a relay knows it: what it wants, how far it is in each flow, and the link that leads
/// to it.
///
/// Owned by the relay's loop.
final class Client {

  final PeerId id;

  /// What leads to it: its own link, or the link to a peer of a cell below or of the root cell that
  /// hands on what is for it.
  RemoteLink next;

  /// It is led to in another way than before, so something may be lost.
  boolean moved = true;

  /// Another peer told of it, and nothing has come from it.
  boolean isHearsay;

  /// What it takes of the [WishBudget].
  long wishBytes;

  /// Its patterns that there was no room for when it last asked.
  Set<String> leftOut = Set.of();

  private final WishMemory lastWish = new WishMemory();
  private final LongMap<Progress> progress = new LongMap<>();
  private Message.@Nullable Subscriptions says;
  private long saidAtNanos;

  Client(PeerId id, RemoteLink next) {
    this.id = id;
    this.next = next;
  }

  PeerName name() {
    return id.name();
  }

  /// Whether it has a link to this peer, and gets its streams over it.
  boolean isHere() {
    return next.role() == Role.CLIENT;
  }

  /// What it said last, which is repeated to peers that have to know; null before that.
  Message.@Nullable Subscriptions says() {
    return says;
  }

  long saidAtNanos() {
    return saidAtNanos;
  }

  /// The last frame in which it told what it wants, by way of other peers.
  WishMemory lastWish() {
    return lastWish;
  }

  /// It tells what it wants.
  void says(Message.Subscriptions wishes) {
    says = wishes;
  }

  /// A message in which it does so came now.
  void heard(long nowNanos) {
    saidAtNanos = nowNanos;
  }

  List<Subscription> subscriptions() {
    Message.Subscriptions last = says;
    return last == null ? List.of() : last.entries();
  }

  /// Grows with each peer that it chose to get its streams from.
  long turn() {
    Message.Subscriptions last = says;
    return last == null ? 0 : last.turn();
  }

  /// Whether it gets its streams from this peer and no other.
  boolean isNear() {
    return isHere() && turn() > 0 && !subscriptions().isEmpty();
  }

  /// Whether it has a link to a peer, and so hears and tells everything there itself.
  boolean isConnectedTo(RemoteLink peer) {
    Message.Subscriptions last = says;
    return last != null && last.attached().contains(peer.name());
  }

  /// What it asks of a stream; null for nothing.
  @Nullable StreamQos wants(String stream) {
    StreamQos wanted = null;
    for (Subscription subscription : subscriptions()) {
      if (StreamNames.matches(subscription.pattern(), stream)) {
        wanted = wanted == null ? subscription.qos() : wanted.together(subscription.qos());
      }
    }
    return wanted;
  }

  /// How far it is in a flow, whether it wants it or not.
  Progress progress(long flow) {
    Progress known = progress.get(flow);
    if (known == null) {
      known = new Progress();
      progress.put(flow, known);
    }
    return known;
  }

  /// How far it is in a flow; null when it does not want it.
  ///
  /// @param name of the flow's stream
  @Nullable Progress progress(long flow, String name) {
    Progress known = progress(flow);
    if (!known.matched) {
      StreamQos wanted = wants(name);
      known.matched = true;
      known.wanted = wanted != null;
      known.conflated = wanted != null && wanted.conflated();
      known.traced = wanted != null && wanted.traced();
    }
    return known.wanted ? known : null;
  }

  /// Its subscriptions have to be matched with all flows again.
  void rematch() {
    progress.forEach(known -> known.matched = false);
  }

  /// It has packets of a flow that it got by way of this peer.
  void has(long flow, long upTo, long bits) {
    Progress known = progress.get(flow);
    if (known != null) {
      known.has(upTo, bits);
    }
  }

  /// In how many flows its progress is known.
  int flows() {
    return progress.size();
  }

  void forget(long flow) {
    progress.remove(flow);
  }

  /// How far a client is in a flow, and whether it wants it.
  static final class Progress {
    long upTo;
    long bits;
    long delivered;

    /// Its subscriptions were matched against the flow's name since either changed.
    boolean matched;

    boolean wanted;

    /// It asks for the newest packet only.
    boolean conflated;

    /// It asks how long packets take at each hop.
    boolean traced;

    /// The last packet of the payload that a conflating client was sent and has not confirmed, or
    /// 0; and when.
    long inFlight;

    long inFlightSinceNanos;

    /// How many payloads, one after the other, it was sent before it had confirmed the one before.
    int inVain;

    /// The client has these; what it said before may come after.
    void has(long newUpTo, long newBits) {
      if (newUpTo >= upTo) {
        upTo = newUpTo;
        bits = newBits;
      }
    }

    /// A conflating client is sent a payload.
    void sent(long nowNanos, long payload) {
      inVain = inFlight > upTo ? inVain + 1 : 0;
      inFlight = payload;
      inFlightSinceNanos = nowNanos;
    }

    /// What it was sent went another way than it is reached now.
    void moved() {
      inFlight = 0;
    }

    boolean has(long sequence) {
      return StreamFrames.covers(upTo, bits, sequence);
    }
  }
}
