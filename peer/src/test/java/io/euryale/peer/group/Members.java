package io.euryale.peer.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.platform.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/// Real group members in this process, each with loops of its own, on loopback.
final class Members implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(20);

  private final Map<String, GroupPeer> peers = new LinkedHashMap<>();
  private final Map<String, GroupPeerSettings> settings = new LinkedHashMap<>();
  private final List<Loops> loops = new ArrayList<>();

  /// Declares members; none is started.
  Members(Path directory, UnaryOperator<GroupPeerSettings> change, String... names)
      throws IOException {
    List<String> declared = new ArrayList<>();
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (String name : names) {
      int port = freePort();
      ports.put(name, port);
      declared.add(name + "=127.0.0.1:" + port);
    }
    for (String name : names) {
      settings.put(
          name,
          change.apply(
              GroupPeerSettings.named(name)
                  .withControlPort(ports.get(name))
                  .withMembers(declared)
                  .withDataDirectory(directory.resolve(name).toString())));
    }
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

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
