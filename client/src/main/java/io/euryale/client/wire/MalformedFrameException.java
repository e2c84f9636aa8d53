package io.euryale.client.wire;

import java.io.IOException;

/// Bytes that no version of the session protocol would send. The message is a short fixed text,
/// fit for a metric's label.
public final class MalformedFrameException extends IOException {

  private static final long serialVersionUID = 1L;

  public MalformedFrameException(String reason) {
    super(reason);
  }
}
