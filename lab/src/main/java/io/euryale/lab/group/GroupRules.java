package io.euryale.lab.group;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What the checkers have to know that is not in the trace.
///
/// @param weights of the declared initial members in the vote for a primary, by name
/// @param minimumPrimary least weight of a primary, summed over its members with the declared
/// weights
/// @param globalSteps whether steps order events of different processes (simulation); otherwise
/// only each process's own order and send-before-deliver count, times are not compared, and LV-1
/// to
/// LV-5, PC-4 and PC-5 stay silent
/// @param membershipNanos longest time from the last disturbance to the common configuration (LV-1)
/// @param asymmetricNanos the same while a link works one way only (LV-4)
/// @param deliveryNanos longest time from sending to the last delivery (LV-3)
/// @param queueNanos longest time in the queue of a process in a stable configuration (LV-5)
public record GroupRules(
    Map<String, Integer> weights,
    long minimumPrimary,
    boolean globalSteps,
    long membershipNanos,
    long asymmetricNanos,
    long deliveryNanos,
    long queueNanos) {

  private static final long ASYMMETRIC_NANOS = 30_000_000_000L;
  private static final long QUEUE_NANOS = 2_000_000_000L;

  public GroupRules {
    // Sorted: sentences list members in the order of their names.
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
  }

  /// The bounds of simulated runs.
  ///
  /// @param failureNanos silence after which a member is suspected
  /// @param roundTripNanos longest round trip without faults
  public static GroupRules simulated(
      Map<String, Integer> weights, long minimumPrimary, long failureNanos, long roundTripNanos) {
    return new GroupRules(
        weights,
        minimumPrimary,
        true,
        3 * failureNanos + 10 * roundTripNanos,
        ASYMMETRIC_NANOS,
        20 * roundTripNanos,
        QUEUE_NANOS);
  }

  /// For traces of real processes merged by [TraceFiles].
  public static GroupRules real(Map<String, Integer> weights, long minimumPrimary) {
    return new GroupRules(
        weights,
        minimumPrimary,
        false,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE);
  }

  /// The same with another bound for links that work one way only (LV-4).
  GroupRules withAsymmetricNanos(long nanos) {
    return new GroupRules(
        weights, minimumPrimary, globalSteps, membershipNanos, nanos, deliveryNanos, queueNanos);
  }

  /// The votes of a process; none when it was not declared.
  int weight(String name) {
    return weights.getOrDefault(name, 0);
  }
}
