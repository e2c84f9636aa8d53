package io.euryale.lab.real;

import io.euryale.group.membership.MembershipSettings;
import io.euryale.simulation.Fault;
import io.euryale.simulation.FaultMenu;
import io.euryale.simulation.FaultPattern;
import io.euryale.simulation.FaultPlan;
import io.euryale.simulation.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// What one run looks like, drawn from its seed. Processes and networks are not repeatable: a seed
/// gives the same faults and much the same messages, not the same run.
///
/// @param seed of the drawn parts
/// @param weights votes of each member; their number is that of the members
/// @param perSecond messages that each member sends a second, on average
/// @param length of the part with faults
/// @param faults what goes wrong; times count from when all members first share a configuration
/// @param leaves members that leave in order and come back
public record RealPlan(
    long seed,
    List<Integer> weights,
    int perSecond,
    Duration length,
    FaultPlan faults,
    List<Leave> leaves) {

  /// A member leaves in order and comes back.
  ///
  /// @param startNanos when a member leaves
  /// @param durationNanos how long it is away
  public record Leave(int member, long startNanos, long durationNanos) {}

  public static final int FEWEST_MEMBERS = 2;

  /// Each is a JVM on this machine.
  public static final int MOST_MEMBERS = 16;

  private static final Set<Fault.Kind> PROCESS_KINDS =
      EnumSet.of(Fault.Kind.CRASH, Fault.Kind.RESTART, Fault.Kind.PAUSE);

  private static final Set<Fault.Kind> PACKET_KINDS =
      EnumSet.of(
          Fault.Kind.CRASH_HOST,
          Fault.Kind.PARTITION,
          Fault.Kind.ONE_WAY,
          Fault.Kind.ISOLATE,
          Fault.Kind.LOSSY);

  public RealPlan {
    weights = List.copyOf(weights);
    leaves = List.copyOf(leaves);
  }

  /// Kinds of fault that can be done.
  ///
  /// @param packets whether packets can be lost on purpose
  public static Set<Fault.Kind> kinds(boolean packets) {
    EnumSet<Fault.Kind> kinds = EnumSet.copyOf(PROCESS_KINDS);
    if (packets) {
      kinds.addAll(PACKET_KINDS);
    }
    return kinds;
  }

  /// Draws a run.
  ///
  /// @param packets whether packets can be lost on purpose
  public static RealPlan draw(
      long seed, int members, int perSecond, Duration length, boolean packets) {
    SplittableRandom random = Seeds.stream(seed, "shape");
    List<Integer> weights = new ArrayList<>();
    boolean weighted = random.nextInt(4) == 0;
    for (int i = 0; i < members; i++) {
      weights.add(weighted ? 1 + random.nextInt(3) : 1);
    }
    long nanos = length.toNanos();
    List<Leave> leaves = new ArrayList<>();
    if (random.nextBoolean()) {
      long start = random.nextLong(nanos);
      leaves.add(new Leave(random.nextInt(members), start, random.nextLong(nanos / 4 + 1)));
    }
    List<Fault> faults = new ArrayList<>();
    if (packets && random.nextBoolean()) {
      int percent = random.nextBoolean() ? 1 : 10;
      faults.add(new Fault.Lossy(Fault.ANY, Fault.ANY, percent, 0, nanos));
    }
    for (Fault fault : menu(members, length, packets).draw(seed).faults()) {
      // Patterns know no grounds: without packet faults a host cannot vanish in silence.
      faults.add(
          fault instanceof Fault.CrashHost(String process, long start, long duration) && !packets
              ? new Fault.Crash(process, start, duration)
              : fault);
    }
    return new RealPlan(seed, weights, perSecond, length, new FaultPlan(faults), leaves);
  }

  private static FaultMenu menu(int members, Duration length, boolean packets) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      names.add(RealGroup.name(i));
    }
    MembershipSettings membership = MembershipSettings.standard();
    List<FaultPattern> patterns =
        new ArrayList<>(
            List.of(
                FaultPattern.CrashTogether.usual(),
                new FaultPattern.PauseAround(membership.failureTimeout().toNanos()),
                new FaultPattern.PauseAround(membership.answerTimeout().toNanos()),
                new FaultPattern.PauseAround(membership.verifyTimeout().toNanos())));
    if (packets) {
      patterns.add(new FaultPattern.Flapping(membership.failureTimeout().toNanos()));
    }
    int seconds = (int) Math.max(2, length.toSeconds());
    return FaultMenu.of(names, 0, length.toNanos())
        .withKinds(kinds(packets))
        .withCount(seconds / 2, seconds)
        .withMostDown(members)
        .withPatterns(patterns);
  }

  /// The same with these faults in place of all drawn ones.
  ///
  /// @throws IllegalArgumentException with one sentence, when they cannot be done
  public RealPlan withFaults(FaultPlan others, boolean packets) {
    List<String> known = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      known.add(RealGroup.name(i));
    }
    for (Fault fault : others.faults()) {
      if (!kinds(packets).contains(fault.kind())) {
        throw new IllegalArgumentException(
            kinds(true).contains(fault.kind())
                ? "'" + fault + "' needs packet faults, which this run does not have."
                : "'" + fault + "' can be simulated only.");
      }
      for (String name : Places.of(fault)) {
        if (!known.contains(name) && !name.equals(Fault.ANY)) {
          throw new IllegalArgumentException(
              "'" + fault + "' names no member: there are " + String.join(", ", known) + ".");
        }
      }
    }
    return new RealPlan(seed, weights, perSecond, length, others, List.of());
  }
}
