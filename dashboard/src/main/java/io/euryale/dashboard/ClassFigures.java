package io.euryale.dashboard;

import io.euryale.kernel.TrafficClass;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was measured of each traffic class, second by second: the parts `classes`, of the last
/// second, `history`, what the charts draw of five minutes for who has just come, and `hour`.
/// Belongs to one thread.
public final class ClassFigures {

  private static final int HISTORY = 300;

  private final Facts facts;
  private final Recoveries recoveries;
  private final LastHour hour;
  private final Deque<Map<String, Object>> history = new ArrayDeque<>();
  private final Map<String, Double> longest = new LinkedHashMap<>();
  private List<Map<String, Object>> classes = new ArrayList<>();
  private Map<String, Object> point = new LinkedHashMap<>();

  /// What the charts draw of a class in a second.
  private record Charted(
      @Nullable Double perSecond, @Nullable Double p99, @Nullable Double jitter, long missing) {}

  /// The last second or so of a class. Times are in milliseconds, and mean nothing without packets.
  ///
  /// @param seconds how long it was, above 0
  /// @param longest 0 without packets
  public record Second(
      double seconds, long packets, double p50, double p99, double longest, double jitter) {}

  /// All of a class since measuring began. Times are in milliseconds, and mean nothing without
  /// packets.
  ///
  /// @param missing packets that did not come
  /// @param again packets that came again; null where that is not counted
  /// @param ageMillis how long ago the last packet came; negative when none did
  public record Total(
      long packets,
      double p99,
      double p999,
      double longest,
      long missing,
      @Nullable Long again,
      long ageMillis) {}

  /// Begins with nothing.
  ///
  /// @param recoveries what failed meanwhile
  public ClassFigures(Facts facts, Recoveries recoveries, long nowNanos) {
    this.facts = facts;
    this.recoveries = recoveries;
    hour = new LastHour(nowNanos, Instant.now());
  }

  /// One class was measured; [#tell] tells all.
  public void measured(TrafficClass trafficClass, Second last, Total total) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("class", trafficClass.label());
    one.put("perSecond", rounded(last.packets() / last.seconds()));
    one.put("p50", measured(last.packets(), last.p50()));
    one.put("p99", measured(last.packets(), last.p99()));
    one.put("max", measured(last.packets(), last.longest()));
    one.put("jitter", measured(last.packets(), last.jitter()));
    one.put("totalP99", measured(total.packets(), total.p99()));
    one.put("totalP999", measured(total.packets(), total.p999()));
    one.put("totalMax", measured(total.packets(), total.longest()));
    one.put("received", total.packets());
    one.put("missing", total.missing());
    one.put("again", total.again());
    one.put("ageMillis", total.ageMillis());
    classes.add(one);
    point.put(
        trafficClass.label(),
        new Charted(
            rounded(last.packets() / last.seconds()),
            measured(last.packets(), last.p99()),
            measured(last.packets(), last.jitter()),
            total.missing()));
    longest.put(trafficClass.label(), rounded(last.longest()));
    hour.measured(
        trafficClass.label(), last.packets(), last.p99(), last.longest(), total.missing());
  }

  /// Tells what was measured since the last time.
  public void tell(long nowNanos) {
    point.put("at", System.currentTimeMillis());
    facts.put("classes", classes);
    history.addLast(point);
    if (history.size() > HISTORY) {
      history.removeFirst();
    }
    facts.putForNewReaders("history", List.copyOf(history));
    if (hour.tick(nowNanos, Instant.now(), recoveries)) {
      facts.put("hour", hour.told());
    }
    recoveries.delays(longest);
    longest.clear();
    classes = new ArrayList<>();
    point = new LinkedHashMap<>();
  }

  /// What was not measured is told as such, not as nothing.
  private static @Nullable Double measured(long packets, double value) {
    return packets == 0 ? null : rounded(value);
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
