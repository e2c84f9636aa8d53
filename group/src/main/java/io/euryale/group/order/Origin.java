package io.euryale.group.order;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one peer knows of one member's packets in the present configuration.
final class Origin {

  /// Most packets of one member between the oldest not held by everybody and the newest.
  static final int MOST_PACKETS = 8192;

  private static final int FEWEST_SLOTS = 64;

  final int rank;

  private @Nullable Packet[] ring = new @Nullable Packet[FEWEST_SLOTS];
  private long discarded;
  private long held;
  private long top;
  private long heard;
  private long promisedClock;
  private long promisedCount;
  private long line;
  private long acknowledged;

  /// Sequence number of the packet to be delivered next.
  long next = 1;

  Origin(int rank) {
    this.rank = rank;
  }

  /// Packets up to this one are held by everybody and forgotten.
  long discarded() {
    return discarded;
  }

  /// All packets up to this one are here, or were.
  long held() {
    return held;
  }

  /// The newest packet that is known to exist.
  long top() {
    return top;
  }

  /// Every packet of this member with a timestamp up to here is held.
  long heard() {
    return heard;
  }

  /// What the member said of its own line.
  long line() {
    return line;
  }

  @Nullable Packet get(long sequence) {
    return sequence <= discarded || sequence > top ? null : ring[slot(sequence)];
  }

  /// The packet to be delivered next, when it is here and nothing before it is missing.
  @Nullable Packet head() {
    return next <= held ? get(next) : null;
  }

  boolean has(long sequence) {
    return sequence <= held || get(sequence) != null;
  }

  /// Whether a packet is further ahead than this peer takes packets in a regular configuration.
  boolean isTooFar(long sequence) {
    return sequence > discarded + MOST_PACKETS;
  }

  /// The furthest packet that there is room for. While a configuration ends nothing is forgotten,
  /// but the sender may be a whole window beyond what is held here.
  long furthest() {
    return discarded + 2 * MOST_PACKETS;
  }

  /// Keeps a packet.
  ///
  /// @return false when it is here already, or too far ahead to be kept
  boolean put(Packet packet) {
    long sequence = packet.sequence;
    if (sequence > furthest() || has(sequence)) {
      return false;
    }
    reach(sequence);
    ring[slot(sequence)] = packet;
    Packet following = sequence == held + 1 ? packet : null;
    while (following != null) {
      held++;
      heard = Math.max(heard, following.time);
      following = held < top ? get(held + 1) : null;
    }
    settle();
    return true;
  }

  /// The member said that its first `count` packets are all with timestamps up to `clock`.
  void promise(long clock, long count) {
    reach(Math.min(count, discarded + MOST_PACKETS));
    if (count <= held) {
      heard = Math.max(heard, clock);
    } else if (clock > promisedClock) {
      promisedClock = clock;
      promisedCount = count;
    }
  }

  void reportLine(long reported) {
    line = Math.max(line, reported);
  }

  void hearUpTo(long time) {
    heard = Math.max(heard, time);
  }

  /// Bytes of packets with a timestamp up to `line` that this did not count before: what one more
  /// announcement of the line would acknowledge.
  long acknowledgeable(long line) {
    long bytes = 0;
    acknowledged = Math.max(acknowledged, discarded);
    while (acknowledged < held) {
      Packet packet = get(acknowledged + 1);
      if (packet == null || packet.time > line) {
        break;
      }
      bytes += Outflow.cost(packet);
      acknowledged++;
    }
    return bytes;
  }

  /// Forgets delivered packets with a timestamp up to `time`.
  ///
  /// @param keepsPieces whether pieces of a message that is not whole here are kept
  /// @param bodies get back what the packets were in
  void discardUpTo(long time, boolean keepsPieces, Bodies bodies) {
    while (discarded + 1 < next) {
      Packet oldest = ring[slot(discarded + 1)];
      if (oldest == null || oldest.time > time || (keepsPieces && oldest.waitsForPieces())) {
        break;
      }
      ring[slot(discarded + 1)] = null;
      discarded++;
      bodies.give(oldest.body);
    }
  }

  /// Packets beyond the first gap that are here, at most `most` ranges.
  List<Range> islands(int most) {
    List<Range> islands = new ArrayList<>();
    long from = 0;
    for (long s = held + 1; s <= top && islands.size() < most; s++) {
      if (get(s) != null) {
        from = from == 0 ? s : from;
      } else if (from != 0) {
        islands.add(new Range(from, s - 1));
        from = 0;
      }
    }
    if (from != 0 && islands.size() < most) {
      islands.add(new Range(from, top));
    }
    return islands;
  }

  /// Packets that exist and are missing, at most `most` ranges.
  List<Range> gaps(int most) {
    List<Range> gaps = new ArrayList<>();
    long s = held + 1;
    while (s <= top && gaps.size() < most) {
      if (get(s) != null) {
        s++;
        continue;
      }
      long from = s;
      while (s <= top && get(s) == null) {
        s++;
      }
      gaps.add(new Range(from, s - 1));
    }
    return gaps;
  }

  private void settle() {
    if (promisedCount <= held && promisedClock > heard) {
      heard = promisedClock;
    }
  }

  private void reach(long sequence) {
    if (sequence <= top) {
      return;
    }
    if (sequence - discarded > ring.length) {
      int slots = ring.length;
      while (slots < sequence - discarded) {
        slots *= 2;
      }
      @Nullable Packet[] larger = new @Nullable Packet[slots];
      for (long s = discarded + 1; s <= top; s++) {
        larger[(int) s & (slots - 1)] = ring[slot(s)];
      }
      ring = larger;
    }
    top = sequence;
  }

  private int slot(long sequence) {
    return (int) sequence & (ring.length - 1);
  }

  @Override
  public String toString() {
    return "origin %d: held %d of %d, heard %d, line %d, next %d, slots %d of %d"
        .formatted(
            rank,
            held,
            top,
            heard,
            line,
            next,
            Arrays.stream(ring).filter(p -> p != null).count(),
            ring.length);
  }
}
