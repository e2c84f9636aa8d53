package io.euryale.peer.recording;

import java.time.Duration;

/// How much of the past a recording keeps. The oldest goes first, a segment at a time: a sixteenth
/// of the size, or a twelfth of the age. A segment holds at least one packet, however large.
///
/// @param bytes at least 64 KiB
/// @param age at least 1 s
/// @param force longest time after which what was written is forced onto the disk; zero forces
/// after each record
public record RecordingLimits(long bytes, Duration age, Duration force) {

  /// 1 GiB, one hour, forced five times a second.
  public static final RecordingLimits DEFAULTS =
      new RecordingLimits(1L << 30, Duration.ofHours(1), Duration.ofMillis(200));

  private static final int SEGMENTS_BY_SIZE = 16;
  private static final int SEGMENTS_BY_AGE = 12;

  public RecordingLimits {
    if (bytes < 64 << 10 || age.compareTo(Duration.ofSeconds(1)) < 0 || force.isNegative()) {
      throw new IllegalArgumentException(
          "A recording keeps at least 64 KiB and 1 s: " + bytes + " bytes, " + age);
    }
  }

  long segmentBytes() {
    return bytes / SEGMENTS_BY_SIZE;
  }

  long segmentMillis() {
    return Math.max(1, age.toMillis() / SEGMENTS_BY_AGE);
  }
}
