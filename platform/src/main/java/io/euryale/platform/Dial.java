package io.euryale.platform;

import io.euryale.kernel.Endpoint;
import io.netty.channel.ChannelFuture;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/// A link that the core asked for: dials until it is up, and again after each loss, with pauses
/// that double up to a limit. The timer is due when the next dial is.
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports how a channel ends by its events.
final class Dial extends Timer {

  private final NettyHome home;
  private final int link;
  private final Endpoint remote;
  private long pauseNanos;
  private long upSinceNanos;
  private boolean cancelled;
  private @Nullable Connection connection;

  Dial(NettyHome home, int link, Endpoint remote) {
    this.home = home;
    this.link = link;
    this.remote = remote;
    this.pauseNanos = home.settings().redialFirst().toNanos();
  }

  int link() {
    return link;
  }

  @Override
  void due(long nowNanos) {
    if (cancelled) {
      return;
    }
    int port = remote.port(home.trafficClass());
    if (!home.reach().allows(remote.host())) {
      // Asking again cannot help, so this link stays down; the core hears why once.
      Rejection refusal = home.reach().refusal();
      home.counters().reject(refusal);
      home.links().dialFailed(this, refusal.text() + ": " + remote.host());
      return;
    }
    if (port == 0) {
      failed("port not known");
      return;
    }
    Connection next = new Connection(home, this);
    connection = next;
    ChannelFuture connecting = home.links().dial(next, Loopback.address(remote.host(), port));
    connecting.addListener(
        result -> {
          if (!result.isSuccess()) {
            failed(describe(result.cause()));
          }
        });
  }

  private static String describe(@Nullable Throwable cause) {
    if (cause instanceof ConnectException
        && !(cause instanceof io.netty.channel.ConnectTimeoutException)) {
      return "connection refused";
    }
    return cause == null ? "dial failed" : String.valueOf(cause.getMessage());
  }

  void up(long nowNanos) {
    upSinceNanos = nowNanos;
  }

  /// A connection that was up is gone. Only one that lasted earns a quick redial: a remote that
  /// accepts and drops us at once must not be hammered.
  void down(long nowNanos) {
    connection = null;
    if (nowNanos - upSinceNanos >= home.settings().redialLongest().toNanos()) {
      pauseNanos = home.settings().redialFirst().toNanos();
    }
    pause(nowNanos);
  }

  void failed(String reason) {
    connection = null;
    if (cancelled || home.isStopped()) {
      return;
    }
    pause(Loops.nowNanos());
    home.links().dialFailed(this, reason);
  }

  private void pause(long nowNanos) {
    if (cancelled || home.isStopped()) {
      return;
    }
    // Half of the pause is jitter, so that siblings that lost the same peer do not come together.
    long jittered = pauseNanos / 2 + home.jitter(pauseNanos / 2 + 1);
    home.timers().set(this, nowNanos + jittered);
    pauseNanos = Math.min(pauseNanos * 2, home.settings().redialLongest().toNanos());
  }

  void cancel() {
    cancelled = true;
    home.timers().cancel(this);
    if (connection != null) {
      connection.drain();
      connection = null;
    }
  }
}
