package io.euryale.console;

import io.euryale.console.source.PayloadSource;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Admission;
import io.euryale.peer.StreamPublisher;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Moves payloads from a source into a stream until the source ends or the command is told to
/// end.
///
/// Payloads of a live source that nobody wants, or that find no room for a second, are counted
/// and dropped; those of a file wait. What the source has taken from senders when the command is
/// told to end is still published, for at most [#END_PATIENCE]; what is left then is counted.
final class Pump {

  private static final Duration ROOM_PATIENCE = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration END_LOOK = Duration.ofMillis(10);
  private static final Duration END_PATIENCE = Duration.ofSeconds(3);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final PayloadSource source;
  private final StreamPublisher stream;
  private final Shutdown shutdown;
  private final @Nullable Duration wait;
  private final @Nullable Double rate;

  // Written by the pumping thread, read when it has ended or is ignored.
  private final AtomicLong unwanted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong oversized = new AtomicLong();
  private volatile long abandoned;
  private volatile boolean isReading;
  private volatile boolean unprotected;
  private volatile @Nullable String failure;
  private volatile @Nullable Exception mistake;

  Pump(
      PayloadSource source,
      StreamPublisher stream,
      Shutdown shutdown,
      @Nullable Duration wait,
      @Nullable Double rate) {
    this.source = source;
    this.stream = stream;
    this.shutdown = shutdown;
    this.wait = wait;
    this.rate = rate;
  }

  long unwanted() {
    return unwanted.get();
  }

  long refused() {
    return refused.get();
  }

  /// Payloads that were larger than a packet of this sensor can be.
  long oversized() {
    return oversized.get();
  }

  /// Payloads taken from senders that were not published in time when the command was told to end.
  long abandoned() {
    return abandoned;
  }

  /// Whether packets went out that nobody confirms.
  boolean wasUnprotected() {
    return unprotected;
  }

  /// Why the source ended early, as a sentence; or null.
  @Nullable String failure() {
    return failure;
  }

  /// Pumps on a thread of its own, because reading a source cannot always be interrupted.
  void run() throws Exception {
    if (stream.trafficClass() != TrafficClass.ALARM) {
      boolean _ = awaitInterest();
    }
    Thread pumping = new Thread(this::pump, "euryale-source");
    pumping.setDaemon(true);
    pumping.start();
    while (pumping.isAlive() && !shutdown.isRequested()) {
      pumping.join(LOOK);
      boolean _ = stream.awaitInterest(Duration.ZERO); // Ends what may not publish.
    }
    if (pumping.isAlive()) {
      source.close();
      long deadlineNanos = System.nanoTime() + END_PATIENCE.toNanos();
      while (pumping.isAlive()
          && (!isReading || source.taken() > 0)
          && System.nanoTime() - deadlineNanos < 0) {
        pumping.join(END_LOOK);
      }
    }
    abandoned = source.taken();
    Exception thrown = mistake;
    if (thrown != null) {
      throw thrown;
    }
  }

  /// Waits for a subscriber.
  ///
  /// @return false when the command is told to end
  private boolean awaitInterest() throws InterruptedException {
    Duration limit = wait;
    long deadlineNanos = limit == null ? 0 : System.nanoTime() + limit.toNanos();
    while (!stream.awaitInterest(LOOK)) {
      if (shutdown.isRequested()) {
        return false;
      }
      if (limit != null && System.nanoTime() - deadlineNanos > 0) {
        throw CommandException.missed(
            "Nobody subscribed to " + stream.name() + " within " + limit.toMillis() + " ms.");
      }
    }
    return true;
  }

  private void pump() {
    try {
      long begunNanos = System.nanoTime();
      long count = 0;
      while (!shutdown.isRequested() || source.taken() > 0) {
        isReading = true;
        ByteBuffer next = source.next();
        isReading = false;
        if (next == null || (shutdown.isRequested() && source.taken() == 0)) {
          return;
        }
        if (rate != null) {
          pace(begunNanos + (long) (count / rate * NANOS_PER_SECOND));
        }
        count++;
        publish(next);
      }
    } catch (IOException e) {
      if (!shutdown.isRequested()) {
        failure = Failures.sentence(e);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      mistake = e;
    }
  }

  private void pace(long dueNanos) throws InterruptedException {
    long early = dueNanos - System.nanoTime();
    if (early > 0) {
      boolean _ = shutdown.await(Duration.ofNanos(early));
    }
  }

  private void publish(ByteBuffer payload) throws InterruptedException {
    while (true) {
      unprotected |= Replication.NONE.equals(stream.wanted());
      switch (stream.publish(payload, ROOM_PATIENCE)) {
        case Admission.Accepted _ -> {
          return;
        }
        case Admission.Unwanted _ -> {
          if (source.isLive()) {
            unwanted.incrementAndGet();
            return;
          }
          if (!awaitInterest()) {
            return;
          }
        }
        case Admission.WouldBlock _ -> {
          if (source.isLive() || shutdown.isRequested()) {
            refused.incrementAndGet();
            return;
          }
        }
        case Admission.TooLarge _ -> {
          oversized.incrementAndGet();
          return;
        }
      }
    }
  }
}
