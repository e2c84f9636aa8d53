package io.euryale.group.primary;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Visits every situation that a [World] can reach within its budget of faults, and asks in each
/// whether healing leads to a primary component. Wide over faults when called with growing
/// budgets, deep in between.
final class Exploration {

  /// What was found.
  record Result(long states, long healings, @Nullable Violation violation, List<String> schedule) {
    boolean isSound() {
      return violation == null;
    }
  }

  private record Step(Kind kind, int who, int choice) {
    @Override
    public String toString() {
      String of = kind == Kind.REGROUP ? masked(who) : String.valueOf((char) ('a' + who));
      return kind + " " + of + (choice > 0 ? " #" + choice : "");
    }

    private static String masked(int mask) {
      StringBuilder text = new StringBuilder();
      for (int p = 0; p < World.MAX; p++) {
        if ((mask & 1 << p) != 0) {
          text.append((char) ('a' + p));
        }
      }
      return text.toString();
    }
  }

  private enum Kind {
    SEND,
    DELIVER,
    WRITE,
    ACT,
    CRASH,
    WIPE,
    BOOT,
    REGROUP
  }

  private record Node(World world, @Nullable Trail trail) {}

  private record Trail(@Nullable Trail before, Step step) {}

  private final PairSet visited = new PairSet();
  private final PairSet healed = new PairSet();
  private final boolean liveness;

  Exploration(boolean liveness) {
    this.liveness = liveness;
  }

  Result from(World start) {
    Deque<Node> open = new ArrayDeque<>();
    open.push(new Node(start, null));
    visit(start);
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (liveness) {
        try {
          checkHealing(node.world());
        } catch (Violation violation) {
          return result(violation, node.trail());
        }
      }
      for (Step step : steps(node.world())) {
        Trail trail = new Trail(node.trail(), step);
        World next = new World(node.world());
        try {
          if (!apply(next, step)) {
            continue;
          }
          next.tidy();
        } catch (Violation violation) {
          return result(violation, trail);
        }
        if (visit(next)) {
          open.push(new Node(next, trail));
        }
      }
    }
    return result(null, null);
  }

  private boolean visit(World world) {
    Fingerprint print = Fingerprint.of(world, true);
    return visited.add(print.one(), print.two());
  }

  private Result result(@Nullable Violation violation, @Nullable Trail trail) {
    List<String> schedule = new ArrayList<>();
    for (Trail at = trail; at != null; at = at.before()) {
      schedule.add(at.step().toString());
    }
    Collections.reverse(schedule);
    return new Result(visited.size(), healed.size(), violation, schedule);
  }

  /// Liveness: with everybody up and connected, all get into one primary component.
  private void checkHealing(World world) {
    World whole = new World(world);
    whole.heal();
    Fingerprint print = Fingerprint.of(whole, false);
    if (!healed.add(print.one(), print.two())) {
      return;
    }
    whole.settle();
    Component common = null;
    for (World.Server server : whole.servers) {
      PrimaryMachine machine = server.machine;
      if (machine == null
          || machine.state() != PrimaryState.REG_PRIM
          || common != null && !common.equals(machine.record().last())) {
        throw new Violation("RE-L2", "everybody is connected and no primary component forms");
      }
      common = machine.record().last();
    }
  }

  private static List<Step> steps(World world) {
    List<Step> steps = new ArrayList<>();
    int up = 0;
    for (int p = 0; p < world.servers.length; p++) {
      if (!world.isUp(p)) {
        steps.add(new Step(Kind.BOOT, p, 0));
        if (world.budget.wipes() > 0 && world.budget.faults() > 0) {
          steps.add(new Step(Kind.WIPE, p, 0));
        }
        continue;
      }
      up |= 1 << p;
      if (world.canSend(p)) {
        steps.add(new Step(Kind.SEND, p, 0));
      }
      if (world.canDeliver(p)) {
        steps.add(new Step(Kind.DELIVER, p, 0));
      }
      if (world.canWrite(p)) {
        steps.add(new Step(Kind.WRITE, p, 0));
      }
      if (world.canAct(p)) {
        steps.add(new Step(Kind.ACT, p, 0));
      }
      if (world.budget.crashes() > 0 && world.budget.faults() > 0) {
        for (int writes = 0; writes <= world.servers[p].pending.size(); writes++) {
          steps.add(new Step(Kind.CRASH, p, writes));
        }
      }
    }
    if (world.budget.faults() > 0) {
      for (int mask = 1; mask < 1 << world.servers.length; mask++) {
        if ((mask & ~up) != 0) {
          continue;
        }
        int choices = world.regroupings(mask);
        for (int choice = 0; choice < choices; choice++) {
          steps.add(new Step(Kind.REGROUP, mask, choice));
        }
      }
    }
    return steps;
  }

  /// Takes a step.
  ///
  /// @return false when it is no step of its own
  private static boolean apply(World world, Step step) {
    switch (step.kind()) {
      case SEND -> world.send(step.who());
      case DELIVER -> {
        return world.deliver(step.who());
      }
      case WRITE -> world.write(step.who());
      case ACT -> world.act(step.who());
      case CRASH -> world.crash(step.who(), step.choice());
      case WIPE -> world.wipe(step.who());
      case BOOT -> world.boot(step.who());
      case REGROUP -> {
        World.Budget left = world.budget;
        world.budget =
            new World.Budget(left.faults() - 1, left.crashes(), left.wipes(), left.actions());
        world.regroup(step.who(), step.choice());
      }
    }
    return true;
  }
}
