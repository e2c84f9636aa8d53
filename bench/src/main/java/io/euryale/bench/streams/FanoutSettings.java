package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run of `bench fanout` does.
///
/// @param quick shorter, for a first impression
/// @param runs how often each case is measured, 1 to 100
/// @param peers how many, the first of the tree of [0 §IV]: 3 to 14
/// @param clients how many in turn, each 1 to 1,000, growing
/// @param warmUp before anything is measured, at ten times the rate
/// @param leadIn of each segment, not measured
/// @param measured length of each segment
public record FanoutSettings(
    boolean quick,
    int runs,
    int peers,
    List<Integer> clients,
    Duration warmUp,
    Duration leadIn,
    Duration measured) {

  private static final int MOST_RUNS = 100;
  private static final int MOST_CLIENTS = 1_000;

  /// See the parameters.
  public FanoutSettings {
    clients = List.copyOf(clients);
  }

  /// The run of the documentation, or one done within two minutes.
  ///
  /// @param clients numbers of clients; none for the usual ones
  /// @throws BenchException with bad usage when `runs` or `clients` are out of range
  public static FanoutSettings of(boolean quick, int runs, List<Integer> clients)
      throws BenchException {
    if (runs < 1 || runs > MOST_RUNS) {
      throw BenchException.badUsage("--runs %d is not from 1 to %d.".formatted(runs, MOST_RUNS));
    }
    for (int number : clients) {
      if (number < 1 || number > MOST_CLIENTS) {
        throw BenchException.badUsage(
            "--clients %d is not from 1 to %d.".formatted(number, MOST_CLIENTS));
      }
    }
    List<Integer> usual = quick ? List.of(1, 8, 32) : List.of(1, 8, 32, 128);
    return new FanoutSettings(
        quick,
        runs,
        Shape.PAPER.peers(),
        clients.isEmpty() ? usual : clients.stream().sorted().distinct().toList(),
        Duration.ofSeconds(quick ? 2 : 6),
        Duration.ofMillis(quick ? 500 : 1_000),
        Duration.ofSeconds(quick ? 2 : 8));
  }

  Map<String, Object> asMap(List<String> flags) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("quick", quick);
    map.put("runs", runs);
    map.put("measuredSeconds", measured.toMillis() / 1000.0);
    map.put("leadInSeconds", leadIn.toMillis() / 1000.0);
    map.put("warmUpSeconds", warmUp.toMillis() / 1000.0);
    map.put("peers", peers);
    map.put("clients", clients);
    map.put("packetsPerSecond", Traffic.PAPER_RATE);
    map.put("peerFlags", String.join(" ", flags));
    return map;
  }
}
