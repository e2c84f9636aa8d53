package io.euryale.simulation;

/// Several faults that belong together, or one whose length is chosen with a purpose: what single
/// draws hit too rarely. A [FaultMenu] draws where and when; what it draws are plain faults.
public sealed interface FaultPattern {

  /// A majority of the peers, or all of them, crash at nearly the same time; each comes back when
  /// it will.
  ///
  /// @param withinNanos from the first crash to the last at most, 0 or more
  record CrashTogether(long withinNanos) implements FaultPattern {
    public CrashTogether {
      FaultText.check(withinNanos >= 0, "Crashes happen within 0 ns or more");
    }

    /// Within 50 ms.
    public static CrashTogether usual() {
      return new CrashTogether(50_000_000L);
    }
  }

  /// A partition that comes and goes 3 to 8 times between the same sides.
  ///
  /// @param periodNanos from one cut to the next, of which 20 to 80 % are cut; at least 100
  record Flapping(long periodNanos) implements FaultPattern {
    public Flapping {
      FaultText.check(periodNanos >= 100, "A partition flaps with a period of 100 ns or more");
    }
  }

  /// A pause about as long as a time-out of the protocol, up to 10 % shorter or longer.
  ///
  /// @param timeoutNanos at least 10
  record PauseAround(long timeoutNanos) implements FaultPattern {
    public PauseAround {
      FaultText.check(timeoutNanos >= 10, "A pause lasts around 10 ns or more");
    }
  }
}
