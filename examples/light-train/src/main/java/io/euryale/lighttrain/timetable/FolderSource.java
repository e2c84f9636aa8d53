package io.euryale.lighttrain.timetable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A feed in a folder, or in the one folder below it that has a feed.
record FolderSource(Path folder) implements GtfsSource {

  static FolderSource at(Path path) throws TimetableException {
    if (Files.exists(path.resolve(MARKER))) {
      return new FolderSource(path);
    }
    Path found = path;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(path, Files::isDirectory)) {
      for (Path folder : folders) {
        if (Files.exists(folder.resolve(MARKER))) {
          if (!found.equals(path)) {
            throw GtfsSource.ambiguous(path);
          }
          found = folder;
        }
      }
    } catch (IOException e) {
      throw TimetableException.inFile(
          path.toString(),
          "the folder cannot be listed (" + e.getMessage() + "); check its rights");
    }
    return new FolderSource(found);
  }

  @Override
  public String label() {
    return folder.toString();
  }

  @Override
  public @Nullable InputStream open(String file, GtfsLimits limits) throws TimetableException {
    Path path = folder.resolve(file);
    if (Files.notExists(path)) {
      return null;
    }
    // A pipe or a device would block or never end.
    if (!Files.isRegularFile(path)) {
      throw TimetableException.inFile(
          path.toString(), "it is not a regular file; put a file there");
    }
    try {
      if (Files.size(path) > limits.maxFileBytes()) {
        throw GtfsSource.tooLarge(file, limits);
      }
      return Files.newInputStream(path);
    } catch (IOException e) {
      throw TimetableException.inFile(
          path.toString(), "it cannot be opened (" + e.getMessage() + "); check its rights");
    }
  }

  @Override
  public void close() {
    // Every stream is closed by the table that reads it.
  }
}
