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
  private static final int MOST_SEARCH_DOUBLINGS = 3;

  private final History history;
  private final Outlet outlet;
  private final long pauseNanos;
  private final long[] askAt;
  private final int[] asked;
  private final int[] rounds;
  private long askedPackets;
  private long answeredPackets;
  private long nextAskAt = Long.MAX_VALUE;

  /// What this peer said of its line when it fell silent; negative before.
  private long lastLine = -1;

  Repairs(History history, Outlet outlet, long pauseNanos) {
    this.history = history;
    this.outlet = outlet;
    this.pauseNanos = pauseNanos;
    askAt = new long[history.size()];
    asked = new int[history.size()];
    rounds = new int[history.size()];
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

  /// Begins a search: nobody has been asked.
  void restart() {
    Arrays.fill(asked, 0);
    Arrays.fill(rounds, 0);
  }

  /// This peer has fallen silent and reported what it holds. What recovery brings it from now on is
  /// told to nobody who is still in the configuration: a line beyond the report would make a SAFE
  /// packet stable there that is not delivered here.
  void fallSilent() {
    if (lastLine < 0) {
      lastLine = history.line();
    }
    pause(); // Or what is due and not asked for keeps the timer in the past.
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
    if (holder >= 0) {
      request(holder, rank, gaps);
    }
  }

  /// Asks for packets that somebody has, and nobody knows who: one member, then two more, four
  /// more, so that everybody has been asked after few rounds. The others wait for this search.
  void search(long now, Origin origin, List<Range> gaps, boolean[] present) {
    int rank = origin.rank;
    if (gaps.isEmpty()) {
      askAt[rank] = Long.MAX_VALUE;
      return;
    }
    int others = -1; // Without this peer, who is among them.
    for (boolean isPresent : present) {
      others += isPresent ? 1 : 0;
    }
    int count = Math.min(others, 1 << Math.min(rounds[rank], MOST_DOUBLINGS));
    for (int i = 0; i < count; i++) {
      request(holder(rank, asked[rank]++, present), rank, gaps);
    }
    askAt[rank] = now + 4 * (pauseNanos << Math.min(rounds[rank], MOST_SEARCH_DOUBLINGS));
    rounds[rank]++;
    nextAskAt = Math.min(nextAskAt, askAt[rank]);
  }

  private void request(int holder, int rank, List<Range> gaps) {
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

  /// Sends what a member asked for and is held here.
  ///
  /// @param budget bytes that may be sent; looking for a packet costs one as well
  /// @return what is left of it. What it did not suffice for is asked for again
  long answer(int rank, PacketCodec.Request request, long budget) {
    Origin origin = history.origins[request.origin()];
    long left = budget;
    ByteBuffer body = start(outlet.bodyBytes());
    for (Range range : request.ranges()) {
      long last = Math.min(range.last(), origin.top());
      for (long s = Math.max(range.first(), origin.discarded() + 1); s <= last; s++) {
        if (--left <= 0) {
          break;
        }
        Packet packet = origin.get(s);
        if (packet == null) {
          continue;
        }
        left -= packet.wireBytes();
        answeredPackets++;
        if (packet.wireBytes() > body.remaining()) {
          flush(rank, body);
        }
        if (packet.wireBytes() > body.remaining()) {
          // Its sender has a better path than this peer: rather cut up on the way than never there.
          ByteBuffer large = start(PacketCodec.DATAGRAM_HEADER_BYTES + packet.wireBytes());
          PacketCodec.packet(large, packet);
          flush(rank, large);
        } else {
          PacketCodec.packet(body, packet);
        }
      }
    }
    flush(rank, body);
    return left;
  }

  private static ByteBuffer start(int bytes) {
    return ByteBuffer.allocate(bytes).position(PacketCodec.DATAGRAM_HEADER_BYTES);
  }

  private void flush(int rank, ByteBuffer body) {
    if (body.position() > PacketCodec.DATAGRAM_HEADER_BYTES) {
      header(body);
      outlet.to(rank, body.flip());
      body.clear().position(PacketCodec.DATAGRAM_HEADER_BYTES);
    }
  }

  private void header(ByteBuffer body) {
    long line = lastLine < 0 ? history.line() : lastLine;
    PacketCodec.header(body, history.tag, history.clock(), history.own().top(), line, false);
  }
}
