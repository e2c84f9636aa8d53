package io.euryale.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers GET requests over HTTP/1.1, one for each connection, with texts made at that moment:
/// enough for probes and scrapes. The JDK's own server has its limits of time and connections in
/// properties of the whole JVM, and none for a reader that is slow; here each connection has half a
/// second for the head of its request and one deadline for everything, both from when it was
/// accepted, and what is beyond the limit waits in the operating system.
///
/// Requests run on virtual threads, never on a loop.
public final class HttpEndpoint implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);

  /// Connections that may wait in the operating system.
  private static final int BACKLOG = 64;

  /// Pause after the machine refused to accept, such as for want of file descriptors.
  private static final long REFUSED_MILLIS = 100;

  /// Time for the head of a request, which fits into a few packets, and for a client to close when
  /// it has its answer: who connects and says nothing must not hold a place for as long as a page
  /// may take.
  static final Duration HEAD_TIME = Duration.ofMillis(500);

  /// What a client may still send while it reads its answer.
  private static final int LATE_BYTES = 64 << 10;

  /// What is served.
  @FunctionalInterface
  public interface Pages {
    /// The answer at a path; null when there is none. Called by several threads at once, each
    /// interrupted when the time for its request is over.
    ///
    /// @param path as it was sent, without what follows a `?`
    @Nullable Answer answer(String path) throws InterruptedException;
  }

  /// An answer.
  ///
  /// @param status of HTTP, such as 200
  /// @param type media type, with its character set
  /// @param body in UTF-8 when sent
  public record Answer(int status, String type, String body) {

    /// One sentence for people.
    static Answer sentence(int status, String sentence) {
      return new Answer(status, "text/plain; charset=utf-8", sentence + "\n");
    }
  }

  /// A request that cannot be answered by a page.
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String sentence) {
      super(sentence);
      this.status = status;
    }
  }

  private final HttpSettings settings;
  private final Pages pages;
  private final ServerSocket server;
  private final Semaphore free;
  private final PerAddress addresses = new PerAddress();

  private HttpEndpoint(HttpSettings settings, Pages pages, ServerSocket server) {
    this.settings = settings;
    this.pages = pages;
    this.server = server;
    free = new Semaphore(settings.connectionCount());
  }

  /// Opens an endpoint and serves from a thread of its own.
  ///
  /// @param settings not off
  /// @param reach [Reach#KEYED] allows addresses that other machines reach
  /// @throws PlatformException when the address is not allowed or cannot be had
  public static HttpEndpoint open(HttpSettings settings, Reach reach, Pages pages) {
    if (!reach.allows(settings.host())) {
      throw new PlatformException(
          PlatformException.BAD_USAGE,
          "http.listen '"
              + settings.listen()
              + (reach == Reach.KEYED
                  ? "' is no address of one machine: use an address of this one, or 127.0.0.1:"
                  : "' is not a loopback address, and a peer without keys is seen on this machine"
                      + " only: use 127.0.0.1:")
              + settings.port()
              + ".");
    }
    InetSocketAddress address = Loopback.address(settings.host(), settings.port());
    try {
      ServerSocket server = new ServerSocket();
      try {
        server.setReuseAddress(true);
        server.bind(address, BACKLOG);
      } catch (IOException e) {
        server.close();
        throw e;
      }
      HttpEndpoint endpoint = new HttpEndpoint(settings, pages, server);
      Thread.ofPlatform().name("euryale-http").daemon().start(endpoint::accept);
      return endpoint;
    } catch (IOException e) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT,
          "Cannot serve HTTP at "
              + settings.listen()
              + ": "
              + e.getMessage()
              + ". Choose another http.listen or end what listens there.");
    }
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /// Accepts nothing more; requests at hand are finished or cut off by their deadline.
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("The HTTP endpoint did not close: {}", e.getMessage());
    }
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        free.acquire();
        Socket socket;
        try {
          socket = server.accept();
        } catch (IOException e) {
          free.release();
          if (!server.isClosed()) {
            LOG.warn("A request could not be accepted: {}", e.getMessage());
            Thread.sleep(REFUSED_MILLIS);
          }
          continue;
        }
        CountDownLatch heard = new CountDownLatch(1);
        Thread worker =
            Thread.ofVirtual().name("euryale-http-request").start(() -> serve(socket, heard));
        Thread.ofVirtual().name("euryale-http-limit").start(() -> limit(worker, socket, heard));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// No other machine takes all places.
  private int ofOneAddress() {
    return Math.max(1, settings.connectionCount() / 2);
  }

  /// Gives a request its time, and its place to the next when it is done.
  ///
  /// @param heard open until the head of the request is here
  private void limit(Thread worker, Socket socket, CountDownLatch heard) {
    try {
      long endNanos = System.nanoTime() + settings.requestTimeout().toNanos();
      long head = Math.min(HEAD_TIME.toNanos(), settings.requestTimeout().toNanos());
      if (!heard.await(head, TimeUnit.NANOSECONDS)
          || !worker.join(Duration.ofNanos(endNanos - System.nanoTime()))) {
        worker.interrupt();
        socket.close();
      }
      worker.join();
    } catch (IOException e) {
      LOG.warn("A connection did not close: {}", e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      free.release();
    }
  }

  private void serve(Socket socket, CountDownLatch heard) {
    InetAddress from = socket.getInetAddress();
    try (socket) {
      if (addresses.enter(from, ofOneAddress())) {
        try {
          exchange(socket, heard);
        } finally {
          addresses.leave(from);
        }
      }
    } catch (IOException _) {
      // The client went away, or its time was over.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      heard.countDown();
    }
  }

  private void exchange(Socket socket, CountDownLatch heard)
      throws IOException, InterruptedException {
    InputStream in = socket.getInputStream();
    boolean withBody = true;
    Answer answer;
    try {
      String request = read(in);
      heard.countDown();
      if (request.isEmpty()) {
        return; // Somebody looked whether the port is open.
      }
      withBody = !request.startsWith("HEAD ");
      answer = answer(request);
    } catch (Refused e) {
      answer = Answer.sentence(e.status, String.valueOf(e.getMessage()));
    }
    socket.getOutputStream().write(bytes(answer, withBody));
    socket.shutdownOutput();
    // Closing over bytes that nobody read would reset the connection and lose the answer.
    socket.setSoTimeout((int) HEAD_TIME.toMillis());
    in.skipNBytes(LATE_BYTES);
  }

  /// The request up to the empty line after its headers; "" when there is none.
  private String read(InputStream in) throws IOException, Refused {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    byte[] part = new byte[1024];
    while (request.size() <= settings.requestBytes()) {
      int n = in.read(part, 0, Math.min(part.length, settings.requestBytes() + 1 - request.size()));
      if (n < 0) {
        if (request.size() == 0) {
          return "";
        }
        throw new Refused(400, "The request ended before its headers did.");
      }
      request.write(part, 0, n);
      String text = request.toString(StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        return text.substring(0, end);
      }
      if (request.size() > settings.requestBytes()) {
        break;
      }
    }
    throw new Refused(
        431, "A request has at most " + settings.requestBytes() + " bytes (http.requestBytes).");
  }

  private Answer answer(String request) throws Refused, InterruptedException {
    int lineEnd = request.indexOf("\r\n");
    String line = lineEnd < 0 ? request : request.substring(0, lineEnd);
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.") || !words[1].startsWith("/")) {
      throw new Refused(400, "This is no HTTP/1 request.");
    }
    if (!words[0].equals("GET") && !words[0].equals("HEAD")) {
      throw new Refused(405, "Only GET and HEAD are answered here.");
    }
    int query = words[1].indexOf('?');
    String path = query < 0 ? words[1] : words[1].substring(0, query);
    try {
      Answer answer = pages.answer(path);
      return answer != null ? answer : Answer.sentence(404, "There is no such page.");
    } catch (RuntimeException e) {
      LOG.error("The page {} failed", path, e);
      throw new Refused(500, "This page failed; the log says why.");
    }
  }

  private static byte[] bytes(Answer answer, boolean withBody) {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + answer.status()
            + " "
            + reason(answer.status())
            + "\r\nContent-Type: "
            + answer.type()
            + "\r\nContent-Length: "
            + body.length
            + (answer.status() == 405 ? "\r\nAllow: GET, HEAD" : "")
            + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff"
            + "\r\nConnection: close\r\n\r\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    if (withBody) {
      all.writeBytes(body);
    }
    return all.toByteArray();
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}
