package io.euryale.group.order;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Asks for missing packets and answers such requests.
///
/// A gap is asked for after a pause, first from its sender, then in turn from everybody else who is
/// there: any holder answers.
final class Repairs {

  private static final int MOST_DOUBLINGS = 7;

  private final History history;
  private final Outlet outlet;
  private final long pauseNanos;
  private final long[] askAt;
  private final int[] asked;
  private long askedPackets;
  private long answeredPackets;
  private long nextAskAt = Long.MAX_VALUE;

  Repairs(History history, Outlet outlet, long pauseNanos) {
    this.history = history;
    this.outlet = outlet;
    this.pauseNanos = pauseNanos;
    askAt = new long[history.size()];
    asked = new int[history.size()];
    Arrays.fill(askAt, Long.MAX_VALUE);
  }

  long askedPackets() {
    return askedPackets;
  }

  long answeredPackets() {
    return answeredPackets;
  }

  long nextDeadline() {
    return nextAskAt;
  }

  /// Asks nobody until told to.
  void pause() {
    Arrays.fill(askAt, Long.MAX_VALUE);
    nextAskAt = Long.MAX_VALUE;
  }

  /// Looks at one member's packets after something changed.
  void review(long now, Origin origin) {
    int rank = origin.rank;
    if (origin.held() >= origin.top()) {
      askAt[rank] = Long.MAX_VALUE;
      asked[rank] = 0;
    } else if (askAt[rank] == Long.MAX_VALUE) {
      askAt[rank] = now + pauseNanos;
      nextAskAt = Math.min(nextAskAt, askAt[rank]);
    }
  }

  /// Asks for what is due.
  ///
  /// @param present by rank, who can be asked
  void due(long now, boolean[] present) {
    nextAskAt = Long.MAX_VALUE;
    for (Origin origin : history.origins) {
      if (askAt[origin.rank] <= now) {
        ask(now, origin, origin.gaps(PacketCodec.MOST_RANGES), present);
      }
      nextAskAt = Math.min(nextAskAt, askAt[origin.rank]);
    }
  }

  /// Asks for packets of one member now, and again after a pause.
  void ask(long now, Origin origin, List<Range> gaps, boolean[] present) {
    int rank = origin.rank;
    if (gaps.isEmpty()) {
      askAt[rank] = Long.MAX_VALUE;
      asked[rank] = 0;
      return;
    }
    int holder = holder(rank, asked[rank], present);
    long pause = pauseNanos << Math.min(asked[rank], MOST_DOUBLINGS);
    asked[rank]++;
    askAt[rank] = now + 4 * pause;
    nextAskAt = Math.min(nextAskAt, askAt[rank]);
    if (holder < 0) {
      return;
    }
    int bytes = PacketCodec.DATAGRAM_HEADER_BYTES + PacketCodec.requestBytes(gaps);
    ByteBuffer body = ByteBuffer.allocate(bytes);
    body.position(PacketCodec.DATAGRAM_HEADER_BYTES);
    PacketCodec.request(body, rank, gaps);
    header(body);
    for (Range gap : gaps) {
      askedPackets += gap.last() - gap.first() + 1;
    }
    outlet.to(holder, body.flip());
  }

  /// The sender first, then the others in turn, beginning behind the sender.
  private int holder(int rank, int attempt, boolean[] present) {
    List<Integer> candidates = new ArrayList<>();
    for (int i = 0; i < present.length; i++) {
      int candidate = (rank + i) % present.length;
      if (candidate != history.self && present[candidate]) {
        candidates.add(candidate);
      }
    }
    return candidates.isEmpty() ? -1 : candidates.get(attempt % candidates.size());
  }

  /// Sends what a member asked for and is held here, as far as the window goes.
  void answer(int rank, PacketCodec.Request request) {
    Origin origin = history.origins[request.origin()];
    int bodyBytes = outlet.bodyBytes();
    long budget = outlet.windowBytes();
    ByteBuffer body = ByteBuffer.allocate(bodyBytes);
    body.position(PacketCodec.DATAGRAM_HEADER_BYTES);
    for (Range range : request.ranges()) {
      for (long s = Math.max(range.first(), origin.discarded() + 1); s <= range.last(); s++) {
        Packet packet = origin.get(s);
        if (packet == null) {
          continue;
        }
        if (packet.wireBytes() > body.remaining()) {
          budget -= flush(rank, body);
        }
        if (budget <= 0) {
          return; // The rest is asked for again.
        }
        PacketCodec.packet(body, packet);
        answeredPackets++;
      }
    }
    flush(rank, body);
  }

  private int flush(int rank, ByteBuffer body) {
    int bytes = body.position();
    if (bytes > PacketCodec.DATAGRAM_HEADER_BYTES) {
      header(body);
      outlet.to(rank, body.flip());
      body.clear().position(PacketCodec.DATAGRAM_HEADER_BYTES);
    }
    return bytes;
  }

  private void header(ByteBuffer body) {
    PacketCodec.header(
        body, history.tag, history.clock(), history.own().top(), history.line(), false);
  }
}
