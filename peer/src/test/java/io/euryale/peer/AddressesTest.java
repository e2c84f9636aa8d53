package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import io.euryale.platform.keys.CertificateAuthority;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where peers listen, and where others are told to find them.
@Timeout(60)
class AddressesTest {

  @TempDir Path directory;

  @BeforeEach
  void keys() {
    CertificateAuthority authority = CertificateAuthority.create(directory, Instant.now());
    for (String name : List.of("a1", "a2", "door", "desk")) {
      authority.issue(new PeerName(name), Instant.now(), Duration.ofDays(1));
    }
  }

  private static void assumeIpv6() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      Assumptions.assumeTrue(socket.isBound());
    } catch (IOException e) {
      Assumptions.abort("No IPv6 here: " + e.getMessage());
    }
  }

  private static void assertStreamPasses(Overlay overlay) throws InterruptedException {
    Client client = overlay.client("desk");
    for (TrafficClass trafficClass :
        List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
      Received received = new Received();
      client.subscribe("*", trafficClass, Replication.ACTIVE, received);
      Sensor sensor = overlay.sensor("door");
      StreamPublisher stream = sensor.open("door", trafficClass);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      for (int i = 0; i < 20; i++) {
        assertThat(stream.publish(new byte[100], PATIENCE).isAccepted()).isTrue();
      }
      assertThat(sensor.close(PATIENCE)).isTrue();
      assertThat(received.texts).hasSize(20);
      assertThat(received.gaps).isEmpty();
    }
  }

  @Test
  void aStreamPassesOverIpv6FromEndToEnd() throws InterruptedException {
    assumeIpv6();
    for (String keyDirectory : List.of("", directory.toString())) {
      try (Overlay overlay = new Overlay(keyDirectory)) {
        for (String name : List.of("a1", "a2")) {
          EuryalePeer peer = overlay.start(PeerSettings.named(name).withAddress("::1", 0, 0, 0, 0));
          assertThat(peer.self().endpoint().toString()).startsWith("[::1]:");
        }
        assertThat(overlay.contacts()).allMatch(contact -> contact.startsWith("[::1]:"));
        assertStreamPasses(overlay);
      }
    }
  }

  @Test
  void othersAreToldTheAdvertisedAddressAndReachThePeerThere() throws InterruptedException {
    try (Overlay overlay = new Overlay(directory.toString())) {
      for (String name : List.of("a1", "a2")) {
        overlay.start(
            PeerSettings.named(name)
                .withAddress("0.0.0.0", 0, 0, 0, 0)
                .withAdvertise(name.equals("a1") ? "127.0.0.5" : "127.0.0.6"));
      }
      assertThat(overlay.contacts()).anyMatch(contact -> contact.startsWith("127.0.0.5:"));
      assertThat(overlay.peers.get("a1").neighbourhood().siblings().getFirst().endpoint().host())
          .isEqualTo("127.0.0.6");
      assertStreamPasses(overlay);
      Client client = overlay.client("desk");
      assertThat(client.find(Query.all(Resource.PEER, "*")).found())
          .extracting(found -> found.owner().endpoint().host())
          .containsExactly("127.0.0.5", "127.0.0.6");
      EuryalePeer second = overlay.peers.get("a2");
      client.drain(second.self());
      Overlay.await("the peer ends", second::isEnded);
    }
  }

  @Test
  void anAddressThatOthersCannotUseIsRefusedInOneSentence() {
    PeerSettings everywhere = PeerSettings.named("a1").withAddress("0.0.0.0", 0, 0, 0, 0);
    try (Overlay overlay = new Overlay(directory.toString())) {
      assertThatThrownBy(() -> overlay.start(everywhere))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("is not one address that others can reach");
      assertThatThrownBy(() -> overlay.start(everywhere.withAdvertise("peer.example.org")))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("peer.example.org");
    }
    try (Overlay overlay = new Overlay()) {
      for (PeerSettings settings :
          List.of(
              everywhere.withAdvertise("127.0.0.1"),
              PeerSettings.named("a1").withAdvertise("192.0.2.1"))) {
        assertThatThrownBy(() -> overlay.start(settings))
            .isInstanceOf(RefusedException.class)
            .hasMessageContaining("links beyond this machine need keys");
      }
    }
  }
}
