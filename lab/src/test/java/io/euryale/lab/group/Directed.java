package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.group.order.OrderSettings;
import io.euryale.group.primary.Charter;
import io.euryale.group.primary.Voter;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.Trace;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Schedules made by hand for moments that random ones hardly ever meet: something goes wrong
/// between two steps of an agreement. When that moment is, a run up to it tells.
final class Directed {

  private static final long MILLI = GroupPlan.MILLI;
  private static final long FIRST = 2 * GroupPlan.SECOND;
  private static final long JOIN_STEP = 7 * MILLI;

  private Directed() {}

  /// One peer dies; those that go on together are cut apart after all said that they hold the
  /// union, and one side hears the order to install.
  static GroupPlan cutWhileInstalling(long seed) {
    List<GroupPlan.Send> sends = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      long at = FIRST - 5 * MILLI + i * MILLI / 4;
      sends.add(new GroupPlan.Send(at, i % 5, TrafficClass.CRITICAL, Service.SAFE, 20));
    }
    Fault crash = new Fault.Crash("peer-e", FIRST, 3 * GroupPlan.SECOND);
    GroupPlan until = plan(new int[] {1, 1, 1, 1, 1}, sends, crash);
    long installed = firstAt(seed, until, FIRST, t -> isInstall(t, "peer-a", "TRANS"));
    Fault cut =
        new Fault.Partition(
            List.of("peer-a", "peer-d"),
            List.of("peer-b", "peer-c"),
            installed - seed * MILLI / 50,
            3 * GroupPlan.SECOND);
    return plan(new int[] {1, 1, 1, 1, 1}, sends, crash, cut);
  }

  /// Two coordinators that do not hear each other have chosen equal numbers before. Now one takes
  /// in a member of the other, who does not hear of that and proposes the next number, too.
  static GroupPlan equalNumbers(long seed) {
    int[] weights = {1, 1, 1, 1};
    long end = GroupPlan.QUIESCE_NANOS;
    Fault apart = new Fault.Partition(List.of("peer-a"), List.of("peer-b", "peer-d"), 0, end);
    Fault alone = new Fault.Partition(List.of("peer-a"), List.of("peer-c"), 0, FIRST);
    GroupPlan until = plan(weights, List.of(), apart, alone);
    long heard =
        firstAt(
            seed,
            until,
            FIRST,
            t ->
                t.event().equals("HEARD") && t.proc().equals("peer-c") && has(t, "peer", "peer-a"));
    Fault deaf =
        new Fault.OneWay(
            List.of("peer-c"), List.of("peer-b"), heard - MILLI, (160 + 5 * seed) * MILLI);
    long taken =
        firstAt(
            seed,
            plan(weights, List.of(), apart, alone, deaf),
            heard,
            t -> isInstall(t, "peer-c", "REG") && has(t, "members", "peer-a"));
    Fault crash = new Fault.Crash("peer-d", taken - 8 * MILLI, GroupPlan.SECOND);
    return plan(weights, List.of(), apart, alone, crash, deaf);
  }

  /// Members are stopped after they said that they hold the union, one shorter than the other. Who
  /// waits for them enters without knowing that they have left the old configuration; then they
  /// leave it.
  static GroupPlan lateLeaving(long seed) {
    int[] weights = {1, 1, 1, 9, 1};
    Fault crash = new Fault.Crash("peer-e", FIRST, 3 * GroupPlan.SECOND);
    GroupPlan until = plan(weights, List.of(), crash);
    long installed = firstAt(seed, until, FIRST, t -> isInstall(t, "peer-a", "TRANS"));
    Fault shorter = new Fault.Pause("peer-c", installed, 300 * MILLI);
    Fault longer = new Fault.Pause("peer-d", installed, 660 * MILLI);
    return plan(weights, List.of(), crash, shorter, longer);
  }

  /// Everybody sends all the time over links that lose much, and then the half of them is cut off.
  static GroupPlan cutInTraffic(long seed) {
    Service[] services = {Service.AGREED, Service.CAUSAL, Service.SAFE, Service.FIFO};
    List<GroupPlan.Send> sends = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      long at = FIRST - 100 * MILLI + i * MILLI / 2;
      Service service = services[(i / 6) % services.length];
      sends.add(new GroupPlan.Send(at, i % 6, TrafficClass.CRITICAL, service, 20));
    }
    Fault lossy = new Fault.Lossy(Fault.ANY, Fault.ANY, 30, FIRST - 120 * MILLI, 300 * MILLI);
    Fault cut =
        new Fault.Partition(
            List.of("peer-a", "peer-b", "peer-c"),
            List.of("peer-d", "peer-e", "peer-f"),
            FIRST + seed * MILLI,
            3 * GroupPlan.SECOND);
    return plan(new int[] {1, 1, 1, 1, 1, 1}, sends, lossy, cut);
  }

  /// Three peers hear each other well and are heard badly, and then not at all, by the others:
  /// these hold messages without having what they depend on.
  static GroupPlan lostCauses(long seed) {
    List<GroupPlan.Send> sends = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long at = FIRST - 20 * MILLI + i * MILLI / 5;
      Service service = i % 2 == 0 ? Service.AGREED : Service.FIFO;
      sends.add(new GroupPlan.Send(at, 3 + i % 3, TrafficClass.CRITICAL, service, 20));
    }
    List<String> here = List.of("peer-a", "peer-b", "peer-c");
    List<String> there = List.of("peer-d", "peer-e", "peer-f");
    List<Fault> faults = new ArrayList<>();
    for (String from : there) {
      for (String to : here) {
        faults.add(new Fault.Lossy(from, to, 70, FIRST - 20 * MILLI, 100 * MILLI));
      }
    }
    faults.add(new Fault.Partition(here, there, FIRST + seed * MILLI, 3 * GroupPlan.SECOND));
    return plan(new int[] {1, 1, 1, 1, 1, 1}, sends, faults.toArray(new Fault[0]));
  }

  /// A peer that comes back dies again, `step` later with each `k`, so that it dies in every phase
  /// of its joining. Known of other systems: a ghost member that is never removed.
  static GroupPlan deathWhileJoining(int k) {
    long back = FIRST + GroupPlan.SECOND;
    Fault away = new Fault.Crash("peer-d", FIRST, GroupPlan.SECOND);
    Fault again =
        new Fault.Crash("peer-d", back + 160 * MILLI + k * JOIN_STEP, 2 * GroupPlan.SECOND);
    return plan(new int[] {1, 1, 1, 1}, traffic(4, 3 * GroupPlan.SECOND), away, again);
  }

  /// Two parts are joined again, and cut once more soon after. Known of other systems: members
  /// whose views differ right after a heal.
  static GroupPlan cutSoonAfterAHeal(int k) {
    List<String> here = List.of("peer-a", "peer-b");
    List<String> there = List.of("peer-c", "peer-d", "peer-e");
    Fault cut = new Fault.Partition(here, there, FIRST, 2 * GroupPlan.SECOND);
    Fault anew =
        new Fault.Partition(
            List.of("peer-a", "peer-c"),
            List.of("peer-b", "peer-d", "peer-e"),
            FIRST + 2 * GroupPlan.SECOND + k * JOIN_STEP,
            GroupPlan.SECOND);
    return plan(new int[] {1, 1, 1, 1, 1}, traffic(5, 3 * GroupPlan.SECOND), cut, anew);
  }

  /// Everybody sends while one dies and comes back, and some datagrams are lost. Known of other
  /// systems: messages that are lost because some members switch to new buffers before others.
  static GroupPlan trafficThroughChanges(int k) {
    Fault lossy = new Fault.Lossy(Fault.ANY, Fault.ANY, 10, FIRST, 2 * GroupPlan.SECOND);
    Fault crash = new Fault.Crash("peer-b", FIRST + k * JOIN_STEP, GroupPlan.SECOND - 10 * MILLI);
    return plan(new int[] {1, 1, 1}, traffic(3, FIRST), lossy, crash);
  }

  /// Messages of all peers and services, one each millisecond, for two seconds.
  private static List<GroupPlan.Send> traffic(int peers, long from) {
    Service[] services = {Service.AGREED, Service.SAFE, Service.CAUSAL, Service.FIFO};
    List<GroupPlan.Send> sends = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      Service service = services[i / peers % services.length];
      long at = from - 100 * MILLI + i * MILLI;
      sends.add(new GroupPlan.Send(at, i % peers, TrafficClass.CRITICAL, service, 20));
    }
    return sends;
  }

  private static boolean isInstall(Trace trace, String who, String kind) {
    return trace.event().equals("INSTALL")
        && trace.proc().equals(who)
        && trace.body().text("kind").equals(kind);
  }

  private static boolean has(Trace trace, String key, String part) {
    return trace.body().text(key).contains(part);
  }

  /// When something happens first, in a run with sound members.
  private static long firstAt(long seed, GroupPlan plan, long from, Predicate<Trace> what) {
    long[] at = {Long.MAX_VALUE};
    new GroupScenario()
        .run(
            seed,
            plan,
            trace -> {
              if (trace.at() >= from && trace.at() < at[0] && what.test(trace)) {
                at[0] = trace.at();
              }
            });
    if (at[0] == Long.MAX_VALUE) {
      throw new IllegalStateException("It did not happen in " + plan.faults());
    }
    return at[0];
  }

  private static GroupPlan plan(int[] weights, List<GroupPlan.Send> sends, Fault... faults) {
    List<Voter> voters = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      voters.add(new Voter(new PeerName(GroupPlan.peer(i)), weights[i]));
    }
    return new GroupPlan(
        weights.length,
        false,
        new Charter(voters, 1),
        SimulationSettings.lan(),
        OrderSettings.standard(),
        sends,
        FaultPlan.of(faults),
        FaultPlan.NONE,
        NamedPlan.NONE);
  }
}
