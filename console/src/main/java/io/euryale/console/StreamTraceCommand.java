package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamQos;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale stream trace`.
@Command(
    name = "trace",
    header = "Show where the time of packets goes, hop by hop.",
    description = {
      "Asks the processes on the way of the streams how long they had some of their packets, at"
          + " most ten in a second of each stream, and prints each of those packets with its hops:"
          + " its age when it came and when it left, the time between, and half the measured round"
          + " trip to the next hop. A hop that sends a packet again is listed again.",
      "Subscribes without asking for replication. For a payload of several packets the last of them"
          + " is shown."
    },
    footer = {
      "",
      "Exit code 1 means that fewer than --count packets could be traced.",
      "Example: euryale stream trace 'line-a/*' --join 127.0.0.1:7400 --count 10"
    })
final class StreamTraceCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(50);

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
    PrintWriter out = spec.commandLine().getOut();
    long limit = count == null ? Long.MAX_VALUE : count;
    PacketHops hops = new PacketHops(output.isJson(), limit);
    StreamQos traced = StreamQos.of(Replication.NONE).withTrace();
    try (Shutdown shutdown = new Shutdown();
        Loops loops = new Loops();
        Client client = edge.client(loops, null)) {
      for (TrafficClass trafficClass : classes.isEmpty() ? StreamCommand.DATA : classes) {
        client.subscribe(pattern, trafficClass, traced, hops, null);
      }
      long beganNanos = System.nanoTime();
      boolean isOver = false;
      while (!isOver) {
        isOver =
            shutdown.await(LOOK)
                || hops.traced() >= limit
                || (duration != null && System.nanoTime() - beganNanos >= duration.toNanos());
        out.print(hops.settled(System.nanoTime(), isOver));
        isOver |= out.checkError(); // Nobody reads any more; it flushes, too.
      }
      out.print(hops.summary());
      out.flush();
      return shutdown.finish(
          count != null && hops.traced() < limit ? ExitCode.MISSED : ExitCode.DONE);
    }
  }
}
