package io.euryale.lab.real;

import io.euryale.lab.real.TraceFolder.Judgement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a real run came to.
///
/// @param plan that was followed
/// @param settled whether everybody shared a primary component and had delivered everything at the
/// end, within a minute after the last fault
/// @param failures members' own mistakes, and ends that nobody asked for
/// @param lives processes started
/// @param reactionMillis times from events to the configurations that answer them, by event
/// @param judgement of the checkers
/// @param traces folder with the traces
public record RealReport(
    RealPlan plan,
    boolean settled,
    List<String> failures,
    int lives,
    Map<String, List<Double>> reactionMillis,
    Judgement judgement,
    Path traces) {

  public boolean passed() {
    return settled && failures.isEmpty() && judgement.passed();
  }
}
