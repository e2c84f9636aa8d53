package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Admission;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamPublisher;
import io.euryale.peer.recording.Recorded;
import io.euryale.peer.recording.Recording;
import io.euryale.platform.Loops;
import io.euryale.service.stream.StreamNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale stream replay`: plays a recording, or prints it.
@Command(
    name = "replay",
    header = "Publish recorded streams again, in their time, or print them.",
    description = {
      "Each recorded stream becomes a new stream, named --prefix and its name, in its class, with the"
          + " pauses of the recording divided by --speed. Packets that nobody wants are counted.",
      "Where the recording says that packets are missing, none are made up.",
      "A recording may go on meanwhile: what comes after the replay has begun is not part of it."
    },
    footer = {
      "",
      "Exit code 1 means that packets were lost on their way or are missing in the recording, or that"
          + " it is damaged. An end of a segment that a crash has torn off is no damage.",
      "Example: euryale stream replay ride --print",
      "Example: euryale stream replay ride --speed 10 --join 127.0.0.1:7400"
    })
final class StreamReplayCommand implements Callable<Integer> {

  private static final Duration ROOM_PATIENCE = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int MOST_STREAMS = 10_000;

  @Parameters(index = "0", paramLabel = "FOLDER", description = "Where the recording is.")
  Path folder = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATTERN",
      defaultValue = "*",
      description = "Streams wanted: a name, with * for any characters and ? for one.")
  String pattern = "*";

  @Option(names = "--print", description = "Print the packets and publish nothing.")
  boolean print;

  @Option(
      names = "--last",
      paramLabel = "TIME",
      description = "Only what came within TIME before the end of the recording.")
  @Nullable Duration last;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Times faster than it was recorded; 0 for no pauses (default: ${DEFAULT-VALUE}).")
  double speed = 1;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "replay/",
      description = "What names of streams begin with (default: ${DEFAULT-VALUE}).")
  String prefix = "replay/";

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long to wait for a subscriber (default: ${DEFAULT-VALUE}).")
  Duration wait = Duration.ofSeconds(10);

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long to let packets be delivered at the end (default: ${DEFAULT-VALUE}).")
  Duration drain = Duration.ofSeconds(10);

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  /// A stream of the recording that is published again.
  private record Key(TrafficClass trafficClass, String stream) {}

  private final Map<Key, @Nullable StreamPublisher> publishers = new LinkedHashMap<>();
  private long fromMillis = Long.MIN_VALUE;
  private long endMillis = Long.MIN_VALUE;
  private long packets;
  private long missing;
  private long torn;
  private long damaged;
  private long unwanted;
  private long oversized;

  @Override
  public Integer call() throws Exception {
    if (!StreamNames.isPattern(pattern)) {
      throw CommandException.usage("'" + pattern + "' cannot select streams.");
    }
    if (!(speed >= 0 && speed <= 1e6)) {
      throw CommandException.usage("--speed is 0 to 1000000, not " + speed + ".");
    }
    survey();
    try (Shutdown shutdown = new Shutdown(drain.plus(Duration.ofSeconds(10)))) {
      boolean delivered = print ? printAll(shutdown) : publishAll(shutdown);
      return shutdown.finish(report(delivered));
    }
  }

  /// Reads the recording once: which streams there are, and where the end is.
  private void survey() {
    try (Recording recording = Recording.open(folder)) {
      for (Recorded next = recording.next(); next != null; next = recording.next()) {
        endMillis = Math.max(endMillis, next.atMillis());
        if (StreamNames.matches(pattern, next.stream())) {
          publishers.putIfAbsent(new Key(next.trafficClass(), next.stream()), null);
        }
      }
      torn = recording.torn();
      damaged = recording.damaged();
      Duration asked = last;
      if (asked != null && endMillis != Long.MIN_VALUE) {
        fromMillis = endMillis - asked.toMillis();
      }
    } catch (IOException e) {
      throw CommandException.usage(
          "There is no recording to read in " + folder + ": " + Failures.sentence(e));
    }
    if (publishers.isEmpty()) {
      throw CommandException.usage(
          "No stream of the recording matches '" + pattern + "': it has others, or none.");
    }
    if (publishers.size() > MOST_STREAMS) {
      throw CommandException.usage(
          "The recording has " + publishers.size() + " such streams: choose a narrower pattern.");
    }
  }

  /// What is done with a packet of the recording.
  @FunctionalInterface
  private interface Player {
    /// @return false when the command is told to end
    boolean play(Recorded.Packet packet) throws InterruptedException;
  }

  /// Reads the recording again, to the end that it had at the survey: it may be written to all the
  /// while, and the streams that begin meanwhile are not published.
  private void each(Player player, Shutdown shutdown) throws IOException, InterruptedException {
    try (Recording recording = Recording.open(folder)) {
      for (Recorded next = recording.next(); next != null; next = recording.next()) {
        if (shutdown.isRequested() || next.atMillis() > endMillis) {
          return;
        }
        // A stream may have begun in the last millisecond of the survey, but after it.
        boolean known = publishers.containsKey(new Key(next.trafficClass(), next.stream()));
        if (known && next.atMillis() >= fromMillis) {
          switch (next) {
            case Recorded.Packet packet -> {
              if (!player.play(packet)) {
                return;
              }
              packets++;
            }
            case Recorded.Gap gap -> missing += gap.to() - gap.from() + 1;
          }
        }
      }
    }
  }

  private boolean printAll(Shutdown shutdown) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    each(
        packet -> {
          out.println(output.isJson() ? Json.line(described(packet)) : shown(packet));
          if (out.checkError()) {
            shutdown.request();
          }
          return true;
        },
        shutdown);
    return true;
  }

  /// Names and payloads come from outside: nothing in them may steer the terminal.
  private static String shown(Recorded.Packet packet) {
    String text = StandardCharsets.UTF_8.decode(packet.payload().duplicate()).toString();
    return Plain.text(packet.stream()) + " " + packet.sequence() + " " + Plain.text(text);
  }

  private static Map<String, Object> described(Recorded.Packet packet) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "packet");
    line.put("at", Instant.ofEpochMilli(packet.atMillis()).toString());
    line.put("class", packet.trafficClass().label());
    line.put("stream", packet.stream());
    line.put("epoch", packet.epoch());
    line.put("sequence", packet.sequence());
    ByteBuffer payload = packet.payload().duplicate();
    try {
      line.put("text", StandardCharsets.UTF_8.newDecoder().decode(payload.duplicate()).toString());
    } catch (CharacterCodingException _) {
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      line.put("base64", Base64.getEncoder().encodeToString(bytes));
    }
    return line;
  }

  private boolean publishAll(Shutdown shutdown) throws Exception {
    try (Loops loops = new Loops()) {
      Sensor sensor = edge.sensor(loops, null);
      boolean drained = false;
      try {
        for (Map.Entry<Key, @Nullable StreamPublisher> entry : publishers.entrySet()) {
          Key key = entry.getKey();
          entry.setValue(sensor.open(prefix + key.stream(), key.trafficClass()));
        }
        awaitInterest(shutdown);
        Pace pace = new Pace();
        each(
            packet -> pace.await(packet.atMillis(), shutdown) && publish(packet, shutdown),
            shutdown);
      } finally {
        drained = sensor.close(drain);
      }
      return drained && lost() == 0;
    }
  }

  private List<StreamPublisher> opened() {
    List<StreamPublisher> opened = new ArrayList<>();
    for (StreamPublisher publisher : publishers.values()) {
      if (publisher != null) {
        opened.add(publisher);
      }
    }
    return opened;
  }

  private long lost() {
    return opened().stream().mapToLong(publisher -> publisher.counts().lost()).sum();
  }

  /// Waits until somebody wants one of the streams, and a moment longer for the others.
  private void awaitInterest(Shutdown shutdown) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + wait.toNanos();
    while (opened().stream().noneMatch(publisher -> publisher.wanted() != null)) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw CommandException.missed(
            "Nobody subscribed to '" + prefix + pattern + "' within " + wait.toMillis() + " ms.");
      }
      if (shutdown.await(LOOK)) {
        return;
      }
    }
    boolean _ = shutdown.await(LOOK.multipliedBy(4));
  }

  /// The times of the recording, faster.
  private final class Pace {
    private final long beganNanos = System.nanoTime();
    private long firstMillis = Long.MIN_VALUE;

    /// @return false when the command is to end
    boolean await(long atMillis, Shutdown shutdown) throws InterruptedException {
      firstMillis = firstMillis == Long.MIN_VALUE ? atMillis : firstMillis;
      if (speed > 0) {
        double due = (atMillis - firstMillis) / speed * 1e6;
        long left = beganNanos + (long) due - System.nanoTime();
        return left <= 0 || !shutdown.await(Duration.ofNanos(left));
      }
      return !shutdown.isRequested();
    }
  }

  /// @return false when the command is told to end
  private boolean publish(Recorded.Packet packet, Shutdown shutdown) throws InterruptedException {
    Key key = new Key(packet.trafficClass(), packet.stream());
    StreamPublisher to = Objects.requireNonNull(publishers.get(key));
    while (!shutdown.isRequested()) {
      switch (to.publish(packet.payload(), ROOM_PATIENCE)) {
        case Admission.Accepted _ -> {
          return true;
        }
        case Admission.Unwanted _ -> {
          unwanted++;
          return true;
        }
        case Admission.TooLarge _ -> {
          oversized++;
          return true;
        }
        case Admission.WouldBlock _ -> {}
      }
    }
    return false;
  }

  private int report(boolean delivered) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "summary");
      line.put("packets", packets);
      line.put("unwanted", unwanted);
      line.put("oversized", oversized);
      line.put("missing_in_recording", missing);
      line.put("segments_torn", torn);
      line.put("segments_damaged", damaged);
      line.put("delivered", delivered);
      out.println(Json.line(line));
    } else {
      out.printf(
          "%d packets of %d streams played, %d of them wanted by nobody, %d too large; %d are missing in the"
              + " recording, %d segments have a torn end, %d are damaged.%n",
          packets, publishers.size(), unwanted, oversized, missing, torn, damaged);
    }
    out.flush();
    return delivered && missing == 0 && damaged == 0 && oversized == 0
        ? ExitCode.DONE
        : ExitCode.MISSED;
  }
}
