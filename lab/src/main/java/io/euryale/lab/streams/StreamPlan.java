package io.euryale.lab.streams;

import io.euryale.service.stream.Replication;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// What one schedule looks like, drawn from its seed: the tree, the wishes, the faults.
///
/// Faults are drawn in swarms: each schedule has its own subset of kinds, because a run with pauses
/// only and a run with loss only find different bugs.
///
/// @param depth levels of the tree, 2 or 3; 1 for a mesh
/// @param span children of a cell, 1 or 2
/// @param peersPerCell 2 or 3; 3 when two replicas are asked for; 3 to 5 in a mesh
/// @param replication what the client asks for its critical streams; alarms are always protected,
/// and agreed on when the others are
/// @param clientAway whether the client is away for a while when all else is well, so that nothing
/// but the cells holds what is published
/// @param newestOnly whether the client asks for conflation in class normal
/// @param slow whether the client's application takes nothing of [#SLOW_STREAM] for a while when
/// all else is well, and peers and client have little room
/// @param large whether payloads of classes critical and normal travel as several packets
/// @param places where clients attach
/// @param faults what goes wrong before [#QUIESCE_NANOS]
/// @param drains who is drained, and when; some schedules have drains and no faults
record StreamPlan(
    int depth,
    int span,
    int peersPerCell,
    Replication replication,
    boolean clientAway,
    boolean newestOnly,
    boolean slow,
    boolean large,
    Places places,
    FaultPlan faults,
    List<Drain> drains) {

  /// A peer that is drained and comes back in another life.
  record Drain(String peer, long atNanos) {}

  /// Where clients attach: the number of the peer that they are near to, or [#ROOT].
  ///
  /// @param client of the one that asks for everything
  /// @param viewer of one that takes alarms and critical events; [#NOBODY] without one
  record Places(int client, int viewer) {
    static final int ROOT = -1;
    static final int NOBODY = -2;
    static final Places AT_THE_ROOT = new Places(ROOT, NOBODY);

    static Places draw(SplittableRandom random, int peers) {
      int client = random.nextInt(3) == 0 ? random.nextInt(peers) : ROOT;
      int viewer = random.nextInt(3) == 0 ? random.nextInt(-1, peers) : NOBODY;
      return new Places(client, viewer);
    }
  }

  /// A drained peer starts again so long after it was asked to go.
  static final long DRAIN_NANOS = Duration.ofMillis(2_500).toNanos();

  /// How long it stays in its cell for those that do not go.
  static final long LEAVING_NANOS = Duration.ofMillis(1_200).toNanos();

  static final long SECOND = Duration.ofSeconds(1).toNanos();

  /// The overlay forms and streams begin.
  static final long FAULTS_FROM_NANOS = 2 * SECOND;

  /// Faults end.
  static final long QUIESCE_NANOS = 7 * SECOND;

  /// Sensors publish until here: past the time to recover that the alarm checker grants.
  static final long PUBLISH_UNTIL_NANOS = 17 * SECOND;

  /// Enough for the last end-to-end repetition.
  static final long END_NANOS = 30 * SECOND;

  static final int SENSORS = 2;

  /// When the client goes away for three seconds.
  static final long CLIENT_AWAY_NANOS = 15 * SECOND + SECOND / 2;

  /// What a slow client takes nothing of, and when.
  static final String SLOW_STREAM = "sensor-1/critical";

  static final long SLOW_FROM_NANOS = 13 * SECOND;
  static final long SLOW_UNTIL_NANOS = 19 * SECOND;

  private static final int KINDS = 14;

  static StreamPlan draw(SplittableRandom shape, SplittableRandom faults) {
    int depth = 2 + shape.nextInt(2);
    int span = depth == 2 ? 1 + shape.nextInt(2) : 1;
    int peersPerCell = shape.nextInt(4) == 0 ? 3 : 2;
    Replication replication =
        switch (shape.nextInt(8)) {
          case 0 -> Replication.NONE;
          case 1 -> Replication.ACTIVE_SYNCHRONOUS;
          case 2, 3 -> Replication.ACTIVE_AGREED;
          case 4 -> Replication.passive(Duration.ofMillis(shape.nextInt(50, 1500)));
          case 5 -> Replication.ACTIVE.withReplicas(2);
          default -> Replication.ACTIVE;
        };
    if (replication.replicas() > 1) {
      peersPerCell = 3;
    }
    boolean slow = shape.nextInt(4) == 0;
    boolean clientAway = !slow && shape.nextInt(3) == 0;
    boolean newestOnly = shape.nextBoolean();
    boolean large = slow || shape.nextInt(4) == 0;
    StreamPlan quiet =
        new StreamPlan(
            depth,
            span,
            peersPerCell,
            replication,
            clientAway,
            newestOnly,
            slow,
            large,
            Places.AT_THE_ROOT,
            FaultPlan.NONE,
            List.of());
    quiet = quiet.at(Places.draw(shape, quiet.peers()));
    if (shape.nextInt(10) == 0) {
      quiet = quiet.meshed(3 + shape.nextInt(3));
      quiet = quiet.at(Places.draw(shape, quiet.peers()));
    }
    List<Drain> drains = new ArrayList<>();
    if (faults.nextInt(12) == 0) {
      for (int n = 1 + faults.nextInt(3); n > 0; n--) {
        long at = faults.nextLong(FAULTS_FROM_NANOS, QUIESCE_NANOS - SECOND / 2);
        drains.add(new Drain(peer(faults.nextInt(quiet.peers())), at));
      }
      return quiet.drained(quiet.oneByOne(drains));
    }
    return quiet.with(quiet.drawFaults(faults));
  }

  /// Whether all peers are beside each other.
  boolean isMesh() {
    return depth == 1;
  }

  private StreamPlan meshed(int peers) {
    return new StreamPlan(
        1, 1, peers, replication, clientAway, newestOnly, slow, large, places, faults, drains);
  }

  /// The same with clients elsewhere.
  StreamPlan at(Places others) {
    return new StreamPlan(
        depth,
        span,
        peersPerCell,
        replication,
        clientAway,
        newestOnly,
        slow,
        large,
        others,
        faults,
        drains);
  }

  /// The same with other faults; without any, the client stays and keeps up too.
  StreamPlan with(FaultPlan other) {
    boolean calm = other.faults().isEmpty();
    return new StreamPlan(
        depth,
        span,
        peersPerCell,
        replication,
        clientAway && !calm,
        newestOnly,
        slow && !calm,
        large,
        places,
        other,
        drains);
  }

  /// The same with other drains and nothing else.
  StreamPlan drained(List<Drain> others) {
    StreamPlan calm = with(FaultPlan.NONE);
    return new StreamPlan(
        depth,
        span,
        peersPerCell,
        replication,
        calm.clientAway,
        newestOnly,
        calm.slow,
        large,
        places,
        FaultPlan.NONE,
        others);
  }

  /// An operator drains one peer after the other, and never the same again.
  private List<Drain> oneByOne(List<Drain> drawn) {
    List<Drain> kept = new ArrayList<>();
    drawn.sort(Comparator.comparingLong(Drain::atNanos));
    for (Drain drain : drawn) {
      boolean free =
          kept.stream()
              .allMatch(
                  other ->
                      !other.peer().equals(drain.peer())
                          && drain.atNanos() - other.atNanos() > DRAIN_NANOS + SECOND);
      if (free) {
        kept.add(drain);
      }
    }
    return kept;
  }

  int peers() {
    int cells = 0;
    int level = 1;
    for (int i = 0; i < depth; i++) {
      cells += level;
      level *= span;
    }
    return cells * peersPerCell;
  }

  static String peer(int index) {
    return "peer-" + (char) ('a' + index);
  }

  static String sensor(int index) {
    return "sensor-" + (index + 1);
  }

  private FaultPlan drawFaults(SplittableRandom random) {
    List<Integer> kinds = new ArrayList<>();
    for (int kind = 0; kind < KINDS; kind++) {
      if (random.nextInt(3) == 0) {
        kinds.add(kind);
      }
    }
    if (kinds.isEmpty()) {
      kinds.add(random.nextInt(KINDS));
    }
    List<Fault> drawn = new ArrayList<>();
    for (int n = 4 + random.nextInt(6); n > 0; n--) {
      drawn.add(draw(kinds.get(random.nextInt(kinds.size())), random));
    }
    if (random.nextInt(4) == 0) {
      lastWords(random, drawn);
    }
    drawn.sort(Comparator.comparingLong(Fault::startNanos));
    return new FaultPlan(drawn);
  }

  private Fault draw(int kind, SplittableRandom random) {
    long start = random.nextLong(FAULTS_FROM_NANOS, QUIESCE_NANOS - SECOND / 2);
    long length = random.nextLong(SECOND / 10, 3 * SECOND);
    String one = peer(random.nextInt(peers()));
    String other = peer(random.nextInt(peers()));
    if (one.equals(other)) {
      other = Fault.ANY;
    }
    int percent = 1 + random.nextInt(30);
    return switch (kind) {
      case 0, 1 -> new Fault.Crash(one, start, length);
      case 2 -> new Fault.CrashHost(one, start, length);
      case 3 -> new Fault.Restart(one, start);
      case 4 -> new Fault.Pause(one, start, length);
      case 5 -> new Fault.Isolate(one, start, length);
      case 6 -> new Fault.OneWay(List.of(one), others(one), start, length);
      case 7 -> new Fault.Lossy(one, other, percent, start, length);
      case 8 -> new Fault.Duplicating(one, other, percent, start, length);
      case 9 -> new Fault.Reordering(one, other, percent, start, length);
      case 10 -> new Fault.Slow(one, 2 + random.nextInt(50), start, length);
      case 11 -> new Fault.Delaying(one, other, random.nextLong(SECOND), start, length);
      case 12 -> new Fault.Partition(List.of(one), others(one), start, length);
      default ->
          random.nextBoolean()
              ? new Fault.Crash(sensor(random.nextInt(SENSORS)), start, length)
              : reset(one, other, start);
    };
  }

  /// A sensor and its peer die together, and a second peer of that cell where packets have two
  /// replicas, right after they were cut off from the cells above: what the sensor was told is held
  /// must be in another pair of hands.
  private void lastWords(SplittableRandom random, List<Fault> drawn) {
    int sensor = random.nextInt(SENSORS);
    int edge = peers() - 1 - sensor;
    long start = random.nextLong(FAULTS_FROM_NANOS, QUIESCE_NANOS - SECOND);
    if (replication.replicas() > 1 && !isMesh()) {
      // Peers joined in the order of their names, so the last three are the last leaf cell.
      drawn.clear();
      List<String> dying = List.of(peer(peers() - 1), peer(peers() - 2));
      List<String> cutOff = new ArrayList<>();
      int third = random.nextBoolean() ? 0 : 1; // Whether the third of the cell hears nothing too.
      for (int i = 0; i < peers() - peersPerCell + third; i++) {
        cutOff.add(peer(i));
      }
      drawn.add(new Fault.OneWay(dying, cutOff, start, SECOND));
      dying.forEach(name -> drawn.add(new Fault.CrashHost(name, start + SECOND / 3, SECOND)));
    } else {
      drawn.removeIf(fault -> fault.toString().contains("crash") || fault instanceof Fault.Restart);
      drawn.add(new Fault.OneWay(List.of(peer(edge)), others(peer(edge)), start, SECOND));
      drawn.add(new Fault.CrashHost(peer(edge), start + SECOND / 3, SECOND));
    }
    drawn.add(new Fault.CrashHost(sensor(sensor), start + SECOND / 3, SECOND));
  }

  private static Fault reset(String one, String other, long start) {
    return new Fault.Reset(one, other.equals(Fault.ANY) ? sensor(0) : other, start);
  }

  private List<String> others(String one) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < peers(); i++) {
      if (!peer(i).equals(one)) {
        names.add(peer(i));
      }
    }
    return names;
  }
}
