package io.euryale.lab.cells;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.Advert;
import io.euryale.overlay.Attachment;
import io.euryale.overlay.CellMember;
import io.euryale.overlay.Findings;
import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import io.euryale.simulation.SimProcess;
import io.euryale.simulation.Simulation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// What the hosts of one schedule do about finding things: they offer, ask and watch as planned,
/// and write what they asked and were told into the trace.
final class Finders {

  /// How a process of either kind asks.
  private interface Asker {
    void find(long nowNanos, Query query, Consumer<Findings> to);

    void watch(long nowNanos, Query query, Consumer<Findings> to);
  }

  private final Simulation simulation;
  private final FindPlan plan;
  private final Map<String, List<Advert>> offers = new TreeMap<>();
  private final Map<String, CellMember> members = new TreeMap<>();
  private final Map<String, Asker> askers = new TreeMap<>();
  private long questions;

  Finders(Simulation simulation, FindPlan plan) {
    this.simulation = simulation;
    this.plan = plan;
  }

  /// Adds the client, and what will be offered and asked.
  ///
  /// @param contacts of the client
  void begin(List<Endpoint> contacts) {
    simulation.addAt(
        CellPlan.FAULTS_FROM_NANOS,
        FindPlan.CLIENT,
        Role.CLIENT,
        (process, _) -> bootClient(process, contacts));
    for (FindPlan.Offering each : plan.offerings()) {
      simulation.at(each.atNanos(), () -> offer(each));
    }
    for (FindPlan.Asking each : plan.askings()) {
      simulation.at(each.atNanos(), () -> find(each));
    }
  }

  private void bootClient(SimProcess process, List<Endpoint> contacts) {
    Attachment client =
        process.core(
            TrafficClass.CONTROL,
            home -> new Attachment(Role.CLIENT, process.ref(), contacts, home, _ -> {}));
    askers.put(
        process.name(),
        new Asker() {
          @Override
          public void find(long nowNanos, Query query, Consumer<Findings> to) {
            client.find(query, to);
          }

          @Override
          public void watch(long nowNanos, Query query, Consumer<Findings> to) {
            long _ = client.watch(query, to);
          }
        });
    watch(process);
  }

  /// A life of a peer begins; its core is there.
  void booted(SimProcess process, CellMember member) {
    members.put(process.name(), member);
    askers.put(
        process.name(),
        new Asker() {
          @Override
          public void find(long nowNanos, Query query, Consumer<Findings> to) {
            member.find(nowNanos, query, to);
          }

          @Override
          public void watch(long nowNanos, Query query, Consumer<Findings> to) {
            long _ = member.watch(nowNanos, query, to);
          }
        });
    advertise(process, member);
    watch(process);
  }

  private void offer(FindPlan.Offering offering) {
    List<Advert> adverts =
        offering.services().stream().map(name -> new Advert(Resource.SERVICE, name, 0)).toList();
    offers.put(offering.peer(), adverts);
    SimProcess process = simulation.process(offering.peer());
    CellMember member = members.get(offering.peer());
    if (process.isAlive() && member != null) {
      advertise(process, member);
    }
  }

  private void advertise(SimProcess process, CellMember member) {
    List<Advert> all = offers.getOrDefault(process.name(), List.of());
    String services = all.stream().map(Advert::name).collect(Collectors.joining(","));
    process.execute(
        TrafficClass.CONTROL,
        now -> {
          process.observe(TraceEvent.of("OFFERS", "services", services));
          member.advertise(now, all);
        });
  }

  private void watch(SimProcess process) {
    for (FindPlan.Watching each : plan.watchings()) {
      if (each.who().equals(process.name())) {
        ask(process, each.query(), "WATCHES", "TOLD");
      }
    }
  }

  private void find(FindPlan.Asking asking) {
    SimProcess process = simulation.process(asking.who());
    if (process.isAlive()) {
      ask(process, asking.query(), "ASKS", "FOUND");
    }
  }

  private void ask(SimProcess process, Query query, String question, String answer) {
    Asker asker = askers.get(process.name());
    if (asker == null) {
      return;
    }
    long id = ++questions;
    Consumer<Findings> to = findings -> process.observe(answered(answer, id, findings));
    process.execute(
        TrafficClass.CONTROL,
        now -> {
          process.observe(asked(question, id, query));
          if (question.equals("ASKS")) {
            asker.find(now, query, to);
          } else {
            asker.watch(now, query, to);
          }
        });
  }

  private static TraceEvent asked(String question, long id, Query query) {
    return TraceEvent.of(
        question,
        "id",
        id,
        "what",
        query.what().name(),
        "pattern",
        query.pattern(),
        "wanted",
        query.wanted());
  }

  private static TraceEvent answered(String answer, long id, Findings findings) {
    String found =
        findings.found().stream()
            .map(each -> each.name() + "@" + each.owner().id())
            .sorted()
            .collect(Collectors.joining(","));
    return TraceEvent.of(answer, "id", id, "complete", findings.complete(), "found", found);
  }
}
