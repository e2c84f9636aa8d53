package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run of `bench flood` does.
///
/// @param quick shorter, for a first impression
/// @param runs how often quiet and flood are measured in turn for each case, 1 to 100
/// @param warmUp before anything is measured
/// @param leadIn of each segment, not measured
/// @param measured length of each segment
/// @param datagrams garbage datagrams a second, over all ports of all peers
/// @param connections connections of strangers a second, likewise
public record FloodSettings(
    boolean quick,
    int runs,
    Duration warmUp,
    Duration leadIn,
    Duration measured,
    int datagrams,
    int connections) {

  /// Two in the root cell, two below.
  static final int PEERS = 4;

  /// Packets a second of each of the streams: 100 of all.
  static final double RATE = 12.5;

  /// Peers read their datagram ports only while streams are agreed.
  static final List<Replicated> CASES = List.of(Replicated.ALL, Replicated.AGREED);

  private static final int DATAGRAMS = 100_000;
  private static final int CONNECTIONS = 1_000;
  private static final int MOST_RUNS = 100;

  /// The run of the documentation, or one done within a minute.
  ///
  /// @throws BenchException with bad usage when `runs` is not 1 to 100
  public static FloodSettings of(boolean quick, int runs) throws BenchException {
    if (runs < 1 || runs > MOST_RUNS) {
      throw BenchException.badUsage("--runs %d is not from 1 to %d.".formatted(runs, MOST_RUNS));
    }
    Duration measured = Duration.ofSeconds(quick ? 5 : 10);
    return new FloodSettings(
        quick,
        runs,
        Duration.ofSeconds(quick ? 3 : 6),
        Duration.ofSeconds(1),
        measured,
        DATAGRAMS,
        CONNECTIONS);
  }

  Map<String, Object> asMap(List<String> flags) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("quick", quick);
    map.put("runs", runs);
    map.put("measuredSeconds", measured.toMillis() / 1000.0);
    map.put("leadInSeconds", leadIn.toMillis() / 1000.0);
    map.put("peers", PEERS);
    map.put("packetsPerSecond", Traffic.STREAMS * RATE);
    map.put("garbageDatagramsPerSecond", datagrams);
    map.put("strangersPerSecond", connections);
    map.put("peerFlags", String.join(" ", flags));
    return map;
  }
}
