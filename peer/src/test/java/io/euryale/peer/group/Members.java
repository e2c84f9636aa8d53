package io.euryale.peer.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.platform.Loops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// Real group members in this process, each with loops of its own, on loopback.
final class Members implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(20);

  private static final int PORT = 7400;

  /// Members of other tests, of this process or another, are on other networks of loopback. So a
  /// port is nobody else's, not even while its member is down: the system gives out ports of its
  /// own choice on 127.0.0.1 only, and above this one.
  private static final AtomicInteger NETWORK =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(1 << 16));

  private final Map<String, GroupPeer> peers = new LinkedHashMap<>();
  private final Map<String, GroupPeerSettings> settings = new LinkedHashMap<>();
  private final List<Loops> loops = new ArrayList<>();

  /// Declares members; none is started.
  Members(Path directory, UnaryOperator<GroupPeerSettings> change, String... names) {
    int network = NETWORK.incrementAndGet();
    String prefix = "127." + (1 + (network >> 8) % 254) + "." + (network & 255) + ".";
    Map<String, String> hosts = new LinkedHashMap<>();
    List<String> declared = new ArrayList<>();
    for (String name : names) {
      String host = prefix + (hosts.size() + 1);
      hosts.put(name, host);
      declared.add(name + "=" + host + ":" + PORT);
    }
    hosts.forEach(
        (name, host) ->
            settings.put(
                name,
                change.apply(
                    GroupPeerSettings.named(name)
                        .withHost(host)
                        .withControlPort(PORT)
                        .withMembers(declared)
                        .withDataDirectory(directory.resolve(name).toString()))));
  }

  static Members started(Path directory, String... names) throws Exception {
    return started(directory, UnaryOperator.identity(), names);
  }

  static Members started(Path directory, UnaryOperator<GroupPeerSettings> change, String... names)
      throws Exception {
    Members members = new Members(directory, change, names);
    for (String name : names) {
      members.start(name);
    }
    members.awaitTogether();
    return members;
  }

  GroupPeer start(String name) {
    Loops own = new Loops();
    loops.add(own);
    GroupPeer peer = GroupPeer.start(settings.get(name), own, null, GroupPeerListener.NONE);
    peers.put(name, peer);
    return peer;
  }

  GroupPeer get(String name) {
    return peers.get(name);
  }

  GroupPeerSettings settings(String name) {
    return settings.get(name);
  }

  void kill(String name) {
    peers.remove(name).kill();
  }

  /// Waits until all that run are in one regular, primary configuration.
  void awaitTogether() throws Exception {
    eventually(
        () ->
            peers.values().stream()
                .allMatch(
                    peer ->
                        peer.isPrimary()
                            && peer.configuration() != null
                            && peer.configuration().members().size() == peers.size()));
  }

  static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.sleep(2);
    }
  }

  @Override
  public void close() {
    peers.values().forEach(GroupPeer::kill);
    loops.forEach(Loops::close);
  }
}
