package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run of `bench streams` does.
///
/// @param quick fewer cases, shorter, for a first impression
/// @param runs how often each case is measured, 1 to 100
/// @param warmUp of each path before anything is measured, at [#WARM_UP_RATE] times the rate
/// @param leadIn of each segment, not measured
/// @param measured length of each segment
/// @param faulty shortest length of each segment with faults
/// @param faultRounds how often each case has one fault at each level
/// @param shape the tree of the peers
public record StreamsSettings(
    boolean quick,
    int runs,
    Duration warmUp,
    Duration leadIn,
    Duration measured,
    Duration faulty,
    int faultRounds,
    Shape shape) {

  /// A segment with faults that is to be run.
  ///
  /// @param round decides which peers are hit
  record Fault(FaultCase plan, int round) {}

  /// How many times the paper's rate is sent to warm up and to measure allocation under load.
  static final int HIGH_RATE = 10;

  private static final int DEFAULT_RUNS = 5;
  private static final int MOST_RUNS = 100;

  /// The run of the documentation: about half an hour.
  ///
  /// @throws BenchException with bad usage when `runs` is not 1 to 100
  public static StreamsSettings full(int runs) throws BenchException {
    return checked(
        new StreamsSettings(
            false,
            runs,
            Duration.ofSeconds(6),
            Duration.ofSeconds(1),
            Duration.ofSeconds(6),
            Duration.ofSeconds(3),
            3,
            Shape.PAPER));
  }

  /// Done within a minute.
  ///
  /// @throws BenchException with bad usage when `runs` is not 1 to 100
  public static StreamsSettings quick(int runs) throws BenchException {
    return checked(
        new StreamsSettings(
            true,
            runs,
            Duration.ofMillis(2_000),
            Duration.ofMillis(500),
            Duration.ofMillis(2_500),
            Duration.ofMillis(1_500),
            1,
            Shape.PAPER));
  }

  /// With the usual number of runs.
  public static StreamsSettings of(boolean quick) throws BenchException {
    return quick ? quick(2) : full(DEFAULT_RUNS);
  }

  /// The same with another tree.
  public StreamsSettings with(Shape other) {
    return new StreamsSettings(quick, runs, warmUp, leadIn, measured, faulty, faultRounds, other);
  }

  private static StreamsSettings checked(StreamsSettings settings) throws BenchException {
    if (settings.runs < 1 || settings.runs > MOST_RUNS) {
      throw BenchException.badUsage(
          "--runs %d is not from 1 to %d.".formatted(settings.runs, MOST_RUNS));
    }
    return settings;
  }

  /// The cases that are measured in turn with the bare relays.
  List<Replicated> cases() {
    return quick
        ? List.of(Replicated.NONE, Replicated.ALL, Replicated.PASSIVE_SECOND, Replicated.AGREED)
        : List.of(
            Replicated.NONE,
            Replicated.ONE,
            Replicated.HALF,
            Replicated.ALL,
            Replicated.PASSIVE_SECOND,
            Replicated.PASSIVE_TENTH,
            Replicated.SYNCHRONOUS,
            Replicated.AGREED);
  }

  /// The segments with faults: [0 tables III and IV] in each round, [0 table II] in the first.
  List<Fault> faultCases() {
    List<Replicated> cases =
        quick
            ? List.of(Replicated.ALL)
            : List.of(
                Replicated.NONE,
                Replicated.PASSIVE_SECOND,
                Replicated.PASSIVE_TENTH,
                Replicated.ALL,
                Replicated.SYNCHRONOUS,
                Replicated.AGREED);
    List<Fault> faults = new ArrayList<>();
    for (int round = 0; round < faultRounds; round++) {
      for (int level = shape.levels() - 1; level >= 0; level--) {
        for (int turn = 0; turn < cases.size(); turn++) {
          Replicated how = cases.get((turn + round) % cases.size());
          faults.add(new Fault(new FaultCase(how, level, 1), round));
        }
      }
    }
    for (int level = shape.levels() - 1; level >= 0 && !quick; level--) {
      for (int count = 2; count <= FaultCase.MOST; count++) {
        for (Replicated how : cases) {
          faults.add(new Fault(new FaultCase(how, level, count), 0));
        }
      }
    }
    return faults;
  }

  /// As they stand in a result document.
  Map<String, Object> asMap(List<String> flags) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("quick", quick);
    map.put("runs", runs);
    map.put("measuredSeconds", measured.toMillis() / 1000.0);
    map.put("leadInSeconds", leadIn.toMillis() / 1000.0);
    map.put("warmUpSeconds", warmUp.toMillis() / 1000.0);
    map.put("faultRounds", faultRounds);
    map.put("faultySeconds", faulty.toMillis() / 1000.0);
    map.put("peers", shape.peers());
    map.put("peersPerCell", shape.peersPerCell());
    map.put("sensors", Traffic.STREAMS);
    map.put("packetsPerSecond", Traffic.STREAMS * Traffic.PAPER_RATE);
    map.put("peerFlags", String.join(" ", flags));
    return map;
  }
}
