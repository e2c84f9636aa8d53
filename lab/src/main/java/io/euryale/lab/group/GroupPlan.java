package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.group.membership.MembershipSettings;
import io.euryale.group.order.OrderSettings;
import io.euryale.group.primary.Charter;
import io.euryale.group.primary.Voter;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPattern;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Seeds;
import io.euryale.simulation.SimulationSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// What one schedule of the group scenario looks like, drawn from its seed.
///
/// @param peers how many peers
/// @param keyed whether datagrams are encrypted
/// @param charter who votes; everybody
/// @param settings of the virtual environment
/// @param sends what the applications send, and when
/// @param faults what goes wrong until [#QUIESCE_NANOS]
/// @param lasting what is wrong from then on to the end: a link that works one way only, sometimes
/// @param named what applications do with named groups
record GroupPlan(
    int peers,
    boolean keyed,
    Charter charter,
    SimulationSettings settings,
    OrderSettings order,
    List<Send> sends,
    FaultPlan faults,
    FaultPlan lasting,
    NamedPlan named) {

  /// A message that an application submits.
  record Send(long atNanos, int peer, TrafficClass trafficClass, Service service, int bytes) {}

  static final long SECOND = Duration.ofSeconds(1).toNanos();
  static final long MILLI = Duration.ofMillis(1).toNanos();

  /// The peers find each other undisturbed until here.
  static final long FAULTS_FROM_NANOS = SECOND;

  /// Faults end.
  static final long QUIESCE_NANOS = 7 * SECOND;

  static final long END_NANOS = QUIESCE_NANOS + 10 * SECOND;

  /// Sooner than the 30 s that LV-4 allows, so that a schedule is long enough to tell.
  private static final long ASYMMETRIC_NANOS = 4 * SECOND;

  private static final List<TrafficClass> DATA =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  private static final int SMALL_WINDOW_BYTES = 8 * 1024;

  static final MembershipSettings MEMBERSHIP = MembershipSettings.standard();

  /// @param attempt draws other faults for the same seed, when those before had too little effect
  static GroupPlan draw(long seed, int attempt) {
    return draw(seed, attempt, Seeds.stream(seed, "peers").nextInt(3, 8));
  }

  /// Like [#draw], with 8 to 100 peers.
  static GroupPlan drawLarge(long seed, int attempt) {
    double size = Seeds.stream(seed, "peers").nextDouble(Math.log(8), Math.log(101));
    return draw(seed, attempt, (int) Math.exp(size));
  }

  static GroupPlan draw(long seed, int attempt, int peers) {
    SplittableRandom shape = Seeds.stream(seed, "shape");
    List<String> names = new ArrayList<>();
    List<Voter> voters = new ArrayList<>();
    boolean weighted = shape.nextInt(4) == 0;
    for (int i = 0; i < peers; i++) {
      names.add(peer(i));
      voters.add(new Voter(new PeerName(peer(i)), weighted ? 1 + shape.nextInt(3) : 1));
    }
    SimulationSettings settings = SimulationSettings.lan();
    if (shape.nextInt(3) == 0) {
      settings = settings.withDatagramBytes(1_400);
    }
    FaultPlan faults =
        FaultMenu.of(names, FAULTS_FROM_NANOS, QUIESCE_NANOS)
            .withKinds(kinds())
            .withCount(3, 10)
            .withMostDown(peers)
            .withPatterns(
                List.of(
                    FaultPattern.CrashTogether.usual(),
                    new FaultPattern.Flapping(MEMBERSHIP.failureTimeout().toNanos()),
                    new FaultPattern.PauseAround(MEMBERSHIP.failureTimeout().toNanos())))
            .draw(seed, attempt);
    boolean keyed = shape.nextInt(8) == 0 && peers <= Keyrings.MOST_PEERS;
    OrderSettings order = OrderSettings.standard();
    if (shape.nextInt(4) == 0) {
      order =
          new OrderSettings(
              SMALL_WINDOW_BYTES,
              order.queueMessages(),
              order.queueBytes(),
              order.repairPause(),
              order.statusPause());
    }
    FaultPlan lasting = FaultPlan.NONE;
    if (shape.nextInt(6) == 0) {
      int from = shape.nextInt(peers);
      int to = (from + 1 + shape.nextInt(peers - 1)) % peers;
      Fault oneWay =
          new Fault.OneWay(
              List.of(peer(from)), List.of(peer(to)), QUIESCE_NANOS, Fault.UNTIL_HEALED);
      lasting = new FaultPlan(List.of(oneWay));
    }
    return new GroupPlan(
        peers,
        keyed,
        new Charter(voters, 1),
        settings,
        order,
        sends(Seeds.stream(seed, "sends"), peers),
        faults,
        lasting,
        NamedPlan.draw(Seeds.stream(seed, "named"), peers));
  }

  static EnumSet<Fault.Kind> kinds() {
    return EnumSet.copyOf(FaultMenu.DATAGRAM_KINDS);
  }

  private static List<Send> sends(SplittableRandom random, int peers) {
    List<Send> sends = new ArrayList<>();
    int count = (60 + random.nextInt(140)) / (peers > 16 ? 4 : 1);
    List<Service> services = new ArrayList<>();
    for (Service service : Service.values()) {
      if (random.nextInt(3) != 0) {
        services.add(service);
      }
    }
    if (services.isEmpty() || services.equals(List.of(Service.UNRELIABLE))) {
      services.add(Service.SAFE);
    }
    int classes = 1 + random.nextInt(3);
    long at = SECOND / 2;
    while (sends.size() < count) {
      // In bursts: what is sent back to back is packed, and overtakes configurations together.
      at += random.nextInt(3) == 0 ? 0 : random.nextLong(QUIESCE_NANOS / count * 2);
      TrafficClass trafficClass = DATA.get(classes == 1 ? 1 : random.nextInt(classes));
      Service service = services.get(random.nextInt(services.size()));
      int bytes = random.nextInt(20) == 0 ? random.nextInt(6_000) : random.nextInt(64);
      if (service == Service.UNRELIABLE) {
        bytes = Math.min(bytes, 1_000);
      }
      int peer = random.nextInt(peers);
      int burst = random.nextInt(30) == 0 ? 30 : 1;
      for (int i = 0; i < burst; i++) {
        sends.add(new Send(at, peer, trafficClass, service, bytes));
      }
    }
    // After the faults, when everybody is in one configuration again.
    for (int i = 0; i < Math.min(20, 2 * peers); i++) {
      Service service = services.get(random.nextInt(services.size()));
      long late = QUIESCE_NANOS + 4 * SECOND + random.nextLong(2 * SECOND);
      sends.add(new Send(late, i % peers, TrafficClass.CRITICAL, service, random.nextInt(64)));
    }
    return sends;
  }

  GroupPlan with(FaultPlan other) {
    return new GroupPlan(peers, keyed, charter, settings, order, sends, other, lasting, named);
  }

  /// The same without anything going wrong.
  GroupPlan quiet() {
    return new GroupPlan(
        peers, keyed, charter, settings, order, sends, FaultPlan.NONE, FaultPlan.NONE, named);
  }

  /// The same without named groups: all sends go down directly.
  GroupPlan unnamed() {
    return new GroupPlan(
        peers, keyed, charter, settings, order, sends, faults, lasting, NamedPlan.NONE);
  }

  GroupRules rules() {
    Map<String, Integer> weights = new TreeMap<>();
    charter.voters().forEach(voter -> weights.put(voter.name().value(), voter.weight()));
    return GroupRules.simulated(weights, 1, MEMBERSHIP.failureTimeout().toNanos(), 20 * MILLI)
        .withAsymmetricNanos(ASYMMETRIC_NANOS);
  }

  static String peer(int index) {
    return index < 16 ? "peer-" + (char) ('a' + index) : "peer-%03d".formatted(index);
  }
}
