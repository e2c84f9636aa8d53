package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Extended virtual synchrony without a protocol: one place knows everything and gives each peer a
/// stream that the properties EV-1 to EV-8 allow, as unpleasant as they allow it. Total order,
/// early delivery of FIFO and CAUSAL messages, messages that reach some peers only, gaps in
/// transitional configurations, partitions, merges, crashes and restarts; all drawn from a seed.
public final class OrderedNet {

  /// A message bound to a configuration.
  private static final class Message {
    final PeerId sender;
    final long sequence;
    final Service service;
    final byte[] payload;
    int place = -1;
    int ordinal;
    Map<PeerId, Integer> before = Map.of();

    Message(PeerId sender, long sequence, Service service, byte[] payload) {
      this.sender = sender;
      this.sequence = sequence;
      this.service = service;
      this.payload = payload;
    }

    boolean isSequenced() {
      return service != Service.RELIABLE && service != Service.UNRELIABLE;
    }
  }

  private static final class Config {
    final Configuration configuration;
    final List<Message> log = new ArrayList<>();
    final Map<PeerId, List<Message>> sent = new TreeMap<>();

    Config(Configuration configuration) {
      this.configuration = configuration;
      configuration.members().forEach(m -> sent.put(m, new ArrayList<>()));
    }
  }

  private record Queued(Service service, byte[] payload) {}

  /// One life of a peer.
  public final class Node implements Submission {
    public final PeerId id;
    @Nullable Delivery delivery;
    @Nullable Config config;
    boolean isTransitional;
    private final ArrayDeque<Queued> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean refused;
    private long sequence;
    private int ordinal;
    private final Set<Message> received = new LinkedHashSet<>();
    private final Set<Message> delivered = new LinkedHashSet<>();
    private final Map<PeerId, Integer> heard = new TreeMap<>();
    private final Map<PeerId, Integer> prefix = new TreeMap<>();
    private int logPlace;
    private long stable;

    Node(PeerId id) {
      this.id = id;
    }

    @Override
    public boolean submit(Service service, ByteBuffer payload) {
      if (queuedBytes > 0 && queuedBytes + payload.remaining() > QUEUE_BYTES) {
        refused = true;
        return false;
      }
      byte[] copy = new byte[payload.remaining()];
      payload.get(copy);
      queue.add(new Queued(service, copy));
      queuedBytes += copy.length;
      return true;
    }

    private Delivery up() {
      return java.util.Objects.requireNonNull(delivery);
    }

    private Config in() {
      return java.util.Objects.requireNonNull(config);
    }

    private boolean send() {
      Queued next = isTransitional || config == null ? null : queue.poll();
      if (next == null) {
        return false;
      }
      queuedBytes -= next.payload.length;
      Message message = new Message(id, ++sequence, next.service, next.payload);
      if (message.isSequenced()) {
        message.ordinal = ++ordinal;
        message.before = new TreeMap<>(prefix);
        message.before.put(id, message.ordinal - 1);
      }
      if (next.service.isOrdered()) {
        message.place = in().log.size();
        in().log.add(message);
      }
      in().sent.get(id).add(message);
      received.add(message);
      heard.merge(id, 1, Integer::sum);
      up().sent(now, message.sequence, next.service, ByteBuffer.wrap(next.payload));
      if (refused && queuedBytes < QUEUE_BYTES / 2) {
        refused = false;
        up().writable(now);
      }
      return true;
    }

    private boolean receive() {
      List<PeerId> senders = new ArrayList<>();
      in().sent
          .forEach(
              (sender, sent) -> {
                if (sent.size() > heard.getOrDefault(sender, 0)) {
                  senders.add(sender);
                }
              });
      if (senders.isEmpty()) {
        return false;
      }
      PeerId sender = senders.get(random.nextInt(senders.size()));
      int place = heard.merge(sender, 1, Integer::sum) - 1;
      Message message = in().sent.get(sender).get(place);
      if (message.service != Service.UNRELIABLE || random.nextInt(4) > 0) {
        received.add(message);
      }
      return true;
    }

    private boolean isDue(Message m, boolean gaps, Collection<Message> within) {
      if (m.isSequenced() && prefix.getOrDefault(m.sender, 0) != m.ordinal - 1) {
        return false;
      }
      if (m.service == Service.CAUSAL || m.service.isOrdered()) {
        for (Map.Entry<PeerId, Integer> e : m.before.entrySet()) {
          if (prefix.getOrDefault(e.getKey(), 0) < e.getValue()) {
            return false;
          }
        }
      }
      if (!m.service.isOrdered()) {
        return true;
      }
      return gaps
          ? within.stream().noneMatch(o -> o.place >= 0 && o.place < m.place)
          : m.place == logPlace;
    }

    private boolean isSafe(Message m) {
      return m.service != Service.SAFE || isHeldByAll(in(), m);
    }

    private boolean deliver() {
      List<Message> due = new ArrayList<>();
      for (Message m : received) {
        if (!delivered.contains(m) && isDue(m, false, List.of()) && isSafe(m)) {
          due.add(m);
        }
      }
      if (due.isEmpty()) {
        return false;
      }
      hand(due.get(random.nextInt(due.size())));
      return true;
    }

    private void hand(Message m) {
      delivered.add(m);
      if (m.isSequenced()) {
        prefix.put(m.sender, m.ordinal);
      }
      if (m.service.isOrdered()) {
        logPlace = m.place + 1;
      }
      up().message(now, m.sender, m.sequence, m.service, ByteBuffer.wrap(m.payload));
    }

    private boolean tellStable() {
      long upTo = stable;
      for (Message m : in().sent.get(id)) {
        if (m.sequence > upTo) {
          for (PeerId member : in().configuration.members()) {
            Node node = live.get(member);
            if (node == null
                || node.config != config
                || node.heard.getOrDefault(id, 0) <= in().sent.get(id).indexOf(m)) {
              return tellStable(upTo);
            }
          }
          upTo = m.sequence;
        }
      }
      return tellStable(upTo);
    }

    private boolean tellStable(long upTo) {
      if (upTo == stable) {
        return false;
      }
      stable = upTo;
      up().stable(now, upTo);
      return true;
    }

    private void finish(Collection<Message> wanted, boolean gaps) {
      List<Message> left = new ArrayList<>(wanted);
      left.removeAll(delivered);
      while (!left.isEmpty()) {
        List<Message> due =
            new ArrayList<>(left.stream().filter(m -> isDue(m, gaps, left)).toList());
        if (due.isEmpty()) {
          throw new IllegalStateException("The net is stuck");
        }
        Message next = due.get(random.nextInt(due.size()));
        left.remove(next);
        hand(next);
      }
    }

    private void install(Config next) {
      config = next;
      isTransitional = false;
      received.clear();
      delivered.clear();
      heard.clear();
      prefix.clear();
      logPlace = 0;
      ordinal = 0;
      up().regular(now, next.configuration);
    }
  }

  private static final int QUEUE_BYTES = 20_000;

  final Random random;
  long now;
  private long number;
  final LinkedHashMap<PeerId, Node> live = new LinkedHashMap<>();
  private final BiFunction<PeerId, Node, Delivery> factory;

  /// @param factory makes the layer above a new life of a peer
  public OrderedNet(long seed, BiFunction<PeerId, Node, Delivery> factory) {
    this.random = new Random(seed);
    this.factory = factory;
  }

  /// Starts a life; it is in no configuration until the next [#configure].
  public Node boot(PeerId id) {
    Node node = new Node(id);
    live.put(id, node);
    node.delivery = factory.apply(id, node);
    return node;
  }

  /// Ends a life. The others notice at the next [#configure].
  public void crash(PeerId id) {
    live.remove(id);
  }

  public List<PeerId> alive() {
    return List.copyOf(live.keySet());
  }

  public @Nullable Configuration configuration(PeerId id) {
    Node node = live.get(id);
    return node == null || node.config == null ? null : node.config.configuration;
  }

  /// Everything that lives is put into these configurations.
  public void configure(List<List<PeerId>> parts) {
    for (List<PeerId> part : parts) {
      List<PeerId> members = part.stream().sorted().toList();
      number += 2;
      ConfigurationId id = ConfigurationId.regular(number, members.getFirst());
      Config next = new Config(new Configuration(id, members, null));
      Map<Config, List<Node>> together = new LinkedHashMap<>();
      for (PeerId member : members) {
        Node node = live.get(member);
        if (node != null && node.config != null) {
          together.computeIfAbsent(node.config, _ -> new ArrayList<>()).add(node);
        }
      }
      together.forEach((old, nodes) -> leave(old, nodes, id));
      List<PeerId> order = new ArrayList<>(members);
      Collections.shuffle(order, random);
      order.forEach(member -> java.util.Objects.requireNonNull(live.get(member)).install(next));
    }
  }

  private boolean isHeldByAll(Config config, Message m) {
    for (PeerId member : config.configuration.members()) {
      Node node = live.get(member);
      if (node == null || node.config != config || node.isTransitional) {
        return false;
      }
      for (Message before : config.log.subList(0, m.place + 1)) {
        if (!node.received.contains(before) || !holdsBefore(node, config, before)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Whether it has received everything that the message follows.
  private static boolean holdsBefore(Node node, Config config, Message m) {
    for (Map.Entry<PeerId, Integer> e : m.before.entrySet()) {
      for (Message sent : config.sent.get(e.getKey())) {
        if (sent.isSequenced() && sent.ordinal <= e.getValue() && !node.received.contains(sent)) {
          return false;
        }
      }
    }
    return true;
  }

  private void leave(Config old, List<Node> nodes, ConfigurationId next) {
    Set<Message> union = new LinkedHashSet<>();
    Set<Message> common = new LinkedHashSet<>();
    nodes.forEach(
        node -> {
          union.addAll(node.received);
          common.addAll(node.delivered);
        });
    extend(old, common, union);
    nodes.forEach(node -> node.finish(common, false));
    List<PeerId> members = nodes.stream().map(node -> node.id).sorted().toList();
    Configuration between =
        new Configuration(next.transitional(members.getFirst()), members, old.configuration.id());
    Set<Message> rest = reachable(common, union);
    for (Node node : nodes) {
      node.isTransitional = true;
      node.up().transitional(now, between);
      node.finish(rest, true);
    }
  }

  /// Lets all deliver some more in the regular configuration, alike.
  private void extend(Config old, Set<Message> common, Set<Message> union) {
    boolean goesOn = true;
    while (goesOn && random.nextInt(8) > 0) {
      goesOn = false;
      Map<PeerId, Integer> prefix = prefix(common);
      int place = (int) common.stream().filter(m -> m.place >= 0).count();
      List<Message> left = new ArrayList<>(union);
      left.removeAll(common);
      Collections.shuffle(left, random);
      for (Message m : left) {
        boolean inOrder =
            !m.service.isOrdered()
                || (m.place == place && (m.service != Service.SAFE || isHeldByAll(old, m)));
        if (inOrder && follows(m, prefix)) {
          common.add(m);
          goesOn = true;
          break;
        }
      }
    }
  }

  private static Map<PeerId, Integer> prefix(Set<Message> messages) {
    Map<PeerId, Integer> prefix = new TreeMap<>();
    for (Message m : messages) {
      if (m.isSequenced()) {
        prefix.merge(m.sender, m.ordinal, Math::max);
      }
    }
    return prefix;
  }

  private static boolean follows(Message m, Map<PeerId, Integer> prefix) {
    if (m.isSequenced() && prefix.getOrDefault(m.sender, 0) != m.ordinal - 1) {
      return false;
    }
    if (m.service == Service.CAUSAL || m.service.isOrdered()) {
      for (Map.Entry<PeerId, Integer> e : m.before.entrySet()) {
        if (prefix.getOrDefault(e.getKey(), 0) < e.getValue()) {
          return false;
        }
      }
    }
    return true;
  }

  private static Set<Message> reachable(Set<Message> common, Set<Message> union) {
    Set<Message> all = new LinkedHashSet<>(common);
    Set<Message> rest = new LinkedHashSet<>();
    boolean grows = true;
    while (grows) {
      grows = false;
      for (Message m : union) {
        if (!all.contains(m) && follows(m, prefix(all))) {
          all.add(m);
          rest.add(m);
          grows = true;
        }
      }
    }
    return rest;
  }

  /// One small step somewhere.
  ///
  /// @return false when nothing could be done by the peer that was drawn
  public boolean step() {
    now += 1000;
    if (live.isEmpty()) {
      return false;
    }
    List<Node> nodes = List.copyOf(live.values());
    Node node = nodes.get(random.nextInt(nodes.size()));
    return node.config != null && act(node, random.nextInt(10));
  }

  private static boolean act(Node node, int drawn) {
    return switch (drawn) {
      case 0, 1, 2 -> node.send();
      case 3, 4, 5 -> node.receive();
      case 6 -> node.tellStable();
      default -> node.deliver();
    };
  }

  /// Steps until nothing is left to do.
  public void settle() {
    boolean acts = true;
    while (acts) {
      now += 1000;
      acts = false;
      List<Node> nodes = new ArrayList<>(live.values());
      nodes.sort(Comparator.comparing(node -> node.id));
      for (Node node : nodes) {
        for (int drawn : new int[] {0, 3, 6, 7}) {
          acts |= node.config != null && act(node, drawn);
        }
      }
    }
  }
}
