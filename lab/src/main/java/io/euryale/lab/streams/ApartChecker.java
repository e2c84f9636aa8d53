package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// S-18: a part of the overlay that loses its root cell, and nothing else, has another within
/// [#ELECTION_NANOS]; protected packets of its sensors that are published [#RECOVERY_NANOS] after
/// the last change of a cell in the part reach its clients within [#BOUND_NANOS], while the part is
/// still apart.
final class ApartChecker extends DeliveryChecker {

  static final long ELECTION_NANOS = 6_000_000_000L;
  static final long RECOVERY_NANOS = 3_000_000_000L;
  static final long BOUND_NANOS = 1_000_000_000L;

  private final Set<String> below = new TreeSet<>();
  private final Set<String> clients = new TreeSet<>();

  /// By client, then by packet.
  private final Map<String, Map<String, Trace>> open = new TreeMap<>();

  private @Nullable Trace apart;
  private @Nullable Trace elected;
  private long quietNanos;

  ApartChecker() {
    super("S-18");
  }

  @Override
  public void accept(Trace trace) {
    switch (trace.event()) {
      case "BOOT" -> {
        if (trace.body().text("role").equals("CLIENT")) {
          clients.add(trace.proc());
        }
      }
      case "PART" -> part(trace);
      case "COORDINATOR" -> {
        if (elected == null && isApart(trace) && trace.body().text("cell").equals("0")) {
          elected = trace;
        }
      }
      case "CELL_VIEW" -> {
        if (isApart(trace)) {
          quietNanos = trace.at();
          open.clear();
        }
      }
      case "PUBLISH" -> published(trace);
      case "DELIVER" -> {
        Map<String, Trace> packets = open.get(trace.proc());
        Trace published = packets == null ? null : packets.remove(key(trace));
        if (published != null) {
          look(trace.proc(), published, trace);
        }
      }
      default -> {}
    }
  }

  private boolean isApart(Trace trace) {
    return apart != null && below.contains(trace.proc());
  }

  private void part(Trace trace) {
    Trace began = apart;
    if (began == null) {
      apart = trace;
      below.addAll(List.of(trace.body().text("below").split(",")));
      return;
    }
    Trace leads = elected;
    if (leads == null || leads.at() - began.at() > ELECTION_NANOS) {
      violated("a part of the overlay had no root cell in time", began, trace);
    }
    open.forEach(
        (client, packets) -> packets.values().forEach(published -> look(client, published, trace)));
    open.clear();
    apart = null;
  }

  private void published(Trace trace) {
    boolean guarded = Boolean.TRUE.equals(trace.body().fields().get("protected"));
    boolean slow = Boolean.TRUE.equals(trace.body().fields().get("slow"));
    if (elected != null
        && isApart(trace)
        && guarded
        && !slow
        && trace.at() - quietNanos > RECOVERY_NANOS) {
      for (String client : clients) {
        if (below.contains(client)) {
          open.computeIfAbsent(client, _ -> new TreeMap<>()).put(key(trace), trace);
        }
      }
    }
  }

  private static String key(Trace trace) {
    return flow(trace) + " " + sequence(trace);
  }

  private void look(String client, Trace published, Trace trace) {
    if (trace.at() - published.at() > BOUND_NANOS) {
      violated(
          client + " did not get " + key(published) + " in time from the new root cell",
          published,
          trace);
    }
  }
}
