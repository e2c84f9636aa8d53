package io.euryale.lighttrain.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Admission;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoReportTest {

  private final StreamPlan plan = new StreamPlan(List.of("A"), List.of("1"));
  private final Reception reception =
      new Reception(plan.streams(), 1, new TrainBoard(List.of("A")));
  private final Payload payloads = new Payload(1);
  private final List<ByteBuffer> sent = new ArrayList<>();

  /// Publishes and delivers 100 packets of audio and of calls in what counts as a second.
  private void traffic() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      publish(plan.stream(0, PacketKind.AUDIO), true);
      publish(plan.streams().getLast(), true);
    }
  }

  private void publish(StreamSource stream, boolean deliver) throws InterruptedException {
    stream.connect(
        payload -> {
          sent.add(ByteBuffer.allocate(payload.remaining()).put(payload).flip());
          return new Admission.Accepted(sent.size());
        });
    long now = System.nanoTime();
    boolean taken =
        stream.kind() == PacketKind.CALL
            ? stream.publish(payloads, now, "A\t07:30:10")
            : stream.publish(payloads, now);
    assertThat(taken).isTrue();
    if (deliver) {
      deliver(stream);
    }
  }

  private void deliver(StreamSource stream) {
    TrafficClass trafficClass = stream.kind().trafficClass();
    ByteBuffer packet = sent.getLast().duplicate();
    reception.handler(trafficClass).packet(stream.name(), 1, stream.published(), packet);
  }

  private DemoReport report(int faultsPlanned, List<Recovery> recoveries) {
    return new DemoReport(
        Map.of("seed", 1L),
        new DemoReport.Measured(
            1,
            reception,
            reception.corrupted(),
            false,
            0,
            recoveries,
            faultsPlanned,
            true,
            2,
            100));
  }

  private static List<String> broken(DemoReport report) {
    return report.document().promises().stream()
        .filter(promise -> !promise.held())
        .map(Promise::text)
        .toList();
  }

  @Test
  void aRunInWhichEverythingCameKeepsItsPromises() throws Exception {
    traffic();

    assertThat(broken(report(0, List.of()))).isEmpty();
    assertThat(report(0, List.of()).allPromisesHeld()).isTrue();
  }

  @Test
  void aLostAlarmBreaksThreePromises() throws Exception {
    traffic();
    publish(plan.streams().getLast(), false);

    assertThat(broken(report(0, List.of())))
        .hasSize(3)
        .anyMatch(text -> text.contains("no alarm lost"))
        .anyMatch(text -> text.contains("within 2 s"))
        .anyMatch(text -> text.contains("no packet of any class"));
  }

  @Test
  void aLostVideoFrameIsNotALostAlarm() throws Exception {
    traffic();
    publish(plan.stream(0, PacketKind.VIDEO), false);

    assertThat(broken(report(0, List.of()))).noneMatch(text -> text.contains("alarm"));
    assertThat(report(0, List.of()).allPromisesHeld()).isFalse();
  }

  @Test
  void anAlarmTwiceBreaksAPromise() throws Exception {
    traffic();
    deliver(plan.streams().getLast());

    assertThat(broken(report(0, List.of()))).contains("no alarm duplicated");
  }

  @Test
  void tooFewEventsBreakAPromise() throws Exception {
    publish(plan.streams().getLast(), true);

    assertThat(broken(report(0, List.of())))
        .containsExactly("at least 200 events per second from end to end");
  }

  @Test
  void faultsThatDidNotHappenBreakAPromise() throws Exception {
    traffic();
    Recovery recovery =
        new Recovery(1, Duration.ofSeconds(1), 2, "reset", List.of("market"), 120, 3100.0);

    assertThat(broken(report(2, List.of(recovery)))).hasSize(1);
    assertThat(broken(report(1, List.of(recovery)))).isEmpty();
    assertThat(report(1, List.of(recovery)).table()).contains("market").contains("3.10 s");
  }

  @Test
  void theDocumentHasTheFixedMetricsForEachClass() throws Exception {
    traffic();
    ResultDocument document = report(0, List.of()).document();

    assertThat(document.name()).isEqualTo("demo");
    for (String metric :
        List.of(
            "events_per_second", "latency_ms", "jitter_ms", "lost", "duplicated", "reordered")) {
      for (String which : List.of("alarm", "critical", "normal")) {
        assertThat(document.results())
            .filteredOn(result -> result.metric().equals(metric))
            .extracting(Measurement::situation)
            .anyMatch(situation -> situation.startsWith(which));
      }
    }
    assertThat(document.results())
        .filteredOn(result -> result.metric().equals("latency_ms"))
        .extracting(Measurement::situation)
        .contains("p50", "p99", "p999", "max", "alarm p50", "audio p99");
  }
}
