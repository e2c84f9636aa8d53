package io.euryale.console;

import io.euryale.console.doctor.Finding;
import io.euryale.console.doctor.Finding.Verdict;
import io.euryale.console.doctor.MachineChecks;
import io.euryale.console.doctor.SettingsChecks;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.platform.LinkSettings;
import io.euryale.platform.SettingsException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale doctor`: looks at whether this machine can run what the settings ask for.
@Command(
    name = "doctor",
    header = "Check this machine, and what the settings of a peer ask of it.",
    description = {
      "Says for each check ok, warning or problem, and what to do. Nothing is changed; ports are"
          + " taken for a moment, so those of a peer that runs are found taken.",
      "Exit code 0 without problems (warnings are none), 2 when the settings are wrong, 3 when the"
          + " machine lacks something."
    },
    footer = {"", "Example: euryale doctor site.yaml"})
final class DoctorCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Settings in YAML; without them only the machine is looked at.")
  @Nullable Path file;

  @Option(names = "--kind", paramLabel = "KIND", description = "As in 'euryale settings check'.")
  SettingsFiles.@Nullable Kind kind;

  @Option(names = "--json", description = "The same as --output json.")
  boolean json;

  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws SettingsException {
    List<Finding> findings = findings();
    PrintWriter out = spec.commandLine().getOut();
    if (json || output.isJson()) {
      out.println(Json.indented(document(findings)));
    } else {
      findings.forEach(finding -> out.println(text(finding)));
      out.println();
      out.println(summary(findings));
    }
    out.flush();
    if (count(findings, Verdict.PROBLEM) > 0) {
      return ExitCode.ENVIRONMENT;
    }
    return count(findings, Verdict.MISTAKE) > 0 ? ExitCode.USAGE : ExitCode.DONE;
  }

  private List<Finding> findings() throws SettingsException {
    MachineChecks machine = MachineChecks.ofThisMachine();
    if (file == null) {
      return machine.all(LinkSettings.defaults().socketBytes());
    }
    SettingsFiles.Kind meant = kind == null ? SettingsFiles.Kind.of(file) : kind;
    List<Finding> findings = new ArrayList<>();
    switch (meant) {
      case PEER -> {
        PeerSettings settings = SettingsFiles.peer(file);
        findings.addAll(machine.all(settings.links().socketBytes()));
        findings.addAll(SettingsChecks.of(settings));
      }
      case EDGE -> {
        var _ = SettingsFiles.edge(file);
        findings.addAll(machine.all(0));
      }
      case GROUP -> {
        GroupPeerSettings settings = GroupPeerCommand.declared(SettingsFiles.group(file));
        findings.addAll(machine.all(settings.links().socketBytes()));
        findings.addAll(SettingsChecks.of(settings));
      }
    }
    return findings;
  }

  private static long count(List<Finding> findings, Verdict verdict) {
    return findings.stream().filter(finding -> finding.verdict() == verdict).count();
  }

  /// To users a mistake is a problem too; they differ in the exit code.
  private static String word(Verdict verdict) {
    return verdict == Verdict.MISTAKE ? "problem" : verdict.name().toLowerCase(Locale.ROOT);
  }

  private static String text(Finding finding) {
    String line =
        String.format(
            Locale.ROOT, "%-8s %-15s %s", word(finding.verdict()), finding.check(), finding.text());
    return finding.advice().isEmpty()
        ? line
        : line + System.lineSeparator() + " ".repeat(25) + "-> " + finding.advice();
  }

  private static String summary(List<Finding> findings) {
    long problems = count(findings, Verdict.PROBLEM) + count(findings, Verdict.MISTAKE);
    long warnings = count(findings, Verdict.WARNING);
    return problems + " problems, " + warnings + " warnings, " + findings.size() + " checks.";
  }

  private static Map<String, Object> document(List<Finding> findings) {
    List<Map<String, String>> lines = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, String> line = new LinkedHashMap<>();
      line.put("check", finding.check());
      line.put("verdict", word(finding.verdict()));
      line.put("text", finding.text());
      line.put("advice", finding.advice());
      lines.add(line);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("problems", count(findings, Verdict.PROBLEM) + count(findings, Verdict.MISTAKE));
    document.put("warnings", count(findings, Verdict.WARNING));
    document.put("checks", lines);
    return document;
  }
}
