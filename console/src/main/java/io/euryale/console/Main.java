package io.euryale.console;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `euryale` command. Run without a noun it prints its usage.
@Command(
    name = "euryale",
    mixinStandardHelpOptions = true,
    version = "euryale 0.1.0",
    description = "A middleware that answers on time while machines fail.")
public final class Main implements Runnable {

  /// Runs the command line and ends the process with its exit code.
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
