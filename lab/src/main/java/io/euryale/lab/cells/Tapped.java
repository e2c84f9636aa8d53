package io.euryale.lab.cells;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import java.nio.ByteBuffer;

/// A core whose frames are shown to a tap first; the core gets those that the tap lets through.
record Tapped(Core core, Tap tap) implements Core {

  /// Looks at frames.
  interface Tap {
    /// Whether the core gets this frame.
    ///
    /// @param frame is not to be changed, its position neither
    boolean passes(ByteBuffer frame);
  }

  @Override
  public void start(long nowNanos) {
    core.start(nowNanos);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    core.linkUp(nowNanos, link, remote);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    core.linkDown(nowNanos, link, reason);
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    core.dialFailed(nowNanos, link, reason);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    if (tap.passes(frame)) {
      core.frame(nowNanos, link, frame);
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    core.timerDue(nowNanos);
  }

  @Override
  public void idle(long nowNanos) {
    core.idle(nowNanos);
  }
}
