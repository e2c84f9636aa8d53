package io.euryale.simulation;

import java.util.List;
import java.util.Locale;

/// One thing that goes wrong in a run: what, where, from when and for how long.
///
/// Text form, one fault (see [FaultPlan] for lists): `kind(where)@start+duration`, for example
/// `crash(p2)@1500ms+2s`, `partition(p1,p2|p3)@1s+800ms`, `lossy(p1>*,15%)@0ms+5s`,
/// `reset(p1,p2)@3s`. A duration of `end` lasts until the simulation is healed. `*` is any process.
/// Rates are percentages of the frames and datagrams, 1 to 100. What touches frames touches
/// datagrams too, except resets; [Kind#CORRUPTING], [Kind#REPLAYING] and [Kind#GARBAGE] touch
/// datagrams only.
public sealed interface Fault {

  /// A duration that ends with [Simulation#quiesce].
  long UNTIL_HEALED = Long.MAX_VALUE;

  /// Any process, where a link fault names one side.
  String ANY = "*";

  /// The kinds, in the order in which reports list them.
  enum Kind {
    /// The process dies; its kernel resets the connections; it boots again at the end.
    CRASH,
    /// The machine loses power: nobody is told; it boots again at the end.
    CRASH_HOST,
    /// The process dies and boots again at once.
    RESTART,
    /// SIGSTOP: no input is handled, the kernel still accepts frames into bounded queues.
    PAUSE,
    /// Every input takes some times as long.
    SLOW,
    /// Two sets of processes hear nothing from each other.
    PARTITION,
    /// The second set hears nothing from the first; the other direction works.
    ONE_WAY,
    /// One process is cut off from all others.
    ISOLATE,
    /// Frames of one direction are lost at a rate.
    LOSSY,
    /// Frames of one direction arrive twice at a rate.
    DUPLICATING,
    /// Frames of one direction are overtaken by later ones at a rate.
    REORDERING,
    /// Frames of one direction take longer.
    DELAYING,
    /// Every connection between two processes is reset, once.
    RESET,
    /// Datagrams of one direction are damaged or cut short at a rate.
    CORRUPTING,
    /// Datagrams of one direction come again up to 5 s later, at a rate; also into a later life of
    /// either side and across a partition.
    REPLAYING,
    /// A stranger sends random bytes and changed datagrams to a process.
    GARBAGE,
    /// A process's disk takes up to 10 s for a write.
    SLOW_DISK,
    /// A process's disk is empty at its next boot, even if that is the boot of the healing.
    WIPED;

    /// The word used in fault lists and reports.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  Kind kind();

  /// Virtual time at which it begins, from the start of the run.
  long startNanos();

  /// How long it lasts; 0 for faults that happen at one instant.
  long durationNanos();

  /// The same fault for another length of time; an instant fault returns itself.
  Fault withDuration(long nanos);

  record Crash(String process, long startNanos, long durationNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.CRASH;
    }

    @Override
    public Crash withDuration(long nanos) {
      return new Crash(process, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record CrashHost(String process, long startNanos, long durationNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.CRASH_HOST;
    }

    @Override
    public CrashHost withDuration(long nanos) {
      return new CrashHost(process, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Restart(String process, long startNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.RESTART;
    }

    @Override
    public long durationNanos() {
      return 0;
    }

    @Override
    public Restart withDuration(long nanos) {
      return this;
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Pause(String process, long startNanos, long durationNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.PAUSE;
    }

    @Override
    public Pause withDuration(long nanos) {
      return new Pause(process, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  /// See [Kind#SLOW].
  ///
  /// @param factor how many times as long each input takes, 2 to 1000
  record Slow(String process, int factor, long startNanos, long durationNanos) implements Fault {
    public Slow {
      FaultText.check(factor >= 2 && factor <= 1000, "A slow fault multiplies by 2 to 1000");
    }

    @Override
    public Kind kind() {
      return Kind.SLOW;
    }

    @Override
    public Slow withDuration(long nanos) {
      return new Slow(process, factor, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Partition(List<String> left, List<String> right, long startNanos, long durationNanos)
      implements Fault {
    public Partition {
      left = List.copyOf(left);
      right = List.copyOf(right);
      FaultText.check(!left.isEmpty() && !right.isEmpty(), "A partition has two sides");
    }

    @Override
    public Kind kind() {
      return Kind.PARTITION;
    }

    @Override
    public Partition withDuration(long nanos) {
      return new Partition(left, right, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  /// See [Kind#ONE_WAY].
  ///
  /// @param from the side whose frames vanish
  /// @param to the side that hears nothing
  record OneWay(List<String> from, List<String> to, long startNanos, long durationNanos)
      implements Fault {
    public OneWay {
      from = List.copyOf(from);
      to = List.copyOf(to);
      FaultText.check(!from.isEmpty() && !to.isEmpty(), "A one-way partition has two sides");
    }

    @Override
    public Kind kind() {
      return Kind.ONE_WAY;
    }

    @Override
    public OneWay withDuration(long nanos) {
      return new OneWay(from, to, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Isolate(String process, long startNanos, long durationNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.ISOLATE;
    }

    @Override
    public Isolate withDuration(long nanos) {
      return new Isolate(process, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Lossy(String from, String to, int percent, long startNanos, long durationNanos)
      implements Fault {
    public Lossy {
      FaultText.checkPercent(percent);
    }

    @Override
    public Kind kind() {
      return Kind.LOSSY;
    }

    @Override
    public Lossy withDuration(long nanos) {
      return new Lossy(from, to, percent, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Duplicating(String from, String to, int percent, long startNanos, long durationNanos)
      implements Fault {
    public Duplicating {
      FaultText.checkPercent(percent);
    }

    @Override
    public Kind kind() {
      return Kind.DUPLICATING;
    }

    @Override
    public Duplicating withDuration(long nanos) {
      return new Duplicating(from, to, percent, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Reordering(String from, String to, int percent, long startNanos, long durationNanos)
      implements Fault {
    public Reordering {
      FaultText.checkPercent(percent);
    }

    @Override
    public Kind kind() {
      return Kind.REORDERING;
    }

    @Override
    public Reordering withDuration(long nanos) {
      return new Reordering(from, to, percent, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  /// See [Kind#DELAYING].
  ///
  /// @param extraNanos each frame takes between nothing and this much longer; order is kept
  record Delaying(String from, String to, long extraNanos, long startNanos, long durationNanos)
      implements Fault {
    public Delaying {
      FaultText.check(extraNanos > 0, "A delay is positive");
    }

    @Override
    public Kind kind() {
      return Kind.DELAYING;
    }

    @Override
    public Delaying withDuration(long nanos) {
      return new Delaying(from, to, extraNanos, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Reset(String left, String right, long startNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.RESET;
    }

    @Override
    public long durationNanos() {
      return 0;
    }

    @Override
    public Reset withDuration(long nanos) {
      return this;
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Corrupting(String from, String to, int percent, long startNanos, long durationNanos)
      implements Fault {
    public Corrupting {
      FaultText.checkPercent(percent);
    }

    @Override
    public Kind kind() {
      return Kind.CORRUPTING;
    }

    @Override
    public Corrupting withDuration(long nanos) {
      return new Corrupting(from, to, percent, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Replaying(String from, String to, int percent, long startNanos, long durationNanos)
      implements Fault {
    public Replaying {
      FaultText.checkPercent(percent);
    }

    @Override
    public Kind kind() {
      return Kind.REPLAYING;
    }

    @Override
    public Replaying withDuration(long nanos) {
      return new Replaying(from, to, percent, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  /// See [Kind#GARBAGE].
  ///
  /// @param perSecond datagrams of the stranger in a second, on average; 1 to 9999
  record Garbage(String process, int perSecond, long startNanos, long durationNanos)
      implements Fault {
    public Garbage {
      FaultText.check(
          perSecond >= 1 && perSecond <= 9999, "Garbage comes 1 to 9999 times a second");
    }

    @Override
    public Kind kind() {
      return Kind.GARBAGE;
    }

    @Override
    public Garbage withDuration(long nanos) {
      return new Garbage(process, perSecond, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record SlowDisk(String process, long startNanos, long durationNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.SLOW_DISK;
    }

    @Override
    public SlowDisk withDuration(long nanos) {
      return new SlowDisk(process, startNanos, nanos);
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }

  record Wiped(String process, long startNanos) implements Fault {
    @Override
    public Kind kind() {
      return Kind.WIPED;
    }

    @Override
    public long durationNanos() {
      return 0;
    }

    @Override
    public Wiped withDuration(long nanos) {
      return this;
    }

    @Override
    public String toString() {
      return FaultText.print(this);
    }
  }
}
