package io.euryale.peer;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Hands calls from a loop to an application's executor: one after the other, in order, whatever
/// executor it is; after [#TURN] of them it lets others of the same executor go first. When the
/// application falls behind, [#isFull] says so: the loop then holds back
/// the streams of this mailbox, and no other, until it is told that there is room.
final class Mailbox {

  /// Calls that wait when it is full.
  static final int LIMIT = 4096;

  /// Bytes that wait when it is full.
  static final long LIMIT_BYTES = 8L << 20;

  /// Calls made before other work of the executor has its turn.
  static final int TURN = 64;

  private record Call(Runnable call, int bytes) {}

  private final Executor executor;
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private Runnable whenRoom = () -> {};
  private long waitingBytes;
  private boolean running;
  private boolean closed;
  private volatile boolean full;

  Mailbox(Executor executor) {
    this.executor = executor;
  }

  /// Who is told, by the executor's thread, that a full mailbox is half empty again. Before the
  /// first call.
  void whenRoom(Runnable told) {
    whenRoom = told;
  }

  /// Whether calls should be held back. They are taken nevertheless.
  boolean isFull() {
    return full;
  }

  /// Never waits.
  ///
  /// @param call throws nothing
  /// @param bytes what the call keeps in memory
  void put(Runnable call, int bytes) {
    boolean begin;
    synchronized (this) {
      if (closed) {
        return;
      }
      waiting.add(new Call(call, bytes));
      waitingBytes += bytes;
      full |= waiting.size() >= LIMIT || waitingBytes >= LIMIT_BYTES;
      begin = !running;
      running = true;
    }
    if (begin) {
      hand();
    }
  }

  private void hand() {
    try {
      executor.execute(() -> work(TURN));
    } catch (RejectedExecutionException _) {
      work(Integer.MAX_VALUE); // The executor is full or ending: slower, but nothing is lost.
    }
  }

  private void work(int most) {
    for (int made = 0; made < most; made++) {
      Call next;
      boolean hasRoom;
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          running = false;
          return;
        }
        waitingBytes -= next.bytes();
        hasRoom = full && waiting.size() <= LIMIT / 2 && waitingBytes <= LIMIT_BYTES / 2;
        full &= !hasRoom;
      }
      if (hasRoom) {
        whenRoom.run();
      }
      next.call().run();
    }
    hand();
  }

  /// Takes no more calls; those waiting are still made.
  synchronized void close() {
    closed = true;
    full = false;
  }
}
