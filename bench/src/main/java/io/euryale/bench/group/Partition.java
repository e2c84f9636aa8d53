package io.euryale.bench.group;

import io.euryale.bench.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A network namespace whose members have an address each and can be parted: packets between the
/// parts go to a device that nobody reads, without a word to the sender.
///
/// Needs root and the program `ip`; changes nothing outside of the namespace.
final class Partition implements AutoCloseable {

  private static final String NET = "10.77.0.";
  private static final String VOID_TABLE = "77";
  private static final String VOID_PREFERENCE = "10";

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
    run("ip", "netns", "add", partition.name);
    try {
      partition.inside("link", "set", "lo", "up");
      for (String address : partition.addresses()) {
        partition.inside("addr", "add", address + "/32", "dev", "lo");
      }
      partition.inside("link", "add", "void0", "type", "veth", "peer", "name", "void1");
      partition.inside("link", "set", "void0", "arp", "off", "up");
      partition.inside("link", "set", "void1", "arp", "off", "up");
      partition.inside("route", "add", "default", "dev", "void0", "table", VOID_TABLE);
      // Local addresses come first by default; the rules that part members have to come before.
      partition.inside("rule", "add", "pref", "100", "lookup", "local");
      partition.inside("rule", "del", "pref", "0");
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
    return IntStream.rangeClosed(1, members).mapToObj(i -> NET + i).toList();
  }

  /// Parts members 0 to `first` - 1 from the others, both ways.
  void part(int first) throws BenchException, InterruptedException {
    parted = true;
    List<String> addresses = addresses();
    for (String one : addresses.subList(0, first)) {
      for (String other : addresses.subList(first, members)) {
        drop(one, other);
        drop(other, one);
      }
    }
  }

  private void drop(String from, String to) throws BenchException, InterruptedException {
    inside("rule", "add", "pref", VOID_PREFERENCE, "from", from, "to", to, "lookup", VOID_TABLE);
  }

  /// Undoes [#part].
  void heal() throws BenchException, InterruptedException {
    if (parted) {
      parted = false;
      inside("rule", "flush", "pref", VOID_PREFERENCE);
    }
  }

  private void inside(String... arguments) throws BenchException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name));
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws BenchException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw BenchException.environment(
            "'" + String.join(" ", command) + "' fails: " + output.replace('\n', ' '));
      }
    } catch (IOException e) {
      throw BenchException.environment("'" + command[0] + "' cannot be started: " + e.getMessage());
    }
  }

  /// Removes the namespace.
  @Override
  public void close() throws BenchException {
    try {
      run("ip", "netns", "del", name);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
