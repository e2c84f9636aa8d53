package io.euryale.lab.real;

import io.euryale.lab.real.MemberProcess.Installed;
import io.euryale.platform.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/// Group members in processes of their own, and what can be done to them. Closing it ends all
/// processes, whatever happened.
///
/// One thread at a time, but [#close], which any thread may call.
public final class RealGroup implements AutoCloseable {

  /// Something that is waited for.
  @FunctionalInterface
  interface Condition {
    boolean holds();
  }

  private static final int PORT = 7400;
  private static final Duration MARK_PATIENCE = Duration.ofSeconds(10);
  private static final int MARK_ROUNDS = 5;
  private static final int CLASSES = 3;

  /// Small and quick to start; compiled only a little, as short lives need.
  private static final List<String> JVM =
      List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final List<String> names;
  private final List<Integer> weights;
  private final long seed;
  private final int perSecond;
  private final Ground ground;
  private final Path folder;
  private final List<List<MemberProcess>> lives = new ArrayList<>();
  private final List<MemberProcess> all = new CopyOnWriteArrayList<>();
  private final ExitHook hook = ExitHook.add(this::endAll);
  private long marks;
  private volatile boolean closed;

  /// No member runs yet.
  ///
  /// @param weights votes of each member
  /// @param perSecond messages that each member sends a second, on average; 0 for none
  /// @param folder gets the traces, and what members write besides; must exist
  public RealGroup(List<Integer> weights, long seed, int perSecond, Ground ground, Path folder) {
    this.weights = List.copyOf(weights);
    this.seed = seed;
    this.perSecond = perSecond;
    this.ground = ground;
    this.folder = folder;
    List<String> all = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      all.add(name(i));
      lives.add(new ArrayList<>());
    }
    names = List.copyOf(all);
  }

  static String name(int index) {
    return "peer-" + (char) ('a' + index);
  }

  List<String> names() {
    return names;
  }

  int size() {
    return names.size();
  }

  Ground ground() {
    return ground;
  }

  void startAll() throws IOException {
    for (int i = 0; i < size(); i++) {
      start(i);
    }
  }

  /// Begins another life of a member; its disk is as the former life left it.
  synchronized void start(int index) throws IOException {
    if (closed) {
      return;
    }
    String name = names.get(index);
    String life = name + "." + (lives.get(index).size() + 1);
    Path trace = folder.resolve(life + ".jsonl");
    List<String> declared = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      declared.add(names.get(i) + "=" + ground.host(i) + ":" + PORT + "*" + weights.get(i));
    }
    List<String> command = new ArrayList<>(ground.launcher(index));
    command.addAll(
        JavaCommand.of(
            JVM,
            Member.class.getName(),
            List.of(
                "name=" + name,
                "host=" + ground.host(index),
                "port=" + PORT,
                "members=" + String.join(",", declared),
                "data=" + folder.resolve("disk-" + name),
                "trace=" + trace,
                "seed=" + (seed * 1_000 + index * 100L + lives.get(index).size()),
                "rate=" + perSecond,
                "keyed=" + ground.isKeyed())));
    MemberProcess process = new MemberProcess(name, trace, command, folder.resolve(life + ".err"));
    lives.get(index).add(process);
    all.add(process);
  }

  /// The present or last life of a member.
  MemberProcess member(int index) {
    return lives.get(index).getLast();
  }

  boolean isUp(int index) {
    return !lives.get(index).isEmpty()
        && member(index).isAlive()
        && !member(index).wasKilled()
        && !member(index).hasLeft();
  }

  boolean isPaused(int index) {
    return member(index).isPaused();
  }

  /// Every life so far.
  List<MemberProcess> everyLife() {
    return List.copyOf(all);
  }

  static boolean await(Duration patience, Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(5);
    }
    return true;
  }

  /// Whether these members have all installed one regular configuration of exactly them last.
  boolean share(Set<Integer> members) {
    Set<String> wanted = new TreeSet<>();
    members.forEach(index -> wanted.add(names.get(index)));
    Set<String> ids = new TreeSet<>();
    for (int index : members) {
      Installed present = isUp(index) ? member(index).present() : null;
      if (present == null || !present.regular() || !wanted.equals(Set.copyOf(present.names()))) {
        return false;
      }
      if (isPaused(index)) {
        return false; // It cannot say what it would do.
      }
      ids.add(present.id());
    }
    return ids.size() == 1;
  }

  Set<Integer> everybody() {
    Set<Integer> all = new TreeSet<>();
    for (int i = 0; i < size(); i++) {
      all.add(i);
    }
    return all;
  }

  Set<Integer> everybodyBut(int index) {
    Set<Integer> all = everybody();
    all.remove(index);
    return all;
  }

  /// Whether these members share a configuration that is a primary component.
  boolean sharePrimary(Set<Integer> members) {
    Set<Long> primaries = new TreeSet<>();
    for (int index : members) {
      primaries.add(lives.get(index).isEmpty() ? 0 : member(index).primary());
    }
    return share(members) && primaries.size() == 1 && !primaries.contains(0L);
  }

  /// Waits until everybody shares a primary component.
  boolean settle(Duration patience) throws InterruptedException {
    return await(patience, () -> sharePrimary(everybody()));
  }

  /// Ends the run in order: no more messages, everything sent before a last mark is delivered, all
  /// traces end, all processes end. Everybody has to be up and undisturbed.
  ///
  /// @param patience until everybody shares a primary component
  /// @return whether the run settled
  boolean finish(Duration patience) throws IOException, InterruptedException {
    boolean settled = settle(patience);
    List<MemberProcess> running = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      if (isUp(i)) {
        running.add(member(i));
      }
    }
    running.forEach(member -> member.say("quiet"));
    settled = settled && isDrained(running);
    running.forEach(member -> member.say("seal"));
    await(MARK_PATIENCE, () -> running.stream().allMatch(MemberProcess::isSealed));
    // Nobody may see another's end before its own trace has ended.
    running.forEach(member -> member.say("quit"));
    for (MemberProcess member : running) {
      member.awaitEnd();
    }
    Map<String, Integer> votes = new TreeMap<>();
    Map<String, Boolean> traces = new TreeMap<>();
    for (int i = 0; i < size(); i++) {
      votes.put(names.get(i), weights.get(i));
      for (MemberProcess life : lives.get(i)) {
        life.awaitEnd();
        if (Files.exists(life.trace)) {
          traces.put(life.trace.getFileName().toString(), !life.isSealed());
        }
      }
    }
    new TraceFolder(settled, true, 1, votes, traces).write(folder);
    return settled;
  }

  /// Each round sends a safe message of each member in each class. When a round is delivered
  /// everywhere, so is everything ordered that was sent before.
  private boolean isDrained(List<MemberProcess> running) throws InterruptedException {
    for (int round = 0; round < MARK_ROUNDS; round++) {
      long mark = ++marks;
      running.forEach(member -> member.say("mark " + mark));
      int wanted = CLASSES * running.size();
      if (await(
          MARK_PATIENCE, () -> running.stream().allMatch(member -> member.marks(mark) == wanted))) {
        return true;
      }
    }
    return false;
  }

  /// Mistakes that members found in themselves, and ends that nobody asked for.
  List<String> failures() {
    List<String> failures = new ArrayList<>();
    for (MemberProcess life : all) {
      String file = life.trace.getFileName().toString();
      life.failures().forEach(failure -> failures.add(file + ": " + failure));
      if (!life.isAlive() && !life.wasKilled() && !life.hasLeft() && !life.isSealed()) {
        failures.add(file + ": it ended by itself");
      }
    }
    return failures;
  }

  /// Ends every process.
  @Override
  public void close() {
    endAll();
    hook.remove();
  }

  private void endAll() {
    synchronized (this) {
      closed = true;
    }
    all.forEach(MemberProcess::kill);
  }
}
