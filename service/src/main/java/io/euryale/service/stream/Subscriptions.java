package io.euryale.service.stream;

import io.euryale.kernel.PeerId;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which streams are wanted through this peer: the union of what clients and the cell above asked
/// for, one entry a pattern with the strongest replication. A source is one life of a process: two
/// with the same name beside each other want what both want.
///
/// What came from a link that is gone is kept for a grace period, so that a client that reconnects,
/// or a parent that is replaced, does not stop the sensors in between.
final class Subscriptions {

  private final Map<PeerId, Source> sources = new TreeMap<>();
  private Map<String, StreamQos> union = new TreeMap<>();
  private List<Subscription> entries = List.of();

  private record Source(List<Subscription> entries, long expiresAtNanos) {}

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
    StreamQos strongest = null;
    for (Map.Entry<String, StreamQos> entry : union.entrySet()) {
      if (StreamNames.matches(entry.getKey(), stream)) {
        strongest = strongest == null ? entry.getValue() : strongest.together(entry.getValue());
      }
    }
    return strongest;
  }

  /// The union, at most what one message carries.
  List<Subscription> entries() {
    return entries;
  }

  /// Whether anybody asks for this form, also in an entry that found no room in the message.
  boolean asksFor(Replication.Form form) {
    return union.values().stream().anyMatch(qos -> qos.replication().form() == form);
  }

  private boolean merge() {
    Map<String, StreamQos> merged = new TreeMap<>();
    Collection<Source> known = sources.values();
    for (Source source : known) {
      for (Subscription entry : source.entries()) {
        merged.merge(entry.pattern(), entry.qos(), StreamQos::together);
      }
    }
    if (merged.equals(union)) {
      return false;
    }
    union = merged;
    List<Subscription> all = new ArrayList<>(merged.size());
    merged.forEach((pattern, qos) -> all.add(new Subscription(qos, pattern)));
    entries = List.copyOf(all.subList(0, Math.min(all.size(), StreamFrames.MAX_SUBSCRIPTIONS)));
    return true;
  }
}
