package io.euryale.platform;

import io.euryale.kernel.PeerRef;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a home ends, once: in order, as a crash would, or by a failure. Whether it has may be asked
/// from any thread.
final class HomeEnd {

  private static final Logger LOG = LoggerFactory.getLogger(NettyHome.class);

  private final NettyHome home;
  private final Timer coreTimer;
  private final Ports ports;
  private final Links links;
  private final Consumer<Throwable> onFailure;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /// @param onFailure told once, on the loop, when the home fails
  HomeEnd(
      NettyHome home, Timer coreTimer, Ports ports, Links links, Consumer<Throwable> onFailure) {
    this.home = home;
    this.coreTimer = coreTimer;
    this.ports = ports;
    this.links = links;
    this.onFailure = onFailure;
  }

  boolean isStopped() {
    return stopped;
  }

  @Nullable Throwable failure() {
    return failure;
  }

  /// Ends as a process that crashes does; see [NettyHome#kill].
  void kill() {
    if (!home.loop().runAndWait(this::crash)) {
      stopped = true;
    }
  }

  /// Ends in order; see [NettyHome#close].
  void close() {
    CountDownLatch drained = new CountDownLatch(1);
    if (home.loop().runAndWait(() -> leave(drained))) {
      home.loop().await(drained);
    } else {
      stopped = true;
    }
  }

  /// Our bug, in the core, in a task, or in the home itself; or the machine's failure. On the loop.
  void failed(Throwable e) {
    if (stopped) {
      return;
    }
    failure = e;
    PeerRef who = home.greeting().self();
    Object name = who == null ? "(not started)" : who.id();
    if (e instanceof PlatformException) {
      LOG.error("Peer {} stops: {}", name, e.getMessage());
    } else {
      String label = home.trafficClass().label();
      LOG.error("Peer {} stops: its {} core threw {}", name, label, e.toString(), e);
    }
    crash();
    onFailure.accept(e);
  }

  private void crash() {
    if (stopped) {
      return;
    }
    stop();
    links.reset();
  }

  private void stop() {
    stopped = true;
    LinkKeys keys = home.keys();
    if (keys != null) {
      keys.dismiss(home);
    }
    home.timers().cancel(coreTimer);
    ports.close();
    links.stop();
  }

  private void leave(CountDownLatch drained) {
    if (stopped) {
      drained.countDown();
      return;
    }
    stop();
    new Farewell(home.timers(), links.drain(), home.settings().drainTimeout(), drained)
        .due(Loops.nowNanos());
  }
}
