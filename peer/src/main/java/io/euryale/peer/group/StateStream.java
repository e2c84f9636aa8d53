package io.euryale.peer.group;

import io.euryale.group.named.StateSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// State that an application gives away as a stream, read by a thread of its own a few chunks
/// ahead of the receiver. Made before the application has given the stream.
final class StateStream implements StateSource {

  private static final int CHUNKS_AHEAD = 4;

  private final int chunkBytes;
  private final Runnable available;
  private final BlockingQueue<ByteBuffer> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
  private volatile boolean isOver;
  private volatile boolean isFailed;
  private volatile @Nullable Thread reader;
  private volatile boolean isClosed;

  /// @param available has the loop ask for the next chunk
  StateStream(int chunkBytes, Runnable available) {
    this.chunkBytes = chunkBytes;
    this.available = available;
  }

  /// The application's answer.
  void give(@Nullable InputStream stream) {
    if (stream == null) {
      isFailed = true;
      available.run();
      return;
    }
    reader = Thread.ofVirtual().name("euryale-state").start(() -> read(stream));
  }

  private void read(InputStream stream) {
    try (stream) {
      byte[] chunk = stream.readNBytes(chunkBytes);
      while (chunk.length > 0 && !isClosed) {
        chunks.put(ByteBuffer.wrap(chunk));
        available.run();
        chunk = stream.readNBytes(chunkBytes);
      }
      isOver = true;
    } catch (IOException | RuntimeException _) {
      isFailed = true; // Another member is asked; this one's stream said nothing of use.
    } catch (InterruptedException _) {
      isFailed = true;
      Thread.currentThread().interrupt();
    }
    available.run();
  }

  @Override
  public @Nullable ByteBuffer next() {
    return chunks.poll();
  }

  @Override
  public boolean isFinished() {
    return isOver && chunks.isEmpty();
  }

  @Override
  public boolean isFailed() {
    return isFailed;
  }

  @Override
  public void close() {
    isClosed = true;
    Thread reading = reader;
    if (reading != null) {
      reading.interrupt();
    }
  }
}
