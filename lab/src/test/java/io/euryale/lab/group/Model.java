package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// A tiny correct group communication without a network: draws runs with every service in two
/// classes, partitions, merges, crashes, restarts and primaries, and writes their traces.
///
/// Members of a component receive messages at random and deliver what the services permit. At a
/// change, those who go together deliver the same in the old configuration, pool what they
/// received, and deliver the rest behind the transitional one.
final class Model {

  static final List<String> CLASSES = List.of("alarm", "normal");
  private static final List<String> SERVICES =
      List.of("UNRELIABLE", "RELIABLE", "FIFO", "CAUSAL", "AGREED", "SAFE");
  private static final long MS = 1_000_000L;

  private static final class Msg {
    final String id;
    final Member sender;
    final String lane;
    final String service;
    final Set<Msg> causes = new LinkedHashSet<>();

    Msg(String id, Member sender, String lane, String service) {
      this.id = id;
      this.sender = sender;
      this.lane = lane;
      this.service = service;
    }

    boolean isOrdered() {
      return service.equals("AGREED") || service.equals("SAFE");
    }

    boolean isSequenced() {
      return isOrdered() || service.equals("FIFO") || service.equals("CAUSAL");
    }
  }

  private static final class Member {
    final String name;
    long inc = 1;
    boolean alive = true;
    Component in;
    final Map<String, Long> sequences = new TreeMap<>();
    Set<Msg> received = new LinkedHashSet<>();
    Set<Msg> delivered = new LinkedHashSet<>();

    Member(String name) {
      this.name = name;
    }

    String life() {
      return name + "#" + inc;
    }
  }

  private static final class Component {
    String id;
    List<Member> members = new ArrayList<>();
    final List<Msg> log = new ArrayList<>();
  }

  private final Random random;
  private final List<Member> all = new ArrayList<>();
  private final List<Trace> traces = new ArrayList<>();
  private List<String> lastPrimary = new ArrayList<>();
  private long primaries;
  private long number;
  private long at;

  private Model(long seed) {
    random = new Random(seed);
  }

  static List<Trace> draw(long seed) {
    Model model = new Model(seed);
    model.run();
    return model.traces;
  }

  static GroupRules rules() {
    return new GroupRules(
        Map.of("a", 1, "b", 1, "c", 1, "d", 1),
        1,
        true,
        5_000 * MS,
        5_000 * MS,
        5_000 * MS,
        5_000 * MS);
  }

  private void run() {
    for (String name : List.of("a", "b", "c", "d").subList(0, 3 + random.nextInt(2))) {
      Member member = new Member(name);
      all.add(member);
      boot(member);
    }
    lastPrimary = List.of("a", "b", "c", "d");
    int rounds = 3 + random.nextInt(5);
    for (int round = 0; round < rounds; round++) {
      change(random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(3));
      traffic(20 + random.nextInt(60));
      for (Member member : all) {
        if (member.alive && random.nextInt(12) == 0) {
          trace(member, "CRASH", "host", false);
          member.alive = false;
        } else if (!member.alive && random.nextBoolean()) {
          reboot(member);
        }
      }
    }
    all.stream().filter(member -> !member.alive).forEach(this::reboot);
    harness("QUIESCE");
    change(1);
    at += 6_000 * MS;
    traffic(40);
    for (Member member : all) {
      member.received.addAll(member.in.log);
    }
    for (Member member : all) {
      drain(member, member.in.id, member.in.log, true);
    }
    at += 20_000 * MS;
    harness("END");
  }

  private void boot(Member member) {
    trace(member, "BOOT", "role", "PEER");
    Component alone = new Component();
    number += 2;
    alone.id = number + "/" + member.life();
    alone.members.add(member);
    member.in = alone;
    trace(member, "INSTALL", "x", alone.id, "kind", "REG", "members", member.life());
  }

  private void reboot(Member member) {
    member.inc++;
    member.alive = true;
    member.sequences.clear();
    member.received = new LinkedHashSet<>();
    member.delivered = new LinkedHashSet<>();
    boot(member);
  }

  private void traffic(int steps) {
    for (int i = 0; i < steps; i++) {
      Member member = all.get(random.nextInt(all.size()));
      if (!member.alive) {
        continue;
      }
      switch (random.nextInt(4)) {
        case 0 -> send(member);
        case 1 -> {
          for (Msg msg : member.in.log) {
            if (random.nextInt(3) > 0) {
              member.received.add(msg);
            }
          }
        }
        default -> drain(member, member.in.id, member.in.log, false);
      }
    }
  }

  private void send(Member member) {
    String lane = CLASSES.get(random.nextInt(CLASSES.size()));
    String service = SERVICES.get(random.nextInt(SERVICES.size()));
    long sequence = member.sequences.merge(lane, 1L, Long::sum);
    Msg msg =
        new Msg(
            member.name + "/" + member.inc + "/" + lane + "/" + sequence, member, lane, service);
    for (Msg cause : member.in.log) {
      if (cause.lane.equals(lane)
          && cause.isSequenced()
          && (cause.sender == member || member.delivered.contains(cause))) {
        msg.causes.add(cause);
      }
    }
    member.in.log.add(msg);
    member.received.add(msg);
    trace(
        member,
        "SEND",
        "m",
        msg.id,
        "class",
        lane,
        "svc",
        service,
        "cfg",
        member.in.id,
        "digest",
        (long) msg.id.hashCode());
  }

  /// Delivers some, or all, of what may be delivered in the order of the services.
  private void drain(Member member, String x, List<Msg> log, boolean everything) {
    for (Msg msg : log) {
      if (!member.delivered.contains(msg)
          && member.received.contains(msg)
          && isReady(member, msg, log)
          && (!msg.service.equals("SAFE") || allHold(member.in, msg))
          && (everything || random.nextInt(3) > 0)) {
        deliver(member, msg, x);
      }
    }
  }

  private static boolean allHold(Component component, Msg msg) {
    // With everything before it: what is acknowledged can be delivered.
    return component.members.stream()
            .allMatch(
                member ->
                    component.log.stream()
                        .takeWhile(before -> before != msg)
                        .filter(before -> before.lane.equals(msg.lane))
                        .allMatch(member.received::contains))
        && component.members.stream().allMatch(member -> member.received.contains(msg));
  }

  private static boolean isReady(Member member, Msg msg, List<Msg> log) {
    if (!msg.isSequenced()) {
      return true;
    }
    for (Msg before : log) {
      if (before == msg) {
        return true;
      }
      boolean needed =
          before.lane.equals(msg.lane)
              && before.isSequenced()
              && (before.sender == msg.sender
                  || (!msg.service.equals("FIFO") && msg.causes.contains(before))
                  || (msg.isOrdered() && before.isOrdered()));
      if (needed && !member.delivered.contains(before)) {
        return false;
      }
    }
    return true;
  }

  private void deliver(Member member, Msg msg, String x) {
    member.delivered.add(msg);
    trace(
        member,
        "DELIVER",
        "m",
        msg.id,
        "x",
        x,
        "class",
        msg.lane,
        "svc",
        msg.service,
        "digest",
        (long) msg.id.hashCode());
  }

  /// Everybody alive goes into one of some new components.
  private void change(int parts) {
    List<List<Member>> groups = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      groups.add(new ArrayList<>());
    }
    for (Member member : all) {
      if (member.alive) {
        groups.get(random.nextInt(parts)).add(member);
      }
    }
    for (List<Member> group : groups) {
      if (!group.isEmpty()) {
        install(group);
      }
    }
  }

  private void install(List<Member> group) {
    number += 2;
    String coordinator = group.getFirst().life();
    Component next = new Component();
    next.id = number + "/" + coordinator;
    next.members = new ArrayList<>(group);
    Map<String, List<Member>> origins = new TreeMap<>();
    for (Member member : group) {
      origins.computeIfAbsent(member.in.id, _ -> new ArrayList<>()).add(member);
    }
    for (List<Member> together : origins.values()) {
      recover(together, (number - 1) + "/" + coordinator + "/" + together.getFirst().life());
    }
    shuffled(group)
        .forEach(
            member -> {
              member.in = next;
              member.received = new LinkedHashSet<>();
              member.delivered = new LinkedHashSet<>();
              trace(member, "INSTALL", "x", next.id, "kind", "REG", "members", lives(group));
            });
    List<String> names = group.stream().map(member -> member.name).toList();
    Set<String> voters = new HashSet<>(lastPrimary);
    voters.retainAll(names);
    int twice = 2 * voters.size();
    if (twice > lastPrimary.size()
        || (twice == lastPrimary.size() && names.contains(lastPrimary.getFirst()))) {
      primaries++;
      lastPrimary = names;
      for (Member member : shuffled(group)) {
        trace(member, "PRIMARY", "x", next.id, "primaryIndex", primaries, "members", lives(group));
      }
    }
  }

  private void recover(List<Member> together, String transitional) {
    Component old = together.getFirst().in;
    Set<Msg> held = new HashSet<>();
    Set<Msg> done = new HashSet<>();
    for (Member member : together) {
      held.addAll(member.received);
      done.addAll(member.delivered);
    }
    for (Member member : shuffled(together)) {
      for (Msg msg : old.log) {
        if (done.contains(msg) && !member.delivered.contains(msg)) {
          deliver(member, msg, old.id);
        }
      }
    }
    for (Member member : shuffled(together)) {
      trace(
          member,
          "INSTALL",
          "x",
          transitional,
          "kind",
          "TRANS",
          "members",
          lives(together),
          "origin",
          old.id);
    }
    Set<Msg> lost = new HashSet<>();
    for (Member member : shuffled(together)) {
      for (Msg msg : old.log) {
        // Those of senders that stay behind may be missing; what follows them of the same sender,
        // or because of them, is then left out.
        boolean blocked =
            !held.contains(msg)
                || (msg.isSequenced()
                    && old.log.stream()
                        .anyMatch(
                            before ->
                                lost.contains(before)
                                    && before.isSequenced()
                                    && before.lane.equals(msg.lane)
                                    && (before.sender == msg.sender
                                            && old.log.indexOf(before) < old.log.indexOf(msg)
                                        || (!msg.service.equals("FIFO")
                                            && msg.causes.contains(before)))));
        if (blocked) {
          lost.add(msg);
        } else if (!member.delivered.contains(msg)) {
          deliver(member, msg, transitional);
        }
      }
    }
  }

  private List<Member> shuffled(List<Member> members) {
    List<Member> shuffled = new ArrayList<>(members);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  private static String lives(List<Member> members) {
    return String.join(",", members.stream().map(Member::life).toList());
  }

  private void trace(Member member, String event, Object... fields) {
    traces.add(new Trace(traces.size(), at, member.name, member.inc, TraceEvent.of(event, fields)));
    at += MS / 10;
  }

  private void harness(String event) {
    traces.add(new Trace(traces.size(), at, "simulation", 0, TraceEvent.of(event)));
  }
}
