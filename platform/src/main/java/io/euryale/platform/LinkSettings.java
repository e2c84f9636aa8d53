package io.euryale.platform;

import io.euryale.kernel.settings.Setting;
import java.time.Duration;

/// Limits of the links of one peer on one traffic class.
///
/// @param helloTimeout time for a new connection to say who it is
/// @param strangerCount connections accepted that have not said yet who they are
/// @param queueBytes bytes waiting to be sent on one link
/// @param redialFirst pause after the first failed dial
/// @param redialLongest longest pause between two dials
/// @param drainTimeout how long a link that is closed on purpose may take to send what is queued
public record LinkSettings(
    @Setting(
            about =
                "Time for a new connection to say who it is; too short refuses peers on a busy"
                    + " machine, too long lets strangers hold connections.",
            byDefault = "5s",
            min = "10ms",
            max = "1m")
        Duration helloTimeout,
    @Setting(
            about =
                "Accepted connections per traffic class that have not said yet who they are; more"
                    + " are closed at once. Four classes of 32 make 128 for a peer.",
            byDefault = "32",
            min = "1",
            max = "4096")
        int strangerCount,
    @Setting(
            about =
                "Bytes that may wait on one link for a slow receiver; beyond it frames are refused"
                    + " and counted. Large queues cost memory and age the data in them.",
            byDefault = "4MiB",
            min = "64KiB",
            max = "256MiB")
        long queueBytes,
    @Setting(
            about = "Pause after the first failed dial; it doubles up to the longest pause.",
            byDefault = "20ms",
            min = "1ms",
            max = "10s")
        Duration redialFirst,
    @Setting(
            about =
                "Longest pause between two dials; long pauses delay the return of a restarted"
                    + " peer.",
            byDefault = "1s",
            min = "10ms",
            max = "1m")
        Duration redialLongest,
    @Setting(
            about = "How long a link that is closed on purpose may take to send what is queued.",
            byDefault = "1s",
            min = "10ms",
            max = "1m")
        Duration drainTimeout) {

  /// The documented defaults.
  public static LinkSettings defaults() {
    return new LinkSettings(
        Duration.ofSeconds(5),
        32,
        4 << 20,
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1));
  }

  public LinkSettings withQueueBytes(long bytes) {
    return new LinkSettings(
        helloTimeout, strangerCount, bytes, redialFirst, redialLongest, drainTimeout);
  }

  public LinkSettings withHelloTimeout(Duration timeout) {
    return new LinkSettings(
        timeout, strangerCount, queueBytes, redialFirst, redialLongest, drainTimeout);
  }

  public LinkSettings withStrangerCount(int count) {
    return new LinkSettings(
        helloTimeout, count, queueBytes, redialFirst, redialLongest, drainTimeout);
  }
}
