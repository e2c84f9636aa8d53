package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static io.euryale.peer.Overlay.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Findings;
import io.euryale.overlay.LoggedEvent;
import io.euryale.overlay.OverlayKind;
import io.euryale.overlay.OverlaySettings;
import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import io.euryale.platform.keys.CertificateAuthority;
import io.euryale.service.stream.Replication;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What operators do with an overlay while streams run: drain, find, reload, another kind.
@Timeout(90)
class OverlayServicesTest {

  private static byte[] bytes(int number) {
    return ("packet " + number).getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> texts(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "packet " + i).toList();
  }

  @Test
  void drainingThePeersOfAStreamOneAfterTheOtherLeavesNoGap() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2")) {
      Client client = overlay.client("desk");
      Received received = new Received();
      client.subscribe("door", TrafficClass.CRITICAL, Replication.NONE, received);
      Sensor sensor = overlay.sensor(EdgeSettings.named("door", at(overlay, "d1", "d2", "c2")));
      StreamPublisher stream = sensor.open("door", TrafficClass.CRITICAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      int published = 0;
      for (String peer : List.of("d1", "b1", "a1")) {
        for (int i = 0; i < 50; i++) {
          assertThat(stream.publish(bytes(++published), PATIENCE).isAccepted()).isTrue();
        }
        assertThat(Objects.requireNonNull(overlay.peers.get(peer)).drain()).as(peer).isTrue();
      }
      for (int i = 0; i < 50; i++) {
        assertThat(stream.publish(bytes(++published), PATIENCE).isAccepted()).isTrue();
      }
      assertThat(sensor.close(PATIENCE)).isTrue();
      assertThat(received.texts).isEqualTo(texts(published));
      assertThat(received.gaps).isEmpty();
    }
  }

  private static List<String> at(Overlay overlay, String... names) {
    return List.of(names).stream()
        .map(name -> Objects.requireNonNull(overlay.peers.get(name)).self().endpoint().toString())
        .toList();
  }

  @Test
  void aClientDrainsAPeerAndReadsWhatHappened() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2")) {
      Client client = overlay.client("desk");
      EuryalePeer drained = Objects.requireNonNull(overlay.peers.get("b1"));
      PeerRef b2 = Objects.requireNonNull(overlay.peers.get("b2")).self();
      client.drain(drained.self());
      await("the peer ends", drained::isEnded);
      List<LoggedEvent> events = client.events(b2, 0);
      assertThat(events)
          .anyMatch(each -> each.event().equals("LEAVES") && each.text().contains("b1#"));
      long last = events.getLast().sequence();
      assertThat(client.events(b2, last)).allMatch(each -> each.sequence() > last);
      assertThatThrownBy(() -> client.drain(drained.self()))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("b1 does not drain");
    }
  }

  @Test
  void servicesStreamsAndCapacityAreFoundAndWatched() throws Exception {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2", "c1", "c2")) {
      Client client = overlay.client("desk");
      List<Findings> told = new CopyOnWriteArrayList<>();
      try (AutoCloseable _ = client.watch(Query.all(Resource.SERVICE, "clock*"), told::add)) {
        EuryalePeer offering = Objects.requireNonNull(overlay.peers.get("c2"));
        offering.offer("clock/1");
        await("the offer is told", () -> !told.isEmpty() && told.getLast().total() == 1);
        assertThat(told.getLast().found().getFirst().owner()).isEqualTo(offering.self());
        offering.withdraw("clock/1");
        await("its end is told", () -> told.getLast().total() == 0);
      }
      Sensor sensor = overlay.sensor(EdgeSettings.named("door", at(overlay, "c1")));
      StreamPublisher _ = sensor.open("line-a/door", TrafficClass.CRITICAL);
      await(
          "the stream is found",
          () -> find(client, Query.all(Resource.STREAM, "line-?/*")).total() == 1);
      Findings all = find(client, new Query(Resource.CAPACITY, "*", 1, Integer.MAX_VALUE));
      assertThat(all.complete()).isTrue();
      await(
          "all capacities are found",
          () -> find(client, new Query(Resource.CAPACITY, "*", 1, 1_000)).total() == 6);
      Findings peers =
          Objects.requireNonNull(overlay.peers.get("b2")).find(Query.all(Resource.PEER, "?1"));
      assertThat(peers.found().stream().map(Findings.Finding::name))
          .containsExactly("a1", "b1", "c1");
    }
  }

  private static Findings find(Client client, Query query) {
    try {
      return client.find(query);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void streamsRunInAMeshAndSurviveOneOfItsPeers() throws InterruptedException {
    assertStreamSurvivesInAMesh("");
  }

  @Test
  void streamsRunInAMeshWithKeys(@TempDir Path directory) throws InterruptedException {
    CertificateAuthority authority = CertificateAuthority.create(directory, Instant.now());
    for (String name : List.of("m1", "m2", "m3", "m4", "desk", "door")) {
      authority.issue(new PeerName(name), Instant.now(), Duration.ofDays(1));
    }
    assertStreamSurvivesInAMesh(directory.toString());
  }

  private static void assertStreamSurvivesInAMesh(String keyDirectory) throws InterruptedException {
    OverlaySettings mesh = OverlaySettings.defaults().withKind(OverlayKind.MESH);
    try (Overlay overlay = new Overlay(mesh, keyDirectory)) {
      for (String name : List.of("m1", "m2", "m3", "m4")) {
        overlay.start(name);
      }
      for (EuryalePeer peer : overlay.peers.values()) {
        await("all meet", () -> siblings(peer) == 3);
      }
      Client client = overlay.client("desk");
      Received received = new Received();
      client.subscribe("door", TrafficClass.CRITICAL, Replication.ACTIVE, received);
      Sensor sensor = overlay.sensor(EdgeSettings.named("door", at(overlay, "m3", "m4")));
      StreamPublisher stream = sensor.open("door", TrafficClass.CRITICAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      for (int i = 1; i <= 50; i++) {
        assertThat(stream.publish(bytes(i), PATIENCE).isAccepted()).isTrue();
      }
      Objects.requireNonNull(overlay.peers.get("m3")).kill();
      for (int i = 51; i <= 100; i++) {
        assertThat(stream.publish(bytes(i), PATIENCE).isAccepted()).isTrue();
      }
      assertThat(sensor.close(PATIENCE)).isTrue();
      assertThat(received.texts).isEqualTo(texts(100));
      assertThat(received.gaps).isEmpty();
    }
  }

  private static int siblings(EuryalePeer peer) {
    return peer.neighbourhood() == null
        ? 0
        : Objects.requireNonNull(peer.neighbourhood()).siblings().size();
  }

  @Test
  void aRunningPeerTakesOtherSettingsAndNamesThoseItCannot() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2")) {
      EuryalePeer root = Objects.requireNonNull(overlay.peers.get("a1"));
      OverlaySettings larger =
          OverlaySettings.defaults()
              .withPeersPerCell(List.of(3, 2, 2))
              .withPingPeriod(Duration.ofMillis(200));
      PeerSettings next = root.settings().withOverlay(larger);
      for (EuryalePeer peer : overlay.peers.values()) {
        assertThat(peer.reload(peer.settings().withOverlay(larger))).isEmpty();
      }
      EuryalePeer third = overlay.start("a3");
      assertThat(Objects.requireNonNull(third.neighbourhood()).isRoot()).isTrue();
      assertThat(root.settings().overlay()).isEqualTo(larger);
      assertThat(
              root.reload(
                  next.withName("other")
                      .withOverlay(larger.withKind(OverlayKind.MESH))
                      .withAddress("127.0.0.1", 7999, 0, 0, 0)))
          .containsExactly("name", "controlPort", "overlay.kind");
      assertThatThrownBy(() -> root.reload(next.withContacts(List.of("nowhere"))))
          .isInstanceOf(RefusedException.class);
    }
  }
}
