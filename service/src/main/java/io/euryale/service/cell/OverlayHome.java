package io.euryale.service.cell;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/// The home as the core of the overlay sees it: all of it but the timer, which it shares.
final class OverlayHome implements Home {

  private final Home home;
  private final Timers timers;
  private final IntConsumer disconnected;

  /// @param disconnected told each link that the core lets go of
  OverlayHome(Home home, Timers timers, IntConsumer disconnected) {
    this.home = home;
    this.timers = timers;
    this.disconnected = disconnected;
  }

  @Override
  public boolean send(int link, ByteBuffer frame) {
    return home.send(link, frame);
  }

  @Override
  public int connect(Endpoint remote) {
    return home.connect(remote);
  }

  @Override
  public void disconnect(int link) {
    home.disconnect(link);
    disconnected.accept(link);
  }

  @Override
  public void wakeAt(long deadlineNanos) {
    timers.wakeAt(Timers.OVERLAY, deadlineNanos);
  }

  @Override
  public void observe(TraceEvent event) {
    home.observe(event);
  }

  @Override
  public boolean observes(String event) {
    return home.observes(event);
  }

  @Override
  public long jitter(long bound) {
    return home.jitter(bound);
  }
}
