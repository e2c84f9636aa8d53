package io.euryale.console.source;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Payloads from programs in any language, over TCP at a loopback address: lines, such as JSON
/// objects; bytes behind their length; or the bodies of HTTP POST requests. Anybody on the machine
/// can connect, so other addresses are refused until senders can prove who they are.
///
/// Up to [#CONNECTIONS] at a time, others are closed at once. What is not published yet waits in a
/// short queue of at most [#QUEUE_BYTES]: lines and lengths are then read no further, which the
/// sender feels, and POST is answered 503. What was taken is given also after [#close].
public final class SocketSource implements PayloadSource {

  /// How payloads are told apart.
  public enum Framing {
    /// One payload for each line; empty ones are left out.
    LINES,
    /// Four bytes, the length with the highest byte first, and so many bytes.
    LENGTH,
    /// One request of HTTP/1 for each connection, answered 202 when its body was taken.
    HTTP
  }

  /// Most connections at a time.
  public static final int CONNECTIONS = 16;

  /// Most bytes that wait to be published; more than the largest payload.
  public static final int QUEUE_BYTES = 16 << 20;

  private static final int QUEUE = 64;

  /// What a sender may still send of a request that was refused while it reads the answer.
  private static final int LATE_BYTES = 16 << 20;

  /// Time for such a sender to close.
  private static final int LATE_MILLIS = 500;

  private static final int HEAD_BYTES = 8 << 10;

  /// Time for a request, from its first byte to its last.
  private static final int REQUEST_MILLIS = 5_000;

  private static final long LOOK_MILLIS = 100;
  private static final String ACCEPTED = "202 Accepted";
  private static final String NO_ROOM = "503 Service Unavailable";

  private final ServerSocket server;
  private final Framing framing;
  private final int limitBytes;
  private final BlockingQueue<ByteBuffer> payloads = new ArrayBlockingQueue<>(QUEUE);
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong oversized = new AtomicLong();
  private final Semaphore room = new Semaphore(QUEUE_BYTES, true);
  private final AtomicInteger taken = new AtomicInteger();

  /// Of the thread that calls [#next].
  private @Nullable ByteBuffer given;

  /// @param port 0 for any free one
  /// @param limitBytes largest payload that is passed on, at most [#QUEUE_BYTES]; larger ones are
  /// counted and left out
  /// @throws IOException when the address is not a loopback address, or the port is taken
  public SocketSource(String host, int port, Framing framing, int limitBytes) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    if (!address.isLoopbackAddress()) {
      throw new IOException(
          "payloads are taken at loopback addresses only, such as 127.0.0.1, not at " + host);
    }
    this.framing = framing;
    this.limitBytes = limitBytes;
    server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(address, port), CONNECTIONS);
    } catch (IOException e) {
      server.close();
      throw new IOException(
          "TCP port " + port + " of " + host + " cannot be used: " + e.getMessage(), e);
    }
    Thread.ofVirtual().name("euryale-source").start(this::accept);
  }

  /// The port that connections are taken at.
  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        if (connections.size() >= CONNECTIONS) {
          socket.close();
        } else {
          connections.add(socket);
          if (server.isClosed()) {
            socket.close(); // Else who closed the others while this one came would not know it.
          }
          Thread.ofVirtual().name("euryale-source-connection").start(() -> serve(socket));
        }
      } catch (IOException _) {
        pause(); // Closed, or for want of file descriptors.
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      switch (framing) {
        case LINES -> lines(in);
        case LENGTH -> lengths(new DataInputStream(in));
        case HTTP -> {
          Thread.ofVirtual().name("euryale-source-limit").start(() -> limit(socket));
          String answer = request(in);
          byte[] body = (answer + "\n").getBytes(StandardCharsets.UTF_8);
          String head =
              "HTTP/1.1 "
                  + answer
                  + "\r\nContent-Type: text/plain\r\nContent-Length: "
                  + body.length
                  + "\r\nConnection: close\r\n\r\n";
          socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
          socket.getOutputStream().write(body);
          socket.shutdownOutput();
          if (!answer.equals(ACCEPTED) && !answer.equals(NO_ROOM)) {
            // Closing over bytes that nobody read would reset the connection and lose the answer.
            socket.setSoTimeout(LATE_MILLIS);
            in.skipNBytes(LATE_BYTES);
          }
        }
      }
    } catch (IOException _) {
      // The sender went away, or its time was over.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(socket);
    }
  }

  private static void limit(Socket socket) {
    try {
      Thread.sleep(REQUEST_MILLIS);
      socket.close();
    } catch (IOException | InterruptedException _) {
      // It is closed, or the process ends.
    }
  }

  private void lines(InputStream in) throws IOException, InterruptedException {
    LineSource lines = new LineSource(in, limitBytes, true);
    long before = 0;
    for (ByteBuffer line = lines.next(); line != null; line = lines.next()) {
      put(line);
      oversized.addAndGet(lines.oversized() - before);
      before = lines.oversized();
    }
    oversized.addAndGet(lines.oversized() - before);
  }

  private void lengths(DataInputStream in) throws IOException, InterruptedException {
    while (true) {
      int length = in.readInt(); // Ends by the end of the connection.
      if (length < 0 || length > limitBytes) {
        oversized.incrementAndGet();
        if (length < 0) {
          return; // No length: nothing that follows could be told apart.
        }
        in.skipNBytes(length);
      } else if (length > 0) {
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
          return; // The sender went away within it.
        }
        put(ByteBuffer.wrap(payload));
      }
    }
  }

  /// Waits for room.
  private void put(ByteBuffer payload) throws InterruptedException {
    taken.incrementAndGet();
    room.acquire(payload.remaining());
    payloads.put(payload);
  }

  private boolean offer(ByteBuffer payload) {
    int bytes = payload.remaining();
    if (!room.tryAcquire(bytes)) {
      return false;
    }
    taken.incrementAndGet();
    if (payloads.offer(payload)) {
      return true;
    }
    taken.decrementAndGet();
    room.release(bytes);
    return false;
  }

  /// Reads a request and says what became of it: a status of HTTP and its reason.
  private String request(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return "400 Bad Request";
      }
      if (head.length() == HEAD_BYTES) {
        return "431 Request Header Fields Too Large";
      }
      head.append((char) b);
    }
    if (head.indexOf("POST ") != 0) {
      return "405 Method Not Allowed";
    }
    int length = length(head.toString());
    if (length < 0) {
      return "411 Length Required";
    }
    if (length > limitBytes) {
      oversized.incrementAndGet();
      return "413 Content Too Large";
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length || length == 0) {
      return "400 Bad Request";
    }
    return offer(ByteBuffer.wrap(body)) ? ACCEPTED : NO_ROOM;
  }

  private static int length(String head) {
    for (String line : head.split("\r\n", -1)) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        try {
          return Integer.parseInt(lower.substring("content-length:".length()).strip());
        } catch (NumberFormatException _) {
          return -1;
        }
      }
    }
    return -1;
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    ByteBuffer before = given;
    if (before != null) {
      given = null;
      taken.decrementAndGet();
    }
    try {
      while (true) {
        ByteBuffer payload = payloads.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (payload != null) {
          given = payload;
          room.release(payload.remaining());
          return payload;
        } else if (server.isClosed()) {
          return null;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Override
  public boolean isLive() {
    return true;
  }

  @Override
  public long oversized() {
    return oversized.get();
  }

  @Override
  public int taken() {
    return taken.get();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : connections) {
      socket.close();
    }
  }
}
