package io.euryale.console.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file cut into payloads of one size; the last one may be shorter.
public final class ChunkSource implements PayloadSource {

  private final InputStream in;
  private final int chunkBytes;

  /// @throws IOException when the file cannot be read
  public ChunkSource(Path file, int chunkBytes) throws IOException {
    this.in = Files.newInputStream(file);
    this.chunkBytes = chunkBytes;
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    byte[] chunk = in.readNBytes(chunkBytes);
    return chunk.length == 0 ? null : ByteBuffer.wrap(chunk);
  }

  @Override
  public boolean isLive() {
    return false;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
