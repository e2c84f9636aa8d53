package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static io.euryale.peer.Overlay.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Replication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class NearClientTest {

  private static EdgeSettings near(String name, EuryalePeer... contacts) {
    return EdgeSettings.named(
            name,
            List.of(contacts).stream().map(peer -> peer.self().endpoint().toString()).toList())
        .withNear(true);
  }

  private static void publish(StreamPublisher stream, int from, int to)
      throws InterruptedException {
    for (int i = from; i <= to; i++) {
      byte[] payload = ("packet " + i).getBytes(StandardCharsets.UTF_8);
      assertThat(stream.publish(payload, PATIENCE).isAccepted()).isTrue();
    }
  }

  @Test
  void aClientAtALeafGoesOnAtAnotherPeerWhenItsOwnIsKilled() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2", "c1", "c2")) {
      EuryalePeer own = Objects.requireNonNull(overlay.peers.get("c1"));
      EuryalePeer other = Objects.requireNonNull(overlay.peers.get("c2"));
      Received here = new Received();
      Received atTheRoot = new Received();
      overlay
          .client(near("near", own, other))
          .subscribe("line-a/*", TrafficClass.CRITICAL, Replication.ACTIVE, here);
      overlay
          .client("desk")
          .subscribe("line-a/*", TrafficClass.CRITICAL, Replication.ACTIVE, atTheRoot);
      Sensor sensor = overlay.sensor(near("door", other));
      StreamPublisher stream = sensor.open("line-a/door", TrafficClass.CRITICAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      publish(stream, 1, 1);
      await("the first packet", () -> here.texts.size() == 1);

      publish(stream, 2, 100);
      own.kill();
      publish(stream, 101, 200);
      await("all packets", () -> here.texts.size() >= 200 && atTheRoot.texts.size() >= 200);

      List<String> all = IntStream.rangeClosed(1, 200).mapToObj(i -> "packet " + i).toList();
      assertThat(here.texts).isEqualTo(all);
      assertThat(atTheRoot.texts).isEqualTo(all);
      assertThat(here.gaps).isEmpty();
    }
  }
}
