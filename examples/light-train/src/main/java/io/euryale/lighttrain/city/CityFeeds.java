package io.euryale.lighttrain.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.dashboard.DashboardServer;
import io.euryale.dashboard.DashboardServer.Reply;
import io.euryale.kernel.TrafficClass;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What other systems, and the page, may read of the city besides its state:
///
/// | path | answer |
/// |---|---|
/// | `/gtfs-realtime.pb` | the trains as a GTFS-Realtime 2.0 feed message |
/// | `/siri/stop-monitoring.json?MonitoringRef=STOP` | the next trains at a stop, as SIRI |
/// | `/display.json?stop=STOP` | what the display of a station shows |
/// | `/stream.json?name=STREAM` | the last packet of a stream |
final class CityFeeds {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT = "text/plain; charset=utf-8";

  private final CityMap map;
  private final CityStreams streams;
  private final Map<TrafficClass, CityReception> receptions;
  private final Loudspeakers loudspeakers;
  private final StopDisplays displays;
  private final GtfsRealtime realtime;
  private final StopMonitoring monitoring;

  CityFeeds(
      CityMap map,
      CityTrains trains,
      CityStreams streams,
      Map<TrafficClass, CityReception> receptions,
      Loudspeakers loudspeakers,
      StopDisplays displays,
      ControlCentre centre,
      CityClock clock) {
    this.map = map;
    this.streams = streams;
    this.receptions = receptions;
    this.loudspeakers = loudspeakers;
    this.displays = displays;
    realtime = new GtfsRealtime(map, trains, centre, clock);
    monitoring = new StopMonitoring(map, centre, clock);
  }

  /// By path; the caller may add to them.
  Map<String, DashboardServer.Page> pages() {
    Map<String, DashboardServer.Page> pages = new LinkedHashMap<>();
    pages.put(
        "/gtfs-realtime.pb", _ -> new Reply(200, "application/x-protobuf", realtime.message()));
    pages.put("/siri/stop-monitoring.json", this::stop);
    pages.put("/display.json", this::display);
    pages.put("/stream.json", this::stream);
    return pages;
  }

  private Reply stop(Map<String, String> query) {
    String stop = query.getOrDefault("MonitoringRef", "");
    return map.stops().containsKey(stop)
        ? Reply.text(200, "application/json", monitoring.document(stop))
        : unknownStop("MonitoringRef");
  }

  private Reply unknownStop(String parameter) {
    return Reply.text(
        404,
        TEXT,
        "Name a stop, as in ?%s=%s\n".formatted(parameter, map.stops().keySet().iterator().next()));
  }

  private Reply display(Map<String, String> query) {
    String stop = query.getOrDefault("stop", "");
    return map.stops().containsKey(stop) ? json(displays.shown(stop)) : unknownStop("stop");
  }

  private CityReception.@Nullable Last last(CityStream stream) {
    CityReception reception = receptions.get(stream.trafficClass());
    return switch (stream.kind()) {
      case ANNOUNCEMENT -> loudspeakers.last(stream);
      case BOARD -> displays.last(stream);
      default -> reception == null ? null : reception.last(stream);
    };
  }

  private Reply stream(Map<String, String> query) {
    String name = query.getOrDefault("name", "");
    CityStream stream =
        streams.all().stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
    CityReception.Last last = stream == null ? null : last(stream);
    if (last == null) {
      return Reply.text(404, TEXT, "Nothing came in a stream of this name.\n");
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("name", name);
    told.put("packets", last.packets());
    told.put("latencyMillis", Math.round(last.latencyMillis() * 100) / 100.0);
    told.put("ageMillis", last.ageMillis());
    return json(told);
  }

  private static Reply json(Map<String, Object> told) {
    try {
      return Reply.text(200, "application/json", JSON.writeValueAsString(told));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts and numbers can be written", e);
    }
  }
}
