package io.euryale.console;

import io.euryale.platform.Observations;
import io.euryale.platform.PlatformException;
import io.euryale.platform.TraceFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a command's observations go: a file of JSON Lines, or nowhere.
final class Tracing implements AutoCloseable {

  private final @Nullable TraceFile file;
  private final @Nullable Observations observations;

  private Tracing(@Nullable TraceFile file) {
    this.file = file;
    observations = file == null ? null : new Observations(file);
  }

  /// Opens the trace.
  ///
  /// @param path the file, replaced if it exists; null for nowhere
  static Tracing to(@Nullable Path path) {
    OutputFiles.checkWritable("--trace", path);
    return new Tracing(path == null ? null : TraceFile.open(path));
  }

  @Nullable Observations observations() {
    return observations;
  }

  /// @throws PlatformException when the trace could not be written
  @Override
  public void close() {
    if (file != null) {
      file.close();
      PlatformException failure = file.failure();
      if (failure != null) {
        throw failure;
      }
    }
  }
}
