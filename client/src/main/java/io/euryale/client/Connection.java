package io.euryale.client;

import io.euryale.client.GroupClientException.Reason;
import io.euryale.client.wire.FrameReader;
import io.euryale.client.wire.SessionCodec;
import io.euryale.client.wire.SessionFrame;
import io.euryale.client.wire.SessionFrame.FromClient;
import io.euryale.client.wire.SessionFrame.FromPeer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection to a peer: a thread that reads, a thread that writes, and a bounded queue
/// between senders and the latter.
final class Connection {

  /// What may wait to be written.
  private static final long QUEUE_BYTES = 256 << 10;

  private static final int MAX_PATH_BYTES = 107;

  /// How long a peer that accepted a connection may take to greet.
  private static final long WELCOME_MILLIS = 10_000;

  /// Who uses the connection; called by its reading thread.
  interface Owner {
    void said(Connection by, FromPeer frame) throws InterruptedException;

    void lost(Connection connection, String reason);
  }

  private final Owner owner;
  private final SocketChannel channel;
  private final FrameReader reader;
  private final SessionFrame.Welcome welcome;
  private final CountDownLatch over = new CountDownLatch(1);

  // Guarded by this.
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean isClosed;

  static Connection open(Path socket, String application, Owner owner) {
    if (socket.toString().length() > MAX_PATH_BYTES) {
      throw new GroupClientException(
          Reason.INVALID,
          "The path '" + socket + "' is longer than a socket's may be, which is 107 bytes.");
    }
    CountDownLatch greeted = new CountDownLatch(1);
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      giveUpWithout(greeted, channel);
      boolean _ = channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer hello =
          SessionCodec.encode(
              new SessionFrame.Hello(SessionCodec.VERSION, SessionCodec.VERSION, application));
      try {
        while (hello.hasRemaining()) {
          channel.write(hello);
        }
      } catch (IOException _) {
        // A peer that is full refuses without listening: what it said is still to be read.
      }
      FrameReader reader = new FrameReader(channel, SessionCodec.MAX_FRAME_BYTES);
      ByteBuffer first = reader.next();
      if (first == null) {
        throw new IOException("it ended the session at once");
      }
      return switch (SessionCodec.fromPeer(first)) {
        case SessionFrame.Welcome welcome -> new Connection(owner, channel, reader, welcome);
        case SessionFrame.Refused refused -> {
          channel.close();
          throw GroupClientException.of(refused.reason(), refused.sentence());
        }
        default -> throw new IOException("it does not greet");
      };
    } catch (IOException e) {
      close(channel);
      throw new GroupClientException(
          Reason.UNREACHABLE,
          "No peer answers at '"
              + socket
              + "' ("
              + (e instanceof ClosedChannelException ? "it says nothing" : e.getMessage())
              + "): check that it runs, that its setting sessions.socket is this path, and that"
              + " both have the same user.",
          e);
    } finally {
      greeted.countDown();
    }
  }

  /// A peer that is stopped accepts connections and says nothing.
  private static void giveUpWithout(CountDownLatch greeted, SocketChannel channel) {
    Thread.ofVirtual()
        .name("euryale-client-greeting")
        .start(
            () -> {
              try {
                if (!greeted.await(WELCOME_MILLIS, TimeUnit.MILLISECONDS)) {
                  close(channel);
                }
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static void close(@Nullable SocketChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException _) {
        // There is nothing more to be had from it.
      }
    }
  }

  private Connection(
      Owner owner, SocketChannel channel, FrameReader reader, SessionFrame.Welcome welcome) {
    this.owner = owner;
    this.channel = channel;
    this.reader = reader;
    this.welcome = welcome;
  }

  SessionFrame.Welcome welcome() {
    return welcome;
  }

  void start() {
    Thread.ofVirtual().name("euryale-client-read").start(this::read);
    Thread.ofVirtual().name("euryale-client-write").start(this::write);
  }

  private void read() {
    String reason = "the peer ended";
    try {
      for (ByteBuffer frame = reader.next(); frame != null; frame = reader.next()) {
        FromPeer said = SessionCodec.fromPeer(frame);
        if (said instanceof SessionFrame.Closing closing) {
          reason = closing.reason();
        }
        owner.said(this, said);
      }
    } catch (IOException e) {
      String message = e.getMessage(); // None when the writing thread found out first.
      reason = message != null && reason.equals("the peer ended") ? message : reason;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    close();
    owner.lost(this, reason);
  }

  private void write() {
    try {
      while (true) {
        ByteBuffer next;
        synchronized (this) {
          while (queue.isEmpty() && !isClosed) {
            wait();
          }
          if (isClosed) {
            return;
          }
          next = queue.remove();
        }
        int bytes = next.remaining();
        while (next.hasRemaining()) {
          channel.write(next);
        }
        synchronized (this) {
          queuedBytes -= bytes;
          notifyAll();
        }
      }
    } catch (IOException _) {
      close(); // The reading thread tells.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Queues a frame.
  ///
  /// @param waits whether to wait for room
  /// @return false when there is no room, or no connection any more
  boolean put(FromClient frame, boolean waits) throws InterruptedException {
    ByteBuffer bytes = SessionCodec.encode(frame);
    synchronized (this) {
      while (waits && !isClosed && !queue.isEmpty() && queuedBytes > QUEUE_BYTES) {
        wait();
      }
      if (isClosed || (!queue.isEmpty() && queuedBytes > QUEUE_BYTES)) {
        return false;
      }
      queue.add(bytes);
      queuedBytes += bytes.remaining();
      notifyAll();
      return true;
    }
  }

  /// Queues a frame that must not be left out and is small.
  void demand(FromClient frame) {
    ByteBuffer bytes = SessionCodec.encode(frame);
    synchronized (this) {
      if (!isClosed) {
        queue.add(bytes);
        queuedBytes += bytes.remaining();
        notifyAll();
      }
    }
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  /// Leaves everything and waits for the peer to close.
  void goodbye(long millis) {
    demand(new SessionFrame.Goodbye());
    try {
      boolean _ = over.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    close(channel);
    over.countDown();
  }
}
