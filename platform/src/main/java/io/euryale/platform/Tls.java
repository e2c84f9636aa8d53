package io.euryale.platform;

import io.euryale.platform.keys.Credentials;
import java.nio.ByteBuffer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS 1.3 on one connection, between its socket and its frames.
///
/// The JDK's engine is driven directly: the bytes of a link pass Netty's pipelines by
/// ([LoopSocket]), and one read buffer and one buffer for each of plain and sealed bytes serve all
/// connections of a loop, which a handler that keeps what it is given could not share. Records go
/// from the read buffer through the engine to the [FrameAssembler], and from the segments of the
/// [Outbox] through the engine to the socket.
///
/// The computations of a handshake take about a millisecond; they run on a thread of their own, one
/// for all strangers, so that no number of them keeps a loop from its links. Belongs to the loop of
/// its home, but for those computations.
final class Tls {

  /// The connection, as its TLS needs it.
  interface Wire {
    /// Takes opened bytes, from 0 to the limit, during the call only.
    void opened(ByteBuffer plain);

    /// Writes what is sealed.
    void write(ByteBuffer sealed);

    /// The handshake is over: the other side has proved that it has the key of [Tls#chain].
    void established();

    /// Nothing more can be had.
    void failed(Rejection reason, String detail);
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// Room for unfinished records that is kept for the next one.
  private static final int KEPT_CAPACITY = 32 << 10;

  private static final int FIRST_CAPACITY = 2 << 10;

  /// Answers of the engine for the other side's messages of TLS itself (changes of keys) once the
  /// handshake is over; one more for each 16 MiB received. An honest engine changes keys every 128
  /// GiB, and each answer costs a segment while the other side does not read.
  private static final int ANSWERS = 16;

  private static final int BYTES_PER_ANSWER_LOG2 = 24;

  // The content types of TLS records: change of cipher, alert, handshake, data.
  private static final int FIRST_CONTENT_TYPE = 20;
  private static final int LAST_CONTENT_TYPE = 23;

  private final NettyHome home;
  private final Wire wire;
  private final Credentials credentials;
  private final SSLEngine engine;
  private List<X509Certificate> chain = List.of();
  private ByteBuffer kept = NOTHING;
  private ByteBuffer current = NOTHING;
  private long strangeBytes;
  private long receivedBytes;
  private long answers;
  private boolean computing;
  private boolean isEstablished;
  private volatile boolean ended;

  Tls(NettyHome home, Wire wire, Credentials credentials, boolean dials) {
    this.home = home;
    this.wire = wire;
    this.credentials = credentials;
    this.engine = credentials.engine(dials);
  }

  /// What this side proved its name with.
  Credentials credentials() {
    return credentials;
  }

  boolean isEstablished() {
    return isEstablished;
  }

  /// The certificates of the other side, its own first; empty before the handshake is over.
  List<X509Certificate> chain() {
    return chain;
  }

  void start() {
    try {
      engine.beginHandshake();
    } catch (SSLException e) {
      fail(e);
      return;
    }
    advance();
  }

  /// Nothing is opened or sealed any more.
  void end() {
    ended = true;
    kept = NOTHING;
  }

  // ---------------------------------------------------------------- what arrives

  /// Takes the bytes of one read.
  void received(ByteBuffer read) {
    receivedBytes += read.remaining();
    if (!isEstablished) {
      if (strangeBytes == 0 && !isContentType(read.get(read.position()))) {
        wire.failed(Rejection.NOT_TLS, "");
        return;
      }
      strangeBytes += read.remaining();
      if (strangeBytes > Connection.MAX_HELLO_BYTES) {
        wire.failed(Rejection.HANDSHAKE_TOO_LONG, "");
        return;
      }
    }
    if (computing || kept.hasRemaining()) {
      keep(read);
      goOnWithKept();
    } else {
      current = read;
      advance();
      keep(read);
      current = NOTHING;
    }
  }

  private static boolean isContentType(byte first) {
    return first >= FIRST_CONTENT_TYPE && first <= LAST_CONTENT_TYPE;
  }

  private void goOnWithKept() {
    if (computing) {
      return;
    }
    current = kept;
    advance();
    current = NOTHING;
    if (!kept.hasRemaining() && kept.capacity() > KEPT_CAPACITY) {
      kept = NOTHING;
    }
  }

  private void keep(ByteBuffer more) {
    if (ended || !more.hasRemaining()) {
      return;
    }
    int needed = kept.remaining() + more.remaining();
    if (kept.capacity() >= needed) {
      kept.compact().put(more).flip();
    } else {
      kept = ByteBuffer.allocate(Math.max(FIRST_CAPACITY, needed)).put(kept).put(more).flip();
    }
  }

  // ---------------------------------------------------------------- the engine

  /// Does what the engine wants next, until it wants more bytes or has to compute.
  private void advance() {
    boolean goesOn = true;
    while (goesOn && !ended) {
      goesOn =
          switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> compute();
            case NEED_WRAP -> answer();
            case NOT_HANDSHAKING, FINISHED -> establish() && open();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> open();
          };
    }
  }

  private boolean compute() {
    computing = true;
    home.loop().handshakes().execute(this::runTasks);
    return false;
  }

  /// On the thread of handshakes. What fails here is thrown at the engine's next call.
  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null && !ended;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    try {
      home.loop().eventLoop().execute(this::computed);
    } catch (RejectedExecutionException _) {
      // The loops are closed, and everything with them.
    }
  }

  private void computed() {
    computing = false;
    try {
      goOnWithKept();
    } catch (RuntimeException | Error e) {
      home.failed(e);
    }
  }

  /// Sends what the engine has to say for itself.
  private boolean answer() {
    if (isEstablished && ++answers > ANSWERS + (receivedBytes >> BYTES_PER_ANSWER_LOG2)) {
      wire.failed(Rejection.TOO_MANY_KEY_CHANGES, "");
      return false;
    }
    ByteBuffer sealed = seal(NOTHING);
    if (sealed == null || !sealed.hasRemaining()) {
      return false;
    }
    wire.write(sealed);
    return true;
  }

  private boolean establish() {
    if (isEstablished) {
      return true;
    }
    if (engine.isInboundDone() || engine.isOutboundDone()) {
      return false;
    }
    try {
      List<X509Certificate> proved = new ArrayList<>();
      for (var certificate : engine.getSession().getPeerCertificates()) {
        proved.add((X509Certificate) certificate);
      }
      chain = List.copyOf(proved);
    } catch (SSLException e) {
      fail(e);
      return false;
    }
    isEstablished = true;
    wire.established();
    return true;
  }

  private boolean open() {
    if (!current.hasRemaining()) {
      return false;
    }
    ByteBuffer plain = home.loop().plainBuffer().clear();
    SSLEngineResult result;
    try {
      result = engine.unwrap(current, plain);
    } catch (SSLException | RuntimeException e) {
      fail(e);
      return false;
    }
    if (result.bytesProduced() > 0) {
      wire.opened(plain.flip());
    }
    return switch (result.getStatus()) {
      case OK ->
          result.bytesConsumed() > 0
              || result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_TASK
              || result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP;
      case BUFFER_UNDERFLOW -> false;
      case BUFFER_OVERFLOW -> throw new IllegalStateException("A record beyond TLS's largest");
      case CLOSED -> {
        if (!isEstablished) {
          wire.failed(Rejection.HANDSHAKE_FAILED, ": closed by the other side");
        }
        yield false; // The end of the connection follows.
      }
    };
  }

  /// Seals up to one record of `plain`, and moves its position behind it.
  ///
  /// @return the sealed bytes, valid until the next call; null when it failed
  @Nullable ByteBuffer seal(ByteBuffer plain) {
    ByteBuffer sealed = home.loop().sealedBuffer().clear();
    try {
      SSLEngineResult result = engine.wrap(plain, sealed);
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        throw new IllegalStateException("A record beyond TLS's largest");
      }
      return sealed.flip();
    } catch (SSLException e) {
      fail(e);
      return null;
    }
  }

  // ---------------------------------------------------------------- failures

  private void fail(Exception failure) {
    if (ended) {
      return;
    }
    Rejection reason = reason(failure);
    // The engine has an alert that tells the other side why; as far as it goes out at once.
    boolean alerts = reason != Rejection.REFUSED_BY_REMOTE;
    if (alerts && engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
      ByteBuffer sealed = home.loop().sealedBuffer().clear();
      try {
        SSLEngineResult _ = engine.wrap(NOTHING, sealed);
        wire.write(sealed.flip());
      } catch (SSLException _) {
        // It fails for the reason that is reported below.
      }
    }
    wire.failed(reason, ": " + failure.getMessage());
  }

  private static Rejection reason(Exception failure) {
    Rejection reason = Rejection.HANDSHAKE_FAILED;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case CertificateExpiredException _, CertificateNotYetValidException _ -> {
          return Rejection.CERTIFICATE_EXPIRED;
        }
        case CertificateException _, CertPathBuilderException _ ->
            reason = Rejection.CERTIFICATE_UNTRUSTED;
        default -> {
          // The JDK has no types for these; in other words they count as failed handshakes.
          String message = String.valueOf(cause.getMessage());
          if (message.contains("Received fatal alert")) {
            return Rejection.REFUSED_BY_REMOTE;
          } else if (message.contains("Empty client certificate chain")) {
            reason = Rejection.CERTIFICATE_UNTRUSTED;
          }
        }
      }
    }
    return reason;
  }
}
