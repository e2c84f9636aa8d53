package io.euryale.lighttrain.timetable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// A feed in a zip archive, at its top or in one folder of it.
///
/// @param prefix the folder of the feed inside the archive, with a slash at its end; empty for the
///     top
record ZipSource(Path path, ZipFile zip, String prefix) implements GtfsSource {

  static ZipSource at(Path path, GtfsLimits limits) throws TimetableException {
    if (!Files.isRegularFile(path)) {
      throw TimetableException.inFile(
          path.toString(), "neither a folder nor a file; give a feed's folder or its .zip");
    }
    ZipFile zip = openZip(path);
    try {
      if (zip.size() > limits.maxZipEntries()) {
        throw TimetableException.inFile(
            path.toString(),
            "more than " + limits.maxZipEntries() + " entries; give an archive of the feed alone");
      }
      return new ZipSource(path, zip, feedFolder(path, zip));
    } catch (TimetableException | RuntimeException e) {
      closeQuietly(zip);
      throw e;
    }
  }

  private static ZipFile openZip(Path path) throws TimetableException {
    try {
      return new ZipFile(path.toFile());
    } catch (IOException | IllegalArgumentException e) {
      throw TimetableException.inFile(
          path.toString(),
          "not a readable zip archive ("
              + e.getMessage()
              + "); give a feed's folder or an intact .zip of it");
    }
  }

  private static String feedFolder(Path path, ZipFile zip) throws TimetableException {
    if (zip.getEntry(MARKER) != null) {
      return "";
    }
    String found = "";
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      String name = entries.nextElement().getName();
      if (name.endsWith("/" + MARKER) && !name.startsWith("__MACOSX/")) {
        if (!found.isEmpty()) {
          throw GtfsSource.ambiguous(path);
        }
        found = name.substring(0, name.length() - MARKER.length());
      }
    }
    return found;
  }

  @Override
  public String label() {
    return path.toString();
  }

  @Override
  public @Nullable InputStream open(String file, GtfsLimits limits) throws TimetableException {
    ZipEntry entry = zip.getEntry(prefix + file);
    if (entry == null || entry.isDirectory()) {
      return null;
    }
    if (entry.getSize() > limits.maxFileBytes()) {
      throw GtfsSource.tooLarge(file, limits);
    }
    try {
      return zip.getInputStream(entry);
    } catch (IOException e) {
      throw TimetableException.inFile(
          file, "cannot be unpacked (" + e.getMessage() + "); get the feed again");
    }
  }

  @Override
  public void close() {
    closeQuietly(zip);
  }

  private static void closeQuietly(ZipFile zip) {
    try {
      zip.close();
    } catch (IOException _) {
      // Only read from: nothing can be lost.
    }
  }
}
