package io.euryale.lab.real;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// A network namespace for each member, joined by a bridge in one more; members' packets are
/// filtered where they arrive. Nothing of it touches the machine's own network, and all of it goes
/// with the namespaces. Needs root, `ip` and `iptables`.
public final class NamespaceGround implements Ground {

  private static final String PREFIX = "euryale-lab-";
  private static final String NETWORK = "10.77.0.";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String stem =
      PREFIX + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "x";
  private final int members;
  private final ExitHook hook;

  /// Makes the namespaces.
  ///
  /// @throws IOException when this machine does not let it; the message is one sentence
  public NamespaceGround(int members) throws IOException, InterruptedException {
    this.members = members;
    removeAbandoned();
    hook = ExitHook.add(this::remove);
    try {
      build();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /// Why this cannot be used here, in one sentence; empty when it can.
  public static String obstacle() throws InterruptedException {
    if (!Commands.tryRun("id", "-u").output().strip().equals("0")) {
      return "Packet faults need root: without it only processes are hurt.";
    }
    if (Commands.tryRun("ip", "netns", "list").exitCode() != 0) {
      return "Packet faults need network namespaces: install iproute2 on a kernel that has them.";
    }
    if (Commands.tryRun("iptables", "--version").exitCode() != 0) {
      return "Packet faults need iptables: install it (apt-get install iptables).";
    }
    try (NamespaceGround ground = new NamespaceGround(1)) {
      ground.drop(0, 0, 10);
      return "";
    } catch (IOException e) {
      return "Packet faults do not work here: " + e.getMessage() + ".";
    }
  }

  private void build() throws IOException, InterruptedException {
    String hub = stem + "hub";
    ip("netns", "add", hub);
    ip("-n", hub, "link", "add", "bridge", "type", "bridge");
    ip("-n", hub, "link", "set", "bridge", "up");
    for (int i = 0; i < members; i++) {
      String port = "port" + i;
      ip("netns", "add", space(i));
      ip("-n", hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space(i));
      ip("-n", hub, "link", "set", port, "master", "bridge", "up");
      ip("-n", space(i), "addr", "add", host(i) + "/24", "dev", "eth0");
      ip("-n", space(i), "link", "set", "lo", "up");
      ip("-n", space(i), "link", "set", "eth0", "up");
    }
  }

  /// A run that was killed cannot clean up after itself.
  private static void removeAbandoned() throws InterruptedException {
    for (String line : Commands.tryRun("ip", "netns", "list").output().split("\n", -1)) {
      String name = line.strip().split(" ", -1)[0];
      String[] parts = name.split("-", -1);
      if (name.startsWith(PREFIX)
          && parts.length == 4
          && parts[2].matches("\\d{1,10}")
          && ProcessHandle.of(Long.parseLong(parts[2])).isEmpty()) {
        Commands.tryRun("ip", "netns", "del", name);
      }
    }
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    Commands.run(command);
  }

  private String space(int index) {
    return stem + index;
  }

  @Override
  public boolean isKeyed() {
    return true;
  }

  @Override
  public boolean dropsPackets() {
    return true;
  }

  @Override
  public String host(int index) {
    return NETWORK + (index + 1);
  }

  @Override
  public List<String> launcher(int index) {
    // Becomes the command, so that its process id is the member's.
    return List.of("ip", "netns", "exec", space(index));
  }

  @Override
  public void drop(int from, int to, int percent) throws IOException, InterruptedException {
    filter(to, rule("-A", from, percent));
  }

  @Override
  public void pass(int from, int to, int percent) throws IOException, InterruptedException {
    filter(to, rule("-D", from, percent));
  }

  @Override
  public void heal() throws IOException, InterruptedException {
    for (int i = 0; i < members; i++) {
      filter(i, List.of("-F", "INPUT"));
    }
  }

  private List<String> rule(String action, int from, int percent) {
    List<String> rule = new ArrayList<>(List.of(action, "INPUT", "-s", host(from)));
    if (percent < 100) {
      String rate = String.format(Locale.ROOT, "%.2f", percent / 100.0);
      rule.addAll(List.of("-m", "statistic", "--mode", "random", "--probability", rate));
    }
    rule.addAll(List.of("-j", "DROP"));
    return rule;
  }

  private void filter(int index, List<String> rule) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(launcher(index));
    command.addAll(List.of("iptables", "-w"));
    command.addAll(rule);
    Commands.run(command);
  }

  @Override
  public void close() {
    remove();
    hook.remove();
  }

  private void remove() {
    boolean interrupted = Thread.interrupted(); // Nothing stays behind, then too.
    try {
      for (int i = 0; i < members; i++) {
        Commands.tryRun("ip", "netns", "del", space(i));
      }
      Commands.tryRun("ip", "netns", "del", stem + "hub");
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
