package io.euryale.console;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Files that a command writes at its end, checked at its beginning: before minutes of work and
/// not after them.
final class OutputFiles {

  private OutputFiles() {}

  /// @param option that names the file
  /// @throws CommandException when the file cannot be written
  static void checkWritable(String option, @Nullable Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    boolean writable =
        Files.exists(file)
            ? Files.isRegularFile(file) && Files.isWritable(file)
            : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    if (!writable) {
      throw CommandException.usage(
          option + " " + file + " cannot be written: name a file in a folder that is writable.");
    }
  }
}
