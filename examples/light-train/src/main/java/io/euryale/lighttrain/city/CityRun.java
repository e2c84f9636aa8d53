package io.euryale.lighttrain.city;

import io.euryale.dashboard.Controls;
import io.euryale.dashboard.DashboardServer;
import io.euryale.dashboard.Facts;
import io.euryale.dashboard.OverlayWatch;
import io.euryale.dashboard.Recoveries;
import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.demo.ChildProcess;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs a city once: starts its processes, lets it live, breaks and mends it, shows it, and
/// reports.
public final class CityRun {

  private static final long OWN = ProcessHandle.current().pid();
  private static final Duration SUBSCRIBE_PATIENCE = Duration.ofSeconds(90);
  private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(20);
  private static final long TICK_MILLIS = 50;

  /// Latencies are measured from here on.
  static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final long SAY_NANOS = 10_000_000_000L;
  private static final List<TrafficClass> CLASSES =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private final CitySettings settings;
  private final List<String> euryale;
  private final Consumer<String> say;
  private final Facts facts = new Facts();
  private final Recoveries recoveries = new Recoveries();

  /// What this process had used before the city began.
  private double ownCpuBefore;

  private volatile boolean stopped;

  /// @param euryale the command that runs the `euryale` command line in a child process
  /// @param say told what happens, a line each
  public CityRun(CitySettings settings, List<String> euryale, Consumer<String> say) {
    this.settings = settings;
    this.euryale = List.copyOf(euryale);
    this.say = say;
  }

  /// Ends the traffic; what is on its way is still awaited and the report made. A run without
  /// traffic so far ends by [DemoException#isStopped]. Any thread.
  public void stop() {
    stopped = true;
  }

  /// Runs the city. All child processes have ended when this returns or throws.
  ///
  /// @throws DemoException when the settings are wrong or the machine cannot run it
  /// @throws TimetableException when the feed or the date cannot be used
  public CityReport run() throws DemoException, TimetableException, InterruptedException {
    settings.check();
    long beganNanos = System.nanoTime();
    ownCpuBefore = cpuSeconds(OWN);
    Path path = settings.gtfs();
    GtfsFeed feed = path == null ? SampleNetwork.load() : GtfsFeed.read(path);
    Timetable day =
        settings.date() == null
            ? Timetable.ofBusiestDay(feed)
            : Timetable.of(feed, settings.date());
    CityMap map = new CityMap(feed);
    CityTrains trains = new CityTrains(day);
    if (trains.runs().isEmpty()) {
      throw DemoException.badUsage(
          "On %s no train goes from one station to another within the day; choose another --date."
              .formatted(day.date()));
    }
    CityPlan plan =
        new CityPlan(map, settings.cellsPerLine(), settings.peersPerCell(), settings.processes());
    CityStreams streams = new CityStreams(map, plan);
    String name = path == null ? "Halvemar (built in)" : name(feed, path);
    Scenario scenario =
        settings.scenario() == null
            ? Scenario.none()
            : Scenario.read(settings.scenario(), map, settings.processes());
    feed.notices().forEach(notice -> say.accept(CityMap.shown(notice)));
    say.accept(
        "%s on %s: %d lines, %d stations; %d peers in %d cells and %d processes, %d streams."
            .formatted(
                name,
                day.date(),
                map.ways().size(),
                map.stops().size(),
                plan.peers().size(),
                plan.cells().size(),
                plan.processes(),
                streams.all().size()));
    try (AlarmDesk desk = new AlarmDesk(settings.audit());
        CityOverlay overlay = new CityOverlay(plan, euryale)) {
      Announcements announcements = new Announcements(desk);
      Loudspeakers loudspeakers = new Loudspeakers(map, streams, announcements);
      StopDisplays displays = new StopDisplays(streams);
      ControlCentre centre = new ControlCentre(map, trains, desk);
      Map<TrafficClass, CityReception> receptions = new EnumMap<>(TrafficClass.class);
      CLASSES.forEach(
          each ->
              receptions.put(
                  each,
                  new CityReception(stream -> stream.isForCentre(each), streams.all(), centre)));
      overlay.start(() -> stopped);
      requireGoingOn();
      Gauges gauges = new Gauges(map);
      try (CityEdge edge =
          CityEdge.open(
              overlay, plan, streams, receptions, gauges, loudspeakers.handler(), displays)) {
        edge.awaitSubscribed(SUBSCRIBE_PATIENCE, () -> stopped);
        requireGoingOn();
        double startSeconds = (System.nanoTime() - beganNanos) / 1e9;
        CityClock clock =
            new CityClock(
                day,
                System.nanoTime() + 300_000_000L,
                trains.busiest(),
                trains.lastEnd(),
                settings.speed());
        return new Life(
                name,
                map,
                trains,
                plan,
                streams,
                desk,
                overlay,
                centre,
                gauges,
                receptions,
                announcements,
                loudspeakers,
                displays,
                edge,
                clock)
            .run(scenario, startSeconds);
      }
    } catch (IOException e) {
      throw DemoException.environment("The city cannot be shown: " + e.getMessage() + ".");
    }
  }

  /// What a city of a feed is called: as its agency, else as the file or folder.
  static String name(GtfsFeed feed, Path path) {
    String agency = CityMap.shown(feed.agency());
    return agency.isEmpty()
        ? CityMap.shown(String.valueOf(path.toAbsolutePath().normalize().getFileName()))
        : agency;
  }

  private void requireGoingOn() throws DemoException {
    if (stopped) {
      throw DemoException.stopped();
    }
  }

  /// The city once everything is connected.
  private final class Life {
    private final String name;
    private final CityMap map;
    private final CityTrains trains;
    private final CityPlan plan;
    private final CityStreams streams;
    private final AlarmDesk desk;
    private final CityOverlay overlay;
    private final ControlCentre centre;
    private final Map<TrafficClass, CityReception> receptions;
    private final Loudspeakers loudspeakers;
    private final StopDisplays displays;
    private final Announcer announcer;
    private final CityEdge edge;
    private final CityClock clock;
    private final Disruptions disruptions = new Disruptions();
    private final Map<TrafficClass, ClassTraffic> traffic = new EnumMap<>(TrafficClass.class);
    private final CityLife life;
    private final CityFaults faults;
    private final CityShow show;
    private final CityControls controls;

    Life(
        String name,
        CityMap map,
        CityTrains trains,
        CityPlan plan,
        CityStreams streams,
        AlarmDesk desk,
        CityOverlay overlay,
        ControlCentre centre,
        Gauges gauges,
        Map<TrafficClass, CityReception> receptions,
        Announcements announcements,
        Loudspeakers loudspeakers,
        StopDisplays displays,
        CityEdge edge,
        CityClock clock) {
      this.name = name;
      this.map = map;
      this.trains = trains;
      this.plan = plan;
      this.streams = streams;
      this.desk = desk;
      this.overlay = overlay;
      this.centre = centre;
      this.receptions = receptions;
      this.loudspeakers = loudspeakers;
      this.displays = displays;
      this.edge = edge;
      this.clock = clock;
      CLASSES.forEach(each -> traffic.put(each, new ClassTraffic(each)));
      receptions.values().forEach(each -> each.measureFrom(clock.startNanos() + WARM_UP_NANOS));
      loudspeakers.measureFrom(clock.startNanos() + WARM_UP_NANOS);
      displays.measureFrom(clock.startNanos() + WARM_UP_NANOS);
      announcer = new Announcer(map, centre, clock, announcements);
      life =
          new CityLife(
              map,
              trains,
              disruptions,
              streams,
              announcements,
              new StopBoards(List.copyOf(map.stops().keySet()), centre, clock),
              displays,
              traffic,
              settings,
              clock);
      life.load(settings.load());
      faults =
          new CityFaults(
              overlay,
              plan,
              recoveries,
              settings.faultsPerMinute(),
              settings.seed(),
              clock.startNanos());
      show =
          new CityShow(
              facts,
              recoveries,
              map,
              plan,
              centre,
              gauges,
              desk,
              loudspeakers,
              overlay,
              receptions,
              clock);
      controls = new CityControls(faults, life, plan, streams, edge, desk, map, announcer, say);
    }

    CityReport run(Scenario scenario, double startSeconds)
        throws DemoException, IOException, InterruptedException {
      say.accept(
          "%d sensors, the control centre, and the loudspeakers and displays in %d cells are connected after %.1f s."
              .formatted(edge.sensors(), edge.stations(), startSeconds));
      show.network(name, settings);
      List<CityStream> cameras = streams.of(CityStream.Kind.CAMERA);
      for (CityStream camera : cameras.subList(0, Math.min(2, cameras.size()))) {
        edge.look(camera.name());
      }
      try (OverlayWatch watch =
              OverlayWatch.start(edge.asking(), CityOverlay.overlayName(), facts, recoveries);
          CityHistory history =
              settings.port() < 0 ? null : CityHistory.open(map, trains, streams, desk);
          Dashboard dashboard = dashboard(watch, history)) {
        if (history != null) {
          history.record(edge.connect("history", overlay, plan));
        }
        if (!dashboard.address().isEmpty()) {
          say.accept("Dashboard: " + dashboard.address());
        }
        say.accept(
            "A sensor of your own: ./euryale sensor --overlay %s --join %s --stream gauge/%s --lines"
                .formatted(
                    CityOverlay.overlayName(),
                    overlay.contacts(plan.cells().subList(0, 1)).getFirst(),
                    map.stops().values().iterator().next().slug()));
        return live(scenario, startSeconds);
      }
    }

    private Dashboard dashboard(OverlayWatch watch, @Nullable CityHistory history)
        throws IOException {
      if (history == null) {
        return new Dashboard(null);
      }
      Map<String, DashboardServer.Page> pages =
          new CityFeeds(map, trains, streams, receptions, loudspeakers, displays, centre, clock)
              .pages();
      pages.put(
          "/way.json",
          query ->
              watch.way(
                  isTraced(query.getOrDefault("stream", "")) ? query : Map.of(),
                  EnumSet.allOf(TrafficClass.class)));
      pages.put("/past.json", history::page);
      return new Dashboard(DashboardServer.open(settings.port(), facts, controls, pages));
    }

    /// A camera sends while somebody looks, and to trace it would be to look. What goes to stations
    /// does not come to the control centre, and to trace it it would have to.
    private boolean isTraced(String stream) {
      return streams.all().stream()
          .filter(each -> each.kind() == CityStream.Kind.CAMERA || each.kind().isForStation())
          .noneMatch(each -> each.name().equals(stream));
    }

    private CityReport live(Scenario scenario, double startSeconds)
        throws DemoException, InterruptedException {
      List<Thread> threads = new ArrayList<>();
      traffic.forEach(
          (trafficClass, each) ->
              threads.add(
                  Thread.ofPlatform().daemon().name("city-" + trafficClass.label()).start(each)));
      Thread living = Thread.ofPlatform().daemon().name("city-life").start(life);
      CityResources resources = new CityResources(overlay, settings.duration(), clock.startNanos());
      long sayNanos = clock.startNanos() + SAY_NANOS;
      try {
        Duration asked = settings.duration();
        long length = asked == null ? Long.MAX_VALUE : asked.toNanos();
        while (!stopped && System.nanoTime() - clock.startNanos() < length) {
          long now = System.nanoTime();
          told(faults.tick(now, true));
          obey(scenario.due(Duration.ofNanos(Math.max(0, now - clock.startNanos()))));
          Duration operator = settings.operator();
          if (operator != null) {
            desk.acknowledgeOlderThan(operator, "automatic operator");
          }
          announcer.tick(now);
          show.tick(now, life.load(), faults.injected());
          resources.tick(now);
          if (now - sayNanos > 0) {
            sayNanos += SAY_NANOS;
            say.accept(show.line());
          }
          for (ClassTraffic each : traffic.values()) {
            stopped |= !each.failure().isEmpty();
          }
          Thread.sleep(TICK_MILLIS);
        }
        long endNanos = System.nanoTime();
        told(faults.mendAll());
        life.stop();
        living.join(Duration.ofSeconds(2));
        traffic.values().forEach(ClassTraffic::stop);
        drain();
        return report(startSeconds, endNanos, resources);
      } finally {
        living.interrupt();
        threads.forEach(Thread::interrupt);
      }
    }

    private void drain() throws DemoException, InterruptedException {
      long deadline = System.nanoTime() + DRAIN_PATIENCE.toNanos();
      while (System.nanoTime() - deadline < 0) {
        told(faults.tick(System.nanoTime(), false));
        boolean sent = traffic.values().stream().allMatch(ClassTraffic::isIdle);
        boolean here =
            receptions.values().stream().allMatch(each -> each.outstanding() == 0)
                && loudspeakers.outstanding() == 0
                && displays.behind() == 0;
        if (sent && here && faults.isSettled()) {
          return;
        }
        show.tick(System.nanoTime(), life.load(), faults.injected());
        Thread.sleep(TICK_MILLIS);
      }
    }

    private CityReport report(double startSeconds, long endNanos, CityResources resources) {
      if (settings.operator() != null) {
        desk.acknowledgeOlderThan(Duration.ZERO, "automatic operator");
      }
      Map<TrafficClass, CityReception.Figures> figures = new EnumMap<>(TrafficClass.class);
      Map<TrafficClass, Long> outstanding = new EnumMap<>(TrafficClass.class);
      receptions.forEach(
          (trafficClass, each) -> {
            figures.put(trafficClass, each.total());
            outstanding.put(trafficClass, each.outstanding());
          });
      List<String> failures = new ArrayList<>();
      traffic.forEach(
          (trafficClass, each) -> {
            if (!each.failure().isEmpty()) {
              failures.add(each.failure());
            } else if (!each.isIdle()) {
              failures.add(
                  "Packets of class %s were not taken by their sensors within %d s of the end."
                      .formatted(trafficClass.label(), DRAIN_PATIENCE.toSeconds()));
            }
          });
      long lateness =
          traffic.values().stream().mapToLong(ClassTraffic::latenessNanos).max().orElse(0);
      return new CityReport(
          settings.asMap(name, clock.day().date(), plan, streams),
          new CityReport.Measured(
              Math.max(0.001, (endNanos - clock.startNanos() - WARM_UP_NANOS) / 1e9),
              startSeconds,
              figures,
              outstanding,
              lateness / 1e6,
              failures,
              desk.account(),
              desk.audit(),
              life.alarms(),
              loudspeakers.account(),
              displays.account(),
              faults.injected(),
              faults.asked(endNanos),
              overlay.isWhole(),
              overlay.unexpectedEnds(),
              resources.growth(),
              pids().stream().mapToDouble(ChildProcess::residentMebibytes).sum(),
              pids().stream().mapToDouble(CityRun::cpuSeconds).sum() - ownCpuBefore),
          settings.operator() != null);
    }

    private List<Long> pids() {
      List<Long> pids = new ArrayList<>(overlay.pids());
      pids.add(OWN);
      return pids;
    }

    private void told(String what) {
      if (!what.isEmpty()) {
        say.accept(what);
      }
    }

    private void obey(List<Scenario.Step> due) throws InterruptedException {
      for (Scenario.Step step : due) {
        switch (step) {
          case Scenario.Step.Delay delay -> {
            disruptions.delay(delay.line(), delay.by().toMillis() / 1000.0);
            told("Line %s runs %d s late.".formatted(delay.line(), delay.by().toSeconds()));
          }
          case Scenario.Step.Cancel cancel -> told(cancel(cancel.line(), cancel.trains()));
          case Scenario.Step.Skip skip -> {
            life.skip(skip.line(), skip.station());
            told(
                "Line %s does not call at %s."
                    .formatted(skip.line(), map.stop(skip.station()).name()));
          }
          case Scenario.Step.Alarm alarm -> life.trouble(alarm.station(), alarm.text());
          case Scenario.Step.Fault fault -> {
            Map<String, String> which = Map.of("process", Integer.toString(fault.process()));
            try {
              told(controls.act(fault.action(), which));
            } catch (Controls.Refusal | DemoException e) {
              told(String.valueOf(e.getMessage()));
            }
          }
        }
      }
    }

    private String cancel(String line, int count) {
      double now = clock.citySeconds(System.nanoTime());
      List<CityTrains.Run> next =
          trains.runs().stream()
              .filter(run -> run.line().equals(line) && run.begins() > now)
              .filter(run -> !disruptions.isCancelled(run.trip()))
              .limit(count)
              .toList();
      next.forEach(life::cancel);
      return "%d trains of line %s are cancelled.".formatted(next.size(), line);
    }
  }

  /// The server, or none.
  private record Dashboard(@Nullable DashboardServer server) implements AutoCloseable {
    String address() {
      return server == null ? "" : server.address();
    }

    @Override
    public void close() {
      if (server != null) {
        server.close();
      }
    }
  }

  private static double cpuSeconds(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(each -> each.info().totalCpuDuration())
        .map(spent -> spent.toMillis() / 1000.0)
        .orElse(0.0);
  }
}
