package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Install;
import io.euryale.lab.group.GroupEvent.Send;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// EV-2 and EV-7a: one logical time exists in which each configuration is installed, and each
/// totally ordered message is delivered, at one instant for everybody.
///
/// One graph for each traffic class. Its nodes are the installations (one for each configuration),
/// the deliveries of AGREED and SAFE messages (one for each message), those of CAUSAL messages (one
/// for each receiver), and the sendings of all these; its edges a process's own order, and sending
/// before delivery. A cycle of nothing but merged deliveries is a broken order of messages, EV-7a;
/// any other cycle is EV-2.
///
/// FIFO, RELIABLE and UNRELIABLE messages are left out. They may overtake what their sender
/// delivered before, and be delivered before a totally ordered message that their sender has
/// delivered
/// already: as edges they would turn that permitted race into a cycle.
final class PrecedenceChecker extends EventChecker {

  private static final int NONE = -1;

  /// The installations of a life, and where its chain stands in the graph of installations only.
  private static final class Steps {
    final List<Install> installs = new ArrayList<>();
  }

  /// The chain of a life in the graph of a class.
  private static final class Chain {
    int synced;
    int node = NONE;
    @Nullable Trace trace;
  }

  private final class Lane {
    final PrecedenceGraph graph = new PrecedenceGraph();
    final Ints views = new Ints(NONE);
    final Ints sends = new Ints(NONE);
    final Ints deliveries = new Ints(NONE);
    final Slots<Chain> chains = new Slots<>(Chain::new);
    final TreeSet<Integer> merged = new TreeSet<>();

    private void step(Life who, int node, Trace trace) {
      Chain chain = synced(who.index);
      append(chain, node, trace);
    }

    private Chain synced(int life) {
      Chain chain = chains.at(life);
      List<Install> installs = steps.at(life).installs;
      for (; chain.synced < installs.size(); chain.synced++) {
        Install install = installs.get(chain.synced);
        append(chain, node(views, install.view().index), install.trace());
      }
      return chain;
    }

    private void append(Chain chain, int node, Trace trace) {
      Trace before = chain.trace;
      if (before != null && chain.node != node) {
        graph.addEdge(chain.node, before, node, trace);
      }
      chain.node = node;
      chain.trace = trace;
    }

    private int node(Ints nodes, int index) {
      int known = nodes.get(index);
      if (known != NONE) {
        return known;
      }
      int node = graph.addNode();
      nodes.set(index, node);
      return node;
    }

    void sent(Send send) {
      step(send.who(), node(sends, send.message().index), send.trace());
    }

    void delivered(Deliver delivery) {
      Message message = delivery.message();
      int node;
      if (delivery.service().isOrdered()) {
        node = node(deliveries, message.index);
        merged.add(node);
      } else {
        node = graph.addNode();
      }
      step(delivery.who(), node, delivery.trace());
      Send send = message.send();
      int sent = sends.get(message.index);
      if (send != null && sent != NONE) {
        graph.addEdge(sent, send.trace(), node, delivery.trace());
      }
    }

    List<PrecedenceGraph.Edge> cycle() {
      for (int life = 0; life < steps.size(); life++) {
        synced(life);
      }
      return graph.cycle();
    }
  }

  private final Slots<Steps> steps = new Slots<>(Steps::new);
  private final Slots<Lane> lanes = new Slots<>(Lane::new);

  PrecedenceChecker(GroupEvents events) {
    super("EV-2", events);
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Install e -> steps.at(e.who().index).installs.add(e);
      case Send e -> {
        if (!e.again() && isCausal(e.service())) {
          lanes.at(e.message().lane).sent(e);
        }
      }
      case Deliver e -> {
        if (!e.again() && isCausal(e.service())) {
          lanes.at(e.message().lane).delivered(e);
        }
      }
      default -> {}
    }
  }

  private static boolean isCausal(Service service) {
    return service == Service.CAUSAL || service.isOrdered();
  }

  @Override
  void atEnd() {
    Lane installs = new Lane();
    List<PrecedenceGraph.Edge> cycle = installs.cycle();
    if (!cycle.isEmpty()) {
      report(cycle, "EV-2", "");
      return; // Every class contains it.
    }
    for (int i = 0; i < lanes.size(); i++) {
      Lane lane = lanes.at(i);
      cycle = lane.cycle();
      if (!cycle.isEmpty()) {
        boolean messages = cycle.stream().allMatch(edge -> lane.merged.contains(edge.from()));
        report(cycle, messages ? "EV-7a" : "EV-2", " in class " + events.lane(i));
      }
    }
  }

  private void report(List<PrecedenceGraph.Edge> cycle, String promise, String where) {
    StringBuilder sentence = new StringBuilder("each of these comes before the next");
    sentence.append(where).append(", and the last before the first: ");
    List<Trace> evidence = new ArrayList<>();
    for (PrecedenceGraph.Edge edge : cycle) {
      evidence.add(edge.before());
      evidence.add(edge.after());
      sentence.append(evidence.size() == 2 ? "" : " < ").append(subject(edge.before()));
    }
    violated(promise, sentence.toString(), evidence.toArray(new Trace[0]));
  }

  private static String subject(Trace trace) {
    String what = trace.event().equals("INSTALL") ? "x" : "m";
    return trace.event() + " " + trace.body().text(what);
  }
}
