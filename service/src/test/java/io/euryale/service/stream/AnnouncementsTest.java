package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// How often what streams there are, and what is wanted, is said, and that it is not forgotten.
class AnnouncementsTest {

  private final TestLine line = new TestLine(StreamSettings.defaults());
  private final WireReader reader = new WireReader();

  /// How many advertisements left the edge at each time.
  private final Map<Long, Integer> saidAt = new TreeMap<>();

  private final Set<String> said = new HashSet<>();

  private void listen() {
    line.net.lose =
        (path, frame) -> {
          if (path.equals("edge>root")
              && StreamFrames.decode(reader, frame.duplicate())
                  instanceof Decoded.Ok<Message>(Message.Advertise advertise)) {
            saidAt.merge(line.net.now, 1, Integer::sum);
            said.add(advertise.name());
          }
          return false;
        };
  }

  /// Sensors that say their stream at times of their own.
  private void sensors(int count) {
    for (int i = 0; i < count; i++) {
      Publisher sensor = line.sensor("sensor-" + i);
      sensor.attachmentPoints(line.net.now, List.of(TestNet.ref("edge")));
      sensor.open(line.net.now, "stream-" + i);
      line.net.pass(7);
    }
  }

  @Test
  void what_many_sensors_say_again_leaves_together() {
    sensors(20);
    line.net.pass(1_500);
    listen();
    line.net.pass(5_000);
    assertThat(said).hasSize(20);
    assertThat(saidAt).hasSizeBetween(5, 6); // Once a second.
  }

  @Test
  void no_more_leave_together_than_packets_can_wait_for() {
    sensors(150);
    line.net.pass(1_500);
    listen();
    line.net.pass(3_000);
    assertThat(said).hasSize(150);
    assertThat(saidAt.values()).contains(64).allMatch(count -> count <= 64);
  }

  @Test
  void a_stream_that_is_new_or_has_moved_is_told_at_once() {
    line.net.pass(1_500);
    listen();
    long from = line.net.now;
    line.publisher.attachmentPoints(from, List.of(TestNet.ref("edge")));
    line.publisher.open(from, "late");
    line.net.pass(5);
    assertThat(said).containsExactly("late");
  }

  @Test
  void what_is_said_again_keeps_a_silent_stream_known() {
    sensors(3);
    long idleMillis = line.settings.flowIdle().toMillis();
    line.net.pass(idleMillis + 5_000);
    List<String> known = new ArrayList<>();
    Subscriber client =
        line.net.add(
            "client", Role.CLIENT, node -> new Subscriber(line.settings, node, listing(known)));
    client.attachmentPoints(line.net.now, List.of(TestNet.ref("root")));
    client.requestStreams(line.net.now);
    line.net.pass(50);
    assertThat(known).containsExactlyInAnyOrder("stream-0", "stream-1", "stream-2");
  }

  private static Subscriber.Listener listing(List<String> known) {
    return new Subscriber.Listener() {
      @Override
      public void packet(long now, String stream, long epoch, long sequence, ByteBuffer payload) {}

      @Override
      public void gap(long now, String stream, long epoch, long from, long to) {}

      @Override
      public void streams(long now, List<StreamInfo> streams) {
        streams.forEach(stream -> known.add(stream.name()));
      }
    };
  }

  @Test
  void a_sensor_that_came_before_its_peer_was_told_hears_that_nobody_wants_its_stream() {
    line.net.lose = (path, _) -> path.equals("root>edge");
    line.restart("edge", line.settings);
    line.offer("unwanted", StreamOffer.DEFAULT);
    assertThat(line.publish("unwanted", new byte[10])).isEqualTo(Publisher.FULL);
    line.net.pass(1_100); // The sensor says it again, and is answered nothing.
    line.net.lose = (path, frame) -> path.equals("sensor>edge") && isAdvertisement(frame);
    line.net.pass(1_500);
    assertThat(line.publish("unwanted", new byte[10])).isEqualTo(Publisher.UNWANTED);
  }

  private boolean isAdvertisement(ByteBuffer frame) {
    return StreamFrames.decode(reader, frame.duplicate())
        instanceof Decoded.Ok<Message>(Message.Advertise _);
  }

  private void place(String self, String sibling) {
    line.relay(self)
        .neighbourhood(
            line.net.now,
            new Neighbourhood(
                line.net.now,
                CellId.ROOT,
                TestNet.ref(self),
                List.of(TestNet.ref(sibling)),
                null,
                List.of()));
  }

  @Test
  void what_a_sibling_told_is_not_told_back() {
    line.net.add(
        "twin", Role.PEER, node -> new Relay(line.settings, TrafficClass.NORMAL, node.ref, node));
    place("root", "twin");
    place("twin", "root");
    Map<String, Integer> told = new TreeMap<>();
    line.net.lose =
        (path, frame) -> {
          if (isAdvertisement(frame)) {
            told.merge(path, 1, Integer::sum);
          }
          return false;
        };
    sensors(3);
    line.net.pass(4_000);
    assertThat(told.get("root>twin")).isGreaterThanOrEqualTo(9);
    assertThat(told).doesNotContainKey("twin>root");
  }
}
