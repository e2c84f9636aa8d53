package io.euryale.lab.group;

import io.euryale.lab.group.GroupEvent.Deliver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
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
    final Sender sender;

    /// Its place among the ordered messages of its sender here, from 1.
    int ordinal;

    /// For each sender the highest ordinal before or at this message.
    int[] before = {};

    int open;
    final List<Node> next = new ArrayList<>();

    Node(Message message, Sender sender) {
      this.message = message;
      this.sender = sender;
    }
  }

  /// Who sent ordered messages, and which.
  private static final class Sender {
    final Life life;
    final int index;
    final List<Node> sent = new ArrayList<>();

    Sender(Life life, int index) {
      this.life = life;
      this.index = index;
    }

    void number() {
      sent.sort(Comparator.comparingLong(node -> node.message.sequence));
      for (int i = 0; i < sent.size(); i++) {
        sent.get(i).ordinal = i + 1;
      }
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
    Map<Life, Sender> senders = new LinkedHashMap<>();
    List<List<Node>> delivered = new ArrayList<>();
    for (List<Deliver> deliveries : zone.deliveries.values()) {
      Node before = null;
      List<Node> path = new ArrayList<>(deliveries.size());
      for (Deliver delivery : deliveries) {
        Node node = nodes.get(delivery.message());
        if (node == null) {
          Life life = delivery.message().sender;
          Sender sender = senders.get(life);
          if (sender == null) {
            sender = new Sender(life, senders.size());
            senders.put(life, sender);
          }
          node = new Node(delivery.message(), sender);
          nodes.put(delivery.message(), node);
          sender.sent.add(node);
        }
        if (before != null) {
          before.next.add(node);
          node.open++;
        }
        before = node;
        path.add(node);
      }
      delivered.add(path);
    }
    List<Sender> all = List.copyOf(senders.values());
    all.forEach(Sender::number);
    if (order(nodes, all.size())) {
      int i = 0;
      for (Map.Entry<Life, List<Deliver>> entry : zone.deliveries.entrySet()) {
        replay(entry.getKey(), entry.getValue(), delivered.get(i++), all);
      }
    }
  }

  /// Computes [Node#before] in topological order.
  ///
  /// @return false when there is a cycle, which EV-7a reports
  private static boolean order(Map<Message, Node> nodes, int senders) {
    ArrayDeque<Node> ready = new ArrayDeque<>();
    for (Node node : nodes.values()) {
      node.before = new int[senders];
      if (node.open == 0) {
        ready.add(node);
      }
    }
    int done = 0;
    while (!ready.isEmpty()) {
      Node node = ready.remove();
      done++;
      int sender = node.sender.index;
      node.before[sender] = Math.max(node.before[sender], node.ordinal);
      for (Node next : node.next) {
        for (int i = 0; i < senders; i++) {
          next.before[i] = Math.max(next.before[i], node.before[i]);
        }
        if (--next.open == 0) {
          ready.add(next);
        }
      }
    }
    return done == nodes.size();
  }

  private void replay(Life who, List<Deliver> deliveries, List<Node> path, List<Sender> senders) {
    int[] have = new int[senders.size()];
    for (int at = 0; at < path.size(); at++) {
      Node node = path.get(at);
      Deliver delivery = deliveries.get(at);
      if (node.ordinal == have[node.sender.index] + 1) {
        have[node.sender.index]++;
      }
      for (int from = 0; from < have.length; from++) {
        Sender sender = senders.get(from);
        if (have[from] < node.before[from] && delivery.view().has(sender.life)) {
          missed(who, delivery, sender.sent.get(have[from]).message);
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
