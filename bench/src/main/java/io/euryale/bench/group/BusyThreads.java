package io.euryale.bench.group;

import java.util.ArrayList;
import java.util.List;

/// Threads of this process that do nothing but take processor time.
final class BusyThreads implements AutoCloseable {

  private final List<Thread> threads = new ArrayList<>();

  /// Starts two for each core.
  BusyThreads() {
    int count = 2 * Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofPlatform().daemon().name("busy-" + i).start(BusyThreads::spin));
    }
  }

  private static void spin() {
    while (!Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
