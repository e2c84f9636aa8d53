package io.euryale.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamOffer;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an application hears of the qualities of service that it asked for, over a live overlay.
@Timeout(60)
class QualityOfServiceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String STREAM = "line-a/door";
  private static final int PACKETS = 20;

  /// What a subscription's application is told.
  private static final class Told implements StreamHandler {
    final List<Boolean> late = new CopyOnWriteArrayList<>();
    final List<Long> expired = new CopyOnWriteArrayList<>();
    final List<String> refused = new CopyOnWriteArrayList<>();
    final List<Duration> silences = new CopyOnWriteArrayList<>();

    @Override
    public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {}

    @Override
    public void packet(StreamPacket packet, boolean isLate, ByteBuffer payload) {
      late.add(isLate);
    }

    @Override
    public void expired(StreamPacket packet) {
      expired.add(packet.sequence());
    }

    @Override
    public void refused(String stream, StreamQos.Mismatch mismatch) {
      refused.add(mismatch.sentence(stream));
    }

    @Override
    public void deadlineMissed(String stream, Duration silent) {
      silences.add(silent);
    }
  }

  private static Subscription subscribe(Client client, String pattern, StreamQos qos, Told told)
      throws InterruptedException {
    return client.subscribe(pattern, TrafficClass.NORMAL, qos, told, null);
  }

  @Test
  void whatASubscriptionAsksForIsKeptOrTold() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2")) {
      Client client = overlay.client("desk");
      StreamQos any = StreamQos.of(Replication.ACTIVE);
      Told content = new Told();
      Told misfit = new Told();
      Told hasty = new Told();
      Told impatient = new Told();
      Told punctual = new Told();
      Duration instant = Duration.ofNanos(1);
      subscribe(client, STREAM, any.withType("gauge/1"), content);
      subscribe(client, "line-a/*", any.withType("gauge/2"), misfit);
      Subscription late = subscribe(client, "line-?/door", any.withMaxLatency(instant), hasty);
      Subscription expired = subscribe(client, "*/door", any.withLifespan(instant), impatient);
      Subscription silent =
          subscribe(client, "*door", any.withDeadline(Duration.ofSeconds(1)), punctual);
      Sensor sensor = overlay.sensor("door");
      StreamOffer offer =
          StreamOffer.DEFAULT.withType("gauge/1").withPeriod(Duration.ofMillis(500));
      StreamPublisher stream =
          sensor.open(STREAM, TrafficClass.NORMAL, offer, new PublisherListener() {});
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      for (int i = 0; i < PACKETS; i++) {
        byte[] payload = "open".getBytes(StandardCharsets.UTF_8);
        assertThat(stream.publish(payload, PATIENCE).isAccepted()).isTrue();
      }
      Overlay.await("all packets", () -> content.late.size() == PACKETS);
      Overlay.await("a silence", () -> !punctual.silences.isEmpty());

      assertThat(content.late).containsOnly(false);
      assertThat(misfit.refused)
          .containsExactly(
              "Stream line-a/door does not fit: type gauge/2 is requested, gauge/1 is offered.");
      assertThat(misfit.late).isEmpty();
      assertThat(hasty.late).hasSize(PACKETS).containsOnly(true);
      assertThat(late.late()).isEqualTo(PACKETS);
      assertThat(impatient.expired).hasSize(PACKETS);
      assertThat(impatient.late).isEmpty();
      assertThat(expired.expired()).isEqualTo(PACKETS);
      assertThat(punctual.late).hasSize(PACKETS);
      assertThat(punctual.silences.getFirst()).isGreaterThan(Duration.ofSeconds(1));
      assertThat(silent.deadlinesMissed()).isEqualTo(punctual.silences.size());
    }
  }
}
