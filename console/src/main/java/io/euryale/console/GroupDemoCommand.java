package io.euryale.console;

import io.euryale.counter.ReplicatedCounter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `euryale group demo`: a replicated counter on three members that are killed.
@Command(
    name = "demo",
    header = "Watch a replicated counter on three processes that are killed.",
    description = {
      "Starts members alpha, beta and gamma in processes of their own, each with an application that"
          + " has the counter of docs/groups-java.md. Kills one, then another, starts them again, and"
          + " compares. Takes about ten seconds; exit code 1 when the counters differ."
    },
    footer = {"", "Example: euryale group demo"})
final class GroupDemoCommand implements Callable<Integer> {

  private static final List<String> NAMES = List.of("alpha", "beta", "gamma");
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  @Spec CommandSpec spec = CommandSpec.create();

  private final Map<String, GroupDemoMember> members = new LinkedHashMap<>();
  private final Map<String, ReplicatedCounter> counters = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("euryale-group-demo-");
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.onRequest(Thread.currentThread()::interrupt);
      try {
        boolean same = play(folder, out);
        return shutdown.finish(same ? ExitCode.DONE : ExitCode.MISSED);
      } catch (InterruptedException _) {
        return shutdown.finish(ExitCode.MISSED);
      } finally {
        members.values().forEach(GroupDemoMember::kill);
        delete(folder);
      }
    }
  }

  private boolean play(Path folder, PrintWriter out)
      throws IOException, InterruptedException, ExecutionException {
    say(out, "Three members, each a process of its own:");
    List<String> declared = GroupDemoMember.declare(NAMES);
    for (String name : NAMES) {
      members.put(name, new GroupDemoMember(name, declared, folder, out));
    }
    for (GroupDemoMember member : members.values()) {
      member.start();
    }
    await(() -> members.values().stream().allMatch(member -> member.hasPrimaryOf(3)), "a primary");
    for (GroupDemoMember member : members.values()) {
      counters.put(member.name(), new ReplicatedCounter(member.socket(), "counter"));
    }
    for (String name : NAMES) {
      add(name, 10);
    }
    awaitValue(30, NAMES);
    say(out, "Each added 10. The counters: " + values(NAMES));

    say(out, "SIGKILL to alpha. Two of three are a majority:");
    member("alpha").kill();
    List<String> others = List.of("beta", "gamma");
    await(() -> others.stream().allMatch(name -> member(name).hasPrimaryOf(2)), "a primary");
    add("beta", 5);
    awaitValue(35, others);
    say(out, "beta added 5. The counters of beta and gamma: " + values(others));

    say(out, "SIGKILL to beta. gamma was half of the last primary, and the half without beta:");
    member("beta").kill();
    await(() -> member("gamma").hasNoPrimary(), "the end of the primary");
    try {
      counter("gamma").add(1);
      say(out, "gamma could add 1, which is a mistake.");
      return false;
    } catch (IllegalStateException e) {
      say(out, "gamma wanted to add 1: " + e.getMessage() + ".");
    }

    say(out, "Both start again; their counters are given the state:");
    member("alpha").start();
    member("beta").start();
    await(() -> members.values().stream().allMatch(member -> member.hasPrimaryOf(3)), "a primary");
    add("alpha", 7);
    awaitValue(42, NAMES);
    say(out, "alpha added 7. The counters: " + values(NAMES));
    counters.values().forEach(ReplicatedCounter::close);
    for (GroupDemoMember member : members.values()) {
      member.end();
    }
    say(out, "No addition was lost, none counted twice. Next: docs/groups-java.md");
    return true;
  }

  private GroupDemoMember member(String name) {
    return Objects.requireNonNull(members.get(name));
  }

  private ReplicatedCounter counter(String name) {
    return Objects.requireNonNull(counters.get(name));
  }

  /// Adds as soon as the counter's session has been told of the primary component, too.
  private void add(String name, long amount) throws InterruptedException, ExecutionException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try {
        counter(name).add(amount);
        return;
      } catch (IllegalStateException e) {
        if (System.nanoTime() > deadline) {
          throw CommandException.missed("The counter of " + name + " is " + e.getMessage() + ".");
        }
        Thread.sleep(10);
      }
    }
  }

  private void awaitValue(long value, List<String> names) throws InterruptedException {
    await(
        () -> names.stream().allMatch(name -> counter(name).value() == value),
        "counters of " + value);
  }

  private String values(List<String> names) {
    return names.stream()
        .map(name -> Long.toString(counter(name).value()))
        .collect(Collectors.joining(" "));
  }

  private static void say(PrintWriter out, String text) {
    out.println(text);
    out.flush();
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw CommandException.missed("The members did not come to " + what + " in 30 s.");
      }
      Thread.sleep(10);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        boolean _ = Files.deleteIfExists(file);
      }
    }
  }
}
