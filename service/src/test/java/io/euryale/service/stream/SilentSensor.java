package io.euryale.service.stream;

import org.jspecify.annotations.Nullable;

/// A sensor's application that does nothing with what it is told.
class SilentSensor implements Publisher.Listener {
  @Override
  public void interest(long now, String stream, @Nullable StreamQos wanted) {}

  @Override
  public void held(long now, String stream, long upTo) {}

  @Override
  public void delivered(long now, String stream, long upTo) {}

  @Override
  public void lost(long now, String stream, long sequence, String reason) {}

  @Override
  public void writable(long now) {}
}
