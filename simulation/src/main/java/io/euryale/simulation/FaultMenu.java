package io.euryale.simulation;

import io.euryale.simulation.Fault.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// What may go wrong in the runs of a scenario. Each run draws its own subset of the kinds and its
/// own rates: a run with only pauses and a run with only loss find different bugs.
///
/// @param peers processes that process faults (crash, restart, pause, slow) may hit
/// @param others further processes, whose links may suffer
/// @param fromNanos no fault begins before this virtual time
/// @param untilNanos no fault begins or lasts beyond this virtual time
/// @param kinds kinds that may be drawn
/// @param fewest least number of faults drawn
/// @param most largest number of faults drawn
/// @param mostDown how many of the peers may be crashed at the same time, by single crashes
/// @param patterns arrangements of several faults that may be drawn, each as one of the count
public record FaultMenu(
    List<String> peers,
    List<String> others,
    long fromNanos,
    long untilNanos,
    Set<Kind> kinds,
    int fewest,
    int most,
    int mostDown,
    List<FaultPattern> patterns) {

  /// What happens to links and processes.
  public static final Set<Kind> DEFAULT_KINDS =
      Collections.unmodifiableSet(EnumSet.range(Kind.CRASH, Kind.RESET));

  /// What happens to datagrams, disks and processes, except that a disk is lost: that is asked for
  /// by name only.
  public static final Set<Kind> DATAGRAM_KINDS =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(Kind.RESET, Kind.WIPED)));

  private static final long MILLI = 1_000_000L;

  /// Draws that may fail in a row before a plan is left shorter than drawn.
  private static final int TRIES = 8;

  public FaultMenu {
    peers = List.copyOf(peers);
    others = List.copyOf(others);
    patterns = List.copyOf(patterns);
    kinds = Collections.unmodifiableSet(kinds.isEmpty() ? kinds : EnumSet.copyOf(kinds));
    FaultText.check(
        peers.size() >= 2 && fromNanos >= 0 && untilNanos > fromNanos,
        "A fault menu needs two peers and a span of time");
    FaultText.check(
        !kinds.isEmpty() && fewest >= 0 && fewest <= most && mostDown >= 0,
        "A fault menu needs kinds and counts in order");
  }

  /// [#DEFAULT_KINDS], 4 to 12 faults, at most a minority of the peers down at once.
  public static FaultMenu of(List<String> peers, long fromNanos, long untilNanos) {
    return new FaultMenu(
        peers,
        List.of(),
        fromNanos,
        untilNanos,
        DEFAULT_KINDS,
        4,
        12,
        Math.max(1, (peers.size() - 1) / 2),
        List.of());
  }

  public FaultMenu withOthers(List<String> processes) {
    return new FaultMenu(
        peers, processes, fromNanos, untilNanos, kinds, fewest, most, mostDown, patterns);
  }

  public FaultMenu withKinds(Set<Kind> allowed) {
    return new FaultMenu(
        peers, others, fromNanos, untilNanos, allowed, fewest, most, mostDown, patterns);
  }

  public FaultMenu withCount(int least, int largest) {
    return new FaultMenu(
        peers, others, fromNanos, untilNanos, kinds, least, largest, mostDown, patterns);
  }

  public FaultMenu withMostDown(int count) {
    return new FaultMenu(
        peers, others, fromNanos, untilNanos, kinds, fewest, most, count, patterns);
  }

  /// Some draws become one of these patterns, as if they were further kinds.
  public FaultMenu withPatterns(List<FaultPattern> some) {
    return new FaultMenu(peers, others, fromNanos, untilNanos, kinds, fewest, most, mostDown, some);
  }

  /// The plan of a run, from its seed.
  public FaultPlan draw(long seed) {
    return draw(seed, 0);
  }

  /// The plan of a run after some earlier plans of it turned out too thin.
  ///
  /// @param redraw 0 for the first plan, then 1, 2, …
  public FaultPlan draw(long seed, int redraw) {
    SplittableRandom random = Seeds.stream(seed, "faults " + redraw);
    List<Kind> kindList = new ArrayList<>(kinds);
    List<Integer> swarm = swarm(random, kindList.size() + patterns.size());
    int count = fewest + random.nextInt(most - fewest + 1);
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (int tries = 0; tries < TRIES; tries++) {
        int choice = swarm.get(random.nextInt(swarm.size()));
        if (choice >= kindList.size()) {
          faults.addAll(arrange(random, patterns.get(choice - kindList.size())));
          break;
        }
        Fault fault = fault(random, kindList.get(choice));
        if (!isDown(fault) || downAtOnce(faults, fault) < mostDown) {
          faults.add(fault);
          break;
        }
      }
    }
    faults.sort((a, b) -> Long.compare(a.startNanos(), b.startNanos()));
    return new FaultPlan(faults);
  }

  /// A drawn subset of the choices, never empty.
  private static List<Integer> swarm(SplittableRandom random, int choices) {
    List<Integer> swarm = new ArrayList<>();
    for (int choice = 0; choice < choices; choice++) {
      if (random.nextBoolean()) {
        swarm.add(choice);
      }
    }
    if (swarm.isEmpty()) {
      swarm.add(random.nextInt(choices));
    }
    return swarm;
  }

  private List<Fault> arrange(SplittableRandom random, FaultPattern pattern) {
    long start = whole(fromNanos + random.nextLong(untilNanos - fromNanos));
    return switch (pattern) {
      case FaultPattern.CrashTogether together -> crashes(random, together, start);
      case FaultPattern.Flapping flapping -> flaps(random, flapping, start);
      case FaultPattern.PauseAround around -> {
        long tenth = around.timeoutNanos() / 10;
        long length = around.timeoutNanos() - tenth + random.nextLong(2 * tenth + 1);
        String peer = peers.get(random.nextInt(peers.size()));
        yield List.of(new Fault.Pause(peer, start, Math.min(length, untilNanos - start)));
      }
    };
  }

  private List<Fault> crashes(
      SplittableRandom random, FaultPattern.CrashTogether together, long start) {
    List<String> hit = new ArrayList<>(peers);
    if (random.nextBoolean()) {
      for (int survivors = (peers.size() - 1) / 2; survivors > 0; survivors--) {
        hit.remove(random.nextInt(hit.size()));
      }
    }
    List<Fault> crashes = new ArrayList<>();
    for (String peer : hit) {
      long at = Math.min(start + random.nextLong(together.withinNanos() + 1), untilNanos - 1);
      long length = Math.min(length(random), Math.max(1, untilNanos - at));
      crashes.add(
          random.nextBoolean()
              ? new Fault.Crash(peer, at, length)
              : new Fault.CrashHost(peer, at, length));
    }
    return crashes;
  }

  private List<Fault> flaps(SplittableRandom random, FaultPattern.Flapping flapping, long start) {
    List<List<String>> sides = split(random);
    long cut = flapping.periodNanos() * (20 + random.nextInt(61)) / 100;
    int times = 3 + random.nextInt(6);
    List<Fault> flaps = new ArrayList<>();
    for (long at = start; flaps.size() < times && at < untilNanos; at += flapping.periodNanos()) {
      long length = Math.min(cut, untilNanos - at);
      flaps.add(new Fault.Partition(sides.getFirst(), sides.getLast(), at, length));
    }
    return flaps;
  }

  private Fault fault(SplittableRandom random, Kind kind) {
    long start = whole(fromNanos + random.nextLong(untilNanos - fromNanos));
    long room = Math.max(MILLI, untilNanos - start);
    long length = Math.min(length(random), whole(room));
    String peer = peers.get(random.nextInt(peers.size()));
    return switch (kind) {
      case CRASH -> new Fault.Crash(peer, start, length);
      case CRASH_HOST -> new Fault.CrashHost(peer, start, length);
      case RESTART -> new Fault.Restart(peer, start);
      case PAUSE -> new Fault.Pause(peer, start, length);
      case SLOW -> new Fault.Slow(peer, 2 + random.nextInt(99), start, length);
      case ISOLATE -> new Fault.Isolate(peer, start, length);
      case PARTITION -> {
        List<List<String>> sides = split(random);
        yield new Fault.Partition(sides.getFirst(), sides.getLast(), start, length);
      }
      case ONE_WAY -> {
        List<List<String>> sides = split(random);
        yield new Fault.OneWay(sides.getFirst(), sides.getLast(), start, length);
      }
      case LOSSY, DUPLICATING, REORDERING, DELAYING, CORRUPTING, REPLAYING ->
          onDirection(random, kind, start, length);
      case GARBAGE -> new Fault.Garbage(peer, 1 + random.nextInt(300), start, length);
      case SLOW_DISK -> new Fault.SlowDisk(peer, start, length);
      case WIPED -> new Fault.Wiped(peer, start);
      case RESET -> {
        List<String> pair = pair(random);
        yield new Fault.Reset(pair.getFirst(), pair.getLast(), start);
      }
    };
  }

  private Fault onDirection(SplittableRandom random, Kind kind, long start, long length) {
    List<String> pair = pair(random);
    // A third of the link faults touch everything that one side sends or hears.
    int wide = random.nextInt(6);
    String from = wide == 0 ? Fault.ANY : pair.getFirst();
    String to = wide == 1 ? Fault.ANY : pair.getLast();
    return switch (kind) {
      case LOSSY -> new Fault.Lossy(from, to, 1 + random.nextInt(30), start, length);
      case DUPLICATING -> new Fault.Duplicating(from, to, 1 + random.nextInt(50), start, length);
      case CORRUPTING -> new Fault.Corrupting(from, to, 1 + random.nextInt(30), start, length);
      case REPLAYING -> new Fault.Replaying(from, to, 1 + random.nextInt(30), start, length);
      case REORDERING -> new Fault.Reordering(from, to, 1 + random.nextInt(50), start, length);
      default -> new Fault.Delaying(from, to, (1 + random.nextInt(200)) * MILLI, start, length);
    };
  }

  /// Half of the faults are over within 200 ms, the others last up to 5 s.
  private static long length(SplittableRandom random) {
    return (random.nextBoolean() ? 10 + random.nextInt(190) : 200 + random.nextInt(4800)) * MILLI;
  }

  private static long whole(long nanos) {
    return Math.max(MILLI, nanos / MILLI * MILLI);
  }

  private List<String> pair(SplittableRandom random) {
    List<String> all = all();
    int left = random.nextInt(all.size());
    int right = random.nextInt(all.size() - 1);
    return List.of(all.get(left), all.get(right < left ? right : right + 1));
  }

  /// Two sides, each with at least one peer; some processes may be on neither side and hear both.
  private List<List<String>> split(SplittableRandom random) {
    List<String> left = new ArrayList<>();
    List<String> right = new ArrayList<>();
    boolean bridges = random.nextInt(4) == 0;
    for (String name : all()) {
      int side = random.nextInt(bridges ? 3 : 2);
      if (side == 0) {
        left.add(name);
      } else if (side == 1) {
        right.add(name);
      }
    }
    if (left.isEmpty() || right.isEmpty()) {
      int alone = random.nextInt(peers.size());
      List<String> rest = new ArrayList<>(all());
      rest.remove(peers.get(alone));
      return List.of(List.of(peers.get(alone)), rest);
    }
    return List.of(left, right);
  }

  private List<String> all() {
    List<String> all = new ArrayList<>(peers);
    all.addAll(others);
    return all;
  }

  private static boolean isDown(Fault fault) {
    return fault.kind() == Kind.CRASH
        || fault.kind() == Kind.CRASH_HOST
        || fault.kind() == Kind.RESTART;
  }

  private static long downAtOnce(List<Fault> faults, Fault fault) {
    long end = fault.startNanos() + fault.durationNanos();
    return faults.stream()
        .filter(FaultMenu::isDown)
        .filter(f -> f.startNanos() <= end)
        .filter(f -> f.startNanos() + f.durationNanos() >= fault.startNanos())
        .count();
  }
}
