package io.euryale.lighttrain.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The next trains at a stop in the JSON form of SIRI Stop Monitoring 2.0, as stop displays and
/// other systems read it.
final class StopMonitoring {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_VISITS = 12;

  private final CityMap map;
  private final ControlCentre centre;
  private final CityClock clock;

  StopMonitoring(CityMap map, ControlCentre centre, CityClock clock) {
    this.map = map;
    this.centre = centre;
    this.clock = clock;
  }

  /// The document about a stop that is on the map.
  String document(String stop) {
    double now = clock.citySeconds(System.nanoTime());
    List<Map<String, Object>> visits = new ArrayList<>();
    for (ControlCentre.Visit visit : centre.visits(stop, now, MOST_VISITS)) {
      visits.add(visit(stop, visit, now));
    }
    Map<String, Object> delivery = new LinkedHashMap<>();
    delivery.put("ResponseTimestamp", time(now));
    delivery.put("Status", "true");
    delivery.put("MonitoredStopVisit", visits);
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("ResponseTimestamp", time(now));
    service.put("ProducerRef", "euryale");
    service.put("StopMonitoringDelivery", List.of(delivery));
    try {
      return JSON.writeValueAsString(Map.of("Siri", Map.of("ServiceDelivery", service)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Maps and texts can be written", e);
    }
  }

  /// `Monitored` says whether the train was heard of lately; `RecordedAtTime` when it was. Where a
  /// train ends it has no departure.
  private Map<String, Object> visit(String stop, ControlCentre.Visit visit, double now) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("StopPointName", List.of(Map.of("value", map.stop(stop).name())));
    call.put("VehicleAtStop", visit.isLive() && isAt(visit));
    double delay = visit.expected() - visit.aimed();
    call.put("AimedArrivalTime", time(visit.call().arrival()));
    call.put("ExpectedArrivalTime", time(visit.call().arrival() + delay));
    call.put("ArrivalStatus", status(visit));
    if (!visit.call().equals(visit.run().calls().getLast())) {
      call.put("AimedDepartureTime", time(visit.aimed()));
      call.put("ExpectedDepartureTime", time(visit.expected()));
      call.put("DepartureStatus", status(visit));
    }
    Map<String, Object> journey = new LinkedHashMap<>();
    journey.put("LineRef", visit.run().line());
    journey.put(
        "FramedVehicleJourneyRef",
        Map.of(
            "DataFrameRef", visit.run().serviceDate().toString(),
            "DatedVehicleJourneyRef", visit.run().trip()));
    journey.put("DestinationName", List.of(Map.of("value", visit.run().headsign())));
    journey.put("Monitored", visit.isLive());
    journey.put("MonitoredCall", call);
    Map<String, Object> one = new LinkedHashMap<>();
    ControlCentre.Train train = visit.train();
    one.put("RecordedAtTime", time(train == null ? now : train.citySeconds()));
    one.put("MonitoringRef", stop);
    one.put("MonitoredVehicleJourney", journey);
    return one;
  }

  private static boolean isAt(ControlCentre.Visit visit) {
    ControlCentre.Train train = visit.train();
    return train != null && train.stands() && train.sequence() == visit.call().sequence();
  }

  private static String status(ControlCentre.Visit visit) {
    if (visit.cancelled() || visit.passes()) {
      return "cancelled";
    }
    return visit.expected() - visit.aimed() >= 60 ? "delayed" : "onTime";
  }

  private String time(double citySeconds) {
    ZoneId zone = clock.day().zone();
    return ZonedDateTime.ofInstant(clock.instant(Math.floor(citySeconds)), zone)
        .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
  }
}
