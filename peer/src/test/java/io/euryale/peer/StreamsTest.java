package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static io.euryale.peer.Overlay.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.Trace;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamInfo;
import io.euryale.service.stream.Subscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(90)
class StreamsTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> texts(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "packet " + i).toList();
  }

  private static void publish(StreamPublisher stream, int from, int to)
      throws InterruptedException {
    for (int i = from; i <= to; i++) {
      assertThat(stream.publish(bytes("packet " + i), PATIENCE).isAccepted()).isTrue();
    }
  }

  @Test
  void packetsArriveInOrderAndAreReportedDelivered() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2", "c1", "c2")) {
      Client client = overlay.client("desk");
      Received received = new Received();
      client.subscribe("line-a/*", TrafficClass.NORMAL, Replication.ACTIVE, received);
      Sensor sensor = overlay.sensor("door");
      StreamPublisher stream = sensor.open("line-a/door", TrafficClass.NORMAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      publish(stream, 1, 200);
      assertThat(sensor.close(PATIENCE)).isTrue();

      assertThat(received.texts).isEqualTo(texts(200));
      assertThat(received.sequences).isEqualTo(LongStream.rangeClosed(1, 200).boxed().toList());
      assertThat(received.gaps).isEmpty();
      assertThat(stream.counts()).isEqualTo(new StreamPublisher.Counts(200, 200, 200, 0, 0));
      assertThat(events(overlay, "PUBLISH")).hasSize(200);
      assertThat(events(overlay, "DELIVER")).hasSize(200);
      assertThat(events(overlay, "DELIVER").getFirst().body().text("digest"))
          .isEqualTo(events(overlay, "PUBLISH").getFirst().body().text("digest"));
      assertThat(events(overlay, "ACKED").getLast().body().number("upTo", 0)).isEqualTo(200);
    }
  }

  private static List<Trace> events(Overlay overlay, String name) {
    return overlay.traces.stream().filter(trace -> trace.event().equals(name)).toList();
  }

  @Test
  void thePeersOfACellStoreAgreedPacketsOfAllStreamsInOneOrder() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2", "c1", "c2")) {
      Client client = overlay.client("desk");
      Received received = new Received();
      client.subscribe("*", TrafficClass.CRITICAL, Replication.ACTIVE_AGREED, received);
      List<Sensor> sensors = new ArrayList<>();
      List<StreamPublisher> streams = new ArrayList<>();
      for (String peer : List.of("c1", "c2")) {
        Sensor sensor =
            overlay.sensor(
                EdgeSettings.named(
                    "door-" + peer, List.of(overlay.peers.get(peer).self().endpoint().toString())));
        sensors.add(sensor);
        streams.add(sensor.open("door-" + peer, TrafficClass.CRITICAL));
      }
      for (StreamPublisher stream : streams) {
        assertThat(stream.awaitInterest(PATIENCE)).isTrue();
        assertThat(stream.wanted()).isEqualTo(Replication.ACTIVE_AGREED);
      }
      for (int i = 1; i <= 200; i++) {
        for (StreamPublisher stream : streams) {
          publish(stream, i, i);
        }
      }
      for (Sensor sensor : sensors) {
        assertThat(sensor.close(PATIENCE)).isTrue();
      }

      assertThat(received.texts).hasSize(400);
      assertThat(received.gaps).isEmpty();
      int most = 0;
      for (EuryalePeer peer : overlay.peers.values()) {
        for (PeerRef sibling : siblings(peer)) {
          List<String> here = stored(overlay, peer.self().name());
          List<String> there = new ArrayList<>(stored(overlay, sibling.name()));
          there.retainAll(here);
          here.retainAll(there);
          assertThat(here).isEqualTo(there);
          most = Math.max(most, here.size());
        }
      }
      assertThat(most).as("packets stored by two peers").isGreaterThan(100);
    }
  }

  private static List<PeerRef> siblings(EuryalePeer peer) {
    return Objects.requireNonNull(peer.neighbourhood()).siblings();
  }

  /// The packets that a peer stored at their place, with the configuration.
  private static List<String> stored(Overlay overlay, PeerName peer) {
    return events(overlay, "STORE").stream()
        .filter(trace -> trace.proc().equals(peer.value()))
        .map(trace -> trace.body().fields().toString())
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static List<Replication> replications() {
    return List.of(
        Replication.passive(Duration.ofMillis(100)),
        Replication.ACTIVE,
        Replication.ACTIVE.withReplicas(1),
        Replication.ACTIVE_SYNCHRONOUS,
        Replication.ACTIVE_AGREED);
  }

  @ParameterizedTest
  @MethodSource("replications")
  void killingThePeerOfTheSensorLosesAndRepeatsNothing(Replication replication)
      throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2", "c1", "c2")) {
      Client client = overlay.client("desk");
      Received received = new Received();
      client.subscribe("*", TrafficClass.CRITICAL, replication, received);
      EuryalePeer edge = overlay.peers.get("c1");
      Sensor sensor =
          overlay.sensor(
              EdgeSettings.named(
                  "door",
                  List.of(
                      edge.self().endpoint().toString(),
                      overlay.peers.get("c2").self().endpoint().toString())));
      StreamPublisher stream = sensor.open("door", TrafficClass.CRITICAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      publish(stream, 1, 100);
      edge.kill();
      publish(stream, 101, 200);
      assertThat(sensor.close(PATIENCE)).isTrue();
      assertThat(received.texts).isEqualTo(texts(200));
      assertThat(stream.counts().lost()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("replications")
  void aPeerThatLeavesInOrderLosesNothing(Replication replication) throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2")) {
      Client client = overlay.client("desk");
      Received received = new Received();
      client.subscribe("*", TrafficClass.ALARM, replication, received);
      Sensor sensor =
          overlay.sensor(
              EdgeSettings.named(
                  "door", List.of(overlay.peers.get("b1").self().endpoint().toString())));
      StreamPublisher stream = sensor.open("door", TrafficClass.ALARM);
      publish(stream, 1, 50);
      overlay.peers.get("b1").close();
      publish(stream, 51, 100);
      overlay.peers.get("a1").close();
      publish(stream, 101, 150);
      assertThat(sensor.close(PATIENCE)).isTrue();
      assertThat(received.texts).isEqualTo(texts(150));
      assertThat(stream.counts().lost()).isZero();
    }
  }

  @Test
  void alarmsWaitForAClientAndOtherPacketsAreRefusedWithoutOne() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2")) {
      Sensor sensor = overlay.sensor("door");
      StreamPublisher alarms = sensor.open("alarms", TrafficClass.ALARM);
      StreamPublisher video = sensor.open("video", TrafficClass.NORMAL);
      assertThat(alarms.publish(bytes("packet 1"))).isEqualTo(new Admission.Accepted(1));
      await(
          "a refusal for want of subscribers",
          () -> {
            try {
              return video.publish(bytes("frame")) instanceof Admission.Unwanted;
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      Received received = new Received();
      Client client = overlay.client("desk");
      client.subscribe("alarms", TrafficClass.ALARM, Replication.ACTIVE, received);
      await("the alarm", () -> received.texts.equals(texts(1)));
    }
  }

  @Test
  void handlersOnAnExecutorKeepTheOrderAndOwnTheirPayloads() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1");
        ExecutorService pool = Executors.newFixedThreadPool(3)) {
      Received received = new Received();
      Client client = overlay.client("desk");
      client.subscribe("*", TrafficClass.NORMAL, Replication.ACTIVE, received, pool);
      Received refusedByItsExecutor = new Received();
      Executor rejecting =
          task -> {
            throw new java.util.concurrent.RejectedExecutionException();
          };
      client.subscribe(
          "d*", TrafficClass.NORMAL, Replication.ACTIVE, refusedByItsExecutor, rejecting);
      Sensor sensor = overlay.sensor("door");
      StreamPublisher stream = sensor.open("door", TrafficClass.NORMAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      publish(stream, 1, 500);
      assertThat(sensor.close(PATIENCE)).isTrue();
      await("all packets", () -> received.texts.size() == 500);
      assertThat(received.texts).isEqualTo(texts(500));
      assertThat(refusedByItsExecutor.texts).isEqualTo(texts(500));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHandlerOrListenerThatThrowsIsCalledAgain(boolean onLoop) throws InterruptedException {
    Received received = new Received();
    StreamHandler throwing =
        (stream, epoch, sequence, payload) -> {
          received.packet(stream, epoch, sequence, payload);
          throw new IllegalStateException("a mistake of the application");
        };
    PublisherListener listener =
        new PublisherListener() {
          @Override
          public void interest(@Nullable Replication wanted) {
            throw new IllegalStateException("another one");
          }

          @Override
          public void delivered(long upTo) {
            throw new AssertionError("and another one");
          }
        };
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (executor;
        Overlay overlay = Overlay.of("a1", "a2")) {
      Client client = overlay.client("desk");
      Subscription subscription =
          client.subscribe(
              "*", TrafficClass.NORMAL, Replication.ACTIVE, throwing, onLoop ? null : executor);
      Sensor sensor = overlay.sensor("door");
      StreamPublisher stream = sensor.open("door", TrafficClass.NORMAL, listener);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      publish(stream, 1, 10);
      stream.publishLater(
          ByteBuffer.wrap(bytes("packet 11")),
          _ -> {
            throw new IllegalStateException("and one more");
          });
      publish(stream, 12, 20);
      assertThat(sensor.close(PATIENCE)).isTrue();
      await("all packets", () -> received.texts.size() == 20);
      assertThat(received.texts).isEqualTo(texts(20));
      await("all failures", () -> subscription.failures() == 20);
    }
  }

  @Test
  void streamsAndOverlayAreListed() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1", "a2", "b1")) {
      Sensor sensor = overlay.sensor("door");
      sensor.open("line-a/door", TrafficClass.NORMAL);
      Client client = overlay.client("desk");
      await(
          "the stream in the list",
          () -> {
            try {
              return client.streams(TrafficClass.NORMAL, PATIENCE).stream()
                  .map(StreamInfo::name)
                  .toList()
                  .equals(List.of("line-a/door"));
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(client.status(PATIENCE).cells())
          .flatExtracting(cell -> cell.peers())
          .extracting(peer -> peer.name().value())
          .containsExactly("a1", "a2", "b1");
      PeerStatus status = overlay.peers.get("b1").status();
      assertThat(status.isMember()).isTrue();
      assertThat(status.relays().get(TrafficClass.NORMAL)).containsEntry("malformed", 0L);
    }
  }

  @Test
  void aSubscriptionTooManyIsRefusedAndTheOthersGoOn() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1")) {
      Client client = overlay.client("desk");
      Received received = new Received();
      for (int i = 0; i < Subscriber.MAX_SUBSCRIPTIONS; i++) {
        client.subscribe("door/" + i, TrafficClass.NORMAL, Replication.ACTIVE, received);
      }
      refused(
          Reason.TOO_MANY,
          () -> client.subscribe("door/*", TrafficClass.NORMAL, Replication.ACTIVE, received));
      StreamPublisher stream = overlay.sensor("door").open("door/1023", TrafficClass.NORMAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      assertThat(stream.publish(new byte[10], PATIENCE).isAccepted()).isTrue();
      await("the packet", () -> received.sequences.size() == 1);
    }
  }

  @Test
  void whatCannotBeIsRefusedWithAReasonAndASentence() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1")) {
      Sensor sensor = overlay.sensor("door");
      Client client = overlay.client("desk");
      StreamPublisher stream = sensor.open("door", TrafficClass.ALARM);
      refused(Reason.DUPLICATE, () -> sensor.open("door", TrafficClass.ALARM));
      refused(Reason.INVALID, () -> sensor.open("no spaces", TrafficClass.ALARM));
      refused(Reason.INVALID, () -> sensor.open("x", TrafficClass.CONTROL));
      refused(
          Reason.INVALID,
          () -> client.subscribe("", TrafficClass.ALARM, Replication.NONE, new Received()));
      refused(Reason.INVALID, () -> overlay.sensor("no spaces"));
      refused(Reason.INVALID, () -> overlay.sensor(EdgeSettings.named("x", List.of("nowhere"))));
      refused(Reason.INVALID, () -> overlay.sensor(EdgeSettings.named("x", List.of())));
      refused(
          Reason.INVALID, () -> overlay.sensor(EdgeSettings.named("x", List.of("192.0.2.1:7400"))));
      refused(
          Reason.UNREACHABLE,
          () ->
              Sensor.connect(
                  EdgeSettings.named("x", List.of("127.0.0.1:1")),
                  overlay.loops,
                  null,
                  Duration.ofMillis(200)));
      int taken = overlay.peers.get("a1").self().endpoint().normalPort();
      refused(
          Reason.ADDRESS,
          () ->
              EuryalePeer.start(
                  PeerSettings.named("late").withAddress("127.0.0.1", 0, 0, 0, taken),
                  overlay.loops,
                  null,
                  PeerListener.SILENT));
      assertThat(stream.publish(new byte[StreamPublisher.MAX_PAYLOAD_BYTES + 1]))
          .isEqualTo(new Admission.TooLarge(StreamPublisher.MAX_PAYLOAD_BYTES));
      sensor.kill();
      refused(Reason.CLOSED, () -> stream.publish(new byte[1]));
      refused(Reason.CLOSED, () -> sensor.open("later", TrafficClass.ALARM));
    }
  }

  private interface Request {
    void make() throws InterruptedException;
  }

  private static void refused(Reason reason, Request request) {
    assertThatThrownBy(request::make)
        .isInstanceOfSatisfying(
            RefusedException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(reason);
              assertThat(refusal.getMessage()).endsWith(".").doesNotContain("\n");
            });
  }

  @Test
  void aFullWindowRefusesAndTheWaitingFormGoesOn() throws InterruptedException {
    try (Overlay overlay = Overlay.of("a1")) {
      Sensor sensor = overlay.sensor("door");
      StreamPublisher stream = sensor.open("door", TrafficClass.ALARM);
      int accepted = 0;
      while (stream.publish(bytes("packet " + (accepted + 1))).isAccepted()) {
        accepted++;
      }
      assertThat(stream.publish(bytes("x"))).isEqualTo(new Admission.WouldBlock());
      assertThat(stream.publish(bytes("x"), Duration.ofMillis(50)))
          .isEqualTo(new Admission.WouldBlock());
      Received received = new Received();
      overlay.client("desk").subscribe("*", TrafficClass.ALARM, Replication.ACTIVE, received);
      int last = accepted + 10;
      publish(stream, accepted + 1, last);
      await("all alarms", () -> received.texts.size() == last);
      assertThat(received.texts).isEqualTo(texts(last));
    }
  }
}
