package io.euryale.lab.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Runs of a correct model pass all checkers; most runs with one thing changed do not.
class ModelTest {

  private static final int RUNS = 200;
  private static final int MUTANTS = 840;

  /// Of mutants that are no run of the model any more, not all break a promise: a RELIABLE message
  /// may be delivered elsewhere, what nobody else delivered may be missing.
  private static final double LEAST_CAUGHT = 0.95;

  @Test
  void correctRunsPass() {
    long deliveries = 0;
    for (long seed = 1; seed <= RUNS; seed++) {
      List<Trace> traces = Model.draw(seed);
      deliveries += traces.stream().filter(trace -> trace.event().equals("DELIVER")).count();
      assertThat(Script.check(traces, Model.rules())).as("seed %d", seed).isEmpty();
    }
    assertThat(deliveries).isGreaterThan(RUNS * 50L);
  }

  @Test
  void mostChangedRunsDoNot() {
    Map<String, int[]> caught = new TreeMap<>();
    Map<String, Integer> by = new TreeMap<>();
    int rejected = 0;
    int made = 0;
    for (long seed = 1; made < MUTANTS; seed++) {
      List<Trace> traces = Model.draw(seed);
      Random random = new Random(-seed);
      for (Mutation mutation : Mutation.values()) {
        List<Trace> mutant = mutation.apply(traces, random);
        if (mutant.isEmpty()) {
          continue;
        }
        made++;
        TreeSet<String> ids = Script.ids(Script.check(mutant, Model.rules()));
        int[] count = caught.computeIfAbsent(mutation.name(), _ -> new int[2]);
        count[0]++;
        if (!ids.isEmpty()) {
          count[1]++;
          rejected++;
        }
        ids.forEach(id -> by.merge(id, 1, Integer::sum));
      }
    }
    StringBuilder report = new StringBuilder("caught of made: ");
    caught.forEach(
        (name, n) ->
            report.append(name).append(' ').append(n[1]).append('/').append(n[0]).append(", "));
    report.append("by ").append(by);
    assertThat((double) rejected / made).as(report.toString()).isGreaterThan(LEAST_CAUGHT);
    caught.forEach((name, n) -> assertThat(n[1]).as("%s: %s", name, report).isPositive());
  }

  /// One change of a trace; an empty list when it has nothing to change.
  private enum Mutation {
    DROP_DELIVERY,
    REPEAT_DELIVERY,
    SWAP_DELIVERIES,
    DELAY_DELIVERY_BEYOND_INSTALL,
    CHANGE_DIGEST,
    CHANGE_PLACE,
    DROP_SEND,
    DROP_INSTALL,
    CHANGE_MEMBERS,
    CHANGE_CONFIGURATION,
    CHANGE_PRIMARY,
    DROP_TAIL_OF_A_LIFE;

    List<Trace> apply(List<Trace> traces, Random random) {
      List<Trace> mutant = new ArrayList<>(traces);
      String wanted =
          switch (this) {
            case DROP_SEND -> "SEND";
            case DROP_INSTALL, CHANGE_MEMBERS, CHANGE_CONFIGURATION -> "INSTALL";
            case CHANGE_PRIMARY -> "PRIMARY";
            default -> "DELIVER";
          };
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < traces.size(); i++) {
        if (traces.get(i).event().equals(wanted)
            && !traces.get(i).body().text("svc").equals("UNRELIABLE")) {
          places.add(i);
        }
      }
      if (places.isEmpty()) {
        return List.of();
      }
      int at = places.get(random.nextInt(places.size()));
      Trace trace = traces.get(at);
      switch (this) {
        case DROP_DELIVERY, DROP_SEND, DROP_INSTALL -> mutant.remove(at);
        case REPEAT_DELIVERY -> mutant.add(at, trace);
        case SWAP_DELIVERIES -> {
          int next = next(traces, at, "DELIVER");
          if (next < 0
              || !ordered(trace)
              || !ordered(traces.get(next))
              || !sameClass(trace, traces.get(next))) {
            return List.of();
          }
          mutant.set(
              at, new Trace(at, trace.at(), trace.proc(), trace.inc(), traces.get(next).body()));
          mutant.set(next, new Trace(next, trace.at(), trace.proc(), trace.inc(), trace.body()));
        }
        case DELAY_DELIVERY_BEYOND_INSTALL -> {
          int next = next(traces, at, "INSTALL");
          if (next < 0) {
            return List.of();
          }
          String x = traces.get(next).body().text("x");
          mutant.add(next + 1, with(trace, "x", x));
          mutant.remove(at);
        }
        case CHANGE_DIGEST -> mutant.set(at, with(trace, "digest", 42L));
        case CHANGE_PLACE -> mutant.set(at, with(trace, "x", "998/a#1"));
        case CHANGE_MEMBERS ->
            mutant.set(at, with(trace, "members", trace.body().text("members") + ",z#1"));
        case CHANGE_CONFIGURATION -> mutant.set(at, with(trace, "x", "1/a#1"));
        case CHANGE_PRIMARY ->
            mutant.set(at, with(trace, "primaryIndex", trace.body().number("primaryIndex", 0) + 1));
        case DROP_TAIL_OF_A_LIFE ->
            mutant.removeIf(
                later ->
                    later.step() > trace.step()
                        && later.who().equals(trace.who())
                        && !later.event().equals("CRASH"));
        default -> throw new AssertionError(this);
      }
      List<Trace> numbered = new ArrayList<>();
      for (Trace one : mutant) {
        numbered.add(new Trace(numbered.size(), one.at(), one.proc(), one.inc(), one.body()));
      }
      return numbered;
    }

    private static boolean ordered(Trace trace) {
      return !trace.body().text("svc").endsWith("RELIABLE")
          && !trace.body().text("svc").equals("FIFO");
    }

    private static boolean sameClass(Trace one, Trace other) {
      return one.body().text("class").equals(other.body().text("class"));
    }

    /// The next event of the same life when it is of this kind, past those of others.
    private static int next(List<Trace> traces, int at, String event) {
      for (int i = at + 1; i < traces.size(); i++) {
        if (traces.get(i).who().equals(traces.get(at).who())) {
          return traces.get(i).event().equals(event) ? i : -1;
        }
      }
      return -1;
    }

    private static Trace with(Trace trace, String field, Object value) {
      Map<String, Object> fields = new LinkedHashMap<>(trace.body().fields());
      fields.put(field, value);
      return new Trace(
          trace.step(),
          trace.at(),
          trace.proc(),
          trace.inc(),
          new TraceEvent(trace.event(), fields));
    }
  }
}
