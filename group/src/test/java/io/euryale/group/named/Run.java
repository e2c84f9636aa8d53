package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// One run of a few peers with everything that may happen to them, drawn from a seed.
final class Run {

  private static final List<GroupName> GROUPS =
      List.of(new GroupName("a"), new GroupName("b/x"), new GroupName("c"));
  private static final List<PeerName> APPLICATIONS =
      List.of(new PeerName("one"), new PeerName("two"));

  final Ledger ledger = new Ledger();
  private final Random random;
  private final OrderedNet net;
  private final GroupRules rules;
  private final GroupSettings settings;
  private final Map<PeerId, NamedGroups> layers = new TreeMap<>();
  private final Map<PeerId, List<Probe>> probes = new TreeMap<>();
  private final Map<GroupMemberId, Integer> counts = new HashMap<>();
  private final Map<String, Integer> lives = new HashMap<>();

  Run(long seed, GroupRules rules) {
    this.rules = rules;
    random = new Random(seed ^ 0x5deece66dL);
    settings =
        new GroupSettings(
            100,
            100,
            random.nextBoolean() ? 1 << 10 : 100 << 10,
            64 << 10,
            1 << 20,
            16 << 10,
            64 << 10,
            1 << 10,
            1 + random.nextInt(4),
            64 << 10,
            5);
    net = new OrderedNet(seed, this::make);
  }

  private Delivery make(PeerId id, OrderedNet.Node node) {
    Ledger.PeerLedger trace = ledger.new PeerLedger(id, net);
    NamedGroups layer =
        new NamedGroups(node, id, Rights.OPEN, settings, GroupObserver.NONE, trace, rules);
    layers.put(id, layer);
    probes.put(id, new ArrayList<>());
    return new Watch(layer, trace);
  }

  /// Tells the ledger in which configuration the peer is.
  private record Watch(NamedGroups layer, Ledger.PeerLedger trace) implements Delivery {
    @Override
    public void regular(long nowNanos, Configuration configuration) {
      trace.transitional = null;
      layer.regular(nowNanos, configuration);
    }

    @Override
    public void transitional(long nowNanos, Configuration configuration) {
      trace.transitional = configuration;
      layer.transitional(nowNanos, configuration);
    }

    @Override
    public void sent(long nowNanos, long sequence, Service service, ByteBuffer payload) {
      layer.sent(nowNanos, sequence, service, payload);
    }

    @Override
    public void message(
        long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
      layer.message(nowNanos, sender, sequence, service, payload);
    }

    @Override
    public void stable(long nowNanos, long sequence) {
      layer.stable(nowNanos, sequence);
    }

    @Override
    public void writable(long nowNanos) {
      layer.writable(nowNanos);
    }
  }

  void go(int steps) {
    int peers = 2 + random.nextInt(4);
    for (int i = 0; i < peers; i++) {
      boot("p" + i);
    }
    reconfigure(random.nextBoolean());
    for (int i = 0; i < steps; i++) {
      int drawn = random.nextInt(100);
      if (drawn < 12) {
        act();
      } else if (drawn < 13 && random.nextInt(5) == 0) {
        shake(peers);
      } else {
        net.step();
      }
    }
    for (int i = 0; i < peers; i++) {
      String name = "p" + i;
      if (net.alive().stream().noneMatch(id -> id.name().value().equals(name))) {
        boot(name);
      }
    }
    reconfigure(true);
    for (PeerId id : net.alive()) {
      for (PeerName application : APPLICATIONS) {
        layer(id).resume(net.now, application);
      }
    }
    settle();
    for (PeerId id : net.alive()) {
      for (Probe probe : probes.get(id)) {
        if (probe.isIn()) {
          multicast(probe, Service.AGREED, 10);
        }
      }
    }
    settle();
    finish();
  }

  private NamedGroups layer(PeerId id) {
    return java.util.Objects.requireNonNull(layers.get(id));
  }

  private void boot(String name) {
    net.boot(PeerId.of(name, lives.merge(name, 1, Integer::sum)));
  }

  private void shake(int peers) {
    List<PeerId> alive = net.alive();
    if (random.nextInt(3) == 0 && alive.size() > 1) {
      PeerId victim = alive.get(random.nextInt(alive.size()));
      net.crash(victim);
      layers.remove(victim);
      probes.remove(victim);
      if (random.nextBoolean()) {
        return; // Nobody notices yet.
      }
    }
    for (int i = 0; i < peers; i++) {
      String name = "p" + i;
      if (random.nextInt(3) == 0
          && net.alive().stream().noneMatch(id -> id.name().value().equals(name))) {
        boot(name);
      }
    }
    reconfigure(random.nextBoolean());
  }

  private void reconfigure(boolean together) {
    List<PeerId> alive = new ArrayList<>(net.alive());
    Collections.shuffle(alive, random);
    List<List<PeerId>> parts = new ArrayList<>();
    int count = together ? 1 : 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }
    alive.forEach(id -> parts.get(random.nextInt(count)).add(id));
    parts.removeIf(List::isEmpty);
    net.configure(parts);
  }

  private void act() {
    List<PeerId> alive = net.alive();
    PeerId id = alive.get(random.nextInt(alive.size()));
    NamedGroups layer = layer(id);
    List<Probe> here = java.util.Objects.requireNonNull(probes.get(id));
    PeerName application = APPLICATIONS.get(random.nextInt(APPLICATIONS.size()));
    GroupName group = GROUPS.get(random.nextInt(GROUPS.size()));
    int drawn = random.nextInt(100);
    if (drawn < 20) {
      boolean isReplica = random.nextInt(3) > 0;
      Probe probe = new Probe(ledger, random, new GroupMemberId(id, application), group, isReplica);
      JoinOptions options = isReplica ? JoinOptions.REPLICA : JoinOptions.STATELESS;
      if (layer.join(net.now, application, group, options, probe).isAccepted()) {
        here.add(probe);
      }
    } else if (drawn < 25) {
      layer.leave(net.now, application, group);
    } else if (drawn < 27) {
      layer.disconnect(net.now, application);
      here.removeIf(probe -> probe.id.application().equals(application));
    } else if (drawn < 30) {
      layer.pause(net.now, application);
    } else if (drawn < 36) {
      layer.resume(net.now, application);
    } else if (drawn < 38) {
      layer.requestState(net.now, application, group, null);
    } else if (drawn < 45) {
      poll();
    } else {
      here.removeIf(Probe::isGone);
      if (!here.isEmpty()) {
        Probe probe = here.get(random.nextInt(here.size()));
        Service service = Service.values()[random.nextInt(6)];
        int size = random.nextInt(10) == 0 ? 900 : 20;
        if (random.nextInt(6) == 0) {
          whisper(probe, service);
        } else {
          multicast(probe, service, size);
        }
      }
    }
  }

  private void multicast(Probe probe, Service service, int size) {
    int count = counts.getOrDefault(probe.id, 0) + 1;
    String text = "all " + probe.id + " " + count + " " + "x".repeat(size);
    Admission answer =
        layer(probe.id.peer())
            .multicast(net.now, probe.id.application(), probe.group, service, count, bytes(text));
    if (answer.isAccepted()) {
      counts.put(probe.id, count);
      if (service != Service.UNRELIABLE) {
        probe.owed.add((long) count);
      }
      probe.unstable.add((long) count);
    }
  }

  private void whisper(Probe probe, Service service) {
    GroupView view = probe.view();
    if (view == null) {
      return;
    }
    int count = counts.getOrDefault(probe.id, 0) + 1;
    GroupMemberId to = view.members().get(random.nextInt(view.members().size()));
    String text = "private " + probe.id + " " + count + " [" + to + "]";
    if (layer(probe.id.peer())
        .send(
            net.now, probe.id.application(), probe.group, List.of(to), service, count, bytes(text))
        .isAccepted()) {
      counts.put(probe.id, count);
    }
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /// State sources that had nothing have something now.
  private boolean poll() {
    boolean any = false;
    for (Map.Entry<PeerId, List<Probe>> entry : probes.entrySet()) {
      for (Probe probe : List.copyOf(entry.getValue())) {
        probe.sources.removeIf(Probe.Slow::isClosed);
        for (Probe.Slow source : List.copyOf(probe.sources)) {
          source.ready();
          any = true;
          layer(entry.getKey()).stateAvailable(net.now, probe.id.application(), probe.group);
        }
      }
    }
    return any;
  }

  private void settle() {
    net.settle();
    for (int i = 0; poll(); i++) {
      net.settle();
      if (i == 2000) {
        Ledger.broken(
            "liveness",
            "A state transfer does not end: "
                + probes.values().stream()
                    .flatMap(List::stream)
                    .flatMap(probe -> probe.sources.stream())
                    .toList());
      }
    }
  }

  private void finish() {
    Map<GroupName, GroupView> views = new TreeMap<>();
    for (PeerId id : net.alive()) {
      if (!layer(id).isQuiet()) {
        Ledger.broken("liveness", id + " has something left to do");
      }
      for (Probe probe : java.util.Objects.requireNonNull(probes.get(id))) {
        if (probe.isGone()) {
          continue;
        }
        GroupView view = probe.view();
        if (view == null) {
          Ledger.broken("liveness", probe.id + " waits for its first view of " + probe.group);
          return;
        }
        GroupView other = views.putIfAbsent(probe.group, view);
        if (other != null && !other.equals(view)) {
          Ledger.broken("views", other + " and, at " + probe.id + ", " + view);
        }
        if (!probe.owed.isEmpty()) {
          Ledger.broken("EV-4", probe.id + " was not given its own " + probe.owed);
        }
        if (!probe.unstable.isEmpty()) {
          Ledger.broken("stable", probe.id + " was not told that " + probe.unstable + " are");
        }
      }
    }
  }
}
