package io.euryale.lab.streams;

import io.euryale.lab.cells.CellFaults;
import io.euryale.overlay.OverlaySettings;
import io.euryale.service.stream.StreamSettings;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// What happens to the whole overlay while streams run, in one schedule of three: several clients,
/// peers that join late, other settings, and one event that changes the tree.
///
/// Such schedules are longer, so that the overlay has the time it promises to become one again
/// before the checkers hold it to what they promise when all is well.
///
/// @param kind what changes the tree
/// @param clients clients beside the one that asks for everything; they take alarms and critical
/// events, and some are killed and come back
/// @param latePeers peers that join while streams run, one level below the others
/// @param reloads when all peers get other settings
/// @param drain who is drained while others crash, or null
/// @param faults all that goes wrong
/// @param below who is cut off from the root cell, by all faults together, and can go on without
record Upheaval(
    Kind kind,
    int clients,
    int latePeers,
    List<Long> reloads,
    StreamPlan.@Nullable Drain drain,
    FaultPlan faults,
    List<String> below) {

  enum Kind {
    NONE,
    /// Three or four parts, with sensors and clients in any.
    SPLIT,
    CELL_LOST,
    ROOT_LOST,
    /// The root cell and a client on one side, everybody else on the other.
    ROOT_APART,
    /// A peer crashes while another is drained.
    DRAIN_AND_CRASH
  }

  private static final long SECOND = StreamPlan.SECOND;
  private static final long MILLI = SECOND / 1_000;

  /// Upheavals end so long before the other faults do: with the time that these checkers wait
  /// afterwards, this is what an overlay has to become one again.
  private static final long EARLIER_NANOS = 2 * SECOND;

  /// Long enough for a new root cell, the time to recover, and some packets.
  private static final long APART_NANOS = 14 * SECOND;

  /// How long a client that is gone holds up streams when stores are full: its grace, a period
  /// since its last word, one until the peers look, and some time for what waited.
  private static final long AWAITED_NANOS =
      StreamSettings.defaults().clientGrace().toNanos() + 3 * SECOND;

  /// When the faults have been over for so long, packets are held in time.
  private static final long CALM_NANOS = DeliveryChecker.HeldInTime.RECOVERY_NANOS;

  static final Upheaval NONE =
      new Upheaval(Kind.NONE, 0, 0, List.of(), null, FaultPlan.NONE, List.of());

  static Upheaval draw(SplittableRandom random, StreamPlan plan) {
    if (!plan.drains().isEmpty() || plan.isMesh() || random.nextInt(3) > 0) {
      return NONE;
    }
    Kind kind = Kind.values()[1 + random.nextInt(Kind.values().length - 1)];
    int clients = 1 + random.nextInt(2);
    int late = random.nextInt(3);
    List<Long> reloads = new ArrayList<>();
    long quiesce = StreamPlan.QUIESCE_NANOS + extra(kind);
    if (random.nextBoolean()) {
      reloads.add(random.nextLong(StreamPlan.FAULTS_FROM_NANOS, quiesce));
    }
    List<Fault> faults = new ArrayList<>();
    if (kind != Kind.ROOT_APART && random.nextBoolean()) {
      faults.addAll(plan.faults().faults());
    }
    if (kind != Kind.ROOT_APART) {
      long last = quiesce - (plan.slow() ? AWAITED_NANOS - CALM_NANOS : SECOND);
      long start = random.nextLong(StreamPlan.FAULTS_FROM_NANOS, last);
      faults.add(new Fault.Crash(client(2), start, random.nextLong(SECOND / 10, 3 * SECOND)));
    }
    StreamPlan.Drain drain = null;
    List<String> below = new ArrayList<>();
    List<String> peers = names(plan.peers());
    CellFaults cells =
        new CellFaults(
            random,
            peers,
            OverlaySettings.shaped(plan.depth(), plan.span(), List.of(plan.peersPerCell())),
            StreamPlan.FAULTS_FROM_NANOS + SECOND / 2,
            quiesce - EARLIER_NANOS);
    switch (kind) {
      case SPLIT -> {
        List<String> edges = edges(clients);
        if (plan.places().viewer() != StreamPlan.Places.NOBODY) {
          edges.add("viewer");
        }
        faults.addAll(cells.split(edges));
      }
      case CELL_LOST -> faults.addAll(cells.loss(random.nextInt(cells.count())));
      case ROOT_LOST -> faults.addAll(cells.loss(0));
      case ROOT_APART -> {
        List<String> above = new ArrayList<>(peers.subList(0, plan.peersPerCell()));
        below.addAll(peers.subList(plan.peersPerCell(), peers.size()));
        for (int i = 1; i <= late; i++) {
          below.add(latePeer(i));
        }
        above.add("client");
        int viewer = plan.places().viewer();
        if (viewer != StreamPlan.Places.NOBODY) {
          (viewer < plan.peersPerCell() ? above : below).add("viewer");
        }
        edges(clients).stream().filter(edge -> !edge.equals("client")).forEach(below::add);
        long start = StreamPlan.FAULTS_FROM_NANOS + random.nextInt(1_000) * MILLI;
        for (String one : above) {
          faults.add(new Fault.Partition(List.of(one), below, start, APART_NANOS));
        }
      }
      case DRAIN_AND_CRASH -> {
        int drained = random.nextInt(peers.size());
        int other = (drained + 1 + random.nextInt(peers.size() - 1)) % peers.size();
        long at = random.nextLong(3 * SECOND, StreamPlan.QUIESCE_NANOS) / MILLI * MILLI;
        drain = new StreamPlan.Drain(peers.get(drained), at);
        long crash = at + (random.nextInt(600) - 300) * MILLI;
        faults.add(new Fault.Crash(peers.get(other), crash, 2 * SECOND));
      }
      case NONE -> throw new IllegalStateException();
    }
    faults.sort(Comparator.comparingLong(Fault::startNanos));
    return new Upheaval(kind, clients, late, reloads, drain, new FaultPlan(faults), below);
  }

  /// Whether peers and clients have little room. Not when clients are cut off from the root cell
  /// for as long as it waits for them: full stores wait with it. `docs/streams.md` tells how large
  /// a store has to be to do without.
  boolean narrows(StreamPlan plan) {
    return plan.slow() && kind != Kind.ROOT_APART;
  }

  /// How much later than in other schedules everything is that follows the faults.
  long extraNanos() {
    return extra(kind);
  }

  private static long extra(Kind kind) {
    return switch (kind) {
      case NONE -> 0;
      case ROOT_APART -> APART_NANOS - 2 * SECOND;
      default -> 5 * SECOND;
    };
  }

  private static List<String> names(int peers) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      names.add(StreamPlan.peer(i));
    }
    return names;
  }

  private static List<String> edges(int clients) {
    List<String> edges = new ArrayList<>(List.of("client"));
    for (int i = 0; i < StreamPlan.SENSORS; i++) {
      edges.add(StreamPlan.sensor(i));
    }
    for (int i = 2; i <= clients + 1; i++) {
      edges.add(client(i));
    }
    return edges;
  }

  static String client(int number) {
    return "client-" + number;
  }

  static String latePeer(int number) {
    return "late-" + number;
  }

  /// Settings that peers can change to while they run.
  static OverlaySettings reloaded(OverlaySettings settings) {
    return settings.withPings(Duration.ofMillis(150), Duration.ofMillis(900));
  }
}
