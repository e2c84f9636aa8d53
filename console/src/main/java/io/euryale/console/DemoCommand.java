package io.euryale.console;

import io.euryale.lighttrain.city.CityReport;
import io.euryale.lighttrain.city.CityRun;
import io.euryale.lighttrain.city.CitySettings;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.TimetableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `euryale demo`: a city's light-train information system, with a dashboard to watch and break it.
@Command(
    name = "demo",
    header = "Run a city's light-train network with a dashboard, and break it.",
    description =
        "Peers in several processes, trains by a timetable, sensors, a control centre; the address"
            + " of the dashboard is printed. Lives until Control-C, or for --duration. What became of"
            + " every packet is reported at the end.",
    footer = {
      "",
      "Example: euryale demo --gtfs metro.zip --speed 20",
      "Example: euryale demo --duration 1h --faults-per-minute 6 --operator 5s --port -1 --json soak.json"
    },
    subcommands = SmallDemoCommand.class)
final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--gtfs",
      paramLabel = "PATH",
      description = "A GTFS feed, folder or zip; without it a city that is built in.")
  private @Nullable Path gtfs;

  @Option(
      names = "--date",
      paramLabel = "DATE",
      converter = SmallDemoCommand.DateConverter.class,
      description = "The day to play, as 2026-01-31; without it the busiest of the feed.")
  private @Nullable LocalDate date;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "10",
      description = "Times faster than life the trains run, 0.1 to 600 (${DEFAULT-VALUE}).")
  private double speed;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long the city lives, 5s to 24h; without it until Control-C.")
  private @Nullable Duration duration;

  @Option(
      names = "--faults-per-minute",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "How often peers are reset and processes killed, frozen or parted by themselves, 0 to 20"
              + " (${DEFAULT-VALUE}).")
  private double faultsPerMinute;

  @Option(
      names = "--processes",
      paramLabel = "N",
      defaultValue = "4",
      description = "Over how many processes the peers are spread, 3 to 32 (${DEFAULT-VALUE}).")
  private int processes;

  @Option(
      names = "--cells",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Station cells for each line, 1 to 64 (${DEFAULT-VALUE}); 64 makes one of every station.")
  private int cells;

  @Option(
      names = "--peers-per-cell",
      paramLabel = "N",
      defaultValue = "2",
      description = "Peers of each cell, 2 to 4 (${DEFAULT-VALUE}).")
  private int peersPerCell;

  @Option(
      names = "--positions",
      paramLabel = "N",
      defaultValue = "2",
      description = "How often a train says where it is, 1 to 4 times a second (${DEFAULT-VALUE}).")
  private double positions;

  @Option(
      names = "--alarms-per-minute",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often somebody has to look at a station, 0 to 60 (${DEFAULT-VALUE}).")
  private double alarms;

  @Option(
      names = "--load",
      paramLabel = "N",
      defaultValue = "1",
      description = "Times the usual packets of trains and stations, 1 to 20 (${DEFAULT-VALUE}).")
  private int load;

  @Option(
      names = "--operator",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Acknowledge alarms by themselves after this time, as a soak needs it.")
  private @Nullable Duration operator;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Decides what fails and where alarms are (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description =
          "What is to happen when: delays, cancelled trains, alarms, faults; see docs/demo.md.")
  private @Nullable Path scenario;

  @Option(
      names = "--audit",
      paramLabel = "FILE",
      description =
          "Continue this file with each alarm and who acknowledged it; without it that is deleted at the end.")
  private @Nullable Path audit;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port of the dashboard; 0 takes any free one, -1 opens none.")
  private int port;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the results to this file.")
  private @Nullable Path json;

  @Override
  public Integer call() throws TimetableException, InterruptedException, IOException {
    CitySettings settings =
        new CitySettings(
            gtfs,
            date,
            speed,
            duration,
            faultsPerMinute,
            processes,
            cells,
            peersPerCell,
            positions,
            alarms,
            load,
            operator,
            seed,
            scenario,
            audit,
            port);
    try (Shutdown shutdown = new Shutdown()) {
      settings.check();
      OutputFiles.checkWritable("--json", json);
      CityRun run =
          new CityRun(
              settings,
              SmallDemoCommand.euryale("192m"),
              line -> {
                System.out.println(line);
                System.out.flush();
              });
      shutdown.onRequest(run::stop);
      CityReport report = run.run();
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
      throw SmallDemoCommand.said(e);
    }
  }
}
