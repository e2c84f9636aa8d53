package io.euryale.group.primary;

import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an outside observer of a [World] has seen of its primary components: the history that the
/// properties PC-1 to PC-6 speak about. It never looks at what a machine believes.
final class Chain {

  /// A primary component that some member was told of.
  static final class Link {
    final Component component;

    /// Members that were told of it; bits.
    int told;

    /// Members that are still in its regular configuration and were told there; bits.
    int inside;

    Link(Component component) {
      this.component = component;
    }

    Link(Link other) {
      component = other.component;
      told = other.told;
      inside = other.inside;
    }
  }

  private final World.Setting setting;
  final List<Link> links = new ArrayList<>();

  /// Whether the action was delivered as SAFE in a primary somewhere: its place is final.
  boolean green;

  Chain(World.Setting setting) {
    this.setting = setting;
  }

  Chain(Chain other) {
    setting = other.setting;
    green = other.green;
    for (Link link : other.links) {
      links.add(new Link(link));
    }
  }

  long highest() {
    return links.isEmpty() ? 0 : links.getLast().component.index();
  }

  /// A member is told of a primary component.
  void formed(World world, int p, Component component) {
    Link link = find(component.index());
    if (link == null) {
      link = extend(world, component);
    }
    if (!link.component.members().equals(component.members())) {
      throw new Violation("PC-1", link.component + " and " + component);
    }
    if (!link.component.equals(component)) {
      throw new Violation(
          "PC-6", link.component.configuration() + " and " + component.configuration());
    }
    link.told |= 1 << p;
  }

  private @Nullable Link find(long index) {
    for (Link link : links) {
      if (link.component.index() == index) {
        return link;
      }
    }
    return null;
  }

  private Link extend(World world, Component component) {
    Component last = links.isEmpty() ? setting.charter().origin() : links.getLast().component;
    if (component.index() < last.index()) {
      throw new Violation("PC-1", component + " comes after " + last);
    }
    checkQuorum(last, component);
    if (!links.isEmpty()) {
      checkSuccession(world, links.getLast(), component);
    }
    Link link = new Link(component);
    links.add(link);
    return link;
  }

  private void checkQuorum(Component last, Component next) {
    long present = 0;
    PeerName first = null;
    for (Voter voter : last.members()) {
      first = first == null && voter.weight() > 0 ? voter.name() : first;
      present += next.contains(voter.name()) ? voter.weight() : 0;
    }
    boolean half = 2 * present == last.weight() && first != null && next.contains(first);
    if (2 * present <= last.weight() && !half) {
      throw new Violation("PC-3", next + " is no quorum of " + last);
    }
    if (next.weight() < setting.charter().minimumPrimary()) {
      throw new Violation("PC-3", next + " is below minimumPrimary");
    }
  }

  private void checkSuccession(World world, Link last, Component next) {
    boolean continued = false;
    int actions = 0;
    for (int q = 0; q < setting.size(); q++) {
      PeerName name = setting.names().get(q);
      if (!next.contains(name)) {
        continue;
      }
      actions |= world.servers[q].known | world.servers[q].durableKnown;
      if (last.component.contains(name)) {
        continued |= (last.told & 1 << q) != 0;
        if (world.isUp(q)
            && world.servers[q].view >= 0
            && world.view(q).configuration.id().equals(last.component.configuration())) {
          throw new Violation("PC-4", name + " is still in " + last.component);
        }
      }
    }
    if (!continued) {
      throw new Violation("PC-2", "no member of " + next + " was told of " + last.component);
    }
    if (green && actions == 0) {
      throw new Violation("RE-7", "no member of " + next + " knows the green action");
    }
  }

  void left(int p) {
    for (Link link : links) {
      link.inside &= ~(1 << p);
    }
  }

  /// An action is delivered.
  void action(
      int p, World.Sent sent, ConfigurationId view, PrimaryMachine machine, boolean regular) {
    if (!regular || machine.state() != PrimaryState.REG_PRIM) {
      return;
    }
    Link link = find(machine.record().last().index());
    if (link == null || !view.equals(link.component.configuration())) {
      throw new Violation("PC-6", setting.names().get(p) + " acts as primary in " + view);
    }
    if (sent.chainThen() > link.component.index()) {
      throw new Violation(
          "PC-5", "delivered in " + link.component + ", sent after " + links.getLast().component);
    }
    green = true;
  }
}
