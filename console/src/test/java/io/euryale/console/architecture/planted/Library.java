package io.euryale.console.architecture.planted;

import picocli.CommandLine;

/// Seen as a class of a protocol module, this one uses a library.
final class Library {

  private Library() {}

  static Object commandLine(Object command) {
    return new CommandLine(command);
  }
}
