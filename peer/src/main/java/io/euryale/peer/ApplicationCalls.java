package io.euryale.peer;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls an application so that its mistakes stop neither its next call nor the loop: what it
/// throws is logged and counted. Safe for all threads.
final class ApplicationCalls {

  private static final Logger LOG = LoggerFactory.getLogger(ApplicationCalls.class);

  private final String who;
  private final AtomicLong failures = new AtomicLong();

  /// @param who is called, to begin a sentence with
  ApplicationCalls(String who) {
    this.who = who;
  }

  void make(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      long count = failures.incrementAndGet();
      if (Long.bitCount(count) == 1) { // The 1st, 2nd, 4th and so on: no log is flooded.
        LOG.error("{} threw and is called again; times so far: {}", who, count, e);
      }
    }
  }

  /// Calls so far that threw.
  long failures() {
    return failures.get();
  }
}
