package io.euryale.console;

import java.io.Console;

/// Whether a person watches.
final class Terminal {

  private Terminal() {}

  /// Whether output goes to a terminal that can move its cursor. The null checker does not know
  /// that there is always a console object, hence the test.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isPresent() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }
}
