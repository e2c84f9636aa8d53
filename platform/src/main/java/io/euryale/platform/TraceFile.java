package io.euryale.platform;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.trace.TraceJson;
import io.euryale.kernel.trace.TraceSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes traces to a file as JSON Lines, one event per line, from a thread of its own.
///
/// Observing must never hold up a loop: when the writer cannot follow, or the disk is full, events
/// are dropped and counted, the peer goes on, and the file ends with a `LOST` event that says how
/// many, so that nobody takes the trace for complete. Any thread may call.
public final class TraceFile implements TraceSink, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TraceFile.class);
  private static final int CAPACITY = 16_384;
  private static final int BATCH = 512;
  private static final long POLL_MILLIS = 50;
  private static final long CLOSE_MILLIS = 5_000;

  private final String name;
  private final WritableByteChannel channel;
  private final ArrayBlockingQueue<Trace> waiting;
  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean closing;
  private volatile @Nullable PlatformException failure;
  private @Nullable Trace last;

  TraceFile(String name, WritableByteChannel channel, int capacity) {
    this.name = name;
    this.channel = channel;
    this.waiting = new ArrayBlockingQueue<>(capacity);
    this.writer = Thread.ofPlatform().name("euryale-trace").daemon().unstarted(this::write);
  }

  /// Creates or empties `file`.
  ///
  /// @throws PlatformException with exit code 3 when the file cannot be written
  public static TraceFile open(Path file) {
    try {
      WritableByteChannel channel =
          Files.newByteChannel(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      TraceFile trace = new TraceFile(file.toString(), channel, CAPACITY);
      trace.start();
      return trace;
    } catch (IOException e) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT,
          "The trace file '"
              + file
              + "' cannot be written ("
              + e.getClass().getSimpleName()
              + "): choose a file in a directory that exists and is writable.");
    }
  }

  void start() {
    writer.start();
  }

  @Override
  public void accept(Trace trace) {
    if (closing || failure != null || !waiting.offer(trace)) {
      lost.incrementAndGet();
    }
  }

  /// Events that are not in the file and never will be.
  public long lost() {
    return lost.get();
  }

  /// Why writing ended early, or null.
  public @Nullable PlatformException failure() {
    return failure;
  }

  /// Writes what waits, closes the file and waits for that, up to 5 s.
  @Override
  public void close() {
    closing = true;
    try {
      if (!writer.join(java.time.Duration.ofMillis(CLOSE_MILLIS))) {
        LOG.warn("Trace file {} is still being written", name);
        return;
      }
      dropWaiting(); // Given by others while the writer ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    List<Trace> batch = new ArrayList<>(BATCH);
    StringBuilder lines = new StringBuilder();
    try (channel) {
      while (!closing || !waiting.isEmpty()) {
        Trace first = waiting.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        waiting.drainTo(batch, BATCH - 1);
        for (Trace trace : batch) {
          TraceJson.append(lines, trace);
        }
        put(lines, batch.size());
        last = batch.getLast();
        batch.clear();
        lines.setLength(0);
      }
      confessLoss(lines);
    } catch (IOException e) {
      failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(StringBuilder lines, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
    } catch (IOException e) {
      lost.addAndGet(count);
      throw e;
    }
  }

  private void confessLoss(StringBuilder lines) throws IOException {
    Trace before = last;
    long count = lost.get();
    if (count > 0 && before != null) {
      TraceEvent event = TraceEvent.of("LOST", "count", count);
      TraceJson.append(
          lines, new Trace(before.step() + count, before.at(), before.proc(), before.inc(), event));
      put(lines, 0);
    }
  }

  private void failed(IOException e) {
    String message =
        "The trace file '" + name + "' ends early (" + e.getMessage() + "): make room on its disk.";
    failure = new PlatformException(PlatformException.ENVIRONMENT, message);
    LOG.error("{} Later events are dropped and counted.", message);
    dropWaiting();
  }

  private void dropWaiting() {
    while (waiting.poll() != null) {
      lost.incrementAndGet();
    }
  }
}
