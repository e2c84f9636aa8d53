package io.euryale.console;

import io.euryale.bench.BenchException;
import io.euryale.bench.group.GroupBench;
import io.euryale.bench.group.GroupPage;
import io.euryale.bench.group.GroupSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `euryale bench group`.
@Command(
    name = "group",
    header = "Group communication beside JGroups: latency, throughput, faults.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts groups of 3, 5 and 8 processes of each system, sends the same messages through all of"
          + " them in turn, then kills, stops and removes members.",
      "With --quick only 3 members and fewer cases, within a minute. Other work on the machine shows"
          + " in the results."
    })
final class BenchGroupCommand implements Callable<Integer> {

  @Option(
      names = "--orders",
      description = "Compare bare ways to order messages instead of whole systems.")
  private boolean orders;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each case is measured, 1 to 100; 3, or 1 with --quick.")
  private @Nullable Integer runs;

  @Option(
      names = "--members",
      paramLabel = "N",
      split = ",",
      description =
          "How many members a group has, several separated by commas; 3,5,8, or 3 with --quick."
              + " The ten minutes beside busy threads belong to 3.")
  private List<Integer> members = List.of();

  @Mixin private BenchOutput output = new BenchOutput();

  @Override
  public Integer call() throws IOException {
    return output.measure(
        new BenchOutput.Form("measured", GroupPage::markdown, GroupPage::html),
        progress -> new GroupBench(settings(), progress));
  }

  private GroupSettings settings() throws BenchException {
    GroupSettings settings =
        runs == null
            ? GroupSettings.of(output.quick, orders)
            : GroupSettings.of(output.quick, orders, runs);
    return members.isEmpty() ? settings : settings.withSizes(members);
  }
}
