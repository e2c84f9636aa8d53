package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// A trace written by hand: one event a millisecond unless told otherwise. `a`, `b` … are lives
/// `a#1`; configurations are `12/a#1` and `11/a#1/b#1`.
final class Script {

  static final long MS = 1_000_000L;
  static final GroupRules RULES =
      new GroupRules(
          Map.of("a", 1, "b", 1, "c", 1), 1, true, 1_000 * MS, 5_000 * MS, 100 * MS, 200 * MS);

  private final List<Trace> traces = new ArrayList<>();
  private final Map<String, Object[]> sent = new LinkedHashMap<>();
  private long at;
  private String inGroup = "";

  /// From now on events belong to a group's layer; "" is the ordering layer.
  Script group(String name) {
    inGroup = name;
    return this;
  }

  Script at(long millis) {
    at = millis * MS;
    return this;
  }

  Script event(String who, TraceEvent body) {
    String[] life = life(who).split("#", -1);
    traces.add(new Trace(traces.size(), at, life[0], Long.parseLong(life[1]), body));
    at += MS;
    return this;
  }

  private static String life(String who) {
    return who.contains("#") ? who : who + "#1";
  }

  private static String lives(String members) {
    List<String> lives = new ArrayList<>();
    for (String member : members.split(",", -1)) {
      lives.add(life(member));
    }
    return String.join(",", lives);
  }

  private Script add(String who, String event, Object... fields) {
    Map<String, Object> all = new LinkedHashMap<>(TraceEvent.of(event, fields).fields());
    if (!inGroup.isEmpty()) {
      all.put("group", inGroup);
    }
    return event(who, new TraceEvent(event, all));
  }

  Script boot(String... who) {
    for (String one : who) {
      event(one, TraceEvent.of("BOOT", "role", "PEER"));
    }
    return this;
  }

  Script crash(String who) {
    return event(who, TraceEvent.of("CRASH", "host", false));
  }

  /// Installs a regular configuration at some processes.
  Script reg(String who, String x, String members) {
    for (String one : who.split(",", -1)) {
      add(one, "INSTALL", "x", x, "kind", "REG", "members", lives(members));
    }
    return this;
  }

  Script reg(String members, String x) {
    return reg(members, x, members);
  }

  Script trans(String who, String x, String members, String origin) {
    for (String one : who.split(",", -1)) {
      add(one, "INSTALL", "x", x, "kind", "TRANS", "members", lives(members), "origin", origin);
    }
    return this;
  }

  Script trans(String members, String x, String origin) {
    return trans(members, x, members, origin);
  }

  /// Sends in class normal; messages are named by their sender and number: `a1`, `b12`.
  Script send(String m, String service, String cfg) {
    return send(m, "normal", service, cfg);
  }

  Script send(String m, String trafficClass, String service, String cfg) {
    String id = id(m, trafficClass);
    sent.put(m, new Object[] {id, trafficClass, service});
    return add(
        m.substring(0, 1),
        "SEND",
        "m",
        id,
        "class",
        trafficClass,
        "svc",
        service,
        "cfg",
        cfg,
        "digest",
        (long) id.hashCode());
  }

  static String id(String m, String trafficClass) {
    return m.charAt(0) + "/1/" + trafficClass + "/" + m.substring(1);
  }

  Script deliver(String who, String x, String... ms) {
    for (String one : who.split(",", -1)) {
      for (String m : ms) {
        Object[] send = sent.getOrDefault(m, new Object[] {id(m, "normal"), "normal", "AGREED"});
        add(
            one,
            "DELIVER",
            "m",
            send[0],
            "x",
            x,
            "class",
            send[1],
            "svc",
            send[2],
            "digest",
            (long) send[0].hashCode());
      }
    }
    return this;
  }

  Script primary(String who, String x, long number, String members) {
    for (String one : who.split(",", -1)) {
      add(one, "PRIMARY", "x", x, "primaryIndex", number, "members", lives(members));
    }
    return this;
  }

  /// Attempts to form a primary, by names.
  Script attempt(String who, long number, String names) {
    for (String one : who.split(",", -1)) {
      add(one, "ATTEMPT", "primaryIndex", number, "attempt", 1L, "members", names);
    }
    return this;
  }

  Script submit(String m) {
    return add(m.substring(0, 1), "SUBMIT", "m", id(m, "normal"));
  }

  Script join(String who) {
    return add(who, "JOIN");
  }

  Script leave(String who) {
    return add(who, "LEAVE");
  }

  Script fault(String fault, String phase) {
    return harness(TraceEvent.of("FAULT", "fault", fault, "phase", phase));
  }

  Script quiesce() {
    return harness(TraceEvent.of("QUIESCE", "restarted", true));
  }

  Script end() {
    return harness(TraceEvent.of("END"));
  }

  private Script harness(TraceEvent body) {
    traces.add(new Trace(traces.size(), at, "simulation", 0, body));
    at += MS;
    return this;
  }

  List<Trace> traces() {
    return traces;
  }

  List<Violation> violations() {
    return check(traces, RULES);
  }

  /// The ids of the broken promises.
  TreeSet<String> broken() {
    return ids(violations());
  }

  static TreeSet<String> ids(List<Violation> violations) {
    TreeSet<String> ids = new TreeSet<>();
    violations.forEach(violation -> ids.add(violation.checker()));
    return ids;
  }

  static List<Violation> check(List<Trace> traces, GroupRules rules) {
    List<Checker> checkers = GroupCheckers.all(rules);
    for (Trace trace : traces) {
      checkers.forEach(checker -> checker.accept(trace));
    }
    return checkers.stream().flatMap(checker -> checker.finish().stream()).toList();
  }
}
