package io.euryale.bench.group;

import io.euryale.bench.BenchException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run of `bench group` does.
///
/// @param quick fewer sizes and cases, shorter, for a first impression
/// @param orders compare bare orderings instead of systems
/// @param runs how often each case is measured, 1 to 100
/// @param sizes how many members a group has
/// @param warmUp flood of each system before anything is measured
/// @param lead of each run, not measured
/// @param latency length of a run at 200 messages a second
/// @param flood length of a run as fast as the system takes them
/// @param faultRounds how often each fault is caused
public record GroupSettings(
    boolean quick,
    boolean orders,
    int runs,
    List<Integer> sizes,
    Duration warmUp,
    Duration lead,
    Duration latency,
    Duration flood,
    int faultRounds) {

  /// Messages a second of all senders together while latency is measured.
  static final double RATE = 200;

  /// Bytes of a message while latency is measured.
  static final int LATENCY_BYTES = 64;

  /// Own messages under way at which senders that limit themselves wait.
  static final int WINDOW = 4_000;

  private static final int QUICK_RUNS = 1;
  private static final int DEFAULT_RUNS = 3;
  private static final int MOST_RUNS = 100;
  private static final int LEAST_MEMBERS = 2;
  private static final int MOST_MEMBERS = 20;

  public GroupSettings {
    sizes = List.copyOf(sizes);
  }

  /// With the usual number of runs.
  public static GroupSettings of(boolean quick, boolean orders) throws BenchException {
    return of(quick, orders, quick ? QUICK_RUNS : DEFAULT_RUNS);
  }

  /// The settings of the documentation, or those of a run that is done within a minute.
  ///
  /// @throws BenchException with bad usage when `runs` is not 1 to 100
  public static GroupSettings of(boolean quick, boolean orders, int runs) throws BenchException {
    if (runs < 1 || runs > MOST_RUNS) {
      throw BenchException.badUsage("--runs %d is not from 1 to %d.".formatted(runs, MOST_RUNS));
    }
    return quick
        ? new GroupSettings(
            true,
            orders,
            runs,
            List.of(3),
            Duration.ofMillis(2_500),
            Duration.ofMillis(500),
            Duration.ofMillis(1_500),
            Duration.ofMillis(1_000),
            1)
        : new GroupSettings(
            false,
            orders,
            runs,
            List.of(3, 5, 8),
            Duration.ofSeconds(8),
            Duration.ofMillis(1_000),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            5);
  }

  /// The same for groups of other sizes.
  ///
  /// @param members 2 to 20 members each
  /// @throws BenchException with bad usage when a group is smaller or larger
  public GroupSettings withSizes(List<Integer> members) throws BenchException {
    for (int size : members) {
      if (size < LEAST_MEMBERS || size > MOST_MEMBERS) {
        throw BenchException.badUsage(
            "--members %d is not from %d to %d.".formatted(size, LEAST_MEMBERS, MOST_MEMBERS));
      }
    }
    return new GroupSettings(
        quick, orders, runs, members, warmUp, lead, latency, flood, faultRounds);
  }

  /// Bytes of the messages of floods.
  List<Integer> floodBytes() {
    return quick || orders ? List.of(1024) : List.of(200, 1024);
  }

  /// Whether a group is left alone on a busy machine, which takes ten minutes and has three
  /// members.
  boolean watchesBusyGroup() {
    return !quick && !orders && sizes.contains(3);
  }

  /// Roughly how many steps there are.
  double expectedSteps() {
    int systems = SystemUnderTest.measured(orders).size();
    double loads = orders ? 4 : quick ? 10 : 22;
    int faults = orders ? 0 : 7 + faultRounds * (quick ? 10 : 15);
    return runs
        + sizes.size() * (systems * (1 + runs * loads * 0.7) + faults)
        + (watchesBusyGroup() ? 10 : 0);
  }

  /// As they stand in a result document.
  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("quick", quick);
    map.put("runs", runs);
    map.put("sizes", sizes);
    map.put("messagesPerSecond", RATE);
    map.put("latencyBytes", LATENCY_BYTES);
    map.put("warmUpSeconds", warmUp.toMillis() / 1000.0);
    map.put("leadSeconds", lead.toMillis() / 1000.0);
    map.put("latencySeconds", latency.toMillis() / 1000.0);
    map.put("floodSeconds", flood.toMillis() / 1000.0);
    map.put("window", WINDOW);
    map.put("faultRounds", faultRounds);
    map.put("memberFlags", String.join(" ", Crew.FLAGS));
    return map;
  }
}
