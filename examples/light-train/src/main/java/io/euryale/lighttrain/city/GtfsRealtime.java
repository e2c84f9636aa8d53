package io.euryale.lighttrain.city;

import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.Position;
import com.google.transit.realtime.GtfsRealtime.TripDescriptor;
import com.google.transit.realtime.GtfsRealtime.TripUpdate;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeEvent;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeUpdate;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import io.euryale.lighttrain.timetable.GeoPosition;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The city's trains as a GTFS-Realtime 2.0 feed message: a vehicle position and a trip update for
/// each train that was heard of, a trip update for each that is cancelled.
final class GtfsRealtime {

  private static final Pattern REPEATED = Pattern.compile("(.*)@([0-9]+:[0-9]{2}:[0-9]{2})");

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
    FeedMessage.Builder feed = FeedMessage.newBuilder().setHeader(header());
    Set<String> cancelled = centre.cancelled();
    for (CityTrains.Run run : trains.runs()) {
      ControlCentre.Train train = centre.train(run);
      if (cancelled.contains(run.trip())) {
        feed.addEntity(
            entity("c", run)
                .setTripUpdate(update(run, TripDescriptor.ScheduleRelationship.CANCELED)));
      } else if (train != null) {
        feed.addEntity(entity("v", run).setVehicle(vehicle(run, train)));
        feed.addEntity(entity("u", run).setTripUpdate(delayed(run, train)));
      }
    }
    return feed.build().toByteArray();
  }

  private FeedHeader.Builder header() {
    return FeedHeader.newBuilder()
        .setGtfsRealtimeVersion("2.0")
        .setIncrementality(FeedHeader.Incrementality.FULL_DATASET)
        .setTimestamp(epochSeconds(clock.citySeconds(System.nanoTime())));
  }

  private static FeedEntity.Builder entity(String kind, CityTrains.Run run) {
    return FeedEntity.newBuilder().setId(kind + ":" + run.serviceDate() + ":" + run.trip());
  }

  private TripDescriptor.Builder trip(
      CityTrains.Run run, TripDescriptor.ScheduleRelationship relationship) {
    // A repeated trip has its departure in its name here, and beside it in GTFS.
    Matcher repeated = REPEATED.matcher(run.trip());
    TripDescriptor.Builder trip = TripDescriptor.newBuilder();
    if (repeated.matches()) {
      trip.setTripId(repeated.group(1)).setStartTime(repeated.group(2));
    } else {
      trip.setTripId(run.trip());
    }
    return trip.setStartDate(run.serviceDate().format(DateTimeFormatter.BASIC_ISO_DATE))
        .setScheduleRelationship(relationship)
        .setRouteId(routeId(run.line()));
  }

  private String routeId(String line) {
    return map.ways().stream()
        .filter(way -> way.name().equals(line))
        .map(CityMap.Way::id)
        .findFirst()
        .orElse(line);
  }

  private TripUpdate.Builder update(
      CityTrains.Run run, TripDescriptor.ScheduleRelationship relationship) {
    return TripUpdate.newBuilder().setTrip(trip(run, relationship));
  }

  private TripUpdate.Builder delayed(CityTrains.Run run, ControlCentre.Train train) {
    TripUpdate.Builder update = update(run, TripDescriptor.ScheduleRelationship.SCHEDULED);
    for (CityTrains.Call call : run.calls()) {
      if (call.sequence() >= train.sequence()) {
        update.addStopTimeUpdate(call(run, call, train));
      }
    }
    return update.setTimestamp(epochSeconds(train.citySeconds())).setDelay(train.delaySeconds());
  }

  private StopTimeUpdate.Builder call(
      CityTrains.Run run, CityTrains.Call call, ControlCentre.Train train) {
    StopTimeUpdate.Builder told =
        StopTimeUpdate.newBuilder().setStopSequence(call.sequence()).setStopId(call.platform());
    if (centre.passes(run, call)) {
      return told.setScheduleRelationship(StopTimeUpdate.ScheduleRelationship.SKIPPED);
    }
    return told.setArrival(event(call.arrival(), train))
        .setDeparture(event(call.departure(), train));
  }

  private StopTimeEvent.Builder event(double seconds, ControlCentre.Train train) {
    return StopTimeEvent.newBuilder()
        .setDelay(train.delaySeconds())
        .setTime(epochSeconds(seconds + train.delaySeconds()));
  }

  private VehiclePosition.Builder vehicle(CityTrains.Run run, ControlCentre.Train train) {
    GeoPosition from = map.stop(train.from()).place();
    GeoPosition to = map.stop(train.to()).place();
    Position.Builder position =
        Position.newBuilder()
            .setLatitude(between(from.latitude(), to.latitude(), train.fraction()))
            .setLongitude(between(from.longitude(), to.longitude(), train.fraction()));
    return VehiclePosition.newBuilder()
        .setTrip(trip(run, TripDescriptor.ScheduleRelationship.SCHEDULED))
        .setPosition(position)
        .setCurrentStopSequence(train.sequence())
        .setCurrentStatus(
            train.stands()
                ? VehiclePosition.VehicleStopStatus.STOPPED_AT
                : VehiclePosition.VehicleStopStatus.IN_TRANSIT_TO)
        .setTimestamp(epochSeconds(train.citySeconds()))
        .setStopId(platform(run, train));
  }

  private static String platform(CityTrains.Run run, ControlCentre.Train train) {
    return run.calls().stream()
        .filter(call -> call.sequence() == train.sequence())
        .map(CityTrains.Call::platform)
        .findFirst()
        .orElse(train.to());
  }

  private static float between(double from, double to, double part) {
    return (float) (from + (to - from) * part);
  }

  private long epochSeconds(double citySeconds) {
    return clock.instant(citySeconds).getEpochSecond();
  }
}
