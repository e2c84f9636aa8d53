package io.euryale.lighttrain.demo;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which streams there are and which sensor sends them: audio, events and video of each sensor,
/// named `line-a/market/audio`, and the calls at each station, named `station/5726/calls`. Lines
/// and stations are dealt out to the sensors in turn.
final class StreamPlan {

  private static final int LONGEST_PART = 60;

  private final List<StreamSource> streams = new ArrayList<>();
  private final Map<String, StreamSource> stations = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();

  /// @param lines names of the lines
  /// @param stationIds ids of the stations at which trains call
  StreamPlan(List<String> lines, List<String> stationIds) {
    for (int sensor = 0; sensor < Placement.SENSORS; sensor++) {
      String line = lines.isEmpty() ? "x" : lines.get(sensor % lines.size());
      String place = Placement.name(Placement.seatOfSensor(sensor));
      for (PacketKind kind : List.of(PacketKind.AUDIO, PacketKind.EVENT, PacketKind.VIDEO)) {
        add("line-" + part(line) + "/" + place + "/" + kind.label(), kind, sensor);
      }
    }
    for (int i = 0; i < stationIds.size(); i++) {
      String id = stationIds.get(i);
      stations.put(
          id,
          add(
              "station/" + part(id) + "/" + PacketKind.CALL.label(),
              PacketKind.CALL,
              i % Placement.SENSORS));
    }
  }

  private StreamSource add(String wanted, PacketKind kind, int sensor) {
    String name = wanted;
    // Ids that differ only in signs that names cannot have.
    for (int copy = 2; !names.add(name); copy++) {
      name = wanted + "." + copy;
    }
    StreamSource stream = new StreamSource(streams.size(), name, kind, sensor);
    streams.add(stream);
    return stream;
  }

  /// A part of a stream name: lower-case letters, digits, `.`, `_` and `-`.
  static String part(String text) {
    String plain =
        Normalizer.normalize(text, Normalizer.Form.NFD)
            .replaceAll("\\p{M}", "")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]+", "-");
    String part = plain.length() > LONGEST_PART ? plain.substring(0, LONGEST_PART) : plain;
    return part.isEmpty() ? "-" : part;
  }

  /// All streams; the index of each is its place here.
  List<StreamSource> streams() {
    return List.copyOf(streams);
  }

  /// A sensor's stream of audio, events or video.
  StreamSource stream(int sensor, PacketKind kind) {
    for (StreamSource stream : streams) {
      if (stream.sensor() == sensor && stream.kind() == kind) {
        return stream;
      }
    }
    throw new IllegalArgumentException("Sensor " + sensor + " has no stream of " + kind.label());
  }

  /// The streams of station calls, by station id.
  Map<String, StreamSource> stations() {
    return stations;
  }
}
