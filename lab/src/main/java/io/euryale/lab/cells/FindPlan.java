package io.euryale.lab.cells;

import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Who offers which services in one schedule, and who looks for them: the peers, and a client at
/// one of them. Drawn for every second schedule, so that the others stay what they are.
///
/// @param offerings in order of time; the first of each peer at 0
/// @param askings who looks for something once
/// @param watchings what a process watches from the beginning of each of its lives
record FindPlan(List<Offering> offerings, List<Asking> askings, List<Watching> watchings) {

  /// From now on a peer offers this and nothing else, in this life and those that follow.
  record Offering(String peer, List<String> services, long atNanos) {}

  record Asking(String who, Query query, long atNanos) {}

  record Watching(String who, Query query) {}

  /// The process that only asks; faults spare it.
  static final String CLIENT = "desk";

  /// The pattern of everything; others are names.
  static final String ALL = "*";

  private static final List<String> SERVICES = List.of("bell", "clock", "door", "lamp", "pump");

  /// The last question has its answer, and the last change is told, before the run ends.
  private static final long LAST_NANOS = CellPlan.END_NANOS - 4 * CellPlan.SECOND;

  private static final int ASKED_IN_FAULTS = 8;
  private static final int ASKED_AFTER = 24;

  static @Nullable FindPlan draw(SplittableRandom random, List<String> peers) {
    if (random.nextBoolean()) {
      return null;
    }
    List<Offering> offerings = new ArrayList<>();
    peers.forEach(peer -> offerings.add(new Offering(peer, services(random), 0)));
    int changes = random.nextInt(2 * peers.size());
    for (int i = 0; i < changes; i++) {
      long at = CellPlan.SECOND + random.nextLong(LAST_NANOS - CellPlan.SECOND);
      offerings.add(new Offering(one(random, peers), services(random), at));
    }
    List<String> all = new ArrayList<>(peers);
    all.add(CLIENT);
    List<Asking> askings = new ArrayList<>();
    for (int i = 0; i < ASKED_IN_FAULTS + ASKED_AFTER; i++) {
      long from = i < ASKED_IN_FAULTS ? CellPlan.FAULTS_FROM_NANOS : CellPlan.QUIESCE_NANOS;
      long until = i < ASKED_IN_FAULTS ? CellPlan.QUIESCE_NANOS : LAST_NANOS;
      long at = from + random.nextLong(until - from);
      askings.add(new Asking(one(random, all), query(random), at));
    }
    List<Watching> watchings = new ArrayList<>();
    for (String who : all) {
      if (who.equals(CLIENT) || random.nextBoolean()) {
        watchings.add(new Watching(who, Query.all(Resource.SERVICE, ALL)));
      }
      if (who.equals(CLIENT) || random.nextInt(4) == 0) {
        watchings.add(new Watching(who, Query.all(Resource.PEER, ALL)));
      }
    }
    return new FindPlan(offerings, askings, watchings);
  }

  private static String one(SplittableRandom random, List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static List<String> services(SplittableRandom random) {
    TreeSet<String> drawn = new TreeSet<>();
    int most = random.nextInt(4);
    for (int i = 0; i < most; i++) {
      drawn.add(one(random, SERVICES));
    }
    return List.copyOf(drawn);
  }

  /// Half of them for everything there is; some are answered by the first who knows enough.
  private static Query query(SplittableRandom random) {
    String name = one(random, SERVICES);
    return switch (random.nextInt(6)) {
      case 0, 1 -> Query.all(Resource.SERVICE, ALL);
      case 2 -> Query.all(Resource.SERVICE, name);
      case 3 -> Query.all(Resource.PEER, ALL);
      default -> new Query(Resource.SERVICE, name, Long.MIN_VALUE, 1 + random.nextInt(3));
    };
  }
}
