package io.euryale.bench.group;

import io.euryale.bench.Spread;
import io.euryale.group.Service;
import io.euryale.peer.result.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The goals of group communication as promises with their numbers. Ratios are formed inside each
/// run and then summarised; JGroups counts with the better of its two transports in that run. What
/// was not measured misses its promise, but what a quick run leaves out is not promised there.
final class GroupGoals {

  static final double AGREED_OVER_JGROUPS = 0.9;
  static final double AGREED_MILLIS = 0.1;
  static final double PING_MILLIS = 0.060;
  static final double SAFE_OVER_AGREED = 1.7;
  static final double SAFE_THROUGHPUT = 0.5;
  static final double NO_COLLAPSE = 0.8;
  static final double FAIR = 0.8;
  static final double KILL_MILLIS = 100;
  static final double SILENCE_SLACK_MILLIS = 20;
  static final double LEAVE_MILLIS = 0.5;
  static final Duration BUSY = Duration.ofMinutes(10);

  private static final String LATENCY = "latency_ms";
  private static final String THROUGHPUT = "throughput_per_second";

  private final GroupSettings settings;
  private final Findings findings;
  private final List<Promise> promises;

  GroupGoals(GroupSettings settings, Findings findings, List<Promise> promises) {
    this.settings = settings;
    this.findings = findings;
    this.promises = promises;
  }

  void add() {
    for (int members : settings.sizes()) {
      latency(members);
      for (int bytes : settings.floodBytes()) {
        throughput(members, bytes);
      }
      faults(members);
    }
    if (settings.watchesBusyGroup()) {
      atMost(
          "No false suspicion in %d minutes beside two busy threads for each core"
              .formatted(BUSY.toMinutes()),
          findings.spread(GroupFaults.BUSY_LABEL, "false_suspicions"),
          0,
          "");
    }
  }

  private static String label(int members, SystemUnderTest system, Service service) {
    return Load.label(members, system, Load.latency(service));
  }

  // ---- latency ----

  private void latency(int members) {
    for (String part : List.of("p50", "p99")) {
      String suffix = ", remote, " + part;
      List<Double> ours = values(members, SystemUnderTest.EURYALE, suffix);
      List<Double> udp = values(members, SystemUnderTest.JGROUPS_UDP, suffix);
      List<Double> tcp = values(members, SystemUnderTest.JGROUPS_TCP, suffix);
      String situation = "%d members, agreed, Euryale / JGroups, %s".formatted(members, part);
      for (int i = 0; i < least(ours, udp, tcp); i++) {
        ratio(situation, ours.get(i), Math.min(udp.get(i), tcp.get(i)));
      }
      atMost(
          "%d members: agreed %s at most %.1f times that of JGroups"
              .formatted(members, part, AGREED_OVER_JGROUPS),
          findings.spread(situation, "ratio"),
          AGREED_OVER_JGROUPS,
          "times");
    }
    Optional<Spread> ping = findings.spread(GroupReport.PING_BUSY + ", p50", LATENCY);
    if (ping.isPresent() && ping.get().median() <= PING_MILLIS && members == 3) {
      atMost(
          "3 members: agreed p50 at most 0.1 ms where UDP ping-pong takes %.3f ms"
              .formatted(ping.get().median()),
          findings.spread(
              label(members, SystemUnderTest.EURYALE, Service.AGREED) + ", remote, p50", LATENCY),
          AGREED_MILLIS,
          "ms");
    }
    String safe = "%d members, Euryale, safe / agreed, p50".formatted(members);
    findings.addRatio(
        safe,
        label(members, SystemUnderTest.EURYALE, Service.SAFE) + ", remote, p50",
        label(members, SystemUnderTest.EURYALE, Service.AGREED) + ", remote, p50",
        LATENCY);
    atMost(
        "%d members: safe p50 at most %.1f times agreed".formatted(members, SAFE_OVER_AGREED),
        findings.spread(safe, "ratio"),
        SAFE_OVER_AGREED,
        "times");
  }

  private List<Double> values(int members, SystemUnderTest system, String suffix) {
    return findings.values(label(members, system, Service.AGREED) + suffix, LATENCY);
  }

  // ---- throughput ----

  private void throughput(int members, int bytes) {
    Load agreed = new Load(Service.AGREED, bytes, true, 0, false);
    Load limited = new Load(Service.AGREED, bytes, true, 0, true);
    String ours = Load.label(members, SystemUnderTest.EURYALE, agreed);
    List<Double> own = findings.values(ours, THROUGHPUT);
    String where = "%d members, %d B".formatted(members, bytes);
    String beside = where + ", agreed throughput, Euryale / JGroups";
    List<Double> best = bestOfJGroups(members, bytes);
    for (int i = 0; i < least(own, best); i++) {
      ratio(beside, own.get(i), best.get(i));
    }
    atLeast(
        where + ": agreed throughput of all senders at least JGroups' best, of one sender or all",
        findings.spread(beside, "ratio"),
        1);
    String safe = where + ", throughput, Euryale, safe / agreed";
    findings.addRatio(
        safe,
        Load.label(members, SystemUnderTest.EURYALE, new Load(Service.SAFE, bytes, true, 0, false)),
        ours,
        THROUGHPUT);
    atLeast(
        where + ": safe throughput at least half of agreed",
        findings.spread(safe, "ratio"),
        SAFE_THROUGHPUT);
    String collapse = where + ", Euryale, senders without / with a window";
    findings.addRatio(
        collapse, ours, Load.label(members, SystemUnderTest.EURYALE, limited), THROUGHPUT);
    atLeast(
        where + ": no collapse when senders do not limit themselves",
        findings.spread(collapse, "ratio"),
        NO_COLLAPSE);
    atLeast(
        where + ": the slowest sender gets at least %.1f of the fastest".formatted(FAIR),
        findings.spread(ours + GroupPage.FAIRNESS, "ratio"),
        FAIR);
  }

  /// The most that JGroups reached in each run, whichever transport, number of senders and window
  /// suited it: with more members than processors its stack breaks down when all send.
  private List<Double> bestOfJGroups(int members, int bytes) {
    List<Double> best = new ArrayList<>();
    for (SystemUnderTest system :
        List.of(SystemUnderTest.JGROUPS_UDP, SystemUnderTest.JGROUPS_TCP)) {
      for (int senders : new int[] {0, 1}) {
        for (boolean window : new boolean[] {true, false}) {
          Load load = new Load(Service.AGREED, bytes, true, senders, window);
          List<Double> runs = findings.values(Load.label(members, system, load), THROUGHPUT);
          for (int i = 0; i < runs.size(); i++) {
            if (i == best.size()) {
              best.add(runs.get(i));
            } else {
              best.set(i, Math.max(best.get(i), runs.get(i)));
            }
          }
        }
      }
    }
    return best;
  }

  // ---- faults ----

  private void faults(int members) {
    String who = members + " members, " + SystemUnderTest.EURYALE.label() + ", ";
    atMostAlways(
        members + " members: SIGKILL to the new regular configuration at most 100 ms",
        findings.values(who + "SIGKILL", "failover_ms"),
        KILL_MILLIS);
    double silence =
        EuryaleMember.settings(Seat.onLoopback(SystemUnderTest.EURYALE, 0, members, 0))
                .membership()
                .failureTimeout()
                .toMillis()
            + SILENCE_SLACK_MILLIS;
    atMostAlways(
        "%d members: silence to the new regular configuration at most the failure timeout and 20 ms, %.0f ms"
            .formatted(members, silence),
        findings.values(who + "SIGSTOP", "failover_ms"),
        silence);
    atMost(
        members + " members: leave of a named group to the new view at most 0.5 ms, median",
        findings.spread(
            members + " members, " + SystemUnderTest.EURYALE_NAMED.label() + ", leave",
            "failover_ms"),
        LEAVE_MILLIS,
        "ms");
  }

  // ---- promises ----

  private void ratio(String situation, double over, double under) {
    if (under > 0) {
      findings.add(situation, "ratio", "times", over / under);
    }
  }

  @SafeVarargs
  private static int least(List<Double>... lists) {
    int least = Integer.MAX_VALUE;
    for (List<Double> list : lists) {
      least = Math.min(least, list.size());
    }
    return least;
  }

  private static String text(String goal, Optional<Spread> found, String unit) {
    return goal
        + ": "
        + found
            .map(
                spread ->
                    String.format(
                        Locale.ROOT,
                        "%.3g (%.3g to %.3g) %s",
                        spread.median(),
                        spread.min(),
                        spread.max(),
                        unit))
            .orElse("not measured")
            .strip();
  }

  private void atMost(String goal, Optional<Spread> found, double limit, String unit) {
    promises.add(
        new Promise(text(goal, found, unit), found.isPresent() && found.get().median() <= limit));
  }

  private void atLeast(String goal, Optional<Spread> found, double limit) {
    promises.add(
        new Promise(
            text(goal, found, "times"), found.isPresent() && found.get().median() >= limit));
  }

  private void atMostAlways(String goal, List<Double> found, double limit) {
    List<Double> all = new ArrayList<>(found);
    Optional<Spread> spread = all.isEmpty() ? Optional.empty() : Optional.of(Spread.of(all));
    promises.add(
        new Promise(text(goal, spread, "ms"), spread.isPresent() && spread.get().max() <= limit));
  }
}
