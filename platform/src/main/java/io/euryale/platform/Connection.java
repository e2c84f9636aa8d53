package io.euryale.platform;

import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.Frames;
import io.euryale.kernel.wire.RefusalCodec;
import io.euryale.platform.keys.Certificates;
import io.euryale.platform.keys.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One TCP connection: says hello, hears the other hello, then carries frames until it ends. With
/// keys all of that goes through TLS, and the other side must be who it says it is.
///
/// A dialled link goes through several connections, one after the other; an accepted link is its
/// connection. Belongs to the loop of its home.
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports how a channel ends by its events.
final class Connection extends ChannelInboundHandlerAdapter
    implements FrameAssembler.Receiver, LoopSocket.Reader, Tls.Wire {

  /// Bytes a stranger may send before its hello is complete (6.3, SG-5).
  static final int MAX_HELLO_BYTES = 16 << 10;

  /// Largest frame of a link from or to another machine, where a hello proves nothing.
  private static final int GUEST_BODY_BYTES = MAX_HELLO_BYTES - Frames.HEADER_BYTES;

  private enum Phase {
    /// Not connected yet, or connected and waiting for the other hello.
    HELLO,
    /// The core knows the link.
    UP,
    /// Closed by the core: what is queued is still sent, nothing is received any more.
    DRAINING,
    /// Closed by us for a reason; waiting for the channel to end.
    ENDING
  }

  private final NettyHome home;
  private final @Nullable Dial dial;
  private final FrameAssembler assembler;
  private final Outbox outbox;
  private final Timer timeout =
      new Timer() {
        @Override
        void due(long nowNanos) {
          timedOut();
        }
      };

  private @Nullable Channel channel;
  private @Nullable PeerName remoteName;
  private @Nullable Tls tls;
  private @Nullable InetAddress admitted;
  private Phase phase = Phase.HELLO;
  private int link;
  private boolean unflushed;
  private boolean isGuest;
  private @Nullable String ending;
  private boolean wasUp;

  /// @param dial the dial that made this connection, or null when it was accepted
  Connection(NettyHome home, @Nullable Dial dial) {
    this.home = home;
    this.dial = dial;
    this.assembler = new FrameAssembler(this, GUEST_BODY_BYTES);
    this.outbox = new Outbox(home.loop().segments(), home.settings().queueBytes());
  }

  /// The link this connection carries; 0 before the hello.
  int link() {
    return link;
  }

  @Nullable Dial dial() {
    return dial;
  }

  boolean wasUp() {
    return wasUp;
  }

  /// Why the connection ended, for the core.
  String reason() {
    return ending == null ? "closed by peer" : ending;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    home.links().opened(this);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (phase != Phase.HELLO) {
      ctx.close();
      return;
    }
    if (!(ctx.channel().remoteAddress() instanceof InetSocketAddress from)) {
      ctx.close(); // Gone already.
      return;
    }
    InetAddress remote = from.getAddress();
    if (dial == null) {
      Rejection refusal = home.links().guests().admit(remote);
      if (refusal != null) {
        reject(refusal, "");
        return;
      }
      admitted = remote;
    }
    LinkKeys keys = home.keys();
    isGuest = keys == null && !remote.isLoopbackAddress();
    home.timers().set(timeout, Loops.nowNanos() + home.settings().helloTimeout().toNanos());
    if (ctx.channel() instanceof LoopSocket socket) {
      socket.readTo(this);
    }
    if (keys == null) {
      hello();
    } else {
      Tls sealing = new Tls(home, this, keys.current(), dial != null);
      tls = sealing;
      outbox.sealWith(sealing);
      sealing.start();
    }
  }

  private void hello() {
    outbox.append(home.greeting().hello());
    flush();
  }

  // ---------------------------------------------------------------- with keys

  @Override
  public void established() {
    if (phase == Phase.HELLO) {
      hello();
    }
  }

  @Override
  public void opened(ByteBuffer plain) {
    if (phase == Phase.HELLO || phase == Phase.UP) {
      Rejection rejection = assembler.feed(plain);
      if (rejection != null) {
        reject(rejection, "");
      }
    }
  }

  @Override
  public void write(ByteBuffer sealed) {
    if (channel instanceof LoopSocket socket && socket.isActive()) {
      outbox.writeSealed(socket, sealed);
    }
  }

  @Override
  public void failed(Rejection reason, String detail) {
    if (reason == Rejection.NOT_TLS && dial == null) {
      // In the clear, as the other side speaks: it must not take this for nobody being here.
      outbox.sealWith(null);
      outbox.append(home.greeting().refusal("It has keys and asks for keys."));
      flush();
    }
    reject(reason, detail);
  }

  /// The certificates of the other side, its own first; empty without keys and before the
  /// handshake.
  List<X509Certificate> chain() {
    return tls == null ? List.of() : tls.chain();
  }

  /// The other side would not be believed any more.
  void distrust() {
    if (phase == Phase.UP) {
      reject(Rejection.CERTIFICATE_UNTRUSTED, " any more");
    }
  }

  /// Why the certificate of the other side does not allow it to say this hello, or null.
  private @Nullable Rejection refusal(Hello remote) {
    LinkKeys keys = home.keys();
    if (tls != null && keys != null) {
      Credentials current = keys.current();
      if (tls.credentials() != current) {
        // The keys changed since the handshake: links that are up are compared with the new ones,
        // this one was not.
        try {
          current.check(tls.chain());
        } catch (CertificateException _) {
          return Rejection.CERTIFICATE_UNTRUSTED;
        }
      }
      X509Certificate certificate = tls.chain().getFirst();
      if (!Certificates.names(certificate).contains(remote.self().name().value())) {
        return Rejection.OTHER_NAME;
      }
    }
    return home.greeting().refusal(remote);
  }

  // ---------------------------------------------------------------- frames

  @Override
  public boolean readable() {
    if (!(channel instanceof LoopSocket socket)) {
      return false;
    }
    try {
      for (int reads = 0; reads < ReadBuffer.READS_PER_TURN && socket.isOpen(); reads++) {
        ByteBuffer into = home.loop().readBuffer().empty();
        int count = socket.readNow(into);
        if (count < 0) {
          return false; // Netty reads the same end and closes.
        }
        boolean emptied = into.hasRemaining();
        if (count > 0) {
          received(count);
        }
        if (emptied) {
          return true;
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      // What Netty's own reading does with a failure, the connection's or ours.
      socket.pipeline().fireExceptionCaught(e);
    }
    return true;
  }

  private void received(int count) {
    if (phase == Phase.HELLO || phase == Phase.UP) {
      home.counters().bytesIn(count);
      ByteBuffer read = home.loop().readBuffer().view(count);
      if (tls == null) {
        opened(read);
      } else {
        tls.received(read);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      received(read.readableBytes());
    } finally {
      read.release();
    }
  }

  @Override
  public boolean frame(ByteBuffer body) {
    if (RefusalCodec.isRefusal(body)) {
      reject(Rejection.REFUSED_BY_REMOTE, ": " + home.greeting().refusal(body));
    } else if (phase == Phase.UP) {
      home.links().frameArrived(link, body);
    } else if (phase == Phase.HELLO) {
      greet(body);
    }
    return phase == Phase.UP;
  }

  private void greet(ByteBuffer body) {
    switch (home.greeting().decode(body)) {
      case Decoded.Ok<Hello>(Hello remote) -> {
        Rejection refusal = refusal(remote);
        if (refusal != null) {
          reject(refusal, refusal == Rejection.OTHER_NAME ? " than " + remote.self().name() : "");
          return;
        }
        String forbidden = home.forbids(remote);
        if (forbidden != null) {
          outbox.append(home.greeting().refusal(forbidden));
          flush();
          reject(Rejection.FORBIDDEN, ": " + forbidden);
          return;
        }
        home.timers().cancel(timeout);
        assembler.accept(isGuest ? GUEST_BODY_BYTES : Frames.MAX_BODY_BYTES);
        if (admitted != null) {
          home.links().guests().introduced(admitted);
        }
        phase = Phase.UP;
        remoteName = remote.self().name();
        wasUp = true;
        link = dial == null ? home.links().newLink() : dial.link();
        home.links().linkUp(this, remote);
      }
      case Decoded.Unknown<Hello>(int type) ->
          reject(Rejection.HELLO_MALFORMED, ": message type " + type);
      case Decoded.Malformed<Hello>(int _, String reason) ->
          reject(Rejection.HELLO_MALFORMED, ": " + reason);
    }
  }

  /// Who is at the other end; null before its hello.
  @Nullable PeerName remoteName() {
    return remoteName;
  }

  /// Queues one frame; it leaves at the end of the turn.
  boolean send(ByteBuffer frame) {
    if (phase != Phase.UP) {
      return false;
    }
    if (!outbox.append(frame)) {
      home.counters().full();
      return false;
    }
    home.counters().frameOut(frame.remaining() + Frames.HEADER_BYTES);
    if (!unflushed) {
      unflushed = true;
      home.links().unflushed(this);
    }
    return true;
  }

  void flush() {
    unflushed = false;
    Channel open = channel;
    if (open != null && open.isActive()) {
      outbox.flush(open);
      if (phase == Phase.DRAINING && outbox.isEmpty()) {
        open.close();
      }
    }
  }

  /// With watermarks of one byte, writable means that everything handed over is with the operating
  /// system: the moment for what gathered meanwhile.
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      flush();
    }
  }

  /// The core wants no more of this link: send what is queued, then close.
  void drain() {
    if (phase == Phase.DRAINING || phase == Phase.ENDING) {
      return;
    }
    boolean wasHello = phase == Phase.HELLO;
    phase = Phase.DRAINING;
    assembler.release();
    Channel open = channel;
    if (open == null || wasHello || outbox.isEmpty()) {
      close();
      return;
    }
    home.timers().set(timeout, Loops.nowNanos() + home.settings().drainTimeout().toNanos());
    if (!unflushed) {
      unflushed = true;
      home.links().unflushed(this);
    }
  }

  /// Ends the connection as a crash would: the other side gets a reset, what is queued is lost.
  void reset() {
    phase = Phase.ENDING;
    if (tls != null) {
      tls.end();
    }
    home.timers().cancel(timeout);
    Channel open = channel;
    if (open != null) {
      if (open.isActive()) {
        open.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      open.close();
    }
  }

  void close() {
    phase = Phase.ENDING;
    if (tls != null) {
      tls.end();
    }
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  private void timedOut() {
    if (phase == Phase.HELLO) {
      reject(Rejection.HELLO_TIMEOUT, "");
    } else {
      close();
    }
  }

  private void reject(Rejection reason, String detail) {
    if (ending != null) {
      return;
    }
    home.counters().reject(reason);
    ending = reason.linkReason() + detail;
    LinkKeys keys = home.keys();
    if (keys != null && reason.isAudited()) {
      keys.audit(reason, home.trafficClass(), dial != null, address(), chain(), detail);
    }
    close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      home.failed(cause);
      return;
    }
    if (ending == null) {
      ending = describe(cause);
      if (ending.equals("reset by peer")) {
        home.counters().reset();
      }
    }
    ctx.close();
  }

  /// Without the port of who dialled: with each try another, it would make a new line of the audit
  /// log of each.
  private String address() {
    Channel open = channel;
    if (open == null || !(open.remoteAddress() instanceof InetSocketAddress remote)) {
      return "an address that is gone";
    }
    String host = remote.getAddress().getHostAddress();
    return dial == null ? host : host + ":" + remote.getPort();
  }

  private static String describe(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (message.contains("reset")) {
      return "reset by peer";
    }
    return message.contains("Broken pipe") ? "write failed" : message;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    phase = Phase.ENDING;
    home.timers().cancel(timeout);
    home.links().ended(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    phase = Phase.ENDING;
    home.timers().cancel(timeout);
    InetAddress from = admitted;
    if (from != null) {
      admitted = null;
      home.links().guests().left(from, wasUp);
    }
    home.links().removed(this);
    if (tls != null) {
      tls.end();
    }
    assembler.release();
    outbox.release();
  }
}
