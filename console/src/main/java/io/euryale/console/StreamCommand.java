package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamInfo;
import io.euryale.service.stream.StreamQos;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale stream`: looks at streams.
@Command(
    name = "stream",
    header = "List streams, look at what flows in them, record and replay them.",
    subcommands = {
      StreamCommand.Listing.class,
      StreamCommand.Tailing.class,
      StreamTraceCommand.class,
      StreamRecordCommand.class,
      StreamReplayCommand.class
    })
final class StreamCommand {

  static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  /// `euryale stream list`.
  @Command(
      name = "list",
      header = "List the streams that the root cell knows.",
      footer = {"", "Example: euryale stream list --join 127.0.0.1:7400"})
  static final class Listing implements Callable<Integer> {

    @Option(
        names = "--class",
        paramLabel = "CLASS",
        split = ",",
        converter = ClassConverter.class,
        description = "alarm, critical or normal; all three when not given.")
    List<TrafficClass> classes = new ArrayList<>();

    @Mixin EdgeOptions edge = new EdgeOptions();
    @Mixin OutputOption output = new OutputOption();
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      TextTable table =
          new TextTable("STREAM", "CLASS", "SENSOR", "EDGE PEER", "PACKETS", "PENDING", "EPOCH");
      List<Map<String, Object>> lines = new ArrayList<>();
      try (Loops loops = new Loops();
          Client client = edge.client(loops, null)) {
        for (TrafficClass trafficClass : classes.isEmpty() ? DATA : classes) {
          for (StreamInfo info : client.streams(trafficClass, edge.connectTimeout)) {
            table.row(
                info.name(),
                trafficClass.label(),
                info.sensor(),
                info.edge(),
                info.packets(),
                info.pending(),
                info.epoch());
            lines.add(json(trafficClass, info));
          }
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        out.println(Json.indented(lines));
      } else if (lines.isEmpty()) {
        out.println("No streams.");
      } else {
        out.print(table);
      }
      out.flush();
      return ExitCode.DONE;
    }

    private static Map<String, Object> json(TrafficClass trafficClass, StreamInfo info) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("stream", info.name());
      line.put("class", trafficClass.label());
      line.put("epoch", info.epoch());
      line.put("sensor", info.sensor().value());
      line.put("edge", info.edge().value());
      line.put("packets", info.packets());
      line.put("pending", info.pending());
      return line;
    }
  }

  /// `euryale stream tail`.
  @Command(
      name = "tail",
      header = "Print the packets of streams as they come.",
      description =
          "Subscribes without asking for replication, in all classes that are not excluded.",
      footer = {"", "Example: euryale stream tail 'line-a/*' --join 127.0.0.1:7400"})
  static final class Tailing implements Callable<Integer> {

    @Parameters(
        paramLabel = "PATTERN",
        description = "Streams wanted: a name, with * for any characters and ? for one.")
    String pattern = "*";

    @Option(
        names = "--class",
        paramLabel = "CLASS",
        split = ",",
        converter = ClassConverter.class,
        description = "alarm, critical or normal; all three when not given.")
    List<TrafficClass> classes = new ArrayList<>();

    @Option(names = "--count", paramLabel = "N", description = "End after N packets.")
    @Nullable Long count;

    @Option(names = "--duration", paramLabel = "TIME", description = "End after TIME, as in 30s.")
    @Nullable Duration duration;

    @Mixin EdgeOptions edge = new EdgeOptions();
    @Mixin OutputOption output = new OutputOption();
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      if (count != null && count < 1) {
        throw CommandException.usage("--count is at least 1, not " + count + ".");
      }
      List<TrafficClass> wanted = classes.isEmpty() ? DATA : classes;
      return new Subscribing(
              List.of(pattern), wanted, StreamQos.of(Replication.NONE), true, count, duration, null)
          .run(edge, output.isJson(), spec.commandLine().getOut(), spec.commandLine().getErr());
    }
  }
}
