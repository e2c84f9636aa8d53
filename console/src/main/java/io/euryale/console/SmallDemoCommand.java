package io.euryale.console;

import io.euryale.lighttrain.demo.Demo;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.demo.DemoReport;
import io.euryale.lighttrain.demo.DemoSettings;
import io.euryale.lighttrain.demo.DemoView;
import io.euryale.lighttrain.timetable.TimetableException;
import io.euryale.platform.JavaCommand;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `euryale demo small`: the experiment of [0 §IV] as real processes, in which peers are killed
/// while everything that is sent arrives.
@Command(
    name = "small",
    header = "Run the experiment of the paper: 14 peers, 8 sensors, 6 faults, 40 seconds.",
    description =
        "14 peers, 8 sensors and a client; peers are killed while trains run, and the report says"
            + " what became of every packet.")
final class SmallDemoCommand implements Callable<Integer> {

  /// The first compiler alone makes many processes start fast. Every full collection compacts, so
  /// that what a heap holds after one is what is alive.
  private static final List<String> PEER_JVM =
      List.of(
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:MarkSweepAlwaysCompactCount=1",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData");

  @Option(
      names = "--gtfs",
      paramLabel = "PATH",
      description = "A GTFS feed, folder or zip; without it a city that is built in.")
  private @Nullable Path gtfs;

  @Option(
      names = "--date",
      paramLabel = "DATE",
      converter = DateConverter.class,
      description = "The day to play, as 2026-01-31; without it the busiest of the feed.")
  private @Nullable LocalDate date;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "60",
      description = "Times faster than life the trains run (${DEFAULT-VALUE}).")
  private double speed;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "40s",
      converter = DurationConverter.class,
      description = "How long there is traffic (${DEFAULT-VALUE}).")
  private Duration duration = Duration.ZERO;

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "6",
      description = "How many times peers are killed (${DEFAULT-VALUE}).")
  private int faults;

  @Option(
      names = "--processes",
      paramLabel = "N",
      defaultValue = "4",
      description = "Over how many processes the peers are spread, 4 to 14 (${DEFAULT-VALUE}).")
  private int processes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Decides who is killed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--replication",
      paramLabel = "HOW",
      defaultValue = "active",
      description =
          "How cells protect packets: passive(PERIOD), active, active(synchronous) or"
              + " active(agreed)"
              + " (default: ${DEFAULT-VALUE}).")
  private Replication replication = Replication.ACTIVE;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the results to this file.")
  private @Nullable Path json;

  @Option(names = "--plain", description = "Print lines instead of a picture.")
  private boolean plain;

  @Override
  public Integer call() throws TimetableException, InterruptedException, IOException {
    DemoSettings settings =
        new DemoSettings(gtfs, date, speed, duration, faults, processes, seed, replication);
    try (Shutdown shutdown = new Shutdown()) {
      settings.check();
      OutputFiles.checkWritable("--json", json);
      DemoReport report = run(settings, shutdown);
      System.out.println();
      System.out.print(report.table());
      System.out.flush();
      if (json != null) {
        report.document().write(json);
      }
      return shutdown.finish(report.allPromisesHeld() ? ExitCode.DONE : ExitCode.MISSED);
    } catch (DemoException e) {
      if (e.isStopped()) {
        return Shutdown.SIGNALLED;
      }
      throw said(e);
    }
  }

  // The view restores the terminal when it is closed; it leaves the stream open.
  @SuppressWarnings("ClosingStandardOutputStreams")
  private DemoReport run(DemoSettings settings, Shutdown shutdown)
      throws DemoException, TimetableException, InterruptedException {
    try (DemoView view = view(System.out)) {
      // Peers hold little: what is on its way.
      Demo demo = new Demo(settings, euryale("64m"), view);
      shutdown.onRequest(demo::stop);
      return demo.run();
    }
  }

  private DemoView view(PrintStream out) {
    if (plain || !Terminal.isPresent()) {
      return DemoView.plain(out);
    }
    String noColour = System.getenv("NO_COLOR");
    return DemoView.terminal(out, noColour == null || noColour.isEmpty());
  }

  /// The same for the command line.
  static CommandException said(DemoException e) {
    String sentence = String.valueOf(e.getMessage());
    return e.exitCode() == DemoException.BAD_USAGE
        ? CommandException.usage(sentence)
        : CommandException.environment(sentence);
  }

  /// The command that runs this command line again, in a process for peers.
  ///
  /// @param heap the most that its Java machine may use for objects, as in `64m`
  static List<String> euryale(String heap) {
    if (!Files.isExecutable(JavaCommand.java())) {
      throw CommandException.environment(
          "There is no program "
              + JavaCommand.java()
              + " to start peers with: install a whole JDK.");
    }
    List<String> flags = new ArrayList<>(PEER_JVM);
    flags.add("-Xmx" + heap);
    return JavaCommand.of(flags, Main.class.getName(), List.of());
  }

  /// Reads dates as they stand in ISO 8601.
  static final class DateConverter implements ITypeConverter<LocalDate> {
    @Override
    public LocalDate convert(String value) {
      try {
        return LocalDate.parse(value, DateTimeFormatter.ISO_LOCAL_DATE);
      } catch (DateTimeException _) {
        throw new TypeConversionException(
            "'" + value + "' is not a date: write year, month and day, as in 2026-01-31");
      }
    }
  }
}
