package io.euryale.link;

import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Puts the pieces of [Fragments] together, for each sender by itself. Memory grows only with bytes
/// that arrived, within the bounds of [LinkSettings]; when a sender has too much unfinished, its
/// message that waited longest for a piece goes. One thread.
public final class Reassembly {

  /// What a piece costs beside its bytes, counted as if it were bytes.
  private static final int PIECE_COST = 128;

  /// Numbers of finished messages remembered for a sender, so that repeated pieces are recognised.
  private static final int FINISHED = 64;

  private final LinkSettings settings;
  private final LinkCounters counters;
  private final Map<PeerId, Sender> senders = new LinkedHashMap<>();

  private static final class Sender {
    /// In the order of their last piece.
    final Map<Long, Message> unfinished = new LinkedHashMap<>();

    final long[] finished = new long[FINISHED];
    int finishedCount;
    long bytes;

    boolean isFinished(long message) {
      for (int i = 0; i < Math.min(finishedCount, FINISHED); i++) {
        if (finished[i] == message) {
          return true;
        }
      }
      return false;
    }

    void finish(long message) {
      finished[finishedCount % FINISHED] = message;
      // Wraps within the ring, so that it never overflows.
      finishedCount = finishedCount == 2 * FINISHED - 1 ? FINISHED : finishedCount + 1;
    }
  }

  private static final class Message {
    final int total;
    final TreeMap<Integer, byte[]> pieces = new TreeMap<>();
    int received;
    long deadlineNanos;

    Message(int total) {
      this.total = total;
    }

    long cost() {
      return received + (long) PIECE_COST * pieces.size();
    }
  }

  public Reassembly(LinkSettings settings, LinkCounters counters) {
    this.settings = settings;
    this.counters = counters;
  }

  /// Takes a piece, from position to limit.
  ///
  /// @return the whole message when this was the last piece missing, the caller's to keep; null
  /// otherwise
  public @Nullable ByteBuffer piece(long nowNanos, PeerId from, ByteBuffer piece) {
    if (piece.remaining() <= Fragments.PIECE_OVERHEAD) {
      return reject(Rejection.BAD_FRAGMENT);
    }
    long number = piece.getLong();
    int total = piece.getInt();
    int offset = piece.getInt();
    int length = piece.remaining();
    if (total < 1
        || total > Fragments.MAX_MESSAGE_BYTES
        || offset < 0
        || (long) offset + length > total) {
      return reject(Rejection.BAD_FRAGMENT);
    }
    Sender sender = senders.computeIfAbsent(from, id -> new Sender());
    if (sender.isFinished(number)) {
      return reject(Rejection.DUPLICATE_FRAGMENT);
    }
    Message message = sender.unfinished.get(number);
    Rejection wrong = message == null ? null : contradiction(message, total, offset, length);
    if (wrong != null) {
      return reject(wrong);
    }
    if (message == null) {
      message = new Message(total);
    }
    return add(nowNanos, sender, number, message, offset, piece);
  }

  /// Drops messages whose rest did not come in time; to be called now and then.
  public void expire(long nowNanos) {
    for (Iterator<Sender> each = senders.values().iterator(); each.hasNext(); ) {
      Sender sender = each.next();
      Iterator<Message> messages = sender.unfinished.values().iterator();
      while (messages.hasNext()) {
        Message message = messages.next();
        if (nowNanos < message.deadlineNanos) {
          break;
        }
        messages.remove();
        sender.bytes -= message.cost();
        counters.reject(Rejection.REASSEMBLY_TIMED_OUT);
      }
    }
  }

  /// Forgets a life of a peer.
  public void forget(PeerId from) {
    senders.remove(from);
  }

  /// Bytes that unfinished messages of a sender cost, their bookkeeping included.
  public long bytes(PeerId from) {
    Sender sender = senders.get(from);
    return sender == null ? 0 : sender.bytes;
  }

  private @Nullable ByteBuffer add(
      long nowNanos, Sender sender, long number, Message message, int offset, ByteBuffer piece) {
    sender.unfinished.remove(number);
    sender.bytes -= message.cost();
    byte[] bytes = new byte[piece.remaining()];
    piece.get(bytes);
    message.pieces.put(offset, bytes);
    message.received += bytes.length;
    if (message.received == message.total) {
      sender.finish(number);
      ByteBuffer whole = ByteBuffer.allocate(message.total);
      message.pieces.values().forEach(whole::put);
      return whole.flip();
    }
    message.deadlineNanos = nowNanos + settings.reassemblyTimeout().toNanos();
    sender.bytes += message.cost();
    sender.unfinished.put(number, message);
    makeRoom(sender);
    return null;
  }

  private void makeRoom(Sender sender) {
    Iterator<Message> longest = sender.unfinished.values().iterator();
    while (sender.bytes > settings.reassemblyBytes()
        || sender.unfinished.size() > settings.reassemblyMessages()) {
      Message dropped = longest.next();
      longest.remove();
      sender.bytes -= dropped.cost();
      counters.reject(Rejection.REASSEMBLY_FULL);
    }
  }

  private static @Nullable Rejection contradiction(
      Message message, int total, int offset, int length) {
    if (message.total != total) {
      return Rejection.BAD_FRAGMENT;
    }
    Map.Entry<Integer, byte[]> before = message.pieces.floorEntry(offset);
    if (before != null && before.getKey() == offset && before.getValue().length == length) {
      return Rejection.DUPLICATE_FRAGMENT;
    }
    if (before != null && before.getKey() + before.getValue().length > offset) {
      return Rejection.BAD_FRAGMENT;
    }
    Integer after = message.pieces.higherKey(offset);
    return after != null && after < offset + length ? Rejection.BAD_FRAGMENT : null;
  }

  private @Nullable ByteBuffer reject(Rejection reason) {
    counters.reject(reason);
    return null;
  }
}
