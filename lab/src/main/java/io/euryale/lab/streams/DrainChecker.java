package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// S-9: while peers are drained and nothing else goes wrong, no client sees a gap and no packet is
/// reported lost, protected or not. A drained peer that ends is no fault.
final class DrainChecker extends DeliveryChecker {

  private final List<Trace> gaps = new ArrayList<>();
  private final Set<String> drained = new TreeSet<>();
  private boolean faulty;

  DrainChecker() {
    super("S-9");
  }

  @Override
  public void accept(Trace trace) {
    switch (trace.event()) {
      case "DRAIN" -> drained.add("crash(" + trace.body().text("peer") + ")");
      case "FAULT" -> {
        String fault = trace.body().text("fault");
        faulty |= drained.stream().noneMatch(fault::startsWith);
      }
      case "GAP", "LOST" -> gaps.add(trace);
      default -> {}
    }
  }

  @Override
  public List<io.euryale.lab.Violation> finish() {
    if (!drained.isEmpty() && !faulty) {
      for (Trace gap : gaps) {
        violated(gap.who() + " has a gap in " + flow(gap) + " although peers only drained", gap);
      }
    }
    return super.finish();
  }
}
