package io.euryale.console.architecture.planted;

import io.euryale.console.Main;

/// Seen as a class of `kernel`, this one uses a module above it.
final class UpwardDependency {

  private UpwardDependency() {}

  static Class<?> main() {
    return Main.class;
  }
}
