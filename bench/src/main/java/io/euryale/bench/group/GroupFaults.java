package io.euryale.bench.group;

import io.euryale.bench.BenchException;
import java.time.Duration;
import java.util.List;

/// How long it takes from a fault to the next regular configuration at all who are left.
final class GroupFaults {

  static final String BUSY_LABEL = "3 members, Euryale, beside two busy threads for each core";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final double NANOS_PER_MILLI = 1e6;

  /// How long a member that was started again is left alone before the next fault: a young JVM
  /// takes the processors for itself, and that is not what is measured.
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /// Leaves and joins of a named group for each round of faults; they take no new process.
  private static final int NAMED_ROUNDS = 20;

  /// Before they are measured: fewer leave much of the way to the compiler, which takes longer
  /// than the messages.
  private static final int NAMED_WARM_UPS = 3_000;

  private static final int QUICK_WARM_UPS = 300;

  /// Says what the run does now.
  interface Steps {
    void step(String what) throws InterruptedException;
  }

  private final GroupSettings settings;
  private final Findings findings;
  private final List<String> notes;
  private final Steps steps;

  GroupFaults(GroupSettings settings, Findings findings, List<String> notes, Steps steps) {
    this.settings = settings;
    this.findings = findings;
    this.notes = notes;
    this.steps = steps;
  }

  void measure(int members) throws BenchException, InterruptedException {
    for (SystemUnderTest system : SystemUnderTest.faulted(settings.quick())) {
      String label = members + " members, " + system.label() + ", ";
      steps.step("faults of " + label);
      try (Crew crew = Crew.start(system, members)) {
        measure(crew, label);
      } catch (BenchException e) {
        noteOrThrow(label, e);
      }
    }
    measureNamedGroup(members);
    if (!settings.quick()) {
      measurePartitions(members);
    }
  }

  /// Applications that leave a named group and join it again, while the peers stay.
  private void measureNamedGroup(int members) throws BenchException, InterruptedException {
    String label = members + " members, " + SystemUnderTest.EURYALE_NAMED.label() + ", ";
    steps.step(label + "leave and join");
    try (Crew crew = Crew.start(SystemUnderTest.EURYALE_NAMED, members)) {
      int warmUps = settings.quick() ? QUICK_WARM_UPS : NAMED_WARM_UPS;
      for (int i = -warmUps; i < settings.faultRounds() * NAMED_ROUNDS; i++) {
        int victim = Math.floorMod(i, members);
        crew.forgetViews();
        double left = leaveUntilSeen(crew, victim);
        crew.forgetViews();
        long since = crew.rejoin(victim);
        double joined = millisUntil(crew.awaitViews(members, crew.everybody(), PATIENCE), since);
        if (i >= 0) {
          add(label + "leave", left);
          add(label + "join", joined);
        }
      }
    } catch (BenchException e) {
      noteOrThrow(label, e);
    }
  }

  /// A system that does not come through a fault is reported; the run goes on with the others.
  private void noteOrThrow(String label, BenchException e) throws BenchException {
    if (e.exitCode() != BenchException.MISSED) {
      throw e;
    }
    notes.add(label + e.getMessage());
  }

  private void measure(Crew crew, String label) throws BenchException, InterruptedException {
    SystemUnderTest system = crew.system();
    if (system.hasPrimary()) {
      crew.awaitPrimary(true, crew.everybody(), PATIENCE);
    }
    for (int round = 0; round < settings.faultRounds(); round++) {
      // The first member is the one that most depends on; it is hit as often as others.
      int victim = round % crew.members();
      steps.step(label + "SIGKILL");
      add(label + "SIGKILL", kill(crew, victim));
      if (system.findsSilence()) {
        steps.step(label + "SIGSTOP");
        add(label + "SIGSTOP", stop(crew, victim));
      }
      steps.step(label + "leave");
      add(label + "leave", leave(crew, victim));
    }
    if (system.hasPrimary()) {
      steps.step(label + "lost majority");
      add(label + "lost majority to no primary", loseMajority(crew));
    }
  }

  /// From the end of a partition to the configuration with everybody, at everybody.
  private void measurePartitions(int members) throws BenchException, InterruptedException {
    try (Partition partition = Partition.of(members)) {
      for (SystemUnderTest system : SystemUnderTest.parted()) {
        String label = members + " members, " + system.label() + ", ";
        try (Crew crew = Crew.start(system, members, partition.addresses(), partition.prefix())) {
          for (int round = 0; round < settings.faultRounds(); round++) {
            steps.step(label + "partition and merge");
            merge(crew, partition, label);
          }
        } catch (BenchException e) {
          noteOrThrow(label + "partition: ", e);
        } finally {
          partition.heal();
        }
      }
    } catch (BenchException e) {
      if (e.exitCode() != BenchException.ENVIRONMENT) {
        throw e;
      }
      notes.add("Partitions are not measured: " + e.getMessage());
    }
  }

  private void merge(Crew crew, Partition partition, String label)
      throws BenchException, InterruptedException {
    int first = crew.members() / 2;
    List<Integer> few = crew.everybody().subList(0, first);
    List<Integer> many = crew.everybody().subList(first, crew.members());
    crew.forgetViews();
    long parted = System.nanoTime();
    partition.part(first);
    List<Crew.View> views = crew.awaitViews(many.size(), many, PATIENCE);
    add(label + "partition, larger part", millisUntil(views, parted));
    crew.awaitViews(few.size(), few, PATIENCE);
    crew.forgetViews();
    long healed = System.nanoTime();
    partition.heal();
    views = crew.awaitViews(crew.members(), crew.everybody(), PATIENCE);
    findings.add(label + "merge after a heal", "recovery_ms", "ms", millisUntil(views, healed));
  }

  /// Leaves a group of Euryale alone on a machine that is busy with something else.
  void measureFalseSuspicions() throws BenchException, InterruptedException {
    try (Crew crew = Crew.start(SystemUnderTest.EURYALE, 3);
        BusyThreads _ = new BusyThreads()) {
      crew.forgetViews();
      for (long minute = 0; minute < GroupGoals.BUSY.toMinutes(); minute++) {
        steps.step(BUSY_LABEL + ", minute " + (minute + 1));
        Thread.sleep(Duration.ofMinutes(1));
      }
      findings.add(BUSY_LABEL, "false_suspicions", "configurations", (double) crew.viewCount());
    }
  }

  private void add(String situation, double millis) {
    findings.add(situation, "failover_ms", "ms", millis);
  }

  private static List<Integer> others(Crew crew, int victim) {
    return crew.everybody().stream().filter(member -> member != victim).toList();
  }

  private static double millisUntil(List<Crew.View> views, long sinceNanos) {
    long last = views.stream().mapToLong(Crew.View::nanos).max().orElse(sinceNanos);
    return (last - sinceNanos) / NANOS_PER_MILLI;
  }

  private static double kill(Crew crew, int victim) throws BenchException, InterruptedException {
    crew.forgetViews();
    long since = System.nanoTime();
    crew.kill(victim);
    double millis =
        millisUntil(crew.awaitViews(crew.members() - 1, others(crew, victim), PATIENCE), since);
    backToWhole(crew, victim);
    return millis;
  }

  private static double stop(Crew crew, int victim) throws BenchException, InterruptedException {
    crew.forgetViews();
    long since = System.nanoTime();
    crew.signal(victim, "STOP");
    try {
      return millisUntil(
          crew.awaitViews(crew.members() - 1, others(crew, victim), PATIENCE), since);
    } finally {
      crew.kill(victim);
      backToWhole(crew, victim);
    }
  }

  private static double leave(Crew crew, int victim) throws BenchException, InterruptedException {
    crew.forgetViews();
    double millis = leaveUntilSeen(crew, victim);
    backToWhole(crew, victim);
    return millis;
  }

  private static double leaveUntilSeen(Crew crew, int victim)
      throws BenchException, InterruptedException {
    long since = crew.leave(victim);
    return millisUntil(crew.awaitViews(crew.members() - 1, others(crew, victim), PATIENCE), since);
  }

  /// Kills so many at once that those left are less than half.
  private static double loseMajority(Crew crew) throws BenchException, InterruptedException {
    crew.awaitPrimary(true, crew.everybody(), PATIENCE);
    int left = (crew.members() - 1) / 2;
    long since = System.nanoTime();
    for (int member = left; member < crew.members(); member++) {
      crew.kill(member);
    }
    List<Crew.Primary> said = crew.awaitPrimary(false, crew.everybody().subList(0, left), PATIENCE);
    return (said.stream().mapToLong(Crew.Primary::nanos).max().orElse(since) - since)
        / NANOS_PER_MILLI;
  }

  private static void backToWhole(Crew crew, int victim)
      throws BenchException, InterruptedException {
    crew.forgetViews();
    crew.restart(victim);
    crew.awaitViews(crew.members(), crew.everybody(), PATIENCE);
    Thread.sleep(SETTLING);
  }
}
