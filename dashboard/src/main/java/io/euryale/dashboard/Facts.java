package io.euryale.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What is known now, in named parts, each with the time at which it was learned. Only the latest
/// state of a part is kept: a reader that is slow skips states and never lags behind. Safe for all
/// threads.
public final class Facts {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// A part as a reader gets it.
  ///
  /// @param json writes the body
  /// @param ageMillis since it was learned
  record Part(String name, Supplier<String> json, long version, long ageMillis) {
    /// JSON.
    String body() {
      return json.get();
    }

    /// Age and body as one JSON object.
    String envelope() {
      return "{\"ageMillis\":" + ageMillis + ",\"body\":" + body() + "}";
    }
  }

  /// @param json writes the body
  private record Kept(Supplier<String> json, long version, long atNanos) {}

  private final Map<String, Kept> parts = new LinkedHashMap<>();
  private long version;

  /// Learns a part anew.
  ///
  /// @param body maps, lists, texts, numbers and booleans
  public void put(String name, Object body) {
    String json = json(body);
    synchronized (this) {
      version++;
      parts.put(name, new Kept(() -> json, version, System.nanoTime()));
      notifyAll();
    }
  }

  /// Learns a part that only new readers need: those that read on have it from what they saw. It is
  /// written when one comes, not each time.
  ///
  /// @param body as of [#put], and never changed any more
  public synchronized void putForNewReaders(String name, Object body) {
    parts.put(name, new Kept(() -> json(body), 0, System.nanoTime()));
  }

  /// Says that what a part tells is still so.
  public synchronized void confirm(String name) {
    Kept kept = parts.get(name);
    if (kept != null) {
      version++;
      parts.put(name, new Kept(kept.json(), version, System.nanoTime()));
      notifyAll();
    }
  }

  static String json(Object body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A part of maps, lists and values can be written", e);
    }
  }

  /// Everything as one JSON object: each part by its name, with `ageMillis` and `body`.
  public String state() {
    StringBuilder json = new StringBuilder("{");
    for (Part part : all()) {
      json.append(json.length() == 1 ? "" : ",").append(json(part.name())).append(":");
      json.append(part.envelope());
    }
    return json.append("}\n").toString();
  }

  /// Everything.
  synchronized List<Part> all() {
    return since(-1);
  }

  /// The parts learned after a version, waiting for one if there is none.
  synchronized List<Part> await(long after, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (version <= after && left > 0) {
      wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
      left = deadline - System.nanoTime();
    }
    return since(after);
  }

  private List<Part> since(long after) {
    List<Part> found = new ArrayList<>();
    long now = System.nanoTime();
    parts.forEach(
        (name, kept) -> {
          if (kept.version() > after) {
            long age = (now - kept.atNanos()) / 1_000_000;
            found.add(new Part(name, kept.json(), kept.version(), age));
          }
        });
    return found;
  }
}
