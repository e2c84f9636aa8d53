package io.euryale.overlay;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import java.nio.ByteBuffer;

/// A process that says nothing by itself; the test speaks for it.
final class SilentCore implements Core {
  @Override
  public void start(long now) {}

  @Override
  public void linkUp(long now, int link, Hello remote) {}

  @Override
  public void linkDown(long now, int link, String reason) {}

  @Override
  public void dialFailed(long now, int link, String reason) {}

  @Override
  public void timerDue(long now) {}

  @Override
  public void frame(long now, int link, ByteBuffer frame) {}
}
