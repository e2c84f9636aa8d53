package io.euryale.console;

import io.euryale.console.source.ChunkSource;
import io.euryale.console.source.DatagramSource;
import io.euryale.console.source.LineSource;
import io.euryale.console.source.PayloadSource;
import io.euryale.console.source.ProgramSource;
import io.euryale.console.source.SocketSource;
import io.euryale.console.source.TimetableSource;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.timetable.Playback;
import io.euryale.lighttrain.timetable.TimetableException;
import io.euryale.peer.Contacts;
import io.euryale.peer.PublisherListener;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamPublisher;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `euryale sensor`: publishes a stream from the shell.
@Command(
    name = "sensor",
    header = "Publish a stream from lines, a file, sockets, a program or a timetable.",
    description = {
      "Waits until a client subscribes (alarms do not wait), publishes until the source ends or"
          + " SIGINT or SIGTERM comes, lets everything be delivered, and prints what became of it."
    },
    footer = {
      "",
      "Exit code 1 means that a packet was lost, is not known to be delivered, or was taken from a"
          + " connection and not published before the end.",
      "Example: vmstat 1 | euryale sensor --join 127.0.0.1:7400 --stream host/vmstat --lines"
    })
final class SensorCommand implements Callable<Integer> {

  private static final int MAX_PAYLOAD = StreamPublisher.MAX_PAYLOAD_BYTES;

  /// Longer than closing takes when everything is delivered.
  private static final Duration CLOSING = Duration.ofSeconds(10);

  /// Where packets come from; exactly one.
  static final class Source {
    @Option(names = "--lines", description = "One packet for each line of standard input.")
    boolean lines;

    @Option(
        names = "--file",
        paramLabel = "FILE",
        description = "One packet for each line of FILE, or for each --chunk of it.")
    @Nullable Path file;

    @Option(
        names = "--udp",
        paramLabel = "HOST:PORT",
        description = "One packet for each datagram at a loopback address.")
    @Nullable String udp;

    @Option(
        names = "--tcp",
        paramLabel = "HOST:PORT",
        description =
            "One packet for each line that programs send to a loopback address, or see --framing.")
    @Nullable String tcp;

    @Option(
        names = "--http",
        paramLabel = "HOST:PORT",
        description = "One packet for each body that is posted to a loopback address.")
    @Nullable String http;

    @Option(
        names = "--command",
        paramLabel = "CMD",
        description = "One packet for each line that the shell command CMD prints.")
    @Nullable String command;

    @Option(
        names = "--gtfs",
        paramLabel = "FEED",
        description =
            "One packet, a JSON object, for each arrival and departure of a timetable: a GTFS"
                + " folder or zip, or 'sample' for the city that is built in.")
    @Nullable String gtfs;
  }

  @ArgGroup(multiplicity = "1")
  Source source = new Source();

  @Option(
      names = "--stream",
      paramLabel = "NAME",
      required = true,
      description = "Name of the stream: letters, digits and . _ - / :")
  String stream = "";

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      defaultValue = "normal",
      converter = ClassConverter.class,
      description = "alarm, critical or normal (default: ${DEFAULT-VALUE}).")
  TrafficClass trafficClass = TrafficClass.NORMAL;

  @Option(
      names = "--chunk",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "With --file: cut it into packets of SIZE bytes, as in 4KiB.")
  @Nullable Integer chunk;

  @Option(
      names = "--limit",
      paramLabel = "SIZE",
      defaultValue = "64KiB",
      converter = SizeConverter.class,
      description =
          "Largest line or datagram; larger ones are counted (default: ${DEFAULT-VALUE}).")
  int limit = 1 << 16;

  @Option(
      names = "--framing",
      paramLabel = "HOW",
      defaultValue = "lines",
      description =
          "With --tcp: lines, or length for four bytes of length, the highest first, and so many"
              + " bytes (default: ${DEFAULT-VALUE}).")
  String framing = "lines";

  @Option(names = "--rate", paramLabel = "N", description = "Publish at most N packets a second.")
  @Nullable Double rate;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "1",
      description = "With --gtfs: play N times faster than life (default: ${DEFAULT-VALUE}).")
  double speed = 1;

  @Option(
      names = "--from",
      paramLabel = "HH:MM",
      defaultValue = "08:00",
      description = "With --gtfs: time of day to begin at (default: ${DEFAULT-VALUE}).")
  LocalTime from = LocalTime.of(8, 0);

  @Option(
      names = "--date",
      paramLabel = "YYYY-MM-DD",
      description = "With --gtfs: day to play; the busiest when not given.")
  @Nullable LocalDate date;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "How long to wait for a subscriber; for ever when not given.")
  @Nullable Duration wait;

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long to let packets be delivered at the end (default: ${DEFAULT-VALUE}).")
  Duration drain = Duration.ofSeconds(10);

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write what was published and delivered to FILE, as JSON Lines.")
  @Nullable Path trace;

  @Mixin OfferOptions offer = new OfferOptions();
  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    checkOptions();
    try (Shutdown shutdown = new Shutdown(drain.plus(CLOSING));
        Loops loops = new Loops();
        Tracing tracing = Tracing.to(trace);
        PayloadSource payloads = open()) {
      return shutdown.finish(
          publish(payloads, edge.sensor(loops, tracing.observations()), shutdown));
    }
  }

  private int publish(PayloadSource payloads, Sensor sensor, Shutdown shutdown) throws Exception {
    StreamPublisher publisher;
    Pump pump;
    boolean drained = false;
    try (PeerWatch _ =
        new PeerWatch(
            sensor::silence,
            spec.commandLine().getErr(),
            "what is published waits here while there is room")) {
      publisher = sensor.open(stream, trafficClass, offer.offer(), PublisherListener.SILENT);
      checkSize(publisher.maxPayloadBytes());
      pump = new Pump(payloads, publisher, shutdown, wait, rate);
      pump.run();
    } finally {
      payloads.close(); // Nobody's payloads are taken while the sensor waits for its last packets.
      drained = sensor.close(drain);
    }
    return report(publisher, pump, pump.oversized() + payloads.oversized(), drained);
  }

  /// Larger payloads than the settings allow are refused here if they were asked for, and counted
  /// as they come otherwise.
  private void checkSize(int largest) {
    boolean limitGiven = spec.commandLine().getParseResult().hasMatchedOption("--limit");
    if (chunk != null ? chunk > largest : limitGiven && limit > largest) {
      throw CommandException.usage(
          "A packet has at most "
              + largest
              + " bytes with these settings (streams.storeBytes, streams.windowPackets): give a"
              + " smaller "
              + (chunk != null ? "--chunk." : "--limit."));
    }
  }

  private void checkOptions() {
    if (limit > MAX_PAYLOAD || (chunk != null && chunk > MAX_PAYLOAD)) {
      throw CommandException.usage("A packet has at most " + MAX_PAYLOAD + " bytes.");
    }
    if (chunk != null && source.file == null) {
      throw CommandException.usage("--chunk cuts a file: give --file as well.");
    }
    if (!framing.equals("lines") && !framing.equals("length")) {
      throw CommandException.usage("--framing is lines or length, not '" + framing + "'.");
    }
    if (framing.equals("length") && source.tcp == null) {
      throw CommandException.usage("--framing is for --tcp: give that as well.");
    }
    if (rate != null && !(rate > 0 && rate <= 1e6)) {
      throw CommandException.usage("--rate is more than 0 and at most 1000000 packets a second.");
    }
    if (!(speed >= 0.001 && speed <= Playback.MAX_SPEED)) {
      throw CommandException.usage(
          "--speed is 0.001 to " + (long) Playback.MAX_SPEED + ", not " + speed + ".");
    }
  }

  private PayloadSource open() throws IOException, TimetableException {
    if (source.file != null) {
      if (Files.isDirectory(source.file)) {
        throw CommandException.environment(
            "'" + source.file + "' is a folder: --file takes a file.");
      }
      return chunk == null
          ? new LineSource(Files.newInputStream(source.file), limit, false)
          : new ChunkSource(source.file, chunk);
    } else if (source.udp != null) {
      Endpoint at = Contacts.parse(source.udp);
      return new DatagramSource(at.host(), at.controlPort(), limit);
    } else if (source.tcp != null) {
      Endpoint at = Contacts.parse(source.tcp);
      SocketSource.Framing how =
          framing.equals("lines") ? SocketSource.Framing.LINES : SocketSource.Framing.LENGTH;
      return new SocketSource(at.host(), at.controlPort(), how, limit);
    } else if (source.http != null) {
      Endpoint at = Contacts.parse(source.http);
      return new SocketSource(at.host(), at.controlPort(), SocketSource.Framing.HTTP, limit);
    } else if (source.command != null) {
      return new ProgramSource(source.command, limit);
    } else if (source.gtfs != null) {
      return new TimetableSource(source.gtfs, date, from, speed);
    }
    return new LineSource(System.in, limit, true);
  }

  private int report(StreamPublisher publisher, Pump pump, long oversized, boolean drained) {
    StreamPublisher.Counts counts = publisher.counts();
    long open = drained ? 0 : counts.accepted() - counts.doneUpTo();
    long lost = counts.lost() + open;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("stream", stream);
    line.put("class", trafficClass.label());
    line.put("epoch", publisher.epoch());
    line.put("published", counts.accepted());
    line.put("delivered", counts.accepted() - lost);
    line.put("lost", counts.lost());
    line.put("undelivered", open);
    line.put("unwanted", pump.unwanted());
    line.put("refused", pump.refused());
    line.put("oversized", oversized);
    line.put("abandoned", pump.abandoned());
    line.put("confirmed", !pump.wasUnprotected());
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.println(Json.line(line));
    } else {
      out.println(sentence(line));
    }
    out.flush();
    if (pump.failure() != null) {
      spec.commandLine().getErr().println("euryale: " + pump.failure());
      return ExitCode.ENVIRONMENT;
    }
    return lost == 0 && pump.abandoned() == 0 ? ExitCode.DONE : ExitCode.MISSED;
  }

  private static String sentence(Map<String, Object> line) {
    StringBuilder text = new StringBuilder();
    text.append("Stream ").append(line.get("stream")).append(": ");
    text.append(line.get("published")).append(" published, ");
    text.append(line.get("delivered"))
        .append(
            Boolean.TRUE.equals(line.get("confirmed")) ? " delivered, " : " sent unconfirmed, ");
    text.append(line.get("lost")).append(" lost, ");
    text.append(line.get("undelivered")).append(" still open, ");
    text.append(line.get("unwanted")).append(" unwanted, ");
    text.append(line.get("refused")).append(" refused for want of room, ");
    text.append(line.get("oversized")).append(" too large");
    if (!Long.valueOf(0).equals(line.get("abandoned"))) {
      text.append(", ").append(line.get("abandoned")).append(" taken but not published");
    }
    return text.append('.').toString();
  }
}
