package io.euryale.bench.group;

import io.euryale.bench.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// A network namespace whose members have a loopback address each and can be parted: packets
/// between the parts are dropped where they arrive, without a word to the sender.
///
/// Needs root and the programs `ip` and `tc`; changes nothing outside of the namespace. It drops by
/// a classifier and not by iptables, which fewer machines have.
final class Partition implements AutoCloseable {

  /// 127.0.1.0
  private static final long NET = 0x7F_00_01_00L;

  private final String name = "euryale-bench-" + ProcessHandle.current().pid();
  private final int members;
  private boolean parted;

  private Partition(int members) {
    this.members = members;
  }

  /// Makes the namespace.
  ///
  /// @throws BenchException when that is not possible; the message says why
  static Partition of(int members) throws BenchException, InterruptedException {
    Partition partition = new Partition(members);
    run(List.of("ip", "netns", "add", partition.name));
    try {
      run(List.of("ip", "-n", partition.name, "link", "set", "lo", "up"));
      partition.control("qdisc", "add", "dev", "lo", "clsact");
      return partition;
    } catch (BenchException | InterruptedException | RuntimeException e) {
      partition.close();
      throw e;
    }
  }

  /// What stands before a command that is to run inside.
  List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /// One for each member.
  List<String> addresses() {
    return IntStream.rangeClosed(1, members).mapToObj(i -> "127.0.1." + i).toList();
  }

  /// Parts members 0 to `first` - 1 from the others, both ways.
  void part(int first) throws BenchException, InterruptedException {
    parted = true;
    int preference = 1;
    for (int one = 0; one < first; one++) {
      for (int other = first; other < members; other++) {
        drop(one, other, preference++);
        drop(other, one, preference++);
      }
    }
  }

  /// Drops what one member sends to another. The program reads the addresses of the IP header,
  /// which follows 14 bytes of Ethernet header, and answers 2 (drop) or -1 (ask the next filter).
  private void drop(int from, int to, int preference) throws BenchException, InterruptedException {
    String program =
        String.format(
            Locale.ROOT,
            "6,32 0 0 26,21 0 3 %d,32 0 0 30,21 0 1 %d,6 0 0 2,6 0 0 4294967295",
            NET + 1 + from,
            NET + 1 + to);
    control(
        "filter",
        "add",
        "dev",
        "lo",
        "ingress",
        "pref",
        Integer.toString(preference),
        "bpf",
        "da",
        "bytecode",
        program);
  }

  /// Undoes [#part].
  void heal() throws BenchException, InterruptedException {
    if (parted) {
      parted = false;
      control("filter", "del", "dev", "lo", "ingress");
    }
  }

  private void control(String... arguments) throws BenchException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tc", "-n", name));
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void run(List<String> command) throws BenchException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw BenchException.environment(
            "'" + String.join(" ", command) + "' fails: " + output.replace('\n', ' '));
      }
    } catch (IOException e) {
      throw BenchException.environment(
          "'" + command.getFirst() + "' cannot be started: " + e.getMessage());
    }
  }

  /// Removes the namespace.
  @Override
  public void close() throws BenchException {
    try {
      run(List.of("ip", "netns", "del", name));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
