package io.euryale.lighttrain.city;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the control centre knows of the city: from the timetable and from what its sensors sent,
/// and from nothing else. When nothing comes, what it shows gets old and says so. Safe for all
/// threads; the loops of the classes write.
final class ControlCentre implements CityReception.Application {

  /// A train that was not heard of for so long has left.
  private static final long GONE_NANOS = 30_000_000_000L;

  /// What is older is not told as live; trains speak at least once a second.
  private static final long FRESH_NANOS = 5_000_000_000L;

  /// How far a stop display looks ahead, in seconds of the city.
  private static final double AHEAD_SECONDS = 3600;

  private final CityMap map;
  private final CityTrains trains;
  private final AlarmDesk desk;
  private final Map<String, Train> running = new ConcurrentHashMap<>();
  private final Map<String, Heard<Boolean>> occupied = new ConcurrentHashMap<>();
  private final Map<String, Heard<Integer>> people = new ConcurrentHashMap<>();
  private final Map<String, Long> media = new ConcurrentHashMap<>();
  private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

  /// Stops that trains of a line pass, as line, tabulator, stop.
  private final Set<String> passed = ConcurrentHashMap.newKeySet();

  /// Something that a sensor said, and when: what was late on the way is as old as it is.
  private record Heard<T>(T what, long atNanos) {}

  /// What a train said last.
  ///
  /// @param citySeconds when it said it, by the city's clock
  /// @param sequence of the stop it is at, or comes to next
  /// @param saidNanos when it said it, by this process's clock
  record Train(
      String trip,
      String serviceDate,
      String line,
      String headsign,
      String from,
      String to,
      double fraction,
      int sequence,
      int delaySeconds,
      double citySeconds,
      long saidNanos) {

    boolean stands() {
      return from.equals(to);
    }

    boolean isFresh() {
      return System.nanoTime() - saidNanos < FRESH_NANOS;
    }
  }

  /// A train that will call at a stop.
  ///
  /// @param aimed by the timetable, in seconds after the start of the service day
  /// @param expected with the delay it has now
  /// @param train what it said last; null when it was not heard of, and `expected` is the
  /// timetable's
  /// @param cancelled the train does not run
  /// @param passes it runs, and does not call at this stop
  record Visit(
      CityTrains.Run run,
      CityTrains.Call call,
      double aimed,
      double expected,
      @Nullable Train train,
      boolean cancelled,
      boolean passes) {

    /// Whether `expected` is more than the timetable.
    boolean isLive() {
      return train != null && train.isFresh();
    }
  }

  ControlCentre(CityMap map, CityTrains trains, AlarmDesk desk) {
    this.map = map;
    this.trains = trains;
    this.desk = desk;
  }

  @Override
  public void received(CityStream stream, CityPacket packet) {
    String[] f = packet.text().split("\t", -1);
    switch (stream.kind()) {
      case POSITION -> position(f, packet.dueNanos());
      case TRACK -> occupied.put(f[0], new Heard<>(f[1].equals("occupied"), packet.dueNanos()));
      case ALARM -> desk.raised(f[0], f[1], f[2]);
      case COUNTER -> people.put(f[0], new Heard<>(Integer.parseInt(f[1]), packet.dueNanos()));
      case SERVICE -> {
        if (f[0].equals("passes")) {
          passed.add(f[1] + "\t" + f[2]);
        } else {
          cancelled.add(f[1]);
        }
      }
      case AUDIO, CAMERA -> media.put(stream.name(), packet.dueNanos());
      case EQUIPMENT, ANNOUNCEMENT, BOARD -> {}
    }
  }

  private void position(String[] f, long dueNanos) {
    running.put(
        f[1] + " " + f[0],
        new Train(
            f[0],
            f[1],
            f[2],
            f[3],
            f[4],
            f[5],
            Double.parseDouble(f[6]),
            Integer.parseInt(f[7]),
            Integer.parseInt(f[8]),
            Double.parseDouble(f[9]),
            dueNanos));
  }

  /// The trains that were heard of lately.
  List<Train> trains(long now) {
    running.values().removeIf(train -> now - train.saidNanos() > GONE_NANOS);
    List<Train> all = new ArrayList<>(running.values());
    all.sort(Comparator.comparing(Train::line).thenComparing(Train::trip));
    return all;
  }

  Set<String> cancelled() {
    return new HashSet<>(cancelled);
  }

  /// The next trains at a stop, the first one first.
  List<Visit> visits(String stop, double now, int most) {
    List<Visit> visits = new ArrayList<>();
    for (CityTrains.Visit each : trains.visits(stop)) {
      if (isAhead(each.call(), now)) {
        Visit visit = visit(each.run(), each.call());
        if (visit.expected() >= now) {
          visits.add(visit);
        }
      }
    }
    visits.sort(Comparator.comparingDouble(Visit::expected));
    return visits.subList(0, Math.min(most, visits.size()));
  }

  private static boolean isAhead(CityTrains.Call call, double now) {
    return call.departure() > now - AHEAD_SECONDS && call.arrival() < now + AHEAD_SECONDS;
  }

  private Visit visit(CityTrains.Run run, CityTrains.Call call) {
    Train heard = running.get(run.serviceDate() + " " + run.trip());
    int delay = heard == null ? 0 : heard.delaySeconds();
    return new Visit(
        run,
        call,
        call.departure(),
        call.departure() + delay,
        heard,
        cancelled.contains(run.trip()),
        passes(run, call));
  }

  /// Whether a train does not call at a stop of its timetable.
  boolean passes(CityTrains.Run run, CityTrains.Call call) {
    return passed.contains(run.line() + "\t" + call.stop());
  }

  @Nullable Train train(CityTrains.Run run) {
    return running.get(run.serviceDate() + " " + run.trip());
  }

  // ---- for the page ----

  /// @param now by [System#nanoTime]
  List<Map<String, Object>> shownTrains(long now) {
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Train train : trains(now)) {
      if (!map.stops().containsKey(train.from()) || !map.stops().containsKey(train.to())) {
        continue;
      }
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("trip", train.serviceDate() + " " + train.trip());
      one.put("line", train.line());
      one.put("headsign", train.headsign());
      one.put("from", train.from());
      one.put("to", train.to());
      one.put("fraction", train.fraction());
      one.put("delay", train.delaySeconds());
      one.put("ageMillis", (now - train.saidNanos()) / 1_000_000);
      shown.add(one);
    }
    return shown;
  }

  /// The stations that were heard of: people waiting, a train at the platform, and how old that
  /// is.
  Map<String, Object> shownStations(long now) {
    Map<String, Object> shown = new LinkedHashMap<>();
    for (CityMap.Stop stop : map.stops().values()) {
      Map<String, Object> one = new LinkedHashMap<>();
      Heard<Integer> waiting = people.get(stop.id());
      if (waiting != null) {
        one.put("people", waiting.what());
        one.put("peopleAgeMillis", (now - waiting.atNanos()) / 1_000_000);
      }
      Heard<Boolean> track = occupied.get(stop.id());
      if (track != null) {
        one.put("occupied", track.what());
        one.put("occupiedAgeMillis", (now - track.atNanos()) / 1_000_000);
      }
      shown.put(stop.id(), one);
    }
    return shown;
  }

  /// Which loudspeakers and cameras are heard and seen now, by stream.
  List<String> shownMedia() {
    long now = System.nanoTime();
    return media.entrySet().stream()
        .filter(each -> now - each.getValue() < 1_500_000_000L)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }
}
