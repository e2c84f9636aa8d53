package io.euryale.lighttrain.timetable;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the files of a feed come from.
sealed interface GtfsSource extends AutoCloseable permits FolderSource, ZipSource, ResourceSource {

  /// The file that every feed has and that no other folder of an archive is likely to have: it
  /// marks the folder in which the feed lies.
  String MARKER = "stops.txt";

  /// Opens the folder or the archive at `path`.
  ///
  /// @throws TimetableException if there is nothing at `path`, or neither of the two, or it cannot
  ///     be read
  static GtfsSource at(Path path, GtfsLimits limits) throws TimetableException {
    if (Files.notExists(path)) {
      throw TimetableException.inFile(
          path.toString(), "there is no such file or folder; check the path of the feed");
    }
    if (!Files.isReadable(path)) {
      throw TimetableException.inFile(
          path.toString(), "it cannot be read; check the rights of this file or folder");
    }
    return Files.isDirectory(path) ? FolderSource.at(path) : ZipSource.at(path, limits);
  }

  /// What to call this feed in a message.
  String label();

  /// The bytes of one file; null if the feed does not have it.
  ///
  /// @throws TimetableException if it cannot be opened or says that it is too large
  @Nullable InputStream open(String file, GtfsLimits limits) throws TimetableException;

  /// Frees what is open; never fails.
  @Override
  void close();

  /// A file that unpacks to more than the limit.
  static TimetableException tooLarge(String file, GtfsLimits limits) {
    return TimetableException.inFile(
        file, "more than " + limits.maxFileBytes() + " bytes; split the feed");
  }

  /// The marker was found in several folders.
  static TimetableException ambiguous(Path path) {
    return TimetableException.inFile(
        path.toString(), "several folders in it have a " + MARKER + "; give a feed of its own");
  }
}
