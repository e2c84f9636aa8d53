package io.euryale.lighttrain.city;

import io.euryale.dashboard.ClassFigures;
import io.euryale.dashboard.Facts;
import io.euryale.dashboard.Recoveries;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes the city's parts of the dashboard: the map, trains, stations, alarms, and what was
/// measured of each class. Belongs to one thread.
final class CityShow {

  private static final long TRAINS_NANOS = 500_000_000L;
  private static final long FIGURES_NANOS = 1_000_000_000L;

  private final Facts facts;
  private final CityMap map;
  private final CityPlan plan;
  private final ControlCentre centre;
  private final Gauges gauges;
  private final AlarmDesk desk;
  private final Loudspeakers loudspeakers;
  private final CityOverlay overlay;
  private final Map<TrafficClass, CityReception> receptions;
  private final CityClock clock;
  private final ClassFigures classes;
  private String cityName = "";
  private long nextTrains;
  private long nextFigures;
  private long lastFigures;
  private String lastAlarms = "";
  private String line = "";

  CityShow(
      Facts facts,
      Recoveries recoveries,
      CityMap map,
      CityPlan plan,
      ControlCentre centre,
      Gauges gauges,
      AlarmDesk desk,
      Loudspeakers loudspeakers,
      CityOverlay overlay,
      Map<TrafficClass, CityReception> receptions,
      CityClock clock) {
    this.facts = facts;
    this.map = map;
    this.plan = plan;
    this.centre = centre;
    this.gauges = gauges;
    this.desk = desk;
    this.loudspeakers = loudspeakers;
    this.overlay = overlay;
    this.receptions = receptions;
    this.clock = clock;
    nextTrains = clock.startNanos();
    nextFigures = clock.startNanos() + FIGURES_NANOS;
    lastFigures = clock.startNanos();
    classes = new ClassFigures(facts, recoveries, clock.startNanos());
  }

  /// The network, which does not change.
  void network(String name, CitySettings settings) {
    cityName = name;
    List<Map<String, Object>> stops = new ArrayList<>();
    for (CityMap.Stop stop : map.stops().values()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", stop.id());
      one.put("name", stop.name());
      one.put("slug", stop.slug());
      one.put("x", Math.round(stop.x() * 10) / 10.0);
      one.put("y", Math.round(stop.y() * 10) / 10.0);
      one.put("cell", plan.cellOf(stop.id()).id());
      stops.add(one);
    }
    List<Map<String, Object>> lines = new ArrayList<>();
    for (CityMap.Way way : map.ways()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", way.name());
      one.put("colour", way.colour());
      one.put("ink", way.ink());
      one.put("stops", way.stops());
      one.put("along", way.along());
      one.put("cell", plan.lineCell(way.name()).id());
      lines.add(one);
    }
    Map<String, Object> network = new LinkedHashMap<>();
    network.put("name", name);
    network.put("width", CityMap.WIDTH);
    network.put("height", CityMap.HEIGHT);
    network.put("speed", settings.speed());
    network.put("lines", lines);
    network.put("stops", stops);
    List<Map<String, Object>> cells = new ArrayList<>();
    for (CityPlan.Cell cell : plan.cells()) {
      cells.add(
          Map.of(
              "id", cell.id(), "label", cell.label(), "line", cell.line(), "stops", cell.stops()));
    }
    network.put("cells", cells);
    Map<String, Object> processes = new LinkedHashMap<>();
    plan.peers().forEach(peer -> processes.put(peer.name(), peer.process() + 1));
    network.put("processes", processes);
    facts.put("map", network);
  }

  /// Shows what is due.
  void tick(long now, int load, long faults) {
    if (now - nextTrains >= 0) {
      nextTrains = now + TRAINS_NANOS;
      facts.put("trains", centre.shownTrains(now));
    }
    if (now - nextFigures >= 0) {
      nextFigures += FIGURES_NANOS;
      figures(now);
      city(now, load, faults);
      facts.put("stations", centre.shownStations(now));
      facts.put("gauges", gauges.shown());
      facts.put("announcements", loudspeakers.shown());
      alarms();
    }
  }

  private void city(long now, int load, long faults) {
    double time = clock.citySeconds(now);
    List<Map<String, Object>> processes = new ArrayList<>();
    for (int i = 0; i < plan.processes(); i++) {
      processes.add(
          Map.of("number", i + 1, "state", overlay.state(i), "peers", plan.peersOf(i).size()));
    }
    Map<String, Object> city = new LinkedHashMap<>();
    city.put("name", cityName);
    city.put("date", clock.day().date().toString());
    city.put("clock", clock.wall(time));
    city.put("seconds", time);
    city.put("load", load);
    city.put("faults", faults);
    city.put("upSeconds", Math.round((now - clock.startNanos()) / 1e9));
    city.put("processes", processes);
    city.put("whole", overlay.isWhole());
    city.put("media", centre.shownMedia());
    facts.put("city", city);
  }

  private void alarms() {
    AlarmDesk.Account account = desk.account();
    Map<String, Object> alarms = new LinkedHashMap<>();
    alarms.put("raised", account.raised());
    alarms.put("acknowledged", account.acknowledged());
    alarms.put("trail", account.failure());
    alarms.put("list", desk.shown(map));
    String now = alarms.toString();
    if (now.equals(lastAlarms)) {
      facts.confirm("alarms");
    } else {
      facts.put("alarms", alarms);
      lastAlarms = now;
    }
  }

  private void figures(long now) {
    double seconds = (now - lastFigures) / 1e9;
    lastFigures = now;
    StringBuilder text = new StringBuilder();
    receptions.forEach(
        (trafficClass, reception) -> {
          CityReception.Figures last = reception.interval();
          CityReception.Figures total = reception.total();
          classes.measured(
              trafficClass,
              new ClassFigures.Second(
                  seconds, last.received(), last.p50(), last.p99(), last.max(), last.jitter()),
              new ClassFigures.Total(
                  total.received(),
                  total.p99(),
                  total.p999(),
                  total.max(),
                  total.missing(),
                  total.duplicated(),
                  total.ageMillis()));
          text.append(
              String.format(
                  Locale.ROOT, "  %s %.0f/s", trafficClass.label(), last.received() / seconds));
          if (last.received() > 0) {
            text.append(String.format(Locale.ROOT, " p99 %.1f ms", last.p99()));
          }
        });
    classes.tell(now);
    line = clock.wall(clock.citySeconds(now)) + text.toString();
  }

  /// A line that says how the city is.
  String line() {
    return line + (overlay.isWhole() ? "" : "  (being mended)");
  }
}
