package io.euryale.group.primary;

import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// 128 bits of a [World]. Configurations are named by first appearance, so situations that differ
/// only in numbers are one.
final class Fingerprint {

  private final List<ConfigurationId> seen = new ArrayList<>();
  private long one = 0x9E3779B97F4A7C15L;
  private long two = 0xC2B2AE3D27D4EB4FL;

  /// The same for worlds that go on in the same way.
  ///
  /// @param withHistory whether the budget and what was seen so far belong to it
  static Fingerprint of(World world, boolean withHistory) {
    Fingerprint print = new Fingerprint();
    for (World.Server server : world.servers) {
      print.server(server, world);
    }
    for (World.View view : world.views) {
      if (view != null) {
        print.view(view, world);
      }
    }
    if (withHistory) {
      World.Budget budget = world.budget;
      print.add(budget.faults() * 1000L + budget.crashes() * 100L);
      print.add(budget.wipes() * 10L + budget.actions());
      print.add(world.chain.green ? 1 : 2);
      for (Chain.Link link : world.chain.links) {
        print.component(link.component);
      }
      if (!world.chain.links.isEmpty()) {
        print.add(world.chain.links.getLast().told * 64L);
      }
    }
    return print;
  }

  long one() {
    return mix(one ^ Long.rotateLeft(two, 17));
  }

  long two() {
    return mix(two + one);
  }

  private void server(World.Server server, World world) {
    add(server.known * 64L + server.durableKnown * 8L);
    record(server.durable);
    add(server.pending.size());
    for (World.Write write : server.pending) {
      record(write.record());
      add(write.known());
    }
    add(server.queue.size());
    for (World.Sent sent : server.queue) {
      message(sent.message());
    }
    PrimaryMachine machine = server.machine;
    if (machine == null) {
      add(99);
      return;
    }
    World.View view = world.view(world.number(server));
    add(server.delivered - base(view, world));
    add(machine.state().ordinal() * 64L + machine.unwritten() * 2L + (machine.hasSaid() ? 1 : 0));
    id(machine.regular() == null ? null : machine.regular().id());
    record(machine.record());
    if (machine.state() == PrimaryState.EXCHANGE_STATES || world.remembersStates) {
      machine
          .states()
          .forEach(
              (name, record) -> {
                name(name);
                record(record);
              });
    }
    if (machine.state() == PrimaryState.CONSTRUCT) {
      add(server.creates);
      machine.creates().forEach(this::name);
    }
  }

  /// The beginning of the order that all who are still in the view have delivered.
  private static int base(World.View view, World world) {
    int base = view.log.size();
    for (int p = 0; p < world.servers.length; p++) {
      if ((view.inside & 1 << p) != 0) {
        base = Math.min(base, world.servers[p].delivered);
      }
    }
    return base;
  }

  private void view(World.View view, World world) {
    int base = base(view, world);
    add(view.members * 1024L + view.inside);
    add(Math.clamp(view.limit - (long) base, -1, 99) * 128L + Math.max(-1, view.seen - base));
    id(view.configuration.id());
    add(view.log.size() - base);
    long unordered = 0;
    long alsoUnordered = 0;
    for (int i = base; i < view.log.size(); i++) {
      World.Sent sent = view.log.get(i);
      long first = one;
      long second = two;
      add(sent.sender());
      add(sent.message() == null ? sent.chainThen() : -1);
      message(sent.message());
      if (world.eager) {
        // Within a round the order makes no difference, and rounds are told apart by their types.
        unordered += mix(one);
        alsoUnordered += mix(two);
        one = first;
        two = second;
      }
    }
    add(unordered);
    add(alsoUnordered);
  }

  private void message(@Nullable PrimaryMessage message) {
    switch (message) {
      case null -> add(50);
      case PrimaryMessage.StateMessage told -> {
        add(51);
        id(told.configuration());
        record(told.record());
      }
      case PrimaryMessage.CreatePrimary told -> {
        add(52);
        id(told.configuration());
        add(told.index() * 64 + told.attempt());
      }
      case PrimaryMessage.PrimaryFormed told -> {
        add(53);
        id(told.configuration());
        add(told.index() * 64 + told.attempt());
      }
    }
  }

  private void record(@Nullable PrimaryRecord record) {
    if (record == null) {
      add(60);
      return;
    }
    add(record.proven() ? 61 : 62);
    component(record.last());
    add(record.attempts());
    Attempt vulnerable = record.vulnerable();
    if (vulnerable != null) {
      component(vulnerable.component());
      vulnerable.met().forEach(this::name);
    }
  }

  private void component(Component component) {
    add(component.index() * 64 + component.attempt());
    id(component.configuration());
    for (Voter voter : component.members()) {
      name(voter.name());
    }
  }

  private void name(PeerName name) {
    add(1000 + name.value().charAt(0));
  }

  private void id(@Nullable ConfigurationId id) {
    if (id == null) {
      add(2000);
      return;
    }
    int at = seen.indexOf(id);
    if (at < 0) {
      at = seen.size();
      seen.add(id);
    }
    add(2001 + at);
  }

  private void add(long value) {
    one = (one ^ value) * 0xFF51AFD7ED558CCDL;
    one ^= one >>> 29;
    two = (two + value + 0x632BE59BD9B4E019L) * 0xC4CEB9FE1A85EC53L;
    two ^= two >>> 31;
  }

  private static long mix(long value) {
    long mixed = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
    return mixed ^ mixed >>> 32;
  }
}
