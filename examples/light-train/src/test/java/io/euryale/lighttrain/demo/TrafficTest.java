package io.euryale.lighttrain.demo;

import static io.euryale.kernel.TrafficClass.ALARM;
import static io.euryale.kernel.TrafficClass.CRITICAL;
import static io.euryale.kernel.TrafficClass.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.timetable.StationCall;
import io.euryale.peer.Admission;
import io.euryale.service.stream.Replication;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrafficTest {

  private static final long SECOND = 1_000_000_000L;

  private static DemoSettings settings(double speed, Duration duration) {
    return new DemoSettings(null, null, speed, duration, 0, 4, 1, Replication.ACTIVE);
  }

  @Test
  void aSensorsPacketsAreMixedAsInThePaper() {
    SensorSchedule schedule = new SensorSchedule(0, 3);
    Map<PacketKind, Integer> counts = new EnumMap<>(PacketKind.class);
    int packets = 0;
    for (; schedule.dueNanos() < 1000 * SECOND; packets++) {
      counts.merge(schedule.kind(), 1, Integer::sum);
      schedule.advance();
    }

    assertThat(counts.get(PacketKind.AUDIO)).isCloseTo(packets * 4 / 10, within(4));
    assertThat(counts.get(PacketKind.EVENT)).isCloseTo(packets * 3 / 10, within(4));
    assertThat(counts.get(PacketKind.VIDEO)).isCloseTo(packets * 3 / 10, within(4));
    assertThat(packets / 1000.0 * Placement.SENSORS).isBetween(228.0, 229.0);
  }

  @Test
  void everythingDueIsPublishedOnceAndInOrderAlsoWhenItIsRefusedAtFirst() throws Exception {
    StationCalls calls = StationCalls.of(settings(300, Duration.ofSeconds(2)));
    StreamPlan plan = new StreamPlan(calls.lines(), calls.stations());
    Map<Integer, List<Long>> numbers = new HashMap<>();
    Map<Integer, Long> lastScheduled = new HashMap<>();
    Payload payloads = new Payload(0);
    int[] offered = {0};
    for (StreamSource stream : plan.streams()) {
      stream.connect(
          payload -> {
            assertThat(payloads.isIntact(payload)).isTrue();
            if (offered[0]++ % 5 == 0) {
              return new Admission.Unwanted();
            }
            int index = Payload.stream(payload);
            numbers.computeIfAbsent(index, _ -> new ArrayList<>()).add(Payload.number(payload));
            long before = lastScheduled.getOrDefault(index, Long.MIN_VALUE);
            assertThat(Payload.scheduledNanos(payload)).isGreaterThanOrEqualTo(before);
            lastScheduled.put(index, Payload.scheduledNanos(payload));
            return new Admission.Accepted(1);
          });
    }
    long start = System.nanoTime();
    Duration length = Duration.ofMillis(400);

    for (TrafficClass each : List.of(ALARM, CRITICAL, NORMAL)) {
      new TrafficSource(each, plan, calls, start, length, 1).run();
    }

    long sent = 0;
    for (StreamSource stream : plan.streams()) {
      List<Long> got = numbers.getOrDefault(stream.index(), List.of());
      for (int i = 0; i < got.size(); i++) {
        assertThat(got.get(i)).isEqualTo(i + 1);
      }
      assertThat(stream.published()).isEqualTo(got.size());
      sent += stream.kind() == PacketKind.CALL ? 0 : got.size();
    }
    // 228.4/s for 0.4 s, but for where in their frames the eight sensors begin and end.
    assertThat(sent).isBetween(80L, 100L);
    long due =
        calls.day().calls().stream()
            .map(call -> call.sinceServiceDayStart().minus(calls.from()))
            .filter(since -> !since.isNegative() && since.compareTo(length.multipliedBy(300)) < 0)
            .count();
    assertThat(plan.stations().values().stream().mapToLong(StreamSource::published).sum())
        .isEqualTo(due)
        .isPositive();
  }

  @Test
  void whatIsNeverTakenIsADebt() throws Exception {
    StationCalls calls = StationCalls.of(settings(60, Duration.ofSeconds(2)));
    StreamPlan plan = new StreamPlan(calls.lines(), calls.stations());
    plan.streams().forEach(stream -> stream.connect(_ -> new Admission.Unwanted()));
    long start = System.nanoTime() - 4 * SECOND;
    TrafficSource source =
        new TrafficSource(CRITICAL, plan, calls, start, Duration.ofSeconds(3), 1);
    Thread thread = Thread.ofPlatform().start(source);

    source.stop();
    thread.join();

    assertThat(source.isInDebt()).isTrue();
  }

  @Test
  void aSensorThatStoppedIsADebtAndNoStackTrace() throws Exception {
    StationCalls calls = StationCalls.of(settings(60, Duration.ofSeconds(2)));
    StreamPlan plan = new StreamPlan(calls.lines(), calls.stations());
    for (StreamSource stream : plan.streams()) {
      stream.connect(
          _ -> {
            throw new IllegalStateException("The sensor stopped.");
          });
    }
    TrafficSource source =
        new TrafficSource(NORMAL, plan, calls, System.nanoTime(), Duration.ofMillis(200), 1);

    source.run();

    assertThat(source.failure()).isEqualTo("The sensor stopped.");
    assertThat(source.isInDebt()).isTrue();
  }

  @Test
  void theBusiestTimeIsWhereMostCallsAre() {
    List<StationCall> calls = new ArrayList<>();
    for (int second : new int[] {0, 100, 110, 115, 119, 300, 309}) {
      calls.add(
          new StationCall(
              Duration.ofSeconds(second),
              "A",
              "t",
              "s",
              "Station",
              "s",
              "",
              StationCall.Kind.ARRIVAL,
              1,
              LocalDate.EPOCH));
    }

    assertThat(StationCalls.busiest(calls, Duration.ofSeconds(20)))
        .isEqualTo(new StationCalls.Window(Duration.ofSeconds(100), 4));
    assertThat(StationCalls.busiest(List.of(), Duration.ofSeconds(20)).calls()).isZero();
  }

  @Test
  void aSpeedAtWhichTrainsCallTooOftenIsRefused() {
    assertThatThrownBy(() -> StationCalls.of(settings(86_400, Duration.ofSeconds(2))))
        .isInstanceOf(DemoException.class)
        .hasMessageContaining("choose a lower one");
  }

  @Test
  void namesOfStreamsAreDifferentEvenWhereIdsAreNot() {
    StreamPlan plan = new StreamPlan(List.of("Linha São João"), List.of("a b", "a*b", "\u2603"));

    assertThat(plan.streams()).extracting(StreamSource::name).doesNotHaveDuplicates();
    assertThat(plan.streams())
        .extracting(StreamSource::name)
        .allMatch(name -> name.matches("[A-Za-z0-9._/:-]{1,200}"));
    assertThat(plan.streams().getFirst().name()).startsWith("line-linha-sao-joao/");
  }

  @Test
  void textOfAFeedCannotMoveTheCursor() {
    assertThat(StationCalls.shown("\u001b[2JTrin\tdade\u202e")).isEqualTo("[2JTrin dade");
  }
}
