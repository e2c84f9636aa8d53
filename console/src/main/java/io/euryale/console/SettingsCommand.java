package io.euryale.console;

import io.euryale.platform.SettingDescription;
import io.euryale.platform.SettingsBinder;
import io.euryale.platform.SettingsReference;
import io.euryale.platform.SettingsSchema;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale settings`: describes and checks settings files.
@Command(
    name = "settings",
    header = "Describe or check settings files.",
    subcommands = {
      SettingsCommand.Schema.class,
      SettingsCommand.Check.class,
      SettingsCommand.Explain.class,
      SettingsCommand.Reference.class
    })
final class SettingsCommand {

  private static final String KINDS =
      "peer, edge for sensors and clients, or group for members of groups";

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
        description = KINDS + " (default: ${DEFAULT-VALUE}).")
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
      description =
          "Prints every error with file, line, column, what is allowed and the nearest known key;"
              + " exit code 2.",
      footer = {"", "Example: euryale settings check site.yaml"})
  static final class Check implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "Settings in YAML.")
    Path file = Path.of("");

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        description = KINDS + "; when not given, the one that knows most of the file's keys.")
    SettingsFiles.@Nullable Kind kind;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      SettingsFiles.Kind meant = kind == null ? SettingsFiles.Kind.of(file) : kind;
      Record _ = SettingsBinder.read(file, meant.type());
      PrintWriter out = spec.commandLine().getOut();
      out.println(file + " is valid for a process of kind " + meant.word() + ".");
      out.flush();
      return ExitCode.DONE;
    }
  }

  /// `euryale settings explain`.
  @Command(
      name = "explain",
      header = "Explain a setting: type, range, default, unit and meaning.",
      footer = {"", "Example: euryale settings explain links.queueBytes"})
  static final class Explain implements Callable<Integer> {

    @Parameters(
        paramLabel = "KEY",
        description = "From the top of the file with dots, or only the last part.")
    String key = "";

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        description = KINDS + "; all that have it when not given.")
    SettingsFiles.@Nullable Kind kind;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      List<SettingsFiles.Kind> kinds =
          kind == null ? Arrays.asList(SettingsFiles.Kind.values()) : List.of(kind);
      Map<SettingDescription, Set<SettingsFiles.Kind>> found = new LinkedHashMap<>();
      Set<String> near = new LinkedHashSet<>();
      for (SettingsFiles.Kind one : kinds) {
        SettingsReference reference = SettingsReference.of(one.type());
        for (SettingDescription setting : reference.find(key)) {
          found.computeIfAbsent(setting, _ -> EnumSet.noneOf(SettingsFiles.Kind.class)).add(one);
        }
        String nearest = reference.nearest(key);
        if (nearest != null) {
          near.add("'" + Objects.requireNonNull(nearest) + "'");
        }
      }
      if (found.isEmpty()) {
        throw CommandException.usage(
            "There is no setting '"
                + key
                + "'"
                + (near.isEmpty()
                    ? "; 'euryale settings reference' has all of them."
                    : "; did you mean " + String.join(" or ", near) + "?"));
      }
      PrintWriter out = spec.commandLine().getOut();
      String separator = "";
      for (Map.Entry<SettingDescription, Set<SettingsFiles.Kind>> entry : found.entrySet()) {
        out.print(separator + text(entry.getKey(), entry.getValue()));
        separator = System.lineSeparator();
      }
      out.flush();
      return ExitCode.DONE;
    }

    private static String text(SettingDescription setting, Set<SettingsFiles.Kind> kinds) {
      return """
          %s
            kinds    %s
            type     %s
            unit     %s
            range    %s
            default  %s
            meaning  %s
          """
          .formatted(
              setting.key(),
              kinds.stream().map(SettingsFiles.Kind::word).collect(Collectors.joining(", ")),
              setting.type(),
              setting.unit(),
              setting.range(),
              setting.byDefault(),
              setting.about());
    }
  }

  /// `euryale settings reference`.
  @Command(
      name = "reference",
      header = "Print the reference page of all settings, in Markdown.",
      footer = {"", "Example: euryale settings reference --kind group > docs/settings/group.md"})
  static final class Reference implements Callable<Integer> {

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        defaultValue = "peer",
        description = KINDS + " (default: ${DEFAULT-VALUE}).")
    SettingsFiles.Kind kind = SettingsFiles.Kind.PEER;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      out.print(page(kind));
      out.flush();
      return ExitCode.DONE;
    }

    /// The page of a kind, as it stands in `docs/settings`.
    static String page(SettingsFiles.Kind kind) {
      String what =
          switch (kind) {
            case PEER -> "Settings of a peer";
            case EDGE -> "Settings of a sensor or client";
            case GROUP -> "Settings of a group member";
          };
      return SettingsReference.of(kind.type())
          .page(
              """
              # %s

              Generated: `./euryale settings reference --kind %s > docs/settings/%s.md`. How settings are written: [settings.md](../settings.md).
              """
                  .formatted(what, kind.word(), kind.word()));
    }
  }
}
