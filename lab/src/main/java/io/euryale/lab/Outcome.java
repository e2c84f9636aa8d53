package io.euryale.lab;

import io.euryale.simulation.FaultEffect;
import io.euryale.simulation.FaultPlan;
import java.util.List;
import java.util.SortedMap;

/// What one schedule came to.
///
/// @param seed of the schedule
/// @param traceHash equal whenever the same schedule runs again
/// @param violations empty when every promise was kept
/// @param plan the faults, drawn or given
/// @param effects for each fault of the plan, how often it took effect
/// @param peers processes that form the overlay, without sensors and clients
/// @param messages frames and datagrams that reached their process
/// @param events lines of the trace
/// @param cells phase × event cells met, with their counts
public record Outcome(
    long seed,
    long traceHash,
    List<Violation> violations,
    FaultPlan plan,
    List<FaultEffect> effects,
    int peers,
    long messages,
    long events,
    SortedMap<String, Long> cells) {

  /// Fewest peers, messages and effective faults of a schedule that counts.
  public static final int FEWEST_PEERS = 3;

  public static final int FEWEST_MESSAGES = 100;
  public static final int FEWEST_EFFECTS = 3;

  public Outcome {
    violations = List.copyOf(violations);
    effects = List.copyOf(effects);
  }

  public boolean held() {
    return violations.isEmpty();
  }

  /// Whether a checker fired, by its id.
  public boolean violates(String checker) {
    return violations.stream().anyMatch(violation -> violation.checker().equals(checker));
  }

  /// Too little happened for its success to mean much.
  public boolean isThin() {
    return peers < FEWEST_PEERS || messages < FEWEST_MESSAGES || effectiveFaults() < FEWEST_EFFECTS;
  }

  /// Planned faults that took effect at least once.
  public long effectiveFaults() {
    return effects.stream().filter(FaultEffect::tookEffect).count();
  }
}
