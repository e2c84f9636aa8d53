package io.euryale.lab.real;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs small programs of the system to their end.
final class Commands {

  /// How one ended.
  record Ended(int exitCode, String output) {}

  private static final int MISSING = 127;

  private Commands() {}

  /// @throws IOException with the command and what it said, when it fails
  static String run(List<String> command) throws IOException, InterruptedException {
    Ended ended = tryRun(command.toArray(new String[0]));
    if (ended.exitCode() != 0) {
      throw new IOException(
          "'%s' fails: %s"
              .formatted(
                  String.join(" ", command),
                  ended.output().strip().replaceAll("\\s*\\R\\s*", " ")));
    }
    return ended.output();
  }

  static Ended tryRun(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), output);
    } catch (IOException e) {
      return new Ended(MISSING, String.valueOf(e.getMessage()));
    }
  }
}
