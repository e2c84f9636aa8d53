package io.euryale.console;

import io.euryale.dashboard.ClassWatch;
import io.euryale.dashboard.Controls;
import io.euryale.dashboard.DashboardServer;
import io.euryale.dashboard.Facts;
import io.euryale.dashboard.OverlayWatch;
import io.euryale.dashboard.Recoveries;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamPublisher;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamQos;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/// `euryale rehearse`: does for some seconds what processes of Euryale do. The launcher runs it
/// once after a build, with a JVM that writes down which classes are loaded and linked for that:
/// whoever starts with this has them at once. Peers of two levels join, one of the root cell fails,
/// and then the one that the sensor is connected to, as a process should not meet the classes of
/// recovery when it is in a hurry.
@Command(
    name = "rehearse",
    hidden = true,
    header = "Do for some seconds what processes of Euryale do, for the launcher's cache.",
    description = "Starts peers, a sensor and a client on free ports of loopback, and ends.")
final class RehearseCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String OVERLAY = "rehearsal";
  private static final int PEERS = 6;
  private static final int PACKETS = 60;
  private static final List<TrafficClass> CLASSES =
      List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL);

  @Override
  public Integer call() throws InterruptedException, IOException {
    List<EuryalePeer> peers = new ArrayList<>();
    try (Loops loops = new Loops()) {
      try {
        List<String> contacts = new ArrayList<>();
        for (int i = 0; i < PEERS; i++) {
          PeerSettings settings =
              PeerSettings.named("peer-" + i).withOverlayName(OVERLAY).withContacts(contacts);
          EuryalePeer peer = EuryalePeer.start(settings, loops, null, PeerListener.SILENT);
          peers.add(peer);
          peer.awaitMember(PATIENCE);
          contacts.add(peer.self().endpoint().toString());
        }
        return play(peers, contacts, loops) ? ExitCode.DONE : ExitCode.MISSED;
      } finally {
        peers.forEach(EuryalePeer::close);
      }
    }
  }

  /// @return whether all packets came
  private static boolean play(List<EuryalePeer> peers, List<String> contacts, Loops loops)
      throws InterruptedException, IOException {
    Facts facts = new Facts();
    Recoveries recoveries = new Recoveries();
    Semaphore came = new Semaphore(0);
    try (Client client = Client.connect(edge("client", contacts), loops, null, PATIENCE);
        Sensor sensor = Sensor.connect(edge("sensor", contacts.reversed()), loops, null, PATIENCE);
        OverlayWatch overlay = OverlayWatch.start(client, OVERLAY, facts, recoveries);
        ClassWatch _ = ClassWatch.start(client, facts, recoveries);
        DashboardServer _ = DashboardServer.open(0, facts, Controls.NONE, Map.of())) {
      overlay.awaitPicture(PATIENCE);
      List<StreamPublisher> publishers = new ArrayList<>();
      for (TrafficClass each : CLASSES) {
        StreamQos traced = StreamQos.of(Replication.ACTIVE).withTrace();
        var _ = client.subscribe("*", each, traced, (_, _, _, _) -> came.release(), Runnable::run);
        publishers.add(sensor.open(each.label(), each));
      }
      for (int i = 0; i < PACKETS; i++) {
        switch (i) {
          case PACKETS / 3 -> peers.getFirst().kill();
          case PACKETS * 2 / 3 -> peers.getLast().kill();
          default -> {}
        }
        for (StreamPublisher publisher : publishers) {
          if (!publish(publisher)) {
            return false;
          }
        }
      }
      return came.tryAcquire(PACKETS * CLASSES.size(), PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static EdgeSettings edge(String name, List<String> contacts) {
    return EdgeSettings.named(name, contacts).withOverlayName(OVERLAY);
  }

  /// Until somebody wants it there is nothing to do with a packet.
  ///
  /// @return whether it was taken in time
  private static boolean publish(StreamPublisher publisher) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!publisher.publish(ByteBuffer.allocate(500)).isAccepted()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(5);
    }
    Thread.sleep(10);
    return true;
  }
}
