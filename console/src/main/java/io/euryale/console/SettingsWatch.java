package io.euryale.console;

import io.euryale.peer.PeerSettings;
import io.euryale.peer.RefusedException;
import io.euryale.platform.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/// Reads the settings of a running process again when their file has other contents. A file that
/// cannot be read, or is wrong, changes nothing and is reported once.
final class SettingsWatch {

  /// How often the file is looked at.
  static final Duration PERIOD = Duration.ofSeconds(1);

  private final Path file;
  private final Consumer<PeerSettings> changed;
  private byte[] known;

  SettingsWatch(Path file, Consumer<PeerSettings> changed) {
    this.file = file;
    this.changed = changed;
    known = contents();
  }

  private byte[] contents() {
    try {
      return Files.readAllBytes(file);
    } catch (IOException _) {
      return new byte[0]; // Being replaced: it is looked at again.
    }
  }

  void look(PrintWriter err) {
    byte[] now = contents();
    if (now.length == 0 || Arrays.equals(now, known)) {
      return;
    }
    known = now;
    try {
      changed.accept(SettingsFiles.peer(file));
    } catch (SettingsException | RefusedException | CommandException e) {
      String sentence = "the settings stay as they were: " + e.getMessage();
      Logging.tell(err, Level.ERROR, file.toString(), "settings", sentence);
    }
  }
}
