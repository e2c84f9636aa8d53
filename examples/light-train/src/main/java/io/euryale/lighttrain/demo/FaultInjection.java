package io.euryale.lighttrain.demo;

import io.euryale.lighttrain.demo.FaultPlan.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Kills peers by the plan, starts them again a little later and takes the time of both. Owned by
/// the demo's thread.
final class FaultInjection {

  private static final Duration DOWN_TIME = Duration.ofSeconds(3);

  private final City city;
  private final Reception reception;
  private final DemoView view;
  private final List<Fault> plan;
  private final long startNanos;
  private final long downNanos;
  private final List<Injected> injected = new ArrayList<>();
  private long restartNanos;
  private boolean restartIsDue;

  /// A fault that happened.
  private static final class Injected {
    final Fault fault;
    final long atNanos;
    final List<String> peers;
    @Nullable Double wholeAfterMillis;

    Injected(Fault fault, long atNanos, List<String> peers) {
      this.fault = fault;
      this.atNanos = atNanos;
      this.peers = peers;
    }
  }

  /// @param startNanos of the traffic, which the plan counts from
  FaultInjection(
      City city,
      Reception reception,
      DemoView view,
      List<Fault> plan,
      Duration traffic,
      long startNanos) {
    this.city = city;
    this.reception = reception;
    this.view = view;
    this.plan = plan;
    this.startNanos = startNanos;
    // So that a cell is whole again before the next fault, if the machine starts peers in time.
    long spacing = plan.isEmpty() ? Long.MAX_VALUE : traffic.toNanos() / plan.size();
    downNanos = Math.min(DOWN_TIME.toNanos(), spacing / 2);
  }

  /// Does what is due.
  ///
  /// @param more whether new faults may be injected
  /// @throws DemoException when a process cannot be started again
  void tick(boolean more) throws DemoException {
    long nowNanos = System.nanoTime();
    if (more && injected.size() < plan.size()) {
      Fault next = plan.get(injected.size());
      if (nowNanos - startNanos >= next.after().toNanos()) {
        inject(next);
      }
    }
    if (!city.hasFallen()) {
      restartIsDue = false;
      noteWhole();
    } else if (!restartIsDue) {
      restartIsDue = true;
      restartNanos = nowNanos + downNanos;
    } else if (nowNanos - restartNanos >= 0) {
      restartIsDue = false;
      city.restartFallen();
    }
  }

  private void inject(Fault fault) {
    // Before the kill: no packet that it delays may count as the fault's before.
    reception.faultInjected(injected.size());
    long atNanos = System.nanoTime();
    List<String> fallen = city.inject(fault);
    if (fallen.isEmpty()) {
      if (!injected.isEmpty()) {
        reception.faultInjected(injected.size() - 1);
      }
      return; // The cells it would hit are not whole yet: at a later tick.
    }
    injected.add(new Injected(fault, atNanos, fallen));
    view.event(
        String.format(
            Locale.ROOT,
            "%.1f s: fault %d, %s of %s",
            (atNanos - startNanos) / 1e9,
            injected.size(),
            fault.kind().label(),
            String.join(", ", fallen)));
  }

  private void noteWhole() {
    if (injected.isEmpty()) {
      return;
    }
    Injected last = injected.getLast();
    if (last.wholeAfterMillis == null && city.isWhole()) {
      double millis = (System.nanoTime() - last.atNanos) / 1e6;
      last.wholeAfterMillis = millis;
      view.event(
          String.format(
              Locale.ROOT,
              "%.1f s: the overlay is whole again, %.1f s after the fault",
              (System.nanoTime() - startNanos) / 1e9,
              millis / 1000));
    }
  }

  /// Whether nothing is down, nothing is joining and the last fault is over.
  boolean isSettled() {
    return !city.hasFallen()
        && city.isWhole()
        && (injected.isEmpty() || injected.getLast().wholeAfterMillis != null);
  }

  /// What the faults did so far.
  List<Recovery> recoveries() {
    List<Recovery> recoveries = new ArrayList<>();
    for (int i = 0; i < injected.size(); i++) {
      Injected each = injected.get(i);
      recoveries.add(
          new Recovery(
              i + 1,
              Duration.ofNanos(each.atNanos - startNanos),
              each.fault.level(),
              each.fault.kind().label(),
              each.peers,
              reception.longestDelayNanos(i) / 1e6,
              each.wholeAfterMillis));
    }
    return recoveries;
  }
}
