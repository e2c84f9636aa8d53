package io.euryale.bench.group;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import io.euryale.platform.JavaCommand;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/// The processes of all members of one system under test. Used by one thread.
final class Crew implements AutoCloseable {

  /// What every member's JVM runs with, whatever the system: both compilers, as on a server, and a
  /// collector that does not compete with the members for two cores.
  static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms192m",
          "-Xmx512m",
          "-Xmn96m",
          "-XX:-UsePerfData",
          "-Djava.net.preferIPv4Stack=true");

  private static final Duration START = Duration.ofSeconds(60);
  private static final int LEAST_PORT = 20_000;
  private static final int MOST_PORT = 30_000;

  /// A regular configuration at one member.
  ///
  /// @param nanos when it was told, on the clock of this machine
  record View(int member, long nanos, int members) {}

  /// A member learned that it is, or is no longer, in the primary component.
  record Primary(int member, long nanos, boolean isPrimary) {}

  /// One process and what it said.
  private record Hand(int index, Child child, BlockingQueue<String> lines) {}

  private final SystemUnderTest system;
  private final int members;
  private final int port;
  private final List<String> addresses;
  private final List<String> prefix;
  private final List<Hand> hands = new ArrayList<>();
  private final List<View> views = new CopyOnWriteArrayList<>();
  private final List<Primary> primaries = new CopyOnWriteArrayList<>();
  private int run;

  private Crew(
      SystemUnderTest system, int members, int port, List<String> addresses, List<String> prefix) {
    this.system = system;
    this.members = members;
    this.port = port;
    this.addresses = addresses;
    this.prefix = prefix;
  }

  /// Starts all members on loopback and waits until each has all in its configuration.
  static Crew start(SystemUnderTest system, int members)
      throws BenchException, InterruptedException {
    return start(system, members, List.of("127.0.0.1"), List.of());
  }

  /// Starts a crew of each system, all at once.
  ///
  /// @param started gets those that were started, also when this throws
  static void startAll(List<SystemUnderTest> systems, int members, List<Crew> started)
      throws BenchException, InterruptedException {
    List<Future<Crew>> starting = new ArrayList<>();
    BenchException failed = null;
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      for (SystemUnderTest system : systems) {
        starting.add(starters.submit(() -> start(system, members)));
      }
      for (Future<Crew> one : starting) {
        try {
          started.add(one.get());
        } catch (ExecutionException e) {
          failed =
              e.getCause() instanceof BenchException cause
                  ? cause
                  : BenchException.missed("A system cannot be started: " + e.getCause());
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  /// @param prefix what stands before the command of each member, such as `ip netns exec x`
  static Crew start(
      SystemUnderTest system, int members, List<String> addresses, List<String> prefix)
      throws BenchException, InterruptedException {
    Crew crew = new Crew(system, members, freePorts(3 * members), addresses, prefix);
    try {
      for (int index = 0; index < members; index++) {
        crew.hands.add(crew.launch(index));
      }
      // One after the other, so that nobody waits for parts to merge: JGroups looks for parts only
      // each 10 to 30 s, and many who start at once on few cores form some.
      for (Hand hand : crew.hands) {
        crew.join(hand);
      }
      crew.awaitViews(members, crew.everybody(), START);
      return crew;
    } catch (BenchException | InterruptedException | RuntimeException e) {
      crew.close();
      throw e;
    }
  }

  private Hand launch(int index) throws BenchException {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Seat seat = new Seat(system, index, members, port, addresses);
    List<String> command = new ArrayList<>(prefix);
    command.addAll(JavaCommand.uncached(FLAGS, MemberProcess.class.getName(), seat.words()));
    Child child =
        Child.start(system.label() + " " + index, command, line -> hear(index, lines, line));
    return new Hand(index, child, lines);
  }

  private void hear(int index, BlockingQueue<String> lines, String line) {
    String[] words = line.split(" ");
    if (words[0].equals("view")) {
      views.add(new View(index, Long.parseLong(words[1]), Integer.parseInt(words[2])));
    } else if (words[0].equals("primary")) {
      primaries.add(new Primary(index, Long.parseLong(words[1]), Boolean.parseBoolean(words[2])));
    } else {
      lines.add(line);
    }
  }

  private void join(Hand hand) throws BenchException, InterruptedException {
    hand.child().tell("join");
    await(hand, "joined", START);
  }

  private String await(Hand hand, String word, Duration patience)
      throws BenchException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      long left = deadline - System.nanoTime();
      String line =
          hand.lines().poll(Math.min(Math.max(left, 0), 100_000_000), TimeUnit.NANOSECONDS);
      if (line != null && line.startsWith(word)) {
        return line;
      }
      if (line != null && line.startsWith("failed ")) {
        throw BenchException.missed(hand.child().name() + ": " + line.substring(7));
      }
      if (line == null && (left <= 0 || !hand.child().isAlive())) {
        throw BenchException.missed(
            "%s does not say '%s'. %s"
                .formatted(hand.child().name(), word, hand.child().complaint()));
      }
    }
  }

  SystemUnderTest system() {
    return system;
  }

  int members() {
    return members;
  }

  List<Integer> everybody() {
    return hands.stream().map(Hand::index).toList();
  }

  long pid(int member) {
    return hands.get(member).child().pid();
  }

  /// The clock of a member differs from this process's by at most so many nanoseconds; on Linux
  /// both read CLOCK_MONOTONIC. Negative when the clocks are not the same.
  long clockUncertaintyNanos(int member) throws BenchException, InterruptedException {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long before = System.nanoTime();
      hands.get(member).child().tell("clock");
      long there = Long.parseLong(await(hands.get(member), "clock", START).split(" ")[1]);
      long after = System.nanoTime();
      if (there < before || there > after) {
        return -1;
      }
      best = Math.min(best, after - before);
    }
    return best;
  }

  // ---- configurations ----

  /// Forgets the configurations seen so far.
  void forgetViews() {
    views.clear();
  }

  /// Waits until the last configuration of each of `who` has so many members.
  ///
  /// @return for each of `who` the first configuration of that size since [#forgetViews]
  List<View> awaitViews(int size, List<Integer> who, Duration patience)
      throws BenchException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      List<View> found = new ArrayList<>();
      for (int member : who) {
        View last = last(member);
        if (last != null && last.members() == size) {
          views.stream()
              .filter(view -> view.member() == member && view.members() == size)
              .findFirst()
              .ifPresent(found::add);
        }
      }
      if (found.size() == who.size()) {
        return found;
      }
      if (System.nanoTime() - deadline > 0) {
        throw BenchException.missed(
            "%s did not come to a configuration of %d members within %d s."
                .formatted(system.label(), size, patience.toSeconds()));
      }
      Thread.sleep(1);
    }
  }

  /// Configurations seen since [#forgetViews].
  int viewCount() {
    return views.size();
  }

  /// Waits until the last thing that each of `who` said of the primary component is this.
  ///
  /// @return what each of them said last
  List<Primary> awaitPrimary(boolean isPrimary, List<Integer> who, Duration patience)
      throws BenchException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      List<Primary> found = new ArrayList<>();
      for (int member : who) {
        primaries.stream()
            .filter(said -> said.member() == member)
            .reduce((_, later) -> later)
            .filter(said -> said.isPrimary() == isPrimary)
            .ifPresent(found::add);
      }
      if (found.size() == who.size()) {
        return found;
      }
      if (System.nanoTime() - deadline > 0) {
        throw BenchException.missed(
            "%s: members do not say within %d s that they are %s the primary component."
                .formatted(
                    system.label(), patience.toSeconds(), isPrimary ? "in" : "no longer in"));
      }
      Thread.sleep(1);
    }
  }

  private @Nullable View last(int member) {
    View last = null;
    for (View view : views) {
      if (view.member() == member) {
        last = view;
      }
    }
    return last;
  }

  // ---- runs ----

  /// A run of all members; everything sent has been delivered everywhere when it returns, or did
  /// not come within three seconds.
  RunResult measure(RunPlan plan) throws BenchException, InterruptedException {
    int id = ++run;
    for (Hand hand : hands) {
      hand.child().tell("begin " + id);
    }
    for (Hand hand : hands) {
      await(hand, "begun " + id, START);
    }
    RunOrder order = plan.order(id, members, System.nanoTime() + 50_000_000);
    for (Hand hand : hands) {
      hand.child().tell(order.line());
    }
    Duration patience = START.plusNanos(order.leadNanos() + order.lengthNanos());
    long sent = 0;
    for (Hand hand : hands) {
      sent += Long.parseLong(await(hand, "sent " + id, patience).split(" ")[2]);
    }
    List<MemberResult> results = new ArrayList<>();
    for (Hand hand : hands) {
      hand.child().tell("collect " + id + " " + sent + " 3000");
    }
    for (Hand hand : hands) {
      try {
        results.add(MemberResult.of(await(hand, MemberResult.WORD, START)));
      } catch (DataFormatException _) {
        throw BenchException.missed(hand.child().name() + " reports something unreadable.");
      }
    }
    return RunResult.of(order, results);
  }

  // ---- faults ----

  /// Sends SIGKILL.
  void kill(int member) {
    hands.get(member).child().kill();
  }

  /// Sends SIGSTOP or SIGCONT.
  void signal(int member, String name) throws BenchException, InterruptedException {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid(member))).start().waitFor();
    } catch (IOException _) {
      throw BenchException.environment("There is no program 'kill' to stop a process with.");
    }
  }

  /// A member leaves in an orderly way.
  ///
  /// @return when it began to, on the clock of this machine
  long leave(int member) throws BenchException, InterruptedException {
    hands.get(member).child().tell("leave");
    return Long.parseLong(await(hands.get(member), "leaving", START).split(" ")[1]);
  }

  /// A member that left joins again, in the same process.
  ///
  /// @return when it began to, on the clock of this machine
  long rejoin(int member) throws BenchException, InterruptedException {
    Hand hand = hands.get(member);
    await(hand, "left", START);
    hand.child().tell("join");
    long since = Long.parseLong(await(hand, "joining", START).split(" ")[1]);
    await(hand, "joined", START);
    return since;
  }

  /// Ends the process of a member and starts it anew; it joins again.
  void restart(int member) throws BenchException, InterruptedException {
    hands.get(member).child().close();
    Hand fresh = launch(member);
    hands.set(member, fresh);
    join(fresh);
  }

  @Override
  public void close() {
    for (Hand hand : hands) {
      hand.child().closeInput();
    }
    for (Hand hand : hands) {
      hand.child().close();
    }
    delete(new Seat(system, 0, members, port, addresses).directory());
  }

  private static void delete(Path directory) {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      } catch (IOException _) {
        // Temporary files of a benchmark: they may stay.
      }
    }
  }

  /// The first of `count` ports that nobody uses now, neither for UDP nor for TCP, and whose
  /// followers by 100 are free as well: JGroups' FD_SOCK2 listens there.
  static int freePorts(int count) throws BenchException {
    for (int attempt = 0; attempt < 100; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(LEAST_PORT, MOST_PORT);
      if (areFree(first, count) && areFree(first + 100, count)) {
        return first;
      }
    }
    throw BenchException.environment("There are no free ports between 20000 and 30000.");
  }

  private static boolean areFree(int first, int count) {
    InetAddress here = InetAddress.getLoopbackAddress();
    for (int port = first; port < first + count; port++) {
      try (DatagramSocket udp = new DatagramSocket(new InetSocketAddress(here, port));
          ServerSocket tcp = new ServerSocket(port, 1, here)) {
        if (!udp.isBound() || !tcp.isBound()) {
          return false;
        }
      } catch (IOException _) {
        return false;
      }
    }
    return true;
  }
}
