package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static io.euryale.peer.Overlay.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeavingClientTest {

  private static long stored(Overlay overlay) {
    try {
      long stored = 0;
      for (EuryalePeer peer : overlay.peers.values()) {
        stored +=
            Objects.requireNonNull(peer.status().relays().get(TrafficClass.NORMAL))
                .getOrDefault("stored_bytes", 0L);
      }
      return stored;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Of peers that keep for ten minutes what clients that went away have not got.
  private static StreamSettings patient() {
    return StreamSettings.defaults().withClientGrace(Duration.ofMinutes(10));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsKeptForAClientThatWasClosed(boolean near) throws InterruptedException {
    try (Overlay overlay = new Overlay()) {
      for (String name : List.of("a1", "a2", "b1", "b2")) {
        var _ = overlay.start(PeerSettings.named(name).withStreams(patient()));
      }
      String leaf = Objects.requireNonNull(overlay.peers.get("b1")).self().endpoint().toString();
      Received kept = new Received();
      var _ =
          overlay.client("stays").subscribe("door", TrafficClass.NORMAL, Replication.ACTIVE, kept);
      Received left = new Received();
      Client leaves =
          overlay.client(
              near
                  ? EdgeSettings.named("leaves", List.of(leaf)).withNear(true)
                  : EdgeSettings.named("leaves", overlay.contacts()));
      var _ = leaves.subscribe("door", TrafficClass.NORMAL, Replication.ACTIVE, left);
      StreamPublisher door = overlay.sensor("door").open("door", TrafficClass.NORMAL);
      assertThat(door.awaitInterest(PATIENCE)).isTrue();
      // Until both have come everywhere.
      for (int i = 0; left.texts.isEmpty(); i++) {
        assertThat(i).isLessThan(3_000);
        assertThat(door.publish(new byte[100], PATIENCE).isAccepted()).isTrue();
        Thread.sleep(10);
      }
      await("all is confirmed", () -> stored(overlay) == 0);

      leaves.close();
      int before = kept.texts.size();
      for (int i = 0; i < 20; i++) {
        assertThat(door.publish(new byte[100], PATIENCE).isAccepted()).isTrue();
      }
      await("all of it at the other client", () -> kept.texts.size() == before + 20);
      await("nothing is stored", () -> stored(overlay) == 0);
    }
  }
}
