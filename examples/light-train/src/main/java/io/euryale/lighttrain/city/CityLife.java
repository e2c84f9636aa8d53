package io.euryale.lighttrain.city;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.city.CityStream.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// What happens in the city: moves the trains by the timetable and plans what each sensor will
/// report, a moment before it is due. The schedule is absolute: what is late counts as late.
final class CityLife implements Runnable {

  private static final long TICK_NANOS = 50_000_000;

  /// Plans are made so long before they are due.
  private static final long AHEAD_NANOS = 2 * TICK_NANOS;

  private static final double NANOS = 1e9;
  private static final long AUDIO_NANOS = 1_000_000_000L / 38;
  private static final long CAMERA_NANOS = 1_000_000_000L / 24;
  private static final long EQUIPMENT_NANOS = 2_000_000_000L;
  private static final long COUNTER_NANOS = 5_000_000_000L;

  /// An announcement is over after this time, and another station speaks.
  private static final long SPEECH_NANOS = 8_000_000_000L;

  private static final List<String> TROUBLES =
      List.of(
          "Smoke detector on the platform",
          "Emergency button pressed",
          "Person on the track",
          "Door obstructed",
          "Switch does not report its end position",
          "Lift stands between two levels");

  private final CityMap map;
  private final CityTrains trains;
  private final Disruptions disruptions;
  private final CityStreams streams;
  private final Announcements announcements;
  private final StopBoards boards;
  private final StopDisplays displays;
  private final Map<TrafficClass, ClassTraffic> traffic;
  private final CitySettings settings;
  private final CityClock clock;
  private final SplittableRandom random;
  private final List<Periodic> periodic = new ArrayList<>();
  private final Map<String, Boolean> standing = new HashMap<>();
  private final Map<String, Long> nextPosition = new HashMap<>();
  private final ConcurrentLinkedQueue<String[]> troubles = new ConcurrentLinkedQueue<>();

  /// Changes of the service that displays do not know yet, each with its line.
  private final ConcurrentLinkedQueue<String[]> changes = new ConcurrentLinkedQueue<>();
  private final CityLoad load;
  private int loadNow = 1;
  private long alarms;
  private long nextAlarmNanos;
  private volatile boolean stopped;

  /// A sensor that reports at a fixed rate.
  private static final class Periodic {
    final CityStream stream;
    final String stop;
    final long periodNanos;
    long dueNanos;

    Periodic(CityStream stream, String stop, long periodNanos, long dueNanos) {
      this.stream = stream;
      this.stop = stop;
      this.periodNanos = periodNanos;
      this.dueNanos = dueNanos;
    }
  }

  CityLife(
      CityMap map,
      CityTrains trains,
      Disruptions disruptions,
      CityStreams streams,
      Announcements announcements,
      StopBoards boards,
      StopDisplays displays,
      Map<TrafficClass, ClassTraffic> traffic,
      CitySettings settings,
      CityClock clock) {
    this.map = map;
    this.trains = trains;
    this.disruptions = disruptions;
    this.streams = streams;
    this.announcements = announcements;
    this.boards = boards;
    this.displays = displays;
    this.traffic = new EnumMap<>(traffic);
    this.settings = settings;
    this.clock = clock;
    random = new SplittableRandom(settings.seed());
    load = new CityLoad(clock.startNanos());
    nextAlarmNanos = clock.startNanos() + 5_000_000_000L;
    for (CityStream stream : streams.all()) {
      long period =
          switch (stream.kind()) {
            case EQUIPMENT -> EQUIPMENT_NANOS;
            case COUNTER -> COUNTER_NANOS;
            case AUDIO -> AUDIO_NANOS;
            case CAMERA -> CAMERA_NANOS;
            case TRACK, ALARM, SERVICE, POSITION, ANNOUNCEMENT, BOARD -> 0;
          };
      if (period > 0) {
        long first = clock.startNanos() + random.nextLong(period);
        periodic.add(new Periodic(stream, streams.stopOf(stream), period, first));
      }
    }
  }

  /// Times more packets from equipment, counters and trains than usual, 1 to 20, after a while.
  void load(int times) {
    load.ask(times);
  }

  int load() {
    return load.asked();
  }

  /// Somebody has to look at a station. Any thread.
  void trouble(String stop, String text) {
    troubles.add(new String[] {stop, text});
  }

  /// A train does not run, or ends where it is; displays hear of it. Any thread.
  void cancel(CityTrains.Run run) {
    disruptions.cancel(run.trip());
    changes.add(new String[] {run.line(), "cancelled\t" + run.trip()});
  }

  /// Trains of a line do not call at a stop any more; displays hear of it. Any thread.
  void skip(String line, String stop) {
    disruptions.skip(line, stop);
    changes.add(new String[] {line, "passes\t" + line + "\t" + stop});
  }

  /// How many alarms were raised, once the thread has ended.
  long alarms() {
    return alarms;
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    for (long tick = clock.startNanos(); !stopped && !Thread.interrupted(); tick += TICK_NANOS) {
      plan(tick);
      long pause = tick + TICK_NANOS - AHEAD_NANOS - System.nanoTime();
      if (pause > 0) {
        LockSupport.parkNanos(this, pause);
      }
    }
  }

  private void plan(long tickNanos) {
    loadNow = load.at(tickNanos);
    double now = clock.citySeconds(tickNanos);
    disruptions.pass(clock.speed() * TICK_NANOS / NANOS);
    planTrains(tickNanos, now);
    for (Periodic each : periodic) {
      long period =
          each.stream.kind() == Kind.EQUIPMENT || each.stream.kind() == Kind.COUNTER
              ? each.periodNanos / loadNow
              : each.periodNanos;
      for (; each.dueNanos - tickNanos - TICK_NANOS < 0; each.dueNanos += period) {
        if (each.stream.kind() != Kind.AUDIO || speaks(each, each.dueNanos)) {
          plan(each.dueNanos, each.stream, text(each));
        }
      }
    }
    announcements.plan(
        tickNanos,
        tickNanos + TICK_NANOS,
        (due, of) -> plan(due, streams.of(Kind.ANNOUNCEMENT, of.stop()), Announcements.text(of)));
    boards.plan(
        tickNanos + TICK_NANOS,
        (due, stop, text) -> {
          displays.said(stop, due);
          plan(due, streams.of(Kind.BOARD, stop), text);
        });
    planAlarms(tickNanos);
    planChanges(tickNanos);
  }

  private void plan(long dueNanos, CityStream stream, String text) {
    ClassTraffic of = traffic.get(stream.trafficClass());
    if (of != null) {
      of.plan(dueNanos, stream, text);
    }
  }

  private String text(Periodic each) {
    return switch (each.stream.kind()) {
      case EQUIPMENT -> each.stop + "\tdoors closed\tlifts run\tswitches in position";
      case COUNTER -> each.stop + "\t" + random.nextInt(4, 60);
      default -> each.stop;
    };
  }

  /// Two stations speak at a time, in turn.
  private boolean speaks(Periodic each, long nanos) {
    List<CityStream> voices = streams.of(Kind.AUDIO);
    long turn = (nanos - clock.startNanos()) / SPEECH_NANOS * 2;
    int place = voices.indexOf(each.stream);
    return place == turn % voices.size() || place == (turn + 1) % voices.size();
  }

  private void planTrains(long tickNanos, double now) {
    for (CityTrains.Run run : trains.runs()) {
      double at = now - disruptions.delaySeconds(run);
      String key = run.serviceDate() + " " + run.trip();
      if (run.begins() - 20 > now) {
        return; // They are in the order in which they begin.
      }
      if (!run.isOnTheWay(at) || disruptions.isCancelled(run.trip())) {
        standing.remove(key);
        nextPosition.remove(key);
        continue;
      }
      CityTrains.Place place = run.at(at);
      track(tickNanos, run, key, place);
      long period = Math.round(NANOS / settings.positionsPerSecond() / loadNow);
      long due = nextPosition.getOrDefault(key, tickNanos + random.nextLong(period));
      for (; due - tickNanos - TICK_NANOS < 0; due += period) {
        CityTrains.Place then = run.at(clock.citySeconds(due) - disruptions.delaySeconds(run));
        plan(due, streams.of(Kind.POSITION, run.line()), position(run, then, due));
      }
      nextPosition.put(key, due);
    }
  }

  private void track(long tickNanos, CityTrains.Run run, String key, CityTrains.Place place) {
    boolean stands = place.stands();
    Boolean before = standing.put(key, stands);
    String stop = place.from().stop();
    boolean passes = stands && disruptions.isSkipped(run.line(), stop);
    if (before != null && before != stands && !passes) {
      String what = stands ? "occupied" : "free";
      plan(
          tickNanos,
          streams.of(Kind.TRACK, stop),
          String.join("\t", stop, what, run.line(), run.trip(), run.headsign()));
    }
  }

  private String position(CityTrains.Run run, CityTrains.Place place, long due) {
    return String.join(
        "\t",
        run.trip(),
        run.serviceDate().toString(),
        run.line(),
        run.headsign(),
        place.from().stop(),
        place.to().stop(),
        String.format(Locale.ROOT, "%.4f", place.fraction()),
        Integer.toString(place.to().sequence()),
        Long.toString(Math.round(disruptions.delaySeconds(run))),
        String.format(Locale.ROOT, "%.1f", clock.citySeconds(due)));
  }

  private void planAlarms(long tickNanos) {
    double perMinute = settings.alarmsPerMinute();
    if (perMinute > 0 && nextAlarmNanos - tickNanos <= 0) {
      nextAlarmNanos += Math.round(60 * NANOS / perMinute);
      List<String> stops = List.copyOf(map.stops().keySet());
      String text = TROUBLES.get(random.nextInt(TROUBLES.size()));
      troubles.add(new String[] {stops.get(random.nextInt(stops.size())), text});
    }
    for (String[] trouble = troubles.poll(); trouble != null; trouble = troubles.poll()) {
      alarms++;
      String id = "A" + alarms;
      plan(
          tickNanos,
          streams.of(Kind.ALARM, trouble[0]),
          String.join("\t", id, trouble[0], trouble[1]));
    }
  }

  private void planChanges(long tickNanos) {
    for (String[] change = changes.poll(); change != null; change = changes.poll()) {
      plan(tickNanos, streams.of(Kind.SERVICE, change[0]), change[1]);
    }
  }
}
