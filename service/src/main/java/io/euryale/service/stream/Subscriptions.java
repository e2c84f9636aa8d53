package io.euryale.service.stream;

import io.euryale.kernel.PeerId;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Which streams are wanted through this peer: the union of what clients and the cell above asked
/// for, one entry a pattern with the strongest replication. A source is one life of a process: two
/// with the same name beside each other want what both want.
///
/// What came from a link that is gone is kept for a grace period, so that a client that reconnects,
/// or a parent that is replaced, does not stop the sensors in between.
///
/// The union is bounded, first come, first served: what is in it stays as long as somebody wants
/// it, and what finds no room waits for some.
final class Subscriptions {

  private final IntSupplier most;
  private final Map<PeerId, Source> sources = new TreeMap<>();
  private Map<String, StreamQos> union = new TreeMap<>();
  private List<Subscription> entries = List.of();

  /// Those of the union that may select more than one stream: the others need no search.
  private List<Subscription> wide = List.of();

  private Set<Replication.Form> forms = EnumSet.noneOf(Replication.Form.class);
  private int leftOut;

  private record Source(List<Subscription> entries, long expiresAtNanos) {}

  /// @param most patterns that are let into the union now
  Subscriptions(IntSupplier most) {
    this.most = most;
  }

  /// Sets what a live source asks for; true when the union changed.
  boolean set(PeerId source, List<Subscription> entries) {
    Source known = sources.get(source);
    if (known != null
        && known.expiresAtNanos() == Long.MAX_VALUE
        && known.entries().equals(entries)) {
      return false; // Soft state that says the same again, which it does every second.
    }
    sources.put(source, new Source(entries, Long.MAX_VALUE));
    return (known != null || !isCovered(entries)) && merge();
  }

  /// Whether others ask for all of that already.
  private boolean isCovered(List<Subscription> wishes) {
    for (Subscription wish : wishes) {
      StreamQos others = union.get(wish.pattern());
      if (others == null || !others.together(wish.qos()).equals(others)) {
        return false;
      }
    }
    return true;
  }

  /// The source's link is gone; forget it at `expiresAtNanos` unless it comes back.
  void gone(PeerId source, long expiresAtNanos) {
    sources.computeIfPresent(source, (_, known) -> new Source(known.entries(), expiresAtNanos));
  }

  /// Forgets sources that did not come back; true when the union changed.
  boolean expire(long nowNanos) {
    return sources.values().removeIf(source -> source.expiresAtNanos() <= nowNanos) && merge();
  }

  /// What serves everybody who asked for this stream, or null.
  @Nullable StreamQos wanted(String stream) {
    StreamQos strongest = union.get(stream);
    for (Subscription entry : wide) {
      if (StreamNames.matches(entry.pattern(), stream)) {
        strongest = strongest == null ? entry.qos() : strongest.together(entry.qos());
      }
    }
    return strongest;
  }

  /// The union.
  List<Subscription> entries() {
    return entries;
  }

  /// How many patterns found no room in the union.
  int leftOut() {
    return leftOut;
  }

  /// Which of these patterns found no room in the union.
  List<String> leftOut(List<Subscription> wishes) {
    if (leftOut == 0) {
      return List.of();
    }
    return wishes.stream()
        .map(Subscription::pattern)
        .filter(pattern -> !union.containsKey(pattern))
        .toList();
  }

  /// Whether anybody asks for this form, also in an entry that found no room.
  boolean asksFor(Replication.Form form) {
    return forms.contains(form);
  }

  private boolean merge() {
    Map<String, StreamQos> merged = new TreeMap<>();
    forms = EnumSet.noneOf(Replication.Form.class);
    for (Source source : sources.values()) {
      for (Subscription entry : source.entries()) {
        merged.merge(entry.pattern(), entry.qos(), StreamQos::together);
        forms.add(entry.replication().form());
      }
    }
    int wanted = merged.size();
    leaveOut(merged);
    leftOut = wanted - merged.size();
    if (merged.equals(union)) {
      return false;
    }
    union = merged;
    List<Subscription> all = new ArrayList<>(merged.size());
    merged.forEach((pattern, qos) -> all.add(new Subscription(qos, pattern)));
    entries = List.copyOf(all);
    wide = entries.stream().filter(entry -> !StreamNames.isName(entry.pattern())).toList();
    return true;
  }

  /// Takes newcomers out of what is wanted until the rest has room.
  private void leaveOut(Map<String, StreamQos> wanted) {
    if (wanted.size() <= most.getAsInt()) {
      return;
    }
    int room = most.getAsInt() - (int) wanted.keySet().stream().filter(union::containsKey).count();
    Iterator<String> patterns = wanted.keySet().iterator();
    while (patterns.hasNext()) {
      if (!union.containsKey(patterns.next()) && room-- <= 0) {
        patterns.remove();
      }
    }
  }
}
