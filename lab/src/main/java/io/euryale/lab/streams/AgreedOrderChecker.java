package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// S-8: any two peers that stored agreed packets of one class in one configuration stored those
/// that both stored in the same order. A configuration belongs to one cell.
///
/// A peer need not have stored all: what the next cell has by the time it is delivered is not kept.
/// It has its place nevertheless, which counts when the peer takes it once more, since others have
/// moved, and stores it then.
final class AgreedOrderChecker extends DeliveryChecker {

  /// By configuration and class, by life of a peer, by packet: the first time it was delivered.
  private final Map<String, Map<String, Map<String, Trace>>> stored = new TreeMap<>();

  AgreedOrderChecker() {
    super("S-8");
  }

  @Override
  public void accept(Trace trace) {
    if (trace.event().equals("STORE") || trace.event().equals("PLACED")) {
      stored
          .computeIfAbsent(
              trace.body().text("x") + " " + trace.body().text("class"), _ -> new TreeMap<>())
          .computeIfAbsent(trace.who(), _ -> new LinkedHashMap<>())
          .putIfAbsent(
              sequence(trace) + " of " + Long.toHexString(trace.body().number("flow", 0)), trace);
    }
  }

  @Override
  public List<Violation> finish() {
    stored.forEach(
        (where, peers) -> {
          List<String> names = new ArrayList<>(peers.keySet());
          for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
              compare(
                  where,
                  peers.getOrDefault(names.get(i), Map.of()),
                  peers.getOrDefault(names.get(j), Map.of()));
            }
          }
        });
    return super.finish();
  }

  private void compare(String where, Map<String, Trace> one, Map<String, Trace> other) {
    Map<String, Integer> places = new TreeMap<>();
    other.keySet().forEach(packet -> places.put(packet, places.size()));
    @Nullable String before = null;
    int placeBefore = -1;
    for (Map.Entry<String, Trace> entry : one.entrySet()) {
      Integer place = places.get(entry.getKey());
      if (place == null) {
        continue;
      }
      if (before != null && place < placeBefore) {
        Trace there = other.getOrDefault(entry.getKey(), entry.getValue());
        violated(
            entry.getValue().who()
                + " stored "
                + entry.getKey()
                + " after "
                + before
                + " in "
                + where
                + ", "
                + there.who()
                + " the other way round",
            there,
            entry.getValue());
        return;
      }
      before = entry.getKey();
      placeBefore = place;
    }
  }
}
