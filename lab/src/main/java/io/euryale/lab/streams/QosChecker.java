package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the checkers of the qualities of service share: they judge the streams of class normal,
/// which have an offer, when nothing has been wrong for [#RECOVERY_NANOS].
abstract class QosChecker extends DeliveryChecker {

  static final long RECOVERY_NANOS = AlarmsNotStarved.RECOVERY_NANOS;
  /// What a client asks for besides that the streams of class normal cannot keep: another type ...
  static final String MISFIT = "sensor-?/normal";

  /// ... and a path that takes no time.
  static final String IMPATIENT = "sensor-?/n*";

  /// What it asks for with a [#DEADLINE], which they can keep.
  static final String PUNCTUAL = "sensor-?/norma?";

  static final Duration DEADLINE = Duration.ofMillis(400);

  /// The client that asks for class normal; others do not.
  private static final String CLIENT = "client";

  private final Map<String, NavigableMap<Long, Trace>> published = new TreeMap<>();
  private final Set<String> others = new TreeSet<>();
  private long calmAt = Long.MAX_VALUE;

  QosChecker(String id) {
    super(id);
  }

  @Override
  public final void accept(Trace trace) {
    if (trace.event().equals("BOOT") && trace.body().text("role").equals("CLIENT")) {
      if (!trace.proc().equals(CLIENT)) {
        others.add(trace.proc());
      }
    }
    if (others.contains(trace.proc())) {
      return;
    }
    if (trace.event().equals("QUIESCE")) {
      calmAt = trace.at() + RECOVERY_NANOS;
    } else if (trace.event().equals("PUBLISH") && isNormal(trace)) {
      published.computeIfAbsent(flow(trace), _ -> new TreeMap<>()).put(sequence(trace), trace);
    }
    look(trace);
  }

  abstract void look(Trace trace);

  static boolean isNormal(Trace trace) {
    return trace.body().text("class").equals("normal");
  }

  final boolean isCalm(Trace trace) {
    return trace.at() >= calmAt;
  }

  /// The publication of a packet, if it was published when all was well; else null.
  final @Nullable Trace calmOrigin(Trace trace) {
    Trace origin =
        published.getOrDefault(flow(trace), Collections.emptyNavigableMap()).get(sequence(trace));
    return origin == null || !isCalm(origin) ? null : origin;
  }

  final Map<String, NavigableMap<Long, Trace>> published() {
    return published;
  }

  /// S-11: some time after a client came, it has a packet of each stream that keeps its last value,
  /// at least as new as all that were published before it came.
  static final class LastValue extends QosChecker {
    static final long BOUND_NANOS = 4_000_000_000L;

    private final Map<String, Long> needed = new TreeMap<>();
    private final Map<String, Trace> newest = new TreeMap<>();
    private @Nullable Trace came;

    LastValue() {
      super("S-11");
    }

    @Override
    void look(Trace trace) {
      if (trace.event().equals("BOOT") && trace.body().text("role").equals("CLIENT")) {
        came = isCalm(trace) ? trace : null;
        needed.clear();
        newest.clear();
        published().forEach((flow, packets) -> needed.put(flow, packets.lastKey()));
      } else if (trace.event().equals("CRASH") && trace.proc().startsWith("sensor")) {
        needed.clear(); // Streams end with their sensors.
      } else if (trace.event().equals("DELIVER") && isNormal(trace)) {
        newest.put(flow(trace), trace);
      } else if (trace.event().equals("END")) {
        Trace since = came;
        if (since != null && trace.at() - since.at() > BOUND_NANOS) {
          needed.forEach((flow, sequence) -> check(since, flow, sequence));
        }
      }
    }

    private void check(Trace since, String flow, long sequence) {
      Trace last = newest.get(flow);
      boolean isLive =
          isCalm(published().getOrDefault(flow, new TreeMap<>()).lastEntry().getValue());
      if (isLive && (last == null || sequence(last) < sequence)) {
        violated(
            "a new client has "
                + (last == null ? "nothing" : sequence(last))
                + " of "
                + flow
                + ", not "
                + sequence,
            since);
      }
    }
  }

  /// S-12: a subscription gets nothing of a stream that does not fit it.
  static final class Fitting extends QosChecker {
    Fitting() {
      super("S-12");
    }

    @Override
    void look(Trace trace) {
      if (trace.event().equals("DELIVER") && isNormal(trace)) {
        if (!trace.body().text("refusedBy").contains(MISFIT)) {
          violated(trace.who() + " got a packet of a type that it did not ask for", trace);
        }
      }
    }
  }

  /// S-13: the age that a client is told is that of the packet.
  static final class Age extends QosChecker {
    static final long TOLERANCE_NANOS = 200_000_000L;

    Age() {
      super("S-13");
    }

    @Override
    void look(Trace trace) {
      Trace origin = trace.event().equals("DELIVER") && isNormal(trace) ? calmOrigin(trace) : null;
      if (origin != null) {
        long age = trace.at() - origin.at();
        long told = trace.body().number("age", 0) * 1_000;
        if (Math.abs(age - told) > TOLERANCE_NANOS) {
          violated(
              trace.who()
                  + " was told an age of "
                  + told / 1_000_000
                  + " ms, not "
                  + age / 1_000_000,
              origin,
              trace);
        }
      }
    }
  }

  /// S-14: a packet is delivered or given up within its lifespan; and a client that wants the
  /// newest only holds up nobody, also when it is away.
  static final class Settled extends QosChecker {
    static final long BOUND_NANOS = 1_000_000_000L;

    private final Map<String, TreeMap<Long, Trace>> open = new TreeMap<>();
    private final List<String> dead = new ArrayList<>();

    Settled() {
      super("S-14");
    }

    @Override
    void look(Trace trace) {
      switch (trace.event()) {
        case "PUBLISH" -> {
          if (isNormal(trace) && isCalm(trace) && trace.body().number("lifespan", 0) > 0) {
            open.computeIfAbsent(flow(trace), _ -> new TreeMap<>()).put(sequence(trace), trace);
          }
        }
        case "ACKED" -> {
          TreeMap<Long, Trace> packets = open.get(flow(trace));
          if (packets != null) {
            Map<Long, Trace> settled = packets.headMap(trace.body().number("upTo", 0), true);
            settled.forEach((_, origin) -> late(origin, trace));
            settled.clear();
          }
        }
        case "LOST" -> {
          TreeMap<Long, Trace> packets = open.get(flow(trace));
          Trace origin = packets == null ? null : packets.remove(sequence(trace));
          if (origin != null) {
            late(origin, trace);
            if (Boolean.TRUE.equals(origin.body().fields().get("newest"))) {
              violated("a client that wants the newest only held up " + flow(trace), origin, trace);
            }
          }
        }
        case "CRASH" -> dead.add(trace.proc());
        case "END" ->
            open.values()
                .forEach(
                    packets ->
                        packets.values().stream()
                            .filter(origin -> !dead.contains(origin.proc()))
                            .forEach(origin -> late(origin, trace)));
        default -> {}
      }
    }

    private void late(Trace origin, Trace trace) {
      long bound = origin.body().number("lifespan", 0) * 1_000_000L + BOUND_NANOS;
      if (trace.at() - origin.at() > bound) {
        violated(
            sequence(origin) + " of " + flow(origin) + " outlived its lifespan", origin, trace);
      }
    }
  }

  /// S-15: a silence of a stream that is longer than the deadline of a subscription is told, and no
  /// other. In all of the run: who tells is the client, which no fault stops.
  static final class Silences extends QosChecker {
    /// Clocks of processes are not quite as fast as that of the trace.
    static final long TOLERANCE_NANOS = 2_000_000L;

    private final Map<String, Trace> last = new TreeMap<>();
    private final Map<String, Trace> told = new TreeMap<>();
    private long bornAt;

    Silences() {
      super("S-15");
    }

    @Override
    void look(Trace trace) {
      String stream = trace.body().text("stream");
      switch (trace.event()) {
        case "BOOT" -> {
          if (trace.body().text("role").equals("CLIENT")) {
            bornAt = trace.at();
            last.clear();
            told.clear();
          }
        }
        case "DEADLINE" -> {
          Trace before = last.get(stream);
          long silence = trace.at() - (before == null ? bornAt : before.at());
          if (silence < DEADLINE.toNanos() - TOLERANCE_NANOS) {
            violated("a deadline of " + stream + " was told to be missed and was not", trace);
          }
          told.put(stream, trace);
        }
        case "DELIVER" -> {
          if (isNormal(trace)) {
            look(trace, stream, last.put(stream, trace));
            told.remove(stream);
          }
        }
        case "CRASH" -> {
          if (trace.proc().startsWith("client")) {
            last.clear(); // It can tell no more.
          }
        }
        case "END" -> last.forEach((name, before) -> look(trace, name, before));
        default -> {}
      }
    }

    private void look(Trace trace, String stream, @Nullable Trace before) {
      boolean isSilence =
          before != null && trace.at() - before.at() > DEADLINE.toNanos() + TOLERANCE_NANOS;
      if (before != null && isSilence && !told.containsKey(stream)) {
        violated("nothing came of " + stream + " for too long, untold", before, trace);
      }
    }
  }

  /// S-16: a subscription to a stream whose path was measured to be slower than the subscription
  /// asks for is refused, one to a stream of which nothing was measured is not, and who was refused
  /// gets nothing. Each life of a stream is judged by itself.
  static final class Latency extends QosChecker {
    static final String POLICY = "maximum latency";

    private final Map<String, Trace> needed = new TreeMap<>();
    private final Set<String> refused = new TreeSet<>();
    private @Nullable Trace came;

    Latency() {
      super("S-16");
    }

    private static Trace later(Trace one, Trace other) {
      return one.body().number("epoch", 0) > other.body().number("epoch", 0) ? one : other;
    }

    @Override
    void look(Trace trace) {
      if (trace.event().equals("BOOT") && trace.body().text("role").equals("CLIENT")) {
        came = isCalm(trace) ? trace : null;
        refused.clear();
        needed.clear();
        published()
            .forEach(
                (_, packets) -> {
                  Trace newest = packets.lastEntry().getValue();
                  if (isCalm(newest)) {
                    needed.merge(newest.body().text("stream"), newest, Latency::later);
                  }
                });
      } else if (trace.event().equals("CRASH") && trace.proc().startsWith("sensor")) {
        needed.clear(); // Streams end with their sensors.
      } else if (trace.event().equals("REFUSED") && trace.body().text("policy").equals(POLICY)) {
        refused.add(flow(trace));
        if (!published().containsKey(flow(trace))) {
          violated("the latency of " + flow(trace) + ", which never published, was refused", trace);
        }
      } else if (trace.event().equals("DELIVER") && isNormal(trace)) {
        boolean names = trace.body().text("refusedBy").contains(IMPATIENT);
        if (refused.contains(flow(trace)) && !names) {
          violated(trace.who() + " got a packet of a stream that was refused", trace);
        }
      } else if (trace.event().equals("END")) {
        Trace since = came;
        if (since != null && trace.at() - since.at() > LastValue.BOUND_NANOS) {
          needed.values().removeIf(newest -> refused.contains(flow(newest)));
          needed.forEach(
              (name, newest) ->
                  violated("the path of " + name + " was not refused", newest, since));
        }
      }
    }
  }
}
