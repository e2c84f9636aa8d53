package io.euryale.lighttrain.city;

import io.euryale.lighttrain.city.CityStream.Kind;
import io.euryale.peer.StreamHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The accounts of all loudspeakers: what was announced at each station and what was played
/// there. Safe for all threads.
final class Loudspeakers {

  private final CityMap map;
  private final CityStreams streams;
  private final Announcements announcements;
  private final CityReception reception;

  Loudspeakers(CityMap map, CityStreams streams, Announcements announcements) {
    this.map = map;
    this.streams = streams;
    this.announcements = announcements;
    reception =
        new CityReception(
            stream -> stream.kind() == Kind.ANNOUNCEMENT, streams.all(), announcements);
  }

  /// Plays what comes.
  StreamHandler handler() {
    return reception;
  }

  /// Times of packets that were due before this count for nothing.
  void measureFrom(long nanos) {
    reception.measureFrom(nanos);
  }

  /// The last packet that was played of a stream; null when none was.
  CityReception.@Nullable Last last(CityStream stream) {
    return reception.last(stream);
  }

  /// Packets that were announced and not played.
  long outstanding() {
    return reception.outstanding();
  }

  /// One station where something was announced, in packets.
  ///
  /// @param slug its name in names of streams
  record Station(String stop, String slug, long announced, long played) {}

  /// @param made announcements
  /// @param spoken of them to the end
  /// @param packets of them that the middleware took
  /// @param played different packets that came to a loudspeaker
  /// @param figures of the loudspeakers together
  record Account(
      long made,
      long spoken,
      long packets,
      long played,
      long outstanding,
      CityReception.Figures figures,
      List<Station> stations) {

    /// Before anything was announced.
    static Account none() {
      return new Account(
          0, 0, 0, 0, 0, new CityReception.Figures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1), List.of());
    }
  }

  Account account() {
    List<Station> stations = new ArrayList<>();
    long packets = 0;
    long played = 0;
    for (CityStream stream : streams.of(Kind.ANNOUNCEMENT)) {
      CityReception.Last last = reception.last(stream);
      long here = last == null ? 0 : last.packets();
      long announced = stream.taken();
      if (announced > 0 || here > 0) {
        String stop = streams.stopOf(stream);
        stations.add(new Station(stop, map.stop(stop).slug(), announced, here));
        packets += announced;
        played += here;
      }
    }
    return new Account(
        announcements.made(),
        announcements.spoken(),
        packets,
        played,
        reception.outstanding(),
        reception.total(),
        List.copyOf(stations));
  }

  /// For the page.
  Map<String, Object> shown() {
    Account account = account();
    CityReception.Figures figures = account.figures();
    boolean measured = figures.received() > 0;
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("made", account.made());
    shown.put("packets", account.packets());
    shown.put("played", account.played());
    shown.put("again", figures.duplicated());
    shown.put("missing", figures.missing());
    shown.put("p50", measured ? rounded(figures.p50()) : null);
    shown.put("p99", measured ? rounded(figures.p99()) : null);
    shown.put("max", measured ? rounded(figures.max()) : null);
    Map<String, Object> stations = new LinkedHashMap<>();
    for (Station station : account.stations()) {
      stations.put(
          station.stop(), Map.of("packets", station.announced(), "played", station.played()));
    }
    shown.put("stations", stations);
    shown.put("list", announcements.shown(map));
    return shown;
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
