package io.euryale.service.stream;

import io.euryale.kernel.Core;
import io.euryale.kernel.Hello;
import java.nio.ByteBuffer;

/// Says nothing by itself: tests speak for it.
class SilentCore implements Core {
  @Override
  public void start(long now) {}

  @Override
  public void linkUp(long now, int link, Hello remote) {}

  @Override
  public void linkDown(long now, int link, String reason) {}

  @Override
  public void frame(long now, int link, ByteBuffer frame) {}

  @Override
  public void timerDue(long now) {}
}
