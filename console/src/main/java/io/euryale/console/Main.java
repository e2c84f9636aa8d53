package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Replication;
import java.io.Flushable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The `euryale` command. Run without a noun it prints its usage.
@Command(
    name = "euryale",
    version = "euryale 0.1.0",
    header = "A middleware that answers on time while machines fail.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      TopCommand.class,
      DashboardCommand.class,
      BenchCommand.class,
      PeerCommand.class,
      SensorCommand.class,
      ClientCommand.class,
      OverlayCommand.class,
      StreamCommand.class,
      KeysCommand.class,
      GroupCommand.class,
      SimulateCommand.class,
      LabCommand.class,
      SettingsCommand.class,
      DoctorCommand.class,
      TestCommand.class,
      RehearseCommand.class,
      HelpCommand.class
    })
public final class Main implements Callable<Integer> {

  private static final String[] EXIT_CODES = {
    "0:done",
    "1:the run's own promise was missed: something was lost, or Euryale made a mistake",
    "2:the command line or the settings are wrong",
    "3:the environment lacks something: a port, a file, a peer that answers"
  };

  /// Shorter than what [Shutdown] waits for the exit code.
  private static final Duration FLUSH_PATIENCE = Duration.ofSeconds(1);

  @Spec CommandSpec spec = CommandSpec.create();

  /// Runs the command line and ends the process with its exit code.
  public static void main(String[] args) {
    PrintWriter err = writer(System.err);
    int exitCode;
    try {
      Logging.configure(System.getenv());
      exitCode = execute(writer(System.out), err, args);
    } catch (CommandException e) {
      err.println("euryale: " + e.getMessage());
      exitCode = e.exitCode();
    }
    Logging.flush();
    Shutdown.ended(exitCode);
    System.exit(exitCode);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  /// Runs the command line in this process.
  ///
  /// @return the exit code
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine main = new CommandLine(new Main());
    main.setOut(out);
    main.setErr(err);
    main.registerConverter(Duration.class, new DurationConverter());
    main.registerConverter(TrafficClass.class, new ClassConverter());
    main.registerConverter(Replication.class, new ReplicationConverter());
    main.setCaseInsensitiveEnumValuesAllowed(true);
    Failures failures = new Failures();
    main.setParameterExceptionHandler(failures);
    main.setExecutionExceptionHandler(failures);
    describe(main);
    int exitCode = main.execute(args);
    flush(err, out);
    return exitCode;
  }

  /// Flushes, for a second at most: a pipe that nobody reads keeps no command from its end.
  static void flush(Flushable... outputs) {
    Thread flushing = new Thread(() -> flushAll(outputs), "euryale-flush");
    flushing.setDaemon(true);
    flushing.start();
    try {
      boolean _ = flushing.join(FLUSH_PATIENCE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void flushAll(Flushable... outputs) {
    for (Flushable output : outputs) {
      try {
        output.flush();
      } catch (IOException _) {
        // Nobody reads it any more.
      }
    }
  }

  /// What every command has: `--help`, `--version`, and the exit codes in its help.
  private static void describe(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (!(spec.userObject() instanceof HelpCommand) && !spec.mixinStandardHelpOptions()) {
      spec.mixinStandardHelpOptions(true);
    }
    spec.version("euryale 0.1.0");
    spec.usageMessage().exitCodeListHeading("%nExit codes:%n");
    spec.usageMessage().exitCodeList(CommandLine.Model.UsageMessageSpec.keyValuesMap(EXIT_CODES));
    spec.exitCodeOnInvalidInput(ExitCode.USAGE);
    spec.exitCodeOnExecutionException(ExitCode.MISSED);
    command.getSubcommands().values().forEach(Main::describe);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.DONE;
  }
}
