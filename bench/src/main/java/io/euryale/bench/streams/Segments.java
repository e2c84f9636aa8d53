package io.euryale.bench.streams;

import java.time.Duration;
import java.util.function.Consumer;

/// Sends packets segment by segment, one at a time. For one thread; [#stop] may come from any.
final class Segments {

  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final Duration DRAIN_UNPROTECTED = Duration.ofSeconds(1);
  private static final long DRAIN_LOOK_MILLIS = 5;
  private static final long START_DELAY_NANOS = 20_000_000;

  private final int streams;
  private int next;
  private volatile boolean stopped;

  /// Segments in which all streams have packets.
  Segments() {
    this(Traffic.STREAMS);
  }

  /// @param streams how many have packets, from the first
  Segments(int streams) {
    this.streams = streams;
  }

  /// Where packets are sent and recorded.
  ///
  /// @param recorder is told where arrivals are recorded from now on
  record Way(Sender.Entry entry, Consumer<Ledger> recorder) {

    static Way through(Edge ends) {
      return new Way(ends, ends::record);
    }
  }

  /// A segment whose packets are being sent.
  record Sending(Way way, Ledger ledger, Thread sender) {}

  /// Ends the segment that is being sent and all later ones with [InterruptedException].
  void stop() {
    stopped = true;
  }

  void checkStopped() throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped");
    }
  }

  /// Sends a whole segment and waits for what is on its way.
  ///
  /// @param leadIn sent before, not measured
  /// @param rate packets a second of each stream
  Ledger send(Way way, Duration leadIn, Duration measured, double rate)
      throws InterruptedException {
    return finish(begin(way, leadIn, measured, rate), /* isProtected= */ true);
  }

  /// Begins to send a segment.
  Sending begin(Way way, Duration leadIn, Duration measured, double rate) {
    int id = next++;
    Ledger ledger =
        new Ledger(
            Traffic.of(
                id,
                System.nanoTime() + START_DELAY_NANOS,
                leadIn,
                measured,
                rate,
                /* seed= */ id,
                streams));
    way.recorder().accept(ledger);
    Thread sender =
        Thread.ofPlatform().daemon().name("bench-sender").start(new Sender(ledger, way.entry()));
    return new Sending(way, ledger, sender);
  }

  /// Waits until everything is sent and has arrived, or will not any more.
  ///
  /// @param isProtected whether packets that are missing may still be sent again by someone
  Ledger finish(Sending sending, boolean isProtected) throws InterruptedException {
    Ledger ledger = sending.ledger();
    Thread sender = sending.sender();
    try {
      while (!sender.join(Duration.ofMillis(200))) {
        checkStopped();
      }
      Duration patience = isProtected ? DRAIN : DRAIN_UNPROTECTED;
      long deadline = System.nanoTime() + patience.toNanos();
      while (ledger.missing() > 0 && System.nanoTime() - deadline < 0 && !stopped) {
        Thread.sleep(DRAIN_LOOK_MILLIS);
      }
      // What is sent twice comes a little later than what is sent once.
      Thread.sleep(DRAIN_LOOK_MILLIS * 10);
    } finally {
      abandon(sending);
    }
    return ledger;
  }

  /// Sends and records no more of a segment.
  void abandon(Sending sending) throws InterruptedException {
    sending.sender().interrupt();
    sending.sender().join();
    sending.way().recorder().accept(new Ledger(Traffic.none(next++)));
  }
}
