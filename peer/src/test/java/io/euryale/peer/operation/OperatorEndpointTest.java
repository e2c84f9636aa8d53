package io.euryale.peer.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellId;
import io.euryale.overlay.OverlayHealth;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.group.GroupPeer;
import io.euryale.peer.group.GroupPeerListener;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.platform.HttpSettings;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OperatorEndpointTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final HttpSettings HTTP = HttpSettings.defaults().withListen("127.0.0.1:0");

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(OperatorEndpoint endpoint, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri).timeout(SOON).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aPeerIsReadyWhenItHasItsPlaceAndNotWhenItHasEnded() throws Exception {
    try (Loops loops = new Loops();
        EuryalePeer founder =
            EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT);
        OperatorEndpoint endpoint =
            OperatorEndpoint.open(HTTP, false, loops, () -> List.of(new PeerProbe(founder)))) {
      eventually(() -> get(endpoint, "/health/ready").statusCode() == 200);
      HttpResponse<String> ready = get(endpoint, "/health/ready");
      assertThat(ready.body())
          .isEqualTo("{\"ok\":true,\"text\":\"Peer a1 is a member of cell 0.\"}\n");
      assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json");
      founder.kill();
      HttpResponse<String> ended = get(endpoint, "/health/ready");
      assertThat(ended.statusCode()).isEqualTo(503);
      assertThat(ended.body()).contains("\"ok\":false", "Peer a1 has ended.");
      assertThat(get(endpoint, "/health/live").statusCode()).isEqualTo(200);
      // Its numbers are gone, those of the process are not.
      assertThat(get(endpoint, "/metrics").body())
          .contains("process_cpu_seconds_total ")
          .doesNotContain("peer=\"a1\"");
    }
  }

  @Test
  void aPeerWhoseContactIsDownIsAliveButNotReady() throws Exception {
    PeerSettings settings =
        PeerSettings.named("b1").withContacts(List.of("127.0.0.1:" + freePort()));
    try (Loops loops = new Loops();
        EuryalePeer peer = EuryalePeer.start(settings, loops, null, PeerListener.SILENT);
        OperatorEndpoint endpoint =
            OperatorEndpoint.open(HTTP, false, loops, () -> List.of(new PeerProbe(peer)))) {
      assertThat(get(endpoint, "/health/live").statusCode()).isEqualTo(200);
      HttpResponse<String> waiting = get(endpoint, "/health/ready");
      assertThat(waiting.statusCode()).isEqualTo(503);
      assertThat(waiting.body()).contains("Peer b1 has no place in the overlay yet");
      assertThat(
              new MetricsText(get(endpoint, "/metrics").body())
                  .value("euryale_peer_member{peer=\"b1\"}"))
          .isZero();
    }
  }

  @Test
  void aStuckLoopIsNeitherAliveNorReadyAndItsPeersAreNotAsked() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    PeerListener holding =
        new PeerListener() {
          @Override
          public void event(io.euryale.overlay.MemberEvent event) {
            held.countDown();
            try {
              release.await();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (Loops loops = new Loops();
        EuryalePeer peer = EuryalePeer.start(PeerSettings.named("a1"), loops, null, holding);
        OperatorEndpoint endpoint =
            OperatorEndpoint.open(HTTP, false, loops, () -> List.of(new PeerProbe(peer)))) {
      held.await();
      try {
        HttpResponse<String> live = get(endpoint, "/health/live");
        assertThat(live.statusCode()).isEqualTo(503);
        assertThat(live.body()).contains("The loop of class control has not turned for 2 s.");
        assertThat(get(endpoint, "/health/ready").statusCode()).isEqualTo(503);
        MetricsText page = new MetricsText(get(endpoint, "/metrics").body());
        assertThat(page.value("euryale_loop_turning{class=\"control\"}")).isZero();
        assertThat(page.value("euryale_loop_turning{class=\"alarm\"}")).isEqualTo(1);
      } finally {
        release.countDown();
      }
      eventually(() -> get(endpoint, "/health/live").statusCode() == 200);
    }
  }

  @Test
  void twoPeersOfAProcessAreOnOneWellFormedPage() throws Exception {
    try (Loops loops = new Loops();
        EuryalePeer first =
            EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT);
        EuryalePeer second =
            EuryalePeer.start(
                PeerSettings.named("a2").withContacts(List.of(first.self().endpoint().toString())),
                loops,
                null,
                PeerListener.SILENT);
        OperatorEndpoint endpoint =
            OperatorEndpoint.open(
                HTTP, false, loops, () -> List.of(new PeerProbe(first), new PeerProbe(second)))) {
      second.awaitMember(SOON);
      eventually(
          () ->
              new MetricsText(get(endpoint, "/metrics").body())
                      .value("euryale_peer_siblings{peer=\"a1\"}")
                  == 1);
      HttpResponse<String> answer = get(endpoint, "/metrics");
      assertThat(answer.headers().firstValue("Content-Type")).hasValue(MetricsPage.TYPE);
      MetricsText page = new MetricsText(answer.body());
      assertThat(page.value("euryale_peer_member{peer=\"a2\"}")).isEqualTo(1);
      assertThat(page.value("euryale_link_frames_received_total{peer=\"a1\",class=\"control\"}"))
          .isPositive();
      assertThat(get(endpoint, "/health/ready").body()).contains("All 2 peers");
      assertThat(get(endpoint, "/other").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void everyCounterOfARelayIsOnThePage() throws Exception {
    try (Loops loops = new Loops();
        EuryalePeer peer =
            EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT)) {
      assertThat(peer.status().relays().get(TrafficClass.ALARM).keySet())
          .isEqualTo(PeerProbe.RELAY.keySet());
    }
  }

  @Test
  void aMemberIsReadyWhileItGetsOnAndNotWhileItHasNoWayToTheRoot() {
    CellId cell = CellId.ROOT.child(1);
    assertThat(PeerProbe.judge("b1", cell, health(true, 0, 400)))
        .isEqualTo(Health.good("Peer b1 is a member of cell 0.1."));
    assertThat(PeerProbe.judge("b1", cell, health(false, 0, 400)).isGood())
        .as("a parent is being replaced")
        .isTrue();
    assertThat(PeerProbe.judge("b1", cell, health(false, 1_249, 400)))
        .isEqualTo(
            Health.bad(
                "Peer b1 is a member of cell 0.1, but has had no coordinator or no parent for"
                    + " 1.2 s."));
    assertThat(PeerProbe.judge("b1", cell, health(true, 0, 6_000)))
        .isEqualTo(
            Health.bad(
                "Peer b1 is a member of cell 0.1, but has heard nothing of the root for 6.0 s."));
  }

  private static OverlayHealth health(boolean whole, long brokenMillis, long newsMillis) {
    return new OverlayHealth(whole, brokenMillis, newsMillis, 5_000, false, 1, 0, Map.of());
  }

  @Test
  void whatHappensInTheOverlayIsOnThePage() throws Exception {
    try (Loops loops = new Loops();
        EuryalePeer peer =
            EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT)) {
      peer.awaitMember(SOON);
      MetricsPage page = new MetricsPage();
      new PeerProbe(peer).measure(page);
      MetricsText text = new MetricsText(page.toString());
      assertThat(text.value("euryale_overlay_whole{peer=\"a1\"}")).isEqualTo(1);
      assertThat(text.value("euryale_overlay_coordinator{peer=\"a1\"}")).isEqualTo(1);
      assertThat(text.value("euryale_overlay_root_term{peer=\"a1\"}")).isEqualTo(1);
      assertThat(text.value("euryale_overlay_terms_led_total{peer=\"a1\"}")).isEqualTo(1);
      assertThat(text.value("euryale_overlay_roots_total{peer=\"a1\"}")).isEqualTo(1);
      assertThat(text.value("euryale_overlay_suspicions_total{peer=\"a1\"}")).isZero();
    }
  }

  @Test
  void aGroupMemberIsReadyInAConfigurationWhetherPrimaryOrNot(@TempDir Path folder)
      throws Exception {
    // Two of three never start, so there is no primary component.
    int port = freePort();
    GroupPeerSettings settings =
        GroupPeerSettings.named("a")
            .withControlPort(port)
            .withMembers(
                List.of(
                    "a=127.0.0.1:" + port,
                    "b=127.0.0.1:" + freePort(),
                    "c=127.0.0.1:" + freePort()))
            .withDataDirectory(folder.toString());
    try (Loops loops = new Loops();
        GroupPeer peer = GroupPeer.start(settings, loops, null, GroupPeerListener.NONE);
        OperatorEndpoint endpoint =
            OperatorEndpoint.open(HTTP, false, loops, () -> List.of(new GroupPeerProbe(peer)))) {
      eventually(() -> get(endpoint, "/health/ready").statusCode() == 200);
      assertThat(get(endpoint, "/health/ready").body())
          .contains("Peer a is in configuration", "one of 1.");
      MetricsText page = new MetricsText(get(endpoint, "/metrics").body());
      assertThat(page.value("euryale_group_members{peer=\"a\"}")).isEqualTo(1);
      assertThat(page.value("euryale_group_primary{peer=\"a\"}")).isZero();
      assertThat(page.value("euryale_groups{peer=\"a\",class=\"alarm\"}")).isZero();
      assertThat(page.samples())
          .contains(
              "euryale_group_datagrams_rejected_total{peer=\"a\",class=\"normal\","
                  + "reason=\"not_authentic\"} 0");
      assertThat(peer.status().classes().get(TrafficClass.ALARM).order().keySet())
          .isEqualTo(GroupPeerProbe.ORDER.keySet());
    }
  }
}
