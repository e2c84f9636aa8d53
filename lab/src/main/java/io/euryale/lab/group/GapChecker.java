package io.euryale.lab.group;

import io.euryale.lab.group.GroupEvent.Deliver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// EV-7b: a process that delivers a totally ordered message has delivered all that come before it
/// in the common order, except, in a transitional configuration, those of senders that are no
/// members
/// of it.
///
/// The common order is what the deliveries of all processes say together: a partial order, since
/// parts of a configuration may go apart. For each message the checker computes, from each sender,
/// the latest message before it; one pass over the order, and one over every process's deliveries.
final class GapChecker extends EventChecker {

  /// The ordered messages of one regular configuration and class.
  private static final class Zone {
    final Map<Life, List<Deliver>> deliveries = new LinkedHashMap<>();
  }

  /// A message in the order.
  private static final class Node {
    final Message message;

    /// Its place among the ordered messages of its sender here, from 1.
    int ordinal;

    /// For each sender the highest ordinal before or at this message.
    int[] before = {};

    int open;
    final List<Node> next = new ArrayList<>();

    Node(Message message) {
      this.message = message;
    }
  }

  private final Slots<Map<Integer, Zone>> zones = new Slots<>(TreeMap::new);

  GapChecker(GroupEvents events) {
    super("EV-7b", events);
  }

  @Override
  void on(GroupEvent event) {
    if (event instanceof Deliver e && !e.again() && e.service().isOrdered()) {
      View bound = e.message().bound();
      if (bound != null && bound == e.view().regular()) {
        zones
            .at(bound.index)
            .computeIfAbsent(e.message().lane, _ -> new Zone())
            .deliveries
            .computeIfAbsent(e.who(), _ -> new ArrayList<>())
            .add(e);
      }
    }
  }

  @Override
  void atEnd() {
    for (int i = 0; i < zones.size(); i++) {
      for (Zone zone : zones.at(i).values()) {
        check(zone);
      }
    }
  }

  private void check(Zone zone) {
    Map<Message, Node> nodes = new LinkedHashMap<>();
    Map<Life, Integer> senders = new HashMap<>();
    Map<Life, List<Node>> bySender = new LinkedHashMap<>();
    for (List<Deliver> deliveries : zone.deliveries.values()) {
      Node before = null;
      for (Deliver delivery : deliveries) {
        Node node = nodes.get(delivery.message());
        if (node == null) {
          node = new Node(delivery.message());
          nodes.put(delivery.message(), node);
          senders.putIfAbsent(node.message.sender, senders.size());
          bySender.computeIfAbsent(node.message.sender, _ -> new ArrayList<>()).add(node);
        }
        if (before != null) {
          before.next.add(node);
          node.open++;
        }
        before = node;
      }
    }
    bySender.values().forEach(GapChecker::number);
    if (order(nodes, senders)) {
      zone.deliveries.forEach((who, list) -> replay(who, list, nodes, senders, bySender));
    }
  }

  private static void number(List<Node> sent) {
    sent.sort(Comparator.comparingLong(node -> node.message.sequence));
    for (int i = 0; i < sent.size(); i++) {
      sent.get(i).ordinal = i + 1;
    }
  }

  /// Computes [Node#before] in topological order.
  ///
  /// @return false when there is a cycle, which EV-7a reports
  private static boolean order(Map<Message, Node> nodes, Map<Life, Integer> senders) {
    ArrayDeque<Node> ready = new ArrayDeque<>();
    for (Node node : nodes.values()) {
      node.before = new int[senders.size()];
      if (node.open == 0) {
        ready.add(node);
      }
    }
    int done = 0;
    while (!ready.isEmpty()) {
      Node node = ready.remove();
      done++;
      int sender = senders.getOrDefault(node.message.sender, 0);
      node.before[sender] = Math.max(node.before[sender], node.ordinal);
      for (Node next : node.next) {
        for (int i = 0; i < node.before.length; i++) {
          next.before[i] = Math.max(next.before[i], node.before[i]);
        }
        if (--next.open == 0) {
          ready.add(next);
        }
      }
    }
    return done == nodes.size();
  }

  private void replay(
      Life who,
      List<Deliver> deliveries,
      Map<Message, Node> nodes,
      Map<Life, Integer> senders,
      Map<Life, List<Node>> bySender) {
    int[] have = new int[senders.size()];
    for (Deliver delivery : deliveries) {
      Node node = nodes.get(delivery.message());
      if (node == null) {
        continue;
      }
      int sender = senders.getOrDefault(node.message.sender, 0);
      if (node.ordinal == have[sender] + 1) {
        have[sender]++;
      }
      for (Map.Entry<Life, List<Node>> sent : bySender.entrySet()) {
        int from = senders.getOrDefault(sent.getKey(), 0);
        if (have[from] < node.before[from] && delivery.view().has(sent.getKey())) {
          missed(who, delivery, sent.getValue().get(have[from]).message);
          return;
        }
      }
    }
  }

  private void missed(Life who, Deliver delivery, Message missing) {
    GroupEvent.Send send = missing.send();
    violated(
        "EV-7b",
        "%s delivered %s in %s without %s, which comes before it and whose sender is a member"
            .formatted(who, delivery.message(), delivery.view(), missing),
        send == null ? null : send.trace(),
        delivery.trace());
  }
}
