package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import java.util.ArrayList;
import java.util.List;

/// S-9: while peers are drained and nothing else goes wrong, no client sees a gap and no packet is
/// reported lost, protected or not.
final class DrainChecker extends DeliveryChecker {

  private final List<Trace> gaps = new ArrayList<>();
  private boolean drained;

  DrainChecker() {
    super("S-9");
  }

  @Override
  public void accept(Trace trace) {
    switch (trace.event()) {
      case "DRAIN" -> drained = true;
      case "GAP", "LOST" -> gaps.add(trace);
      default -> {}
    }
  }

  @Override
  public List<io.euryale.lab.Violation> finish() {
    if (drained) {
      for (Trace gap : gaps) {
        violated(gap.who() + " has a gap in " + flow(gap) + " although peers only drained", gap);
      }
    }
    return super.finish();
  }
}
