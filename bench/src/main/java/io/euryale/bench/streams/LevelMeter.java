package io.euryale.bench.streams;

import io.euryale.bench.Child;
import io.euryale.bench.ProcReadings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads what the peers of each level take from the moment it is made. Peers that are started later
/// are not counted.
final class LevelMeter {

  private final List<Peer> peers = new ArrayList<>();
  private final int levels;

  private static final class Peer {
    private final int level;
    private final String name;
    private final Child process;
    private double cpuBefore;
    private double cpuSeconds;
    private double residentMebibytes;

    Peer(int level, String name, Child process) {
      this.level = level;
      this.name = name;
      this.process = process;
    }

    void read() {
      try {
        cpuSeconds = ProcReadings.cpuSeconds(process.pid());
        // A process that has just ended still has a line, which says that it has no memory.
        double now = ProcReadings.residentMebibytes(process.pid());
        residentMebibytes = now > 0 ? now : residentMebibytes;
      } catch (IOException _) {
        // Killed on purpose: what was read before counts.
      }
    }
  }

  LevelMeter(Topology topology, Fleet fleet) {
    levels = topology.levels();
    for (Topology.Place place : topology.peers().values()) {
      fleet
          .process(place.name())
          .ifPresent(
              process -> {
                Peer peer = new Peer(place.level(), place.name(), process);
                peer.read();
                peer.cpuBefore = peer.cpuSeconds;
                peers.add(peer);
              });
    }
  }

  /// To be called before a peer is killed.
  void beforeKill(String name) {
    peers.stream().filter(peer -> peer.name.equals(name)).forEach(Peer::read);
  }

  /// What each level has taken until now, the root's first.
  List<LevelUsage> read() {
    double[] cpu = new double[levels];
    double[] resident = new double[levels];
    double[] largest = new double[levels];
    for (Peer peer : peers) {
      if (peer.process.isAlive()) {
        peer.read();
      }
      cpu[peer.level] += peer.cpuSeconds - peer.cpuBefore;
      resident[peer.level] += peer.residentMebibytes;
      largest[peer.level] = Math.max(largest[peer.level], peer.residentMebibytes);
    }
    List<LevelUsage> usage = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      usage.add(new LevelUsage(level, cpu[level], resident[level], largest[level]));
    }
    return usage;
  }
}
