package io.euryale.client;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Calls to an application: one after the other, in order, on a virtual thread that lives while
/// there is something to do.
final class Inbox {

  private record Call(long bytes, Runnable work) {}

  private static final long MOST_BYTES = 1 << 20;
  private static final long CALL_BYTES = 100;

  private final String name;
  private final Consumer<Throwable> onFailure;
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean isRunning;
  private volatile @Nullable Thread thread;

  Inbox(String name, Consumer<Throwable> onFailure) {
    this.name = name;
    this.onFailure = onFailure;
  }

  /// Adds a call; waits while there are too many.
  void put(long payloadBytes, Runnable work) throws InterruptedException {
    synchronized (this) {
      while (bytes > MOST_BYTES) {
        wait();
      }
    }
    add(payloadBytes + CALL_BYTES, work);
  }

  /// Adds a call at once.
  void demand(Runnable work) {
    add(CALL_BYTES, work);
  }

  private void add(long size, Runnable work) {
    synchronized (this) {
      waiting.add(new Call(size, work));
      bytes += size;
      if (isRunning) {
        return;
      }
      isRunning = true;
    }
    Thread fresh = Thread.ofVirtual().name(name).unstarted(this::work);
    thread = fresh;
    fresh.start();
  }

  private void work() {
    while (true) {
      Call next;
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          isRunning = false;
          return;
        }
      }
      try {
        next.work().run();
      } catch (Throwable mistake) {
        onFailure.accept(mistake);
      }
      synchronized (this) {
        bytes -= next.bytes();
        notifyAll();
      }
    }
  }

  boolean isCurrentThread() {
    return Thread.currentThread().equals(thread);
  }
}
