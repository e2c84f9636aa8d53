package io.euryale.lighttrain.city;

import io.euryale.lighttrain.timetable.GeoPosition;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The city's trains as a GTFS-Realtime 2.0 feed message: a vehicle position and a trip update for
/// each train that was heard of, a trip update for each that is cancelled. Numbers of fields are
/// those of the public `gtfs-realtime.proto`.
final class GtfsRealtime {

  private static final Pattern REPEATED = Pattern.compile("(.*)@([0-9]+:[0-9]{2}:[0-9]{2})");
  private static final int CANCELED = 3;
  private static final int SCHEDULED = 0;
  private static final int SKIPPED = 1;
  private static final int STOPPED_AT = 1;
  private static final int IN_TRANSIT_TO = 2;

  private final CityMap map;
  private final CityTrains trains;
  private final ControlCentre centre;
  private final CityClock clock;

  GtfsRealtime(CityMap map, CityTrains trains, ControlCentre centre, CityClock clock) {
    this.map = map;
    this.trains = trains;
    this.centre = centre;
    this.clock = clock;
  }

  /// The message, at the city's time.
  byte[] message() {
    double now = clock.citySeconds(System.nanoTime());
    ProtocolBuffer header =
        new ProtocolBuffer().text(1, "2.0").number(2, 0).number(3, epochSeconds(now));
    ProtocolBuffer feed = new ProtocolBuffer().message(1, header);
    Set<String> cancelled = centre.cancelled();
    for (CityTrains.Run run : trains.runs()) {
      ControlCentre.Train train = centre.train(run);
      if (cancelled.contains(run.trip())) {
        feed.message(2, entity("c", run).message(3, update(run, CANCELED)));
      } else if (train != null) {
        feed.message(2, entity("v", run).message(4, vehicle(run, train)));
        feed.message(2, entity("u", run).message(3, delayed(run, train)));
      }
    }
    return feed.toByteArray();
  }

  private static ProtocolBuffer entity(String kind, CityTrains.Run run) {
    return new ProtocolBuffer().text(1, kind + ":" + run.serviceDate() + ":" + run.trip());
  }

  private ProtocolBuffer trip(CityTrains.Run run, int relationship) {
    // A repeated trip has its departure in its name here, and beside it in GTFS.
    Matcher repeated = REPEATED.matcher(run.trip());
    boolean isRepeated = repeated.matches();
    ProtocolBuffer trip = new ProtocolBuffer().text(1, isRepeated ? repeated.group(1) : run.trip());
    if (isRepeated) {
      trip.text(2, repeated.group(2));
    }
    return trip.text(3, run.serviceDate().format(DateTimeFormatter.BASIC_ISO_DATE))
        .number(4, relationship)
        .text(5, routeId(run.line()));
  }

  private String routeId(String line) {
    return map.ways().stream()
        .filter(way -> way.name().equals(line))
        .map(CityMap.Way::id)
        .findFirst()
        .orElse(line);
  }

  private ProtocolBuffer update(CityTrains.Run run, int relationship) {
    return new ProtocolBuffer().message(1, trip(run, relationship));
  }

  private ProtocolBuffer delayed(CityTrains.Run run, ControlCentre.Train train) {
    ProtocolBuffer update = update(run, SCHEDULED);
    for (CityTrains.Call call : run.calls()) {
      if (call.sequence() >= train.sequence()) {
        update.message(2, call(run, call, train));
      }
    }
    return update.number(4, epochSeconds(train.citySeconds())).number(5, train.delaySeconds());
  }

  private ProtocolBuffer call(CityTrains.Run run, CityTrains.Call call, ControlCentre.Train train) {
    ProtocolBuffer told = new ProtocolBuffer().number(1, call.sequence());
    if (centre.passes(run, call)) {
      return told.text(4, call.platform()).number(5, SKIPPED);
    }
    return told.message(2, event(call.arrival(), train))
        .message(3, event(call.departure(), train))
        .text(4, call.platform());
  }

  private ProtocolBuffer event(double seconds, ControlCentre.Train train) {
    return new ProtocolBuffer()
        .number(1, train.delaySeconds())
        .number(2, epochSeconds(seconds + train.delaySeconds()));
  }

  private ProtocolBuffer vehicle(CityTrains.Run run, ControlCentre.Train train) {
    GeoPosition from = map.stop(train.from()).place();
    GeoPosition to = map.stop(train.to()).place();
    ProtocolBuffer position =
        new ProtocolBuffer()
            .real(1, between(from.latitude(), to.latitude(), train.fraction()))
            .real(2, between(from.longitude(), to.longitude(), train.fraction()));
    return new ProtocolBuffer()
        .message(1, trip(run, SCHEDULED))
        .message(2, position)
        .number(3, train.sequence())
        .number(4, train.stands() ? STOPPED_AT : IN_TRANSIT_TO)
        .number(5, epochSeconds(train.citySeconds()))
        .text(7, platform(run, train));
  }

  private static String platform(CityTrains.Run run, ControlCentre.Train train) {
    return run.calls().stream()
        .filter(call -> call.sequence() == train.sequence())
        .map(CityTrains.Call::platform)
        .findFirst()
        .orElse(train.to());
  }

  private static double between(double from, double to, double part) {
    return from + (to - from) * part;
  }

  private long epochSeconds(double citySeconds) {
    return clock.instant(citySeconds).getEpochSecond();
  }
}
