package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.recording.Recorder;
import io.euryale.peer.recording.RecordingLimits;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale stream record`: keeps the last of streams on disk.
@Command(
    name = "record",
    header = "Record streams into a folder, within limits.",
    description = {
      "Goes on until --duration is over, or SIGINT or SIGTERM comes; the oldest is deleted when the"
          + " recording is larger or older than it may be. A recording that is there is continued.",
      "The end of this process loses nothing that it has written; the end of the machine at most"
          + " what came within --force. A packet counts as delivered before it is written: who must"
          + " not lose one to the failure of a recorder runs two."
    },
    footer = {
      "",
      "Exit code 1 means that packets of a replicated stream are missing, 3 that the disk failed.",
      "Example: euryale stream record 'position/*' --into ride --join 127.0.0.1:7400"
    })
final class StreamRecordCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final long WRITE_PATIENCE_SECONDS = 10;

  @Parameters(
      paramLabel = "PATTERN",
      arity = "1..*",
      description = "Streams wanted: a name, with * for any characters and ? for one.")
  List<String> patterns = new ArrayList<>();

  @Option(
      names = "--into",
      paramLabel = "FOLDER",
      required = true,
      description = "Where the recording is; made when it is not there.")
  Path folder = Path.of("");

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      split = ",",
      converter = ClassConverter.class,
      description = "alarm, critical or normal; all three when not given.")
  List<TrafficClass> classes = new ArrayList<>();

  @Option(
      names = "--replication",
      paramLabel = "HOW",
      defaultValue = "active",
      converter = ReplicationConverter.class,
      description = "How cells on the way protect packets (default: ${DEFAULT-VALUE}).")
  Replication replication = Replication.ACTIVE;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      defaultValue = "1024MiB",
      converter = SizeConverter.class,
      description = "How large the recording may be (default: ${DEFAULT-VALUE}).")
  int maxSize = 1 << 30;

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      defaultValue = "1h",
      description = "How old what is kept may be (default: ${DEFAULT-VALUE}).")
  Duration maxAge = Duration.ofHours(1);

  @Option(
      names = "--force",
      paramLabel = "TIME",
      defaultValue = "200ms",
      description =
          "Longest time until what came is forced onto the disk; 0ms forces after each packet"
              + " (default: ${DEFAULT-VALUE}).")
  Duration force = Duration.ofMillis(200);

  @Option(names = "--duration", paramLabel = "TIME", description = "End after TIME, as in 30s.")
  @Nullable Duration duration;

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (Shutdown shutdown = new Shutdown();
        Recorder recorder = open();
        Loops loops = new Loops()) {
      ExecutorService writing = Executors.newSingleThreadExecutor();
      Client client = edge.client(loops, null);
      try {
        for (TrafficClass trafficClass : classes.isEmpty() ? DATA : classes) {
          for (String pattern : patterns) {
            client.subscribe(
                pattern, trafficClass, replication, recorder.of(trafficClass), writing);
          }
        }
        awaitEnd(recorder, shutdown);
      } finally {
        client.close();
        writing.shutdown();
        boolean _ = writing.awaitTermination(WRITE_PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      return shutdown.finish(report(recorder.state()));
    }
  }

  static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private Recorder open() {
    try {
      return Recorder.open(folder, new RecordingLimits(maxSize, maxAge, force));
    } catch (IllegalArgumentException _) {
      throw CommandException.usage("--max-size is at least 64KiB and --max-age at least 1s.");
    } catch (IOException e) {
      throw CommandException.environment(
          "Nothing can be recorded into " + folder + ": " + Failures.sentence(e));
    }
  }

  private void awaitEnd(Recorder recorder, Shutdown shutdown) throws InterruptedException {
    long beganNanos = System.nanoTime();
    Duration asked = duration;
    while (recorder.state().failure().isEmpty() && !shutdown.await(LOOK)) {
      String refusal = recorder.state().refusal();
      if (!refusal.isEmpty()) {
        throw CommandException.usage(refusal);
      }
      recorder.tick();
      if (asked != null && System.nanoTime() - beganNanos >= asked.toNanos()) {
        return;
      }
    }
  }

  private int report(Recorder.State state) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("packets", state.packets());
      line.put("missing", state.missing());
      line.put("bytes", state.bytes());
      line.put("segments_deleted", state.deleted());
      out.println(Json.line(line));
    } else {
      out.printf(
          "%d packets recorded, %d missing; %s has %d bytes, %d old segments were deleted.%n",
          state.packets(), state.missing(), folder, state.bytes(), state.deleted());
    }
    out.flush();
    if (!state.failure().isEmpty()) {
      throw CommandException.environment(state.failure() + ".");
    }
    return !replication.equals(Replication.NONE) && state.missing() > 0
        ? ExitCode.MISSED
        : ExitCode.DONE;
  }
}
