package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// What applications do with named groups in one schedule.
///
/// @param trafficClass the class that carries the groups and nothing else; null without groups
/// @param acts in the order of their times
record NamedPlan(@Nullable TrafficClass trafficClass, List<Act> acts) {

  static final NamedPlan NONE = new NamedPlan(null, List.of());

  private static final int GROUPS = 3;

  /// Fits into one datagram with what named groups add.
  private static final int MOST_UNRELIABLE_BYTES = 500;
  private static final int APPLICATIONS = 2;

  /// What an application does.
  enum Deed {
    JOIN,
    /// As a replica: it wants and gives state.
    REPLICATE,
    LEAVE,
    DISCONNECT,
    MULTICAST,
    /// To one member of the view.
    WHISPER
  }

  /// One thing that an application does; whether it is allowed then, its peer says.
  record Act(
      long atNanos, int peer, int application, int group, Deed deed, Service service, int bytes) {}

  NamedPlan {
    acts = List.copyOf(acts);
  }

  boolean isOf(TrafficClass one) {
    return one == trafficClass;
  }

  static NamedPlan draw(SplittableRandom random, int peers) {
    if (random.nextBoolean()) {
      return NONE;
    }
    TrafficClass carrier = random.nextBoolean() ? TrafficClass.CRITICAL : TrafficClass.NORMAL;
    Service[] services = Service.values();
    List<Act> acts = new ArrayList<>();
    long at = GroupPlan.SECOND / 2;
    int count = 100 + random.nextInt(150);
    long span = GroupPlan.QUIESCE_NANOS + 2 * GroupPlan.SECOND;
    for (int i = 0; i < count; i++) {
      at += random.nextInt(3) == 0 ? 0 : random.nextLong(span / count * 2);
      int choice = random.nextInt(100);
      Deed deed =
          choice < 20
              ? Deed.JOIN
              : choice < 28
                  ? Deed.REPLICATE
                  : choice < 38
                      ? Deed.LEAVE
                      : choice < 41 ? Deed.DISCONNECT : choice < 90 ? Deed.MULTICAST : Deed.WHISPER;
      int burst = deed == Deed.MULTICAST && random.nextInt(12) == 0 ? 20 : 1;
      Service service = services[random.nextInt(services.length)];
      int most = service == Service.UNRELIABLE ? MOST_UNRELIABLE_BYTES : 4_000;
      Act act =
          new Act(
              at,
              random.nextInt(peers),
              random.nextInt(APPLICATIONS),
              random.nextInt(GROUPS),
              deed,
              service,
              random.nextInt(15) == 0 ? random.nextInt(most) : random.nextInt(64));
      for (int j = 0; j < burst; j++) {
        acts.add(act);
      }
    }
    return new NamedPlan(carrier, acts);
  }
}
