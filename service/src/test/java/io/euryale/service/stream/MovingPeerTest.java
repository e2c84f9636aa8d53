package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.service.stream.TestLine.Received;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A peer that goes to another cell, as when one beside it was drained, loses nothing of streams
/// that nobody keeps.
class MovingPeerTest {

  private static final String STREAM = "line-a/positions";

  private final TestLine line = new TestLine(StreamSettings.defaults());
  private final TestNet net = line.net;

  /// A peer below `root` whose sensor publishes; `root` dials its siblings with later names.
  private final Relay moving =
      net.add(
          "unmoved",
          Role.PEER,
          node -> new Relay(line.settings, TrafficClass.NORMAL, node.ref, node));

  private Received subscribed() {
    moving.neighbourhood(net.now, below());
    line.publisher.attachmentPoints(net.now, List.of(TestNet.ref("unmoved")));
    line.publisher.open(net.now, STREAM, StreamOffer.DEFAULT);
    Received received = line.subscribe("client", STREAM, StreamQos.of(Replication.NONE));
    line.publish(STREAM, new byte[10]);
    net.pass(1_000);
    assertThat(received.packets).hasSize(1);
    return received;
  }

  private Neighbourhood below() {
    PeerRef root = TestNet.ref("root");
    return place(CellId.ROOT.child(1), "unmoved", List.of(), root);
  }

  private Neighbourhood place(
      CellId cell, String self, List<PeerRef> siblings, @Nullable PeerRef parent) {
    List<PeerRef> above = parent == null ? List.of() : List.of(parent);
    return new Neighbourhood(net.now, cell, TestNet.ref(self), siblings, parent, above);
  }

  @Test
  void packetsLeaveWhileItHasNoPlace() {
    Received received = subscribed();
    moving.neighbourhood(net.now, null);
    line.publish(STREAM, new byte[10]);
    moving.neighbourhood(net.now, below());
    line.publish(STREAM, new byte[10]);
    assertThat(received.sequences()).containsExactly(1L, 2L, 3L);
    assertThat(received.gaps).isEmpty();
  }

  @Test
  void packetsReachClientsThatHaveNotFoundTheNewPeerOfTheRootCell() {
    Received received = subscribed();
    moving.neighbourhood(net.now, null);
    moving.neighbourhood(
        net.now, place(CellId.ROOT, "unmoved", List.of(TestNet.ref("root")), null));
    line.publish(STREAM, new byte[10]);
    line.relay("root")
        .neighbourhood(net.now, place(CellId.ROOT, "root", List.of(TestNet.ref("unmoved")), null));
    net.pass(500);
    line.publish(STREAM, new byte[10]);
    line.client("client")
        .attachmentPoints(net.now, List.of(TestNet.ref("root"), TestNet.ref("unmoved")));
    net.pass(500);
    line.publish(STREAM, new byte[10]);
    assertThat(received.sequences()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(received.gaps).isEmpty();
    assertThat(linksToRoot()).as("not the link of before besides").isOne();
  }

  @Test
  void whoHasNoPlaceForLongKeepsNoLink() {
    Received received = subscribed();
    moving.neighbourhood(net.now, null);
    net.pass(4_000);
    assertThat(linksToRoot()).isZero();
    line.publish(STREAM, new byte[10]);
    assertThat(received.packets).hasSize(1);
  }

  private long linksToRoot() {
    return net.node("unmoved").ends.values().stream()
        .filter(end -> end.other().ref.name().value().equals("root"))
        .count();
  }
}
