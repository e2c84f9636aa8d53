package io.euryale.service.stream;

import io.euryale.kernel.Hello;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.Role;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One live link of a relay and what was learnt over it; or a client without a link to this peer,
/// which is reached by way of another one.
final class RemoteLink {

  /// Negative for a client without a link.
  final int id;

  final Hello hello;

  /// Opened by this peer.
  final boolean outbound;

  /// Leads to another member of the cell, or to one of the cell above. Both are asked for every
  /// frame, so [RelayLinks] notes them when the neighbourhood or the links change.
  boolean sibling;

  boolean above;

  /// Number of a sibling among the live ones, from 0 to 63; else -1. It stays while it is one.
  int seat = -1;

  /// Subscriptions received over the link: from a client, or from a member of the cell above.
  List<StreamFrames.Subscription> subscriptions = List.of();

  /// For a client: its progress in each flow.
  LongMap<ClientProgress> progress = new LongMap<>();

  /// For a client without a link here: the peer that hands on what is for it, of a cell below or of
  /// the root cell; else null.
  @Nullable RemoteLink way;

  /// For a client: what it said last, which is repeated to peers that have to know.
  StreamFrames.Message.@Nullable Subscriptions says;

  /// For a client: when it said so.
  long saidAtNanos;

  /// For a client: another peer told of it, and nothing has come from it.
  boolean hearsay;

  /// The packet in hand has gone over this link, for all clients behind it.
  long carried;

  /// For a client: it gets its packets in another way than before, so some may be lost.
  boolean moved;

  /// Not used upwards before this time, because it did not answer.
  long avoidUntilNanos = Long.MIN_VALUE;

  /// What was refused to the other side already, so that it is audited once.
  final Set<String> forbidden = new TreeSet<>();

  /// When the other side was last asked to say what its packets are.
  long askedAtNanos = Long.MIN_VALUE / 2;

  /// When a progress message last came over the link.
  long answeredAtNanos;

  /// Half of the measured round trip: what a packet takes to the other side.
  long transitNanos;

  /// The answer to a ping that was sent at this time came.
  void measured(long nowNanos, long sentNanos) {
    transitNanos = transit(transitNanos, nowNanos - sentNanos);
  }

  /// What takes longer was not measured: links are given up before.
  private static final long LONGEST_ROUND_TRIP_NANOS = 60_000_000_000L;

  /// A new estimate: higher samples count fully, lower ones by half, so that it is rather too high
  /// than too low.
  static long transit(long known, long roundTripNanos) {
    if (roundTripNanos < 0 || roundTripNanos > LONGEST_ROUND_TRIP_NANOS) {
      return known;
    }
    long half = roundTripNanos / 2;
    return half >= known ? half : known + (half - known) / 2;
  }

  RemoteLink(int id, Hello hello, boolean outbound, long nowNanos) {
    this.id = id;
    this.hello = hello;
    this.outbound = outbound;
    this.answeredAtNanos = nowNanos;
  }

  /// The link that a frame for this client, or peer, leaves on.
  RemoteLink next() {
    RemoteLink by = way;
    return by == null ? this : by;
  }

  PeerName name() {
    return hello.self().name();
  }

  Role role() {
    return hello.role();
  }

  // The last subscriptions received, as frame and as message. They come every second and hardly
  // ever say anything new, so they are compared before they are decoded.
  private @Nullable ByteBuffer wishFrame;
  private StreamFrames.Message.@Nullable Subscriptions wish;

  /// What `frame` says, if it is byte for byte the frame of the last [#remember]; else null.
  StreamFrames.Message.@Nullable Subscriptions repeatedWish(ByteBuffer frame) {
    return frame.equals(wishFrame) ? wish : null;
  }

  private static final int MAX_REMEMBERED_BYTES = 64 << 10;

  /// Remembers what `frame` says, unless it is very long.
  void remember(ByteBuffer frame, StreamFrames.Message.Subscriptions says) {
    ByteBuffer source = frame.duplicate();
    if (source.remaining() > MAX_REMEMBERED_BYTES) {
      return;
    }
    wishFrame = ByteBuffer.allocate(source.remaining()).put(source).flip();
    wish = says;
  }

  /// What this side asks of a stream; null for nothing.
  @Nullable StreamQos wants(String stream) {
    StreamQos wanted = null;
    for (StreamFrames.Subscription subscription : subscriptions) {
      if (StreamNames.matches(subscription.pattern(), stream)) {
        wanted = wanted == null ? subscription.qos() : wanted.together(subscription.qos());
      }
    }
    return wanted;
  }

  ClientProgress progress(long flow) {
    ClientProgress known = progress.get(flow);
    if (known == null) {
      known = new ClientProgress();
      progress.put(flow, known);
    }
    return known;
  }

  /// How far one client is in one flow, and whether it wants it.
  static final class ClientProgress {
    long upTo;
    long bits;
    long delivered;

    /// The link's subscriptions were matched against the flow's name since both last changed.
    boolean matched;

    boolean wanted;

    /// The client asks for the newest packet only.
    boolean conflated;

    /// The client asks how long packets take at each hop.
    boolean traced;

    /// The last packet of the payload that a conflating client was sent and has not confirmed, or
    /// 0; and when.
    long inFlight;

    long inFlightSinceNanos;

    /// Newer packets came while one was in flight.
    boolean isBehind;

    /// The client has these; what it said before may come after.
    void has(long newUpTo, long newBits) {
      if (newUpTo >= upTo) {
        upTo = newUpTo;
        bits = newBits;
      }
    }

    boolean has(long sequence) {
      return StreamFrames.covers(upTo, bits, sequence);
    }
  }
}
