package io.euryale.console;

import io.euryale.platform.SettingsBinder;
import io.euryale.platform.SettingsSchema;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale settings`: describes and checks settings files.
@Command(
    name = "settings",
    header = "Describe or check settings files.",
    subcommands = {SettingsCommand.Schema.class, SettingsCommand.Check.class})
final class SettingsCommand {

  /// `euryale settings schema`.
  @Command(
      name = "schema",
      header = "Print the JSON Schema of a settings file, for editors.",
      footer = {"", "Example: euryale settings schema > euryale.schema.json"})
  static final class Schema implements Callable<Integer> {

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        defaultValue = "peer",
        description =
            "peer, edge for sensors and clients, or group for members of groups"
                + " (default: ${DEFAULT-VALUE}).")
    SettingsFiles.Kind kind = SettingsFiles.Kind.PEER;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      out.print(SettingsSchema.of(kind.type()));
      out.flush();
      return ExitCode.DONE;
    }
  }

  /// `euryale settings check`.
  @Command(
      name = "check",
      header = "Check a settings file without starting anything.",
      description = "Prints every error with file, line, column and what to do; exit code 2.",
      footer = {"", "Example: euryale settings check --kind group site.yaml"})
  static final class Check implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "Settings in YAML.")
    Path file = Path.of("");

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        defaultValue = "peer",
        description =
            "peer, edge for sensors and clients, or group for members of groups"
                + " (default: ${DEFAULT-VALUE}).")
    SettingsFiles.Kind kind = SettingsFiles.Kind.PEER;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      Record _ = SettingsBinder.read(file, kind.type());
      PrintWriter out = spec.commandLine().getOut();
      out.println(file + " is valid.");
      out.flush();
      return ExitCode.DONE;
    }
  }
}
