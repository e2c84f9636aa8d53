package io.euryale.lab.cells;

import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.simulation.Seeds;
import io.euryale.simulation.Simulation;
import io.euryale.simulation.SimulationSettings;
import java.util.*;

public class CellSeeds {
  public static void main(String[] a) {
    long first = Long.parseLong(a[0]), count = Long.parseLong(a[1]);
    int failed = 0;
    long slow = 0;
    long began = System.nanoTime();
    Map<String, Integer> cov = new TreeMap<>();
    long inputs = 0;
    for (long seed = first; seed < first + count; seed++) {
      CellPlan plan = CellPlan.draw(Seeds.stream(seed, "plan"), seed);
      Simulation sim = new Simulation(seed, SimulationSettings.lan());
      List<Checker> cs = CellCheckers.all(plan.settings(), CellPlan.SETTLE_NANOS);
      cs.forEach(sim::addSink);
      long[] last = {0};
      StringBuilder out = new StringBuilder();
      sim.addSink(
          t -> {
            if (Set.of("CELL_VIEW", "PHASE", "PARENT", "COORDINATOR", "SUSPECT").contains(t.event())
                && !t.body().text("from").equals("REFUSED")
                && !t.body().text("to").equals("REFUSED")) last[0] = t.at();
            if (t.event().equals("TRANSITION"))
              cov.merge(t.body().text("phase") + " " + t.body().text("input"), 1, Integer::sum);
            else if (count == 1) {
              System.out.printf(
                  "%d %s %s %s%n", t.at() / 1000000, t.who(), t.event(), t.body().fields());
            }
          });
      List<Violation> v = new ArrayList<>();
      try {
        new CellRun(sim, plan, CellRun.SHIPPED).run();
        for (Checker c : cs) v.addAll(c.finish());
      } catch (RuntimeException e) {
        v.add(new Violation("X", e.toString() + e.getCause(), List.of()));
        if (count == 1) e.printStackTrace();
      }
      inputs += sim.framesDelivered();
      if (sim.framesDelivered() < 100) System.out.println("few " + seed);
      long s = (last[0] - CellPlan.QUIESCE_NANOS) / 1000000;
      if (s > slow && v.isEmpty()) {
        slow = s;
        System.out.println("seed " + seed + " last change " + s + " ms after");
      }
      if (!v.isEmpty()) {
        failed++;
        System.out.println(
            "seed "
                + seed
                + " FAILED "
                + v.size()
                + ": "
                + v.getFirst().checker()
                + " "
                + v.getFirst().sentence()
                + (count == 1 ? v.toString() : ""));
        if (count == 1) System.out.println(plan);
      }
    }
    double min = (System.nanoTime() - began) / 6e10;
    System.out.printf(
        "%d of %d failed, %.0f schedules/min, frames %d, coverage %d pairs%n",
        failed, count, count / min, inputs / count, cov.size());
    if (a.length > 2) System.out.println(cov);
  }
}
