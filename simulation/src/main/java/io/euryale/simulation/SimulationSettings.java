package io.euryale.simulation;

import java.time.Duration;

/// What the virtual environment is like when no fault is active. Lengths in nanoseconds.
///
/// @param overlay name of the overlay in every hello
/// @param shortestServiceNanos least time a loop takes for one input
/// @param longestServiceNanos most time a loop takes for one input
/// @param shortestDelayNanos least one-way delay of a frame or datagram
/// @param usualDelayNanos 95 % of the frames take no longer
/// @param longestDelayNanos 99.9 % of the frames take no longer; the rest up to ten times as long
/// @param linkQueueFrames frames that a link holds in one direction, sent and not yet handled by
/// the other side, before `send` refuses
/// @param receiveBufferBytes bytes of datagrams that wait for one core before more are dropped
/// @param datagramBytes largest datagram that is sent, 1,200 to 65,000
/// @param firstRedialNanos first pause between two dials; doubles up to `longestRedialNanos`, each
/// pause drawn between half of it and all of it
/// @param longestRedialNanos longest pause between two dials
/// @param driftPpm clocks run up to this many parts per million fast or slow
/// @param maxSteps inputs and network events after which a run counts as a livelock
public record SimulationSettings(
    String overlay,
    long shortestServiceNanos,
    long longestServiceNanos,
    long shortestDelayNanos,
    long usualDelayNanos,
    long longestDelayNanos,
    int linkQueueFrames,
    int receiveBufferBytes,
    int datagramBytes,
    long firstRedialNanos,
    long longestRedialNanos,
    int driftPpm,
    long maxSteps) {

  public SimulationSettings {
    if (shortestServiceNanos < 0
        || shortestServiceNanos > longestServiceNanos
        || shortestDelayNanos < 0
        || shortestDelayNanos > usualDelayNanos
        || usualDelayNanos > longestDelayNanos
        || linkQueueFrames < 1
        || receiveBufferBytes < datagramBytes
        || datagramBytes < 1_200
        || datagramBytes > 65_000
        || firstRedialNanos < 1
        || firstRedialNanos > longestRedialNanos
        || driftPpm < 0
        || maxSteps < 1) {
      throw new IllegalArgumentException("Simulation settings are out of range or out of order");
    }
  }

  /// A local network: delays of 0.05 to 2 ms with a tail, service times of 1 to 50 µs.
  public static SimulationSettings lan() {
    return new SimulationSettings(
        "euryale",
        1_000,
        50_000,
        50_000,
        500_000,
        2_000_000,
        1024,
        4 << 20,
        60_000,
        Duration.ofMillis(20).toNanos(),
        Duration.ofMillis(500).toNanos(),
        200,
        50_000_000);
  }

  public SimulationSettings withServiceNanos(long shortest, long longest) {
    return new SimulationSettings(
        overlay,
        shortest,
        longest,
        shortestDelayNanos,
        usualDelayNanos,
        longestDelayNanos,
        linkQueueFrames,
        receiveBufferBytes,
        datagramBytes,
        firstRedialNanos,
        longestRedialNanos,
        driftPpm,
        maxSteps);
  }

  public SimulationSettings withDelayNanos(long shortest, long usual, long longest) {
    return new SimulationSettings(
        overlay,
        shortestServiceNanos,
        longestServiceNanos,
        shortest,
        usual,
        longest,
        linkQueueFrames,
        receiveBufferBytes,
        datagramBytes,
        firstRedialNanos,
        longestRedialNanos,
        driftPpm,
        maxSteps);
  }

  public SimulationSettings withLinkQueueFrames(int frames) {
    return new SimulationSettings(
        overlay,
        shortestServiceNanos,
        longestServiceNanos,
        shortestDelayNanos,
        usualDelayNanos,
        longestDelayNanos,
        frames,
        receiveBufferBytes,
        datagramBytes,
        firstRedialNanos,
        longestRedialNanos,
        driftPpm,
        maxSteps);
  }

  public SimulationSettings withReceiveBufferBytes(int bytes) {
    return new SimulationSettings(
        overlay,
        shortestServiceNanos,
        longestServiceNanos,
        shortestDelayNanos,
        usualDelayNanos,
        longestDelayNanos,
        linkQueueFrames,
        bytes,
        datagramBytes,
        firstRedialNanos,
        longestRedialNanos,
        driftPpm,
        maxSteps);
  }

  public SimulationSettings withDatagramBytes(int bytes) {
    return new SimulationSettings(
        overlay,
        shortestServiceNanos,
        longestServiceNanos,
        shortestDelayNanos,
        usualDelayNanos,
        longestDelayNanos,
        linkQueueFrames,
        receiveBufferBytes,
        bytes,
        firstRedialNanos,
        longestRedialNanos,
        driftPpm,
        maxSteps);
  }

  public SimulationSettings withDriftPpm(int ppm) {
    return new SimulationSettings(
        overlay,
        shortestServiceNanos,
        longestServiceNanos,
        shortestDelayNanos,
        usualDelayNanos,
        longestDelayNanos,
        linkQueueFrames,
        receiveBufferBytes,
        datagramBytes,
        firstRedialNanos,
        longestRedialNanos,
        ppm,
        maxSteps);
  }

  public SimulationSettings withMaxSteps(long steps) {
    return new SimulationSettings(
        overlay,
        shortestServiceNanos,
        longestServiceNanos,
        shortestDelayNanos,
        usualDelayNanos,
        longestDelayNanos,
        linkQueueFrames,
        receiveBufferBytes,
        datagramBytes,
        firstRedialNanos,
        longestRedialNanos,
        driftPpm,
        steps);
  }
}
