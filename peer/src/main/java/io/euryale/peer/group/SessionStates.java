package io.euryale.peer.group;

import io.euryale.client.wire.SessionFrame;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// State that a session's application gives to joiners, on its way from the session's reader to
/// the threads that read it as streams.
final class SessionStates {

  /// What may lie here for one transfer; the session's reader waits when there is more.
  private static final long AHEAD_BYTES = 256 << 10;

  private final AtomicInteger transfers = new AtomicInteger();
  private final Map<Integer, Given> open = new ConcurrentHashMap<>();
  private volatile boolean isEnded;

  /// Begins a transfer.
  Given expect(int handle) {
    Given given = new Given(handle, transfers.incrementAndGet());
    open.put(given.transfer, given);
    if (isEnded) {
      given.fail();
    }
    return given;
  }

  /// A piece came; one of a transfer that nobody wants any more is left out.
  void give(SessionFrame.GiveState piece) throws InterruptedException {
    Given given = open.get(piece.transfer());
    if (given != null && given.handle == piece.handle()) {
      given.add(piece);
    }
  }

  void end() {
    isEnded = true;
    open.values().forEach(Given::fail);
  }

  /// A stream of the state of one transfer.
  final class Given extends InputStream {

    private final int handle;
    private final int transfer;
    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();
    private long bytes;
    private boolean isOver;
    private boolean isFailed;
    private boolean isClosed;

    Given(int handle, int transfer) {
      this.handle = handle;
      this.transfer = transfer;
    }

    int transfer() {
      return transfer;
    }

    private synchronized void add(SessionFrame.GiveState piece) throws InterruptedException {
      ByteBuffer copy = ByteBuffer.allocate(piece.bytes().remaining());
      copy.put(piece.bytes().duplicate()).flip();
      while (bytes > AHEAD_BYTES && !isClosed && !isFailed) {
        wait();
      }
      if (isClosed) {
        return;
      }
      if (copy.hasRemaining()) {
        chunks.add(copy);
        bytes += copy.remaining();
      }
      isOver |= piece.piece() == SessionFrame.Piece.LAST;
      isFailed |= piece.piece() == SessionFrame.Piece.FAILED;
      notifyAll();
    }

    private synchronized void fail() {
      isFailed = true;
      notifyAll();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      try {
        while (chunks.isEmpty() && !isOver && !isFailed && !isClosed) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Nobody wants the state any more", e);
      }
      ByteBuffer first = chunks.peek();
      if (isFailed || isClosed) {
        throw new IOException("The application gives no state");
      }
      if (first == null) {
        return -1;
      }
      int count = Math.min(length, first.remaining());
      first.get(target, offset, count);
      bytes -= count;
      if (!first.hasRemaining()) {
        chunks.remove();
      }
      notifyAll();
      return count;
    }

    @Override
    public void close() {
      open.remove(transfer, this);
      synchronized (this) {
        isClosed = true;
        chunks.clear();
        bytes = 0;
        notifyAll();
      }
    }
  }
}
