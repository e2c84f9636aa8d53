package io.euryale.lab.real;

import io.euryale.group.membership.MembershipSettings;
import io.euryale.lab.real.Places.Cut;
import io.euryale.simulation.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// One run of group members in real processes: they find each other, suffer, come to rest, end in
/// order, and their traces are judged.
public final class RealRun {

  /// Told as the run goes on; a sentence each.
  @FunctionalInterface
  public interface Progress {
    void at(String what);
  }

  /// How long members may take to find each other, and to come to rest after the last fault: far
  /// more than they need, because machines that run this may be busy.
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  @FunctionalInterface
  private interface Action {
    void run() throws IOException, InterruptedException;
  }

  private record Step(long atNanos, Action action) {}

  private static final long SILENCE_NANOS =
      MembershipSettings.standard().failureTimeout().toNanos();

  private final RealPlan plan;
  private final RealGroup group;
  private final Path folder;
  private final Reactions reactions = new Reactions();
  private final int[] down;
  private final int[] stopped;
  private int active;

  private RealRun(RealPlan plan, RealGroup group, Path folder) {
    this.plan = plan;
    this.group = group;
    this.folder = folder;
    down = new int[group.size()];
    stopped = new int[group.size()];
  }

  /// Runs a plan to its end. When the calling thread is interrupted, all processes are ended.
  ///
  /// @param folder for the traces; exists and is empty
  /// @throws IOException when a process cannot be started or the network not be changed
  public static RealReport run(RealPlan plan, Ground ground, Path folder, Progress progress)
      throws IOException, InterruptedException {
    try (RealGroup group =
        new RealGroup(plan.weights(), plan.seed(), plan.perSecond(), ground, folder)) {
      return new RealRun(plan, group, folder).run(progress);
    }
  }

  private RealReport run(Progress progress) throws IOException, InterruptedException {
    progress.at("starting " + group.size() + " members");
    group.startAll();
    group.settle(PATIENCE); // When they do not, the end will say so.
    progress.at("faults for " + plan.length().toSeconds() + " s");
    follow(steps());
    progress.at("waiting for rest");
    boolean settled = group.finish(PATIENCE);
    progress.at("checking the traces");
    return new RealReport(
        plan,
        settled,
        group.failures(),
        group.everyLife().size(),
        reactions.millis(group),
        TraceFolder.read(folder).check(folder),
        folder);
  }

  private List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    long end = plan.length().toNanos();
    for (Fault fault : plan.faults().faults()) {
      long start = Math.min(fault.startNanos(), end);
      long length = Math.min(fault.durationNanos(), end - start);
      steps.add(new Step(start, () -> begin(fault)));
      steps.add(new Step(start + length, () -> end(fault)));
    }
    for (RealPlan.Leave leave : plan.leaves()) {
      long length = Math.min(leave.durationNanos(), end - leave.startNanos());
      steps.add(new Step(leave.startNanos(), () -> leave(leave.member())));
      steps.add(new Step(leave.startNanos() + length, () -> boot(leave.member())));
    }
    steps.add(new Step(end, () -> {}));
    // Stable: a fault without length begins before it ends.
    steps.sort(Comparator.comparingLong(Step::atNanos));
    return steps;
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  private void follow(List<Step> steps) throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (Step step : steps) {
      sleepUntil(start + step.atNanos());
      step.action().run();
    }
  }

  private boolean isCalm() {
    return active == 0 && group.share(group.everybody());
  }

  private void begin(Fault fault) throws IOException, InterruptedException {
    boolean calm = isCalm();
    // Loss is no event that the group should answer.
    active += fault.kind() == Fault.Kind.LOSSY ? 0 : 1;
    int index = index(fault);
    for (Cut cut : Places.cuts(fault, group.names())) {
      group.ground().drop(cut.from(), cut.to(), cut.percent());
    }
    long now = System.nanoTime();
    switch (fault.kind()) {
      case CRASH -> {
        kill(index);
        expect(calm, "SIGKILL", now, group.everybodyBut(index));
      }
      case CRASH_HOST -> {
        kill(index);
        // A host that is back sooner refuses connections, and is missed sooner.
        boolean silent = fault.durationNanos() > SILENCE_NANOS * 3 / 2;
        expect(calm && silent, "power loss", now, group.everybodyBut(index));
      }
      case RESTART -> {
        kill(index);
        expect(false, "restart", now, Set.of());
      }
      case PAUSE -> {
        if (stopped[index]++ == 0 && group.isUp(index)) {
          group.member(index).pause();
        }
        boolean noticed = fault.durationNanos() > SILENCE_NANOS * 3 / 2;
        expect(calm && noticed, "SIGSTOP", now, group.everybodyBut(index));
      }
      case ISOLATE -> expect(calm, "cut off", now, group.everybodyBut(index));
      default -> expect(false, "other", now, Set.of());
    }
  }

  private void end(Fault fault) throws IOException, InterruptedException {
    active -= fault.kind() == Fault.Kind.LOSSY ? 0 : 1;
    for (Cut cut : Places.cuts(fault, group.names())) {
      group.ground().pass(cut.from(), cut.to(), cut.percent());
    }
    long now = System.nanoTime();
    int index = index(fault);
    boolean apart = active == 0 && !group.share(group.everybody());
    switch (fault.kind()) {
      case CRASH, CRASH_HOST, RESTART -> boot(index);
      case PAUSE -> {
        // It may have died meanwhile; then another life of it was not paused.
        boolean goesOn = --stopped[index] == 0 && group.isUp(index) && group.isPaused(index);
        if (goesOn) {
          group.member(index).resume();
        }
        expect(apart && goesOn, "SIGCONT", now, group.everybody());
      }
      case PARTITION, ISOLATE, ONE_WAY -> expect(apart, "heal", now, group.everybody());
      default -> {}
    }
  }

  private void expect(boolean counts, String label, long now, Set<Integer> members) {
    reactions.add(label, now, counts ? members : Set.of());
  }

  private int index(Fault fault) {
    return group.names().indexOf(Places.of(fault).getFirst());
  }

  private void kill(int index) {
    down[index]++;
    group.member(index).kill();
  }

  private void leave(int index) {
    boolean calm = isCalm();
    active++;
    down[index]++;
    if (group.isUp(index) && stopped[index] == 0) {
      expect(calm, "leave", System.nanoTime(), group.everybodyBut(index));
      group.member(index).leave();
    } else {
      group.member(index).kill();
    }
  }

  private void boot(int index) throws IOException, InterruptedException {
    if (--down[index] == 0) {
      group.member(index).awaitEnd();
      group.start(index);
    }
  }
}
