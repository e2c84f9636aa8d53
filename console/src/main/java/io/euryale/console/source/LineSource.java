package io.euryale.console.source;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One payload for each line of a stream of bytes; empty lines are left out. The bytes of a line
/// are not looked at, so any encoding passes.
public final class LineSource implements PayloadSource {

  private final InputStream in;
  private final int limitBytes;
  private final boolean live;
  private long oversized;

  /// @param limitBytes longest line that is passed on; longer ones are counted and left out
  /// @param live see [PayloadSource#isLive]
  public LineSource(InputStream in, int limitBytes, boolean live) {
    this.in = new BufferedInputStream(in);
    this.limitBytes = limitBytes;
    this.live = live;
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    while (true) {
      int b = in.read();
      if (b < 0 || b == '\n') {
        if (tooLong) {
          oversized++;
        } else if (line.size() > 0) {
          return ByteBuffer.wrap(line.toByteArray());
        }
        if (b < 0) {
          return null;
        }
        line.reset();
        tooLong = false;
      } else if (line.size() == limitBytes) {
        tooLong = true;
      } else if (b != '\r') {
        line.write(b);
      }
    }
  }

  @Override
  public boolean isLive() {
    return live;
  }

  @Override
  public long oversized() {
    return oversized;
  }

  @Override
  public void close() throws IOException {
    // Standard input cannot be closed while another thread reads it; the process ends anyway.
    if (!live) {
      in.close();
    }
  }
}
