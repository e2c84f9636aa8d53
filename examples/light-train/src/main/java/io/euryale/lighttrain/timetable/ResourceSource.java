package io.euryale.lighttrain.timetable;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// A feed that is built in.
///
/// @param folder absolute name of the resources' folder, with a slash at both ends
record ResourceSource(String folder) implements GtfsSource {

  @Override
  public String label() {
    return folder;
  }

  @Override
  public @Nullable InputStream open(String file, GtfsLimits limits) {
    return ResourceSource.class.getResourceAsStream(folder + file);
  }

  @Override
  public void close() {
    // Every stream is closed by the table that reads it.
  }
}
