package io.euryale.console;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `euryale test` is done by the launcher, which builds; this class says so to whoever calls the
/// jar.
@Command(
    name = "test",
    header = "Run every check of the default build (./euryale test).",
    description = "Needs the sources: run ./euryale test in their folder.")
final class TestCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    throw CommandException.usage(
        "Tests are run by the launcher from the sources: run ./euryale test in their folder.");
  }
}
