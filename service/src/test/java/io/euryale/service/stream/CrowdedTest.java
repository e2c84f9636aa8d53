package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Role;
import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.TestLine.Received;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Clients ask for more than there is room for.
class CrowdedTest {

  private static final StreamQos ACTIVE = StreamQos.of(Replication.ACTIVE);
  private static final List<String> GREEDY = List.of("a", "b", "c", "d");

  private final TestLine line = new TestLine(StreamSettings.defaults());
  private final List<String> audited = new ArrayList<>();

  /// A client that asks for streams below its name.
  private Received client(String name, String at, int patterns) {
    Received received = new Received();
    Subscriber subscriber =
        line.net.add(
            name,
            Role.CLIENT,
            node -> new Subscriber(line.settings, at.equals("edge"), node, received));
    for (int i = 0; i < patterns; i++) {
      subscriber.subscribe(line.net.now, name + "/" + i, ACTIVE);
    }
    subscriber.attachmentPoints(line.net.now, List.of(TestNet.ref(at)));
    line.net.pass(10);
    return received;
  }

  private List<Received> fill() {
    return GREEDY.stream()
        .map(name -> client(name, "root", StreamFrames.MAX_SUBSCRIPTIONS))
        .toList();
  }

  private long published(String stream) {
    line.offer(stream, StreamOffer.DEFAULT);
    return line.publish(stream, new byte[10]);
  }

  @Test
  void sensorsHearOfMorePatternsThanOneClientMayHave() {
    client("a", "root", StreamFrames.MAX_SUBSCRIPTIONS);
    Received last = client("z", "root", 76);
    assertThat(published("z/75")).isEqualTo(1);
    assertThat(last.sequences("z/75")).containsExactly(1L);
  }

  @Test
  void whoFindsNoRoomIsToldAndTakesNoneFromOthers() {
    line.restart(
        "root", line.settings, OverlayRights.parse(List.of("* * publish,subscribe"), audited::add));
    line.restart("edge", line.settings);
    line.net.pass(2_500);
    List<Received> first = fill();
    Received late = client("0", "root", 2);
    assertThat(late.forbidden).containsOnlyKeys("0/0", "0/1");
    assertThat(late.forbidden.get("0/1"))
        .contains("no room for 0/1")
        .contains(String.valueOf(StreamFrames.MAX_PATTERNS));
    line.net.pass(3_000);
    assertThat(line.relay("root").counters().crowded).isEqualTo(2);
    assertThat(audited)
        .hasSize(2)
        .allMatch(sentence -> sentence.startsWith("CLIENT 0 on class normal: There is no room"));
    assertThat(first).allMatch(received -> received.forbidden.isEmpty());
    assertThat(published("d/1023")).isEqualTo(1);
    assertThat(first.getLast().sequences("d/1023")).containsExactly(1L);
    assertThat(published("0/1")).isEqualTo(Publisher.UNWANTED);
    line.net.kill("b");
    line.net.pass(line.settings.clientGrace().toMillis() + 2_000);
    assertThat(line.publish("0/1", new byte[10])).isEqualTo(1);
    assertThat(late.sequences("0/1")).containsExactly(1L);
  }

  @Test
  void aClientAtAnotherPeerIsToldToo() {
    fill();
    assertThat(client("0", "edge", 1).forbidden).containsOnlyKeys("0/0");
  }

  @Test
  void whatOthersWantComesAlsoByAPatternThatThereIsNoRoomFor() {
    fill();
    Received late = line.subscribe("0", "d/?", ACTIVE);
    assertThat(late.forbidden).containsOnlyKeys("d/?");
    assertThat(published("d/7")).isEqualTo(1);
    assertThat(late.sequences("d/7")).containsExactly(1L);
  }
}
