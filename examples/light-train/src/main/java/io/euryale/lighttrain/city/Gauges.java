package io.euryale.lighttrain.city;

import io.euryale.peer.StreamHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What sensors of other people say: the streams `gauge/STATION`, in the form of names that
/// stations have there. The last text of each is shown at its station. Safe for all threads.
final class Gauges implements StreamHandler {

  /// What they are subscribed with.
  static final String PATTERN = "gauge/*";

  private static final String PREFIX = "gauge/";
  private static final int MOST_CHARACTERS = 40;

  private record Word(String text, long packets, long atNanos) {}

  private final Map<String, String> stops = new HashMap<>();

  /// By id of the station; bounded by the stations.
  private final Map<String, Word> words = new ConcurrentHashMap<>();

  Gauges(CityMap map) {
    map.stops().values().forEach(stop -> stops.put(stop.slug(), stop.id()));
  }

  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    String stop = stops.get(stream.substring(Math.min(PREFIX.length(), stream.length())));
    if (stop == null) {
      return; // Nowhere on the map.
    }
    String text = CityMap.shown(StandardCharsets.UTF_8.decode(payload.duplicate()).toString());
    String kept = text.codePointCount(0, text.length()) <= MOST_CHARACTERS ? text : cut(text);
    words.merge(
        stop,
        new Word(kept, 1, System.nanoTime()),
        (old, word) -> new Word(word.text(), old.packets() + 1, word.atNanos()));
  }

  private static String cut(String text) {
    return text.substring(0, text.offsetByCodePoints(0, MOST_CHARACTERS - 1)) + "…";
  }

  /// For the page: the last word at each station that has one, and its age.
  List<Map<String, Object>> shown() {
    long now = System.nanoTime();
    List<Map<String, Object>> shown = new ArrayList<>();
    words.forEach(
        (stop, word) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("stop", stop);
          one.put("text", word.text());
          one.put("packets", word.packets());
          one.put("ageMillis", (now - word.atNanos()) / 1_000_000);
          shown.add(one);
        });
    return shown;
  }
}
