package io.euryale.peer.group;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Calls from a loop to an application: one after the other, in order, on a virtual thread that
/// lives while there is something to do. The loop never waits: when more than a mark lies here, it
/// is told to have the senders throttled, and told again when half of it is gone.
final class Lane {

  private record Call(long bytes, Runnable work) {}

  /// What a call costs besides its bytes.
  static final long CALL_BYTES = 100;

  private final String name;
  private final long mark;
  private final Consumer<Boolean> onFull;
  private final Consumer<Throwable> onFailure;
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean isRunning;
  private boolean isFull;
  private boolean isClosed;
  private volatile @Nullable Thread thread;

  /// @param mark bytes from which on the lane is full
  /// @param onFull told `true` by the thread that puts, from inside, and `false` by another one
  /// afterwards
  /// @param onFailure told by the thread that works when a call throws; the lane is closed then
  Lane(String name, long mark, Consumer<Boolean> onFull, Consumer<Throwable> onFailure) {
    this.name = name;
    this.mark = mark;
    this.onFull = onFull;
    this.onFailure = onFailure;
  }

  void put(long payloadBytes, Runnable work) {
    boolean begin;
    boolean full = false;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      waiting.add(new Call(payloadBytes + CALL_BYTES, work));
      bytes += payloadBytes + CALL_BYTES;
      begin = !isRunning;
      isRunning = true;
      if (bytes > mark && !isFull) {
        isFull = true;
        full = true;
      }
    }
    if (full) {
      onFull.accept(true);
    }
    if (begin) {
      Thread fresh = Thread.ofVirtual().name(name).unstarted(this::work);
      thread = fresh;
      fresh.start();
    }
  }

  private void work() {
    Call done = null;
    while (true) {
      Call next;
      boolean room = false;
      synchronized (this) {
        if (done != null) {
          bytes -= done.bytes();
        }
        if (isFull && bytes * 2 <= mark) {
          isFull = false;
          room = true;
        }
        next = waiting.poll();
        if (next == null) {
          isRunning = false;
        }
      }
      if (room) {
        onFull.accept(false);
      }
      if (next == null) {
        return;
      }
      done = next;
      try {
        next.work().run();
      } catch (Throwable mistake) {
        close();
        onFailure.accept(mistake);
      }
    }
  }

  /// Whether the calling thread is the one that makes the calls.
  boolean isCurrentThread() {
    return Thread.currentThread().equals(thread);
  }

  /// What waits here, the call that is being made included.
  synchronized long bytes() {
    return bytes;
  }

  /// Takes no more calls, and forgets those that wait.
  void close() {
    boolean wasFull;
    synchronized (this) {
      isClosed = true;
      for (Call call : waiting) {
        bytes -= call.bytes();
      }
      waiting.clear();
      wasFull = isFull;
      isFull = false;
    }
    if (wasFull) {
      onFull.accept(false);
    }
  }
}
