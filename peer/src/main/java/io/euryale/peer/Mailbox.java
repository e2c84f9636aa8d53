package io.euryale.peer;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Hands calls from a loop to an application's executor: one after the other, in order, whatever
/// executor it is. When the application falls behind by [#LIMIT] calls the loop waits, so that
/// memory stays bounded and the hops below feel the pressure.
final class Mailbox {

  /// Calls that wait at most.
  static final int LIMIT = 4096;

  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;
  private boolean closed;

  Mailbox(Executor executor) {
    this.executor = executor;
  }

  void put(Runnable call) {
    boolean begin;
    synchronized (this) {
      while (waiting.size() >= LIMIT && !closed) {
        try {
          wait();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          return;
        }
      }
      if (closed) {
        return;
      }
      waiting.add(call);
      begin = !running;
      running = true;
    }
    if (begin) {
      try {
        executor.execute(this::work);
      } catch (RejectedExecutionException _) {
        work(); // The executor is full or ending: slower, but nothing is lost.
      }
    }
  }

  private void work() {
    while (true) {
      Runnable call;
      synchronized (this) {
        call = waiting.poll();
        if (call == null) {
          running = false;
          return;
        }
        notifyAll();
      }
      call.run();
    }
  }

  /// Takes no more calls and lets nobody wait; those waiting are still made.
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
