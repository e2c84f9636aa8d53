package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import io.euryale.kernel.TrafficClass;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How soon those who are left are in their next regular configuration, in virtual time: links take
/// 50 µs, loops up to 20 µs an input, settings are those by default. Faults come at many moments
/// between two heartbeats, and right after a configuration was formed, when all heartbeats leave
/// together.
final class ChangeSpeedTest {

  private static final long MILLI = 1_000_000;
  private static final long LONG = 1_000 * MemberNet.SECOND;
  private static final int MOMENTS = 24;

  /// Members that go away in one of many runs.
  private record Gone(MemberNet net, long at, List<String> names) {
    void each(java.util.function.Function<String, Fault> fault) {
      names.forEach(name -> net.simulation.inject(FaultPlan.of(fault.apply(name))));
    }
  }

  /// The longest time of many runs.
  ///
  /// @param before what happens in the last 2 ms before
  private static long longest(
      int members, int lost, BiConsumer<MemberNet, List<String>> before, Away away) {
    long longest = 0;
    for (int run = 0; run < MOMENTS; run++) {
      longest = Math.max(longest, took(run, members, lost, before, away));
    }
    return longest;
  }

  @FunctionalInterface
  private interface Away {
    void go(Gone gone);
  }

  private static long took(
      int run, int members, int lost, BiConsumer<MemberNet, List<String>> before, Away away) {
    List<String> names = new ArrayList<>(List.of("a", "b", "c", "d", "e").subList(0, members));
    SimulationSettings settings =
        SimulationSettings.lan()
            .withDelayNanos(50_000, 50_000, 50_000)
            .withServiceNanos(1_000, 20_000);
    MemberNet net = new MemberNet(run + 1, settings, names.toArray(new String[0]));
    int first = run % (members - lost + 1);
    List<String> gone = List.copyOf(names.subList(first, first + lost));
    names.removeAll(gone);
    List<Long> installed = new ArrayList<>();
    net.simulation.addSink(
        trace -> {
          if (trace.event().equals("INSTALL")
              && trace.body().text("kind").equals("REG")
              && names.contains(trace.proc())) {
            installed.add(trace.at());
          }
        });
    net.start();
    if (run % 2 == 0) {
      while (installed.size() < names.size()) {
        net.simulation.runFor(MILLI);
      }
    } else {
      net.simulation.runUntil(2 * MemberNet.SECOND + run * 5 * MILLI);
    }
    before.accept(net, names);
    net.simulation.runFor(2 * MILLI);
    installed.clear();
    long at = net.simulation.now();
    before.accept(net, gone);
    away.go(new Gone(net, at, gone));
    net.simulation.runFor(3 * MemberNet.SECOND);
    assertThat(installed).as("one change in run %d", run).hasSize(names.size());
    return installed.getLast() - at;
  }

  private static void nothing(MemberNet net, List<String> names) {}

  @ParameterizedTest
  @CsvSource({"3, 1", "3, 2", "5, 1", "5, 3"})
  void membersThatFallSilentAreGoneWithTheFailureTimeout(int members, int lost) {
    long failure = MembershipSettings.standard().failureTimeout().toNanos();
    assertThat(
            longest(
                members,
                lost,
                ChangeSpeedTest::nothing,
                gone -> gone.each(name -> new Fault.Pause(name, gone.at, LONG))))
        .isLessThan(failure + 3 * MILLI);
    assertThat(
            longest(
                members,
                lost,
                ChangeSpeedTest::nothing,
                gone -> gone.each(name -> new Fault.Isolate(name, gone.at, LONG))))
        .isLessThan(failure + 3 * MILLI);
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "3, 2", "5, 1", "5, 3"})
  void membersThatAreKilledAreGoneWithTheAnswerTheyOwe(int members, int lost) {
    long verify = MembershipSettings.standard().verifyTimeout().toNanos();
    assertThat(
            longest(
                members,
                lost,
                ChangeSpeedTest::nothing,
                gone -> gone.each(name -> new Fault.Crash(name, gone.at, LONG))))
        .isLessThan(verify + 3 * MILLI);
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "3, 2", "5, 1", "5, 3"})
  void membersThatLeaveAreGoneAtOnce(int members, int lost) {
    assertThat(longest(members, lost, ChangeSpeedTest::nothing, ChangeSpeedTest::leave))
        .isLessThan(2 * MILLI);
  }

  private static void leave(Gone gone) {
    gone.names.forEach(gone.net::leave);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RELIABLE", "FIFO", "CAUSAL", "AGREED", "SAFE"})
  void membersThatLeaveWaitForNoTickAfterTheirLastMessage(Service service) {
    assertThat(
            longest(
                3,
                1,
                (net, names) ->
                    names.forEach(
                        name -> {
                          net.send(name, TrafficClass.CRITICAL, service, "one");
                          net.send(name, TrafficClass.NORMAL, service, "x".repeat(100_000));
                        }),
                ChangeSpeedTest::leave))
        .isLessThan(4 * MILLI);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void whatWasSubmittedBeforeAMemberLeavesIsDeliveredByTheOthers(int seed) {
    MemberNet net = new MemberNet(seed, "a", "b", "c");
    net.start();
    net.simulation.runUntil(2 * MemberNet.SECOND);
    net.simulation.inject(FaultPlan.parse("lossy(*>*,20%)@2s+2s"));
    net.simulation.runFor(MILLI);
    for (int i = 0; i < 50; i++) {
      for (Service service : Service.values()) {
        if (service != Service.UNRELIABLE) {
          net.send("a", TrafficClass.CRITICAL, service, service + " " + i);
          net.send("b", TrafficClass.CRITICAL, service, service + " " + i);
          net.send("a", TrafficClass.ALARM, service, service + " " + i);
        }
      }
    }
    net.leave("a");
    net.simulation.runFor(6 * MemberNet.SECOND);
    for (String name : List.of("b", "c")) {
      MemberNet.Member member = net.member(name);
      assertThat(member.installed.getLast()).endsWith("[b#1, c#1]");
      assertThat(member.delivered(TrafficClass.CRITICAL)).hasSize(2 * 5 * 50);
      assertThat(member.delivered(TrafficClass.ALARM)).hasSize(5 * 50);
    }
  }
}
