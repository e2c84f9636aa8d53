package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.demo.DemoView.ClassShown;
import io.euryale.lighttrain.demo.DemoView.Snapshot;
import io.euryale.lighttrain.timetable.TimetableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs the demo once: starts the city, lets its sensors send, kills peers, counts, and reports.
public final class Demo {

  private static final Duration SUBSCRIBE_PATIENCE = Duration.ofSeconds(20);

  /// Longer than the promised two seconds, so that what comes late is seen to come late.
  private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(15);

  private static final long TICK_MILLIS = 50;

  /// Between the start of the schedule and its first packet.
  private static final Duration LEAD = Duration.ofMillis(200);

  private final DemoSettings settings;
  private final List<String> euryale;
  private final DemoView view;
  private volatile boolean stopped;

  /// @param euryale the command that runs the `euryale` command line in a child process
  /// @param view shows the run; closed by the caller
  public Demo(DemoSettings settings, List<String> euryale, DemoView view) {
    this.settings = settings;
    this.euryale = List.copyOf(euryale);
    this.view = view;
  }

  /// Ends the traffic before its time; what is on its way is still awaited and the report made. A
  /// run without traffic so far ends by [DemoException#isStopped]. Any thread may call it.
  public void stop() {
    stopped = true;
  }

  /// Runs the demo. All child processes have ended when this returns or throws.
  ///
  /// @throws DemoException when the settings are wrong or the machine cannot run it
  /// @throws TimetableException when the feed or the date cannot be used
  public DemoReport run() throws DemoException, TimetableException, InterruptedException {
    settings.check();
    StationCalls calls = StationCalls.of(settings);
    StreamPlan plan = new StreamPlan(calls.lines(), calls.stations());
    TrainBoard board = new TrainBoard(calls.lines());
    Reception reception = new Reception(plan.streams(), settings.faults(), board);
    view.event(
        "The trains of %s on %s from %s, %s times faster than life."
            .formatted(
                calls.feed(),
                calls.day().date(),
                calls.clock(calls.from()),
                TerminalView.plainNumber(settings.speed())));
    long beganNanos = System.nanoTime();
    try (City city = new City(new Placement(settings.processes()), euryale)) {
      view.event(
          "Starting %d peers in %d processes ...".formatted(Placement.PEERS, settings.processes()));
      city.start(() -> stopped);
      requireGoingOn();
      try (Edge edge = Edge.open(city, plan, reception, settings.replication())) {
        edge.awaitSubscribed(SUBSCRIBE_PATIENCE, () -> stopped);
        edge.warmUp(plan, reception, () -> stopped);
        requireGoingOn();
        view.event(
            "%d sensors with %d streams and one client are connected and warmed up, after %.1f s."
                .formatted(
                    Placement.SENSORS,
                    plan.streams().size(),
                    (System.nanoTime() - beganNanos) / 1e9));
        return underTraffic(city, plan, calls, reception);
      }
    }
  }

  private void requireGoingOn() throws DemoException {
    if (stopped) {
      throw DemoException.stopped();
    }
  }

  private DemoReport underTraffic(
      City city, StreamPlan plan, StationCalls calls, Reception reception)
      throws DemoException, InterruptedException {
    long startNanos = System.nanoTime() + LEAD.toNanos();
    Traffic traffic = new Traffic(plan, calls, startNanos, settings);
    FaultInjection faults =
        new FaultInjection(
            city,
            reception,
            view,
            FaultPlan.of(
                new Placement(settings.processes()),
                settings.faults(),
                settings.duration(),
                settings.seed()),
            settings.duration(),
            startNanos);
    Rates rates = new Rates();
    traffic.start();
    try {
      long patience = startNanos + settings.duration().plus(DRAIN_PATIENCE).toNanos();
      while (traffic.isRunning() && !stopped && System.nanoTime() - patience < 0) {
        faults.tick(true);
        show(city, calls, reception, traffic, faults, rates);
        Thread.sleep(TICK_MILLIS);
      }
      traffic.stop();
      traffic.join(DRAIN_PATIENCE);
      traffic.failures().forEach(view::event);
      long deadline = System.nanoTime() + DRAIN_PATIENCE.toNanos();
      while (!(reception.isComplete() && (stopped || faults.isSettled()))
          && System.nanoTime() - deadline < 0) {
        faults.tick(false);
        show(city, calls, reception, traffic, faults, rates);
        Thread.sleep(TICK_MILLIS);
      }
      if (!stopped && !city.isWhole()) {
        view.event("The overlay is not whole: " + city.shape());
      }
    } finally {
      traffic.interrupt();
    }
    return report(city, calls, reception, traffic, faults);
  }

  private DemoReport report(
      City city, StationCalls calls, Reception reception, Traffic traffic, FaultInjection faults) {
    double ownCpu =
        ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
    double ownMemory = ChildProcess.residentMebibytes(ProcessHandle.current().pid());
    return new DemoReport(
        settings.asMap(calls.feed(), calls.day().date(), calls.clock(calls.from()).toString()),
        new DemoReport.Measured(
            traffic.lengthNanos() / 1e9,
            reception,
            reception.corrupted(),
            traffic.isInDebt(),
            traffic.latenessNanos() / 1e6,
            faults.recoveries(),
            // Ended before its time, a run owes only the faults until then.
            stopped ? faults.recoveries().size() : settings.faults(),
            stopped || city.isWhole(),
            city.cpuSeconds() + ownCpu,
            city.residentMebibytes() + ownMemory));
  }

  private void show(
      City city,
      StationCalls calls,
      Reception reception,
      Traffic traffic,
      FaultInjection faults,
      Rates rates) {
    city.news().forEach(view::event);
    long nowNanos = System.nanoTime();
    if (!rates.isDue(nowNanos)) {
      return;
    }
    List<ClassShown> classes = new ArrayList<>();
    for (TrafficClass trafficClass :
        List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
      Reception.Figures figures = reception.figures(trafficClass, false);
      double perSecond = rates.perSecond(trafficClass, nowNanos, figures.received());
      classes.add(new ClassShown(trafficClass.label(), perSecond, figures));
    }
    double length = settings.duration().toMillis() / 1000.0;
    double elapsed = Math.clamp((nowNanos - traffic.startNanos()) / 1e9, 0, length);
    Duration played = Duration.ofMillis(Math.round(elapsed * settings.speed() * 1000));
    view.show(
        new Snapshot(
            elapsed,
            length,
            calls.clock(calls.from().plus(played)).toString(),
            settings.speed(),
            city.cells(),
            classes,
            reception.board().latest(),
            faults.recoveries(),
            settings.faults()));
  }
}
