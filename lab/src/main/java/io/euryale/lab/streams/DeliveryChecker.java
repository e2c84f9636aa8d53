package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The common part of the checkers of what clients see: keeps the violations and dispatches by
/// event.
abstract class DeliveryChecker implements Checker {

  /// More violations than this tell nothing new.
  private static final int ENOUGH = 20;

  private final String id;
  private final List<Violation> violations = new ArrayList<>();

  DeliveryChecker(String id) {
    this.id = id;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public List<Violation> finish() {
    return violations;
  }

  final void violated(String sentence, Trace... evidence) {
    if (violations.size() < ENOUGH) {
      violations.add(new Violation(id, sentence, List.of(evidence)));
    }
  }

  /// A flow: the stream and the epoch of its sensor.
  static String flow(Trace trace) {
    return trace.body().text("stream") + "@" + trace.body().number("epoch", 0);
  }

  static long sequence(Trace trace) {
    return trace.body().number("seq", 0);
  }

  /// S-2: a client sees the packets of a flow in order.
  static final class Order extends DeliveryChecker {
    private final Map<String, Trace> last = new TreeMap<>();

    Order() {
      super("S-2");
    }

    @Override
    public void accept(Trace trace) {
      if (trace.event().equals("DELIVER")) {
        Trace before = last.put(trace.who() + " " + flow(trace), trace);
        if (before != null && sequence(before) > sequence(trace)) {
          violated(
              trace.who()
                  + " saw "
                  + sequence(trace)
                  + " of "
                  + flow(trace)
                  + " after "
                  + sequence(before),
              before,
              trace);
        }
      }
    }
  }

  /// S-3: a client sees no packet twice.
  static final class NoDuplicate extends DeliveryChecker {
    private final Map<String, TreeMap<Long, Trace>> seen = new TreeMap<>();

    NoDuplicate() {
      super("S-3");
    }

    @Override
    public void accept(Trace trace) {
      if (trace.event().equals("DELIVER")) {
        Trace before =
            seen.computeIfAbsent(trace.who() + " " + flow(trace), _ -> new TreeMap<>())
                .put(sequence(trace), trace);
        if (before != null) {
          violated(
              trace.who() + " saw " + sequence(trace) + " of " + flow(trace) + " twice",
              before,
              trace);
        }
      }
    }
  }

  /// S-4: what a client sees was published, with the same content.
  static final class Integrity extends DeliveryChecker {
    private final Map<String, TreeMap<Long, Trace>> published = new TreeMap<>();

    Integrity() {
      super("S-4");
    }

    @Override
    public void accept(Trace trace) {
      if (trace.event().equals("PUBLISH")) {
        published.computeIfAbsent(flow(trace), _ -> new TreeMap<>()).put(sequence(trace), trace);
      } else if (trace.event().equals("DELIVER")) {
        Map<Long, Trace> known = published.getOrDefault(flow(trace), new TreeMap<>());
        Trace origin = known.get(sequence(trace));
        if (origin == null) {
          violated(
              trace.who() + " saw " + sequence(trace) + " of " + flow(trace) + ", never published",
              trace);
        } else if (!origin.body().text("digest").equals(trace.body().text("digest"))) {
          violated(
              trace.who() + " saw " + sequence(trace) + " of " + flow(trace) + " changed",
              origin,
              trace);
        }
      }
    }
  }

  /// S-1: what the sensor was told is delivered was delivered before, unless it was reported lost.
  static final class Acknowledged extends DeliveryChecker {
    private final Map<String, NavigableSet<Long>> settled = new TreeMap<>();
    private final Map<String, Long> checked = new TreeMap<>();

    Acknowledged() {
      super("S-1");
    }

    @Override
    public void accept(Trace trace) {
      switch (trace.event()) {
        case "DELIVER", "LOST" -> settle(trace, sequence(trace));
        case "PUBLISH" -> {
          long packets = trace.body().number("packets", 1);
          for (long before = 1; before < packets; before++) {
            settle(trace, sequence(trace) - before); // The last stands for the payload.
          }
          if (!Boolean.TRUE.equals(trace.body().fields().get("protected"))) {
            settle(trace, sequence(trace)); // Forward and forget promises nothing.
          }
        }
        case "ACKED" -> acknowledged(trace);
        default -> {}
      }
    }

    private void settle(Trace trace, long sequence) {
      settled.computeIfAbsent(flow(trace), _ -> new TreeSet<>()).add(sequence);
    }

    private void acknowledged(Trace trace) {
      long upTo = trace.body().number("upTo", 0);
      NavigableSet<Long> known = settled.getOrDefault(flow(trace), new TreeSet<>());
      for (long s = checked.getOrDefault(flow(trace), 0L) + 1; s <= upTo; s++) {
        if (!known.contains(s)) {
          violated(s + " of " + flow(trace) + " was acknowledged and never delivered", trace);
        }
      }
      checked.merge(flow(trace), upTo, Math::max);
    }
  }

  /// S-5: at the end every protected packet of a live sensor was delivered or reported lost.
  static final class Complete extends DeliveryChecker {
    private final Map<String, TreeMap<Long, Trace>> open = new TreeMap<>();
    private final Map<String, Long> incarnations = new TreeMap<>();
    private boolean ended;

    Complete() {
      super("S-5");
    }

    @Override
    public void accept(Trace trace) {
      switch (trace.event()) {
        case "BOOT" -> incarnations.put(trace.proc(), trace.inc());
        case "CRASH" -> incarnations.remove(trace.proc());
        case "PUBLISH" -> {
          if (Boolean.TRUE.equals(trace.body().fields().get("protected"))) {
            open.computeIfAbsent(flow(trace), _ -> new TreeMap<>()).put(sequence(trace), trace);
          }
        }
        case "DELIVER", "LOST" -> {
          Map<Long, Trace> flow = open.get(flow(trace));
          if (flow != null) {
            flow.remove(sequence(trace));
          }
        }
        case "END" -> ended = true;
        default -> {}
      }
    }

    @Override
    public List<Violation> finish() {
      if (ended) {
        open.forEach(
            (flow, packets) ->
                packets.forEach(
                    (sequence, published) -> {
                      Long alive = incarnations.get(published.proc());
                      if (alive != null && alive == published.inc()) {
                        violated(
                            sequence + " of " + flow + " was neither delivered nor reported lost",
                            published);
                      }
                    }));
      }
      return super.finish();
    }
  }

  /// S-6: alarms published after the faults stopped, and a time to recover, are delivered within 2
  /// s to every client that is there; and to the first that comes when none is.
  static final class AlarmsNotStarved extends DeliveryChecker {
    static final long RECOVERY_NANOS = 8_000_000_000L;
    static final long BOUND_NANOS = 2_000_000_000L;

    /// By client, which is empty for any, then by packet.
    private final Map<String, TreeMap<String, Trace>> open = new TreeMap<>();

    /// From when on a client is there; one that was away gets its time to recover too.
    private final Map<String, Long> readyAt = new TreeMap<>();

    private long calmAt = Long.MAX_VALUE;
    private long cameAt = Long.MIN_VALUE;

    AlarmsNotStarved() {
      super("S-6");
    }

    @Override
    public void accept(Trace trace) {
      String key = flow(trace) + " " + sequence(trace);
      switch (trace.event()) {
        case "QUIESCE" -> calmAt = trace.at() + RECOVERY_NANOS;
        case "BOOT" -> {
          if (trace.body().text("role").equals("CLIENT")) {
            cameAt = trace.at() + BOUND_NANOS;
            readyAt.put(trace.proc(), cameAt);
          }
        }
        case "CRASH" -> {
          Map<String, Trace> left = open.remove(trace.proc());
          if (readyAt.remove(trace.proc()) != null && left != null && readyAt.isEmpty()) {
            open.computeIfAbsent("", _ -> new TreeMap<>()).putAll(left);
          }
        }
        case "PUBLISH" -> {
          if (trace.body().text("class").equals("alarm") && trace.at() >= calmAt) {
            published(key, trace);
          }
        }
        case "DELIVER" -> {
          settle(trace.proc(), key, trace);
          settle("", key, trace);
        }
        case "END" ->
            open.values()
                .forEach(
                    alarms ->
                        alarms.forEach(
                            (alarm, published) -> {
                              if (trace.at() - since(published) > BOUND_NANOS) {
                                violated(
                                    "alarm " + alarm + " was not delivered in time", published);
                              }
                            }));
        default -> {}
      }
    }

    private void published(String key, Trace trace) {
      boolean anybody = true;
      for (Map.Entry<String, Long> client : readyAt.entrySet()) {
        if (client.getValue() <= trace.at()) {
          anybody = false;
          open.computeIfAbsent(client.getKey(), _ -> new TreeMap<>()).put(key, trace);
        }
      }
      if (anybody) {
        open.computeIfAbsent("", _ -> new TreeMap<>()).put(key, trace);
      }
    }

    private void settle(String client, String key, Trace trace) {
      Map<String, Trace> alarms = open.get(client);
      Trace published = alarms == null ? null : alarms.remove(key);
      if (published != null && trace.at() - since(published) > BOUND_NANOS) {
        violated(
            "alarm " + key + " took " + (trace.at() - published.at()) / 1_000_000 + " ms",
            published,
            trace);
      }
    }

    private long since(Trace published) {
      return Math.max(published.at(), cameAt);
    }
  }

  /// S-10: two peers hold a protected packet, or its client has it, a period and
  /// [#BOUND_NANOS] after it was published, when nothing has been wrong for [#RECOVERY_NANOS]. So
  /// what a sensor takes with it when it dies together with its peer is what it published in the
  /// last period and that time.
  static final class HeldInTime extends DeliveryChecker {
    static final long RECOVERY_NANOS = AlarmsNotStarved.RECOVERY_NANOS;
    static final long BOUND_NANOS = 1_000_000_000L;

    private final Map<String, TreeMap<Long, Trace>> open = new TreeMap<>();
    private long calmAt = Long.MAX_VALUE;

    HeldInTime() {
      super("S-10");
    }

    @Override
    public void accept(Trace trace) {
      switch (trace.event()) {
        case "QUIESCE" -> calmAt = trace.at() + RECOVERY_NANOS;
        case "PUBLISH" -> {
          boolean guarded = Boolean.TRUE.equals(trace.body().fields().get("protected"));
          boolean slow = Boolean.TRUE.equals(trace.body().fields().get("slow"));
          if (guarded && !slow && trace.at() >= calmAt) {
            open.computeIfAbsent(flow(trace), _ -> new TreeMap<>()).put(sequence(trace), trace);
          }
        }
        case "HELD", "ACKED" -> settle(trace, trace.body().number("upTo", 0));
        case "END" -> open.values().forEach(packets -> late(trace, packets));
        default -> {}
      }
    }

    private void settle(Trace trace, long upTo) {
      TreeMap<Long, Trace> packets = open.get(flow(trace));
      if (packets != null) {
        Map<Long, Trace> settled = packets.headMap(upTo, true);
        late(trace, settled);
        settled.clear();
      }
    }

    private void late(Trace trace, Map<Long, Trace> packets) {
      packets.forEach(
          (sequence, published) -> {
            long bound = BOUND_NANOS + published.body().number("period", 0) * 1_000_000L;
            if (trace.at() - published.at() > bound) {
              violated(
                  sequence + " of " + flow(published) + " was not held by two peers in time",
                  published,
                  trace);
            }
          });
    }
  }

  /// S-17: while a client's application takes nothing of one stream, protected packets of the other
  /// critical ones that are published when all is well take at most
  /// [AlarmsNotStarved#BOUND_NANOS].
  static final class Undisturbed extends DeliveryChecker {
    private final Map<String, Trace> open = new TreeMap<>();
    private long calmAt = Long.MAX_VALUE;
    private boolean isSlow;

    Undisturbed() {
      super("S-17");
    }

    @Override
    public void accept(Trace trace) {
      switch (trace.event()) {
        case "QUIESCE" -> calmAt = trace.at() + AlarmsNotStarved.RECOVERY_NANOS;
        case "PUBLISH" -> {
          boolean slow = Boolean.TRUE.equals(trace.body().fields().get("slow"));
          boolean guarded = Boolean.TRUE.equals(trace.body().fields().get("protected"));
          isSlow |= slow;
          if (!slow
              && guarded
              && trace.body().text("class").equals("critical")
              && trace.at() >= calmAt) {
            open.put(flow(trace) + " " + sequence(trace), trace);
          }
        }
        case "DELIVER" -> {
          Trace published = open.remove(flow(trace) + " " + sequence(trace));
          if (published != null) {
            look(published, trace);
          }
        }
        case "END" -> open.values().forEach(published -> look(published, trace));
        default -> {}
      }
    }

    private void look(Trace published, Trace trace) {
      if (isSlow && trace.at() - published.at() > AlarmsNotStarved.BOUND_NANOS) {
        violated(
            sequence(published) + " of " + flow(published) + " waited for another stream",
            published,
            trace);
      }
    }
  }

  /// S-7: what two peers hold, or as many as the packet asked for, is delivered although its sensor
  /// dies. Failures of as many peers close together, within [#TOGETHER_NANOS], may take all
  /// holders, so such a run promises nothing here. More replicas than one are a promise about
  /// deaths: in a run in which peers do not even see each other it is the one of two peers.
  static final class HeldSurvives extends DeliveryChecker {
    static final long TOGETHER_NANOS = 10_000_000_000L;

    private final TreeSet<String> peers = new TreeSet<>();
    private final Map<String, NavigableSet<Long>> delivered = new TreeMap<>();
    private final Map<String, NavigableSet<Long>> lost = new TreeMap<>();
    private final Map<String, NavigableSet<Long>> guarded = new TreeMap<>();
    private final Map<String, Trace> held = new TreeMap<>();
    private final Map<String, Long> replicas = new TreeMap<>();
    private final List<Long> crashes = new ArrayList<>();
    private boolean deathsOnly = true;
    private boolean ended;

    HeldSurvives() {
      super("S-7");
    }

    @Override
    public void accept(Trace trace) {
      switch (trace.event()) {
        case "BOOT" -> {
          if (trace.body().text("role").equals("PEER")) {
            peers.add(trace.proc());
          }
        }
        case "CRASH" -> {
          if (peers.contains(trace.proc())) {
            crashes.add(trace.at());
          }
        }
        case "PUBLISH" -> {
          if (Boolean.TRUE.equals(trace.body().fields().get("protected"))) {
            add(guarded, trace);
            replicas.merge(flow(trace), Math.max(1, trace.body().number("replicas", 0)), Math::min);
          }
        }
        case "FAULT" -> {
          String fault = trace.body().text("fault");
          deathsOnly &= fault.contains("crash") || fault.contains("one-way");
        }
        case "DELIVER" -> add(delivered, trace);
        case "LOST" -> add(lost, trace);
        case "HELD" -> held.put(flow(trace), trace);
        case "END" -> ended = true;
        default -> {}
      }
    }

    private static void add(Map<String, NavigableSet<Long>> to, Trace trace) {
      to.computeIfAbsent(flow(trace), _ -> new TreeSet<>()).add(sequence(trace));
    }

    @Override
    public List<Violation> finish() {
      if (ended) {
        held.forEach(
            (flow, promise) -> {
              long deaths = deathsOnly ? replicas.getOrDefault(flow, 1L) : 1;
              if (deathsTogether() <= deaths) {
                check(flow, promise);
              }
            });
      }
      return super.finish();
    }

    /// The most deaths of peers within [#TOGETHER_NANOS].
    private int deathsTogether() {
      int most = 0;
      for (int last = 0, first = 0; last < crashes.size(); last++) {
        while (crashes.get(last) - crashes.get(first) >= TOGETHER_NANOS) {
          first++;
        }
        most = Math.max(most, last - first + 1);
      }
      return most;
    }

    private void check(String flow, Trace promise) {
      NavigableSet<Long> open = new TreeSet<>(guarded.getOrDefault(flow, new TreeSet<>()));
      open.removeAll(delivered.getOrDefault(flow, new TreeSet<>()));
      open.removeAll(lost.getOrDefault(flow, new TreeSet<>()));
      @Nullable Long first = open.floor(promise.body().number("upTo", 0));
      if (first != null) {
        violated(first + " of " + flow + " was held by two peers and never delivered", promise);
      }
    }
  }
}
