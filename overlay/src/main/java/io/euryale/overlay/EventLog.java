package io.euryale.overlay;

import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The last events of a peer that an operator may ask for. Not thread-safe.
final class EventLog {

  /// Most events kept and told.
  static final int MOST = 256;

  private static final int MAX_TEXT = 300;

  /// What operators care for; the others are for checkers.
  private static final Set<String> LOGGED =
      Set.of(
          "MEMBER",
          "COORDINATOR",
          "FENCED",
          "PARENT",
          "PARENT_LOST",
          "PARENT_BUSY",
          "ORPHANED",
          "SUSPECT",
          "TRUST",
          "LEAVES",
          "SHUNNED",
          "MOVES",
          "REBALANCE",
          "ROOT",
          "MERGES",
          "MERGED",
          "OUTBID",
          "REORGANISED",
          "PROMISE_BROKEN",
          "DOUBT",
          "DOUBT_OVER",
          "ACCUSES",
          "ARBITRATED",
          "DECIDED",
          "UNDECIDED",
          "LATE",
          "REFUSED",
          "PAUSED",
          "DRAINS",
          "RELOADED");

  private record Entry(long sequence, long atNanos, String event, String text) {}

  private final Deque<Entry> entries = new ArrayDeque<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private long sequence;

  void add(long nowNanos, TraceEvent event) {
    if (!LOGGED.contains(event.event())) {
      return;
    }
    String text =
        event.fields().entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue())
            .collect(Collectors.joining(" "));
    if (entries.size() >= MOST) {
      entries.removeFirst();
    }
    sequence++;
    counts.merge(event.event(), 1L, Long::sum);
    String cut = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
    entries.addLast(new Entry(sequence, nowNanos, event.event(), cut));
  }

  /// How often each event occurred.
  Map<String, Long> counts() {
    return counts;
  }

  /// What happened after an event, the oldest first.
  List<LoggedEvent> after(long nowNanos, long known) {
    List<LoggedEvent> after = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.sequence() > known) {
        long age = Math.max(0, nowNanos - entry.atNanos()) / 1_000_000;
        after.add(new LoggedEvent(entry.sequence(), age, entry.event(), entry.text()));
      }
    }
    return after;
  }
}
