package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.recording.Recorder;
import io.euryale.peer.recording.RecordingLimits;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamQos;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
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
import java.util.concurrent.atomic.AtomicLong;
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
      "Exit code 1 means that packets of a replicated stream are missing, that a stream does not offer"
          + " what --replication asks for, or that the disk was too slow at the end; 3 that it failed.",
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

  /// Streams that do not fit; told by the writing thread.
  private final AtomicLong refused = new AtomicLong();

  @Override
  public Integer call() throws Exception {
    try (Shutdown shutdown = new Shutdown();
        Recorder recorder = open();
        Loops loops = new Loops()) {
      ExecutorService writing = Executors.newSingleThreadExecutor();
      Client client = edge.client(loops, null);
      boolean written = false;
      try {
        for (TrafficClass trafficClass : classes.isEmpty() ? DATA : classes) {
          for (String pattern : patterns) {
            StreamHandler handler = new Recording(recorder.of(trafficClass));
            client.subscribe(pattern, trafficClass, replication, handler, writing);
          }
        }
        awaitEnd(recorder, shutdown);
      } finally {
        client.close();
        writing.shutdown();
        written = writing.awaitTermination(WRITE_PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      return shutdown.finish(report(recorder.state(), written));
    }
  }

  /// Records, and tells which streams cannot be had.
  private final class Recording implements StreamHandler {
    private final StreamHandler recorder;

    Recording(StreamHandler recorder) {
      this.recorder = recorder;
    }

    @Override
    public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
      recorder.packet(stream, epoch, sequence, payload);
    }

    @Override
    public void gap(String stream, long epoch, long from, long to) {
      recorder.gap(stream, epoch, from, to);
    }

    @Override
    public void forbidden(String pattern, String sentence) {
      recorder.forbidden(pattern, sentence);
    }

    @Override
    public void refused(String stream, StreamQos.Mismatch mismatch) {
      refused.incrementAndGet();
      Tail.tell(spec.commandLine().getErr(), stream, mismatch);
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

  /// @param written whether all that came was written in time
  int report(Recorder.State state, boolean written) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("packets", state.packets());
      line.put("missing", state.missing());
      line.put("bytes", state.bytes());
      line.put("segments_deleted", state.deleted());
      line.put("refused", refused.get());
      line.put("all_written", written);
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
    if (!written) {
      throw CommandException.missed(
          "The disk was too slow: packets that were waiting for it after "
              + WRITE_PATIENCE_SECONDS
              + " s are not recorded.");
    }
    boolean gaps = !replication.equals(Replication.NONE) && state.missing() > 0;
    return gaps || refused.get() > 0 ? ExitCode.MISSED : ExitCode.DONE;
  }
}
