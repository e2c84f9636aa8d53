package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `euryale client`: subscribes to streams and counts what comes.
@Command(
    name = "client",
    header = "Subscribe to streams, print or count their packets.",
    description = {
      "Receives until --count packets have come, --duration is over, or SIGINT or SIGTERM comes;"
          + " then prints for each stream how many packets came and how many are missing.",
      "The age of a packet is what it spent in sensor and peers, and half the round trips of the"
          + " links: clocks of two machines are not compared."
    },
    footer = {
      "",
      "Exit code 1 means that fewer than --count packets came, that packets of a reliable stream"
          + " are missing, or that a stream does not fit what is asked of it.",
      "Example: euryale client --join 127.0.0.1:7400 --subscribe 'line-a/*' --print"
    })
final class ClientCommand implements Callable<Integer> {

  @Option(
      names = "--subscribe",
      paramLabel = "PATTERN",
      split = ",",
      required = true,
      description = "Streams wanted: a name, with * for any characters and ? for one.")
  List<String> patterns = new ArrayList<>();

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      split = ",",
      defaultValue = "normal",
      converter = ClassConverter.class,
      description = "alarm, critical or normal; several with commas (default: ${DEFAULT-VALUE}).")
  List<TrafficClass> classes = new ArrayList<>();

  @Option(names = "--print", description = "Print each packet.")
  boolean print;

  @Option(names = "--count", paramLabel = "N", description = "End after N packets.")
  @Nullable Long count;

  @Option(names = "--duration", paramLabel = "TIME", description = "End after TIME, as in 30s.")
  @Nullable Duration duration;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write what was delivered to FILE, as JSON Lines.")
  @Nullable Path trace;

  @Option(
      names = "--near",
      description =
          "Attach to the first peer of --join that answers, and not to the root cell: streams come"
              + " down the tree, once for all clients on the way.")
  boolean near;

  @Mixin QosOptions qos = new QosOptions();
  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (count != null && count < 1) {
      throw CommandException.usage("--count is at least 1, not " + count + ".");
    }
    edge.near = near;
    return new Subscribing(patterns, classes, qos.qos(), print, count, duration, trace)
        .run(edge, output.isJson(), spec.commandLine().getOut(), spec.commandLine().getErr());
  }
}
