package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What other systems read of the city.
class FeedsTest {

  private CityMap map;
  private CityTrains trains;
  private CityStreams streams;
  private AlarmDesk desk;
  private ControlCentre centre;
  private CityClock clock;
  private CityTrains.Run run;
  private long number;

  @BeforeEach
  void city() throws DemoException, TimetableException {
    GtfsFeed feed = SampleNetwork.load();
    Timetable day = Timetable.ofBusiestDay(feed);
    map = new CityMap(feed);
    trains = new CityTrains(day, map.stops().keySet());
    streams = new CityStreams(map, new CityPlan(map, 3, 2, 4));
    desk = new AlarmDesk(null);
    centre = new ControlCentre(map, trains, desk);
    double busiest = trains.busiest();
    // So slow that the time does not pass while a test runs.
    clock = new CityClock(day, System.nanoTime(), busiest, trains.lastEnd(), 0.001);
    run =
        trains.runs().stream()
            .filter(each -> each.begins() < busiest && each.ends() > busiest + 600)
            .findFirst()
            .orElseThrow();
  }

  @AfterEach
  void close() throws IOException {
    desk.close();
  }

  /// A train says where it is: between its stops `from` and the next, so many seconds late.
  private void says(CityTrains.Run train, int from, double fraction, long delay) {
    said(train, from, fraction, delay, System.nanoTime());
  }

  private void said(CityTrains.Run train, int from, double fraction, long delay, long dueNanos) {
    CityTrains.Call to = train.calls().get(fraction == 0 ? from : from + 1);
    String text =
        String.join(
            "\t",
            train.trip(),
            train.serviceDate().toString(),
            train.line(),
            train.headsign(),
            train.calls().get(from).stop(),
            to.stop(),
            Double.toString(fraction),
            Integer.toString(to.sequence()),
            Long.toString(delay),
            Double.toString(clock.from()));
    CityStream stream = streams.of(CityStream.Kind.POSITION, train.line());
    centre.received(stream, new CityPacket(stream.index(), ++number, dueNanos, text));
  }

  private void cancelled(CityTrains.Run train) {
    CityStream stream = streams.of(CityStream.Kind.SERVICE, train.line());
    String text = "cancelled\t" + train.trip();
    centre.received(stream, new CityPacket(stream.index(), ++number, System.nanoTime(), text));
  }

  // ---- GTFS-Realtime, read by a reader that knows the encoding only ----

  private static Map<Integer, List<Object>> fields(byte[] message) {
    Map<Integer, List<Object>> fields = new TreeMap<>();
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long tag = varint(in);
      Object value =
          switch ((int) (tag & 7)) {
            case 0 -> varint(in);
            case 2 -> {
              byte[] bytes = new byte[(int) varint(in)];
              in.get(bytes);
              yield bytes;
            }
            case 5 -> in.getFloat();
            default -> throw new AssertionError("wire type of tag " + tag);
          };
      fields.computeIfAbsent((int) (tag >>> 3), _ -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new AssertionError("a number of more than ten bytes");
  }

  private static Map<Integer, List<Object>> message(Map<Integer, List<Object>> in, int field) {
    return fields((byte[]) in.get(field).getFirst());
  }

  private static String text(Map<Integer, List<Object>> in, int field) {
    return new String((byte[]) in.get(field).getFirst(), StandardCharsets.UTF_8);
  }

  private List<Map<Integer, List<Object>>> entities() {
    Map<Integer, List<Object>> feed =
        fields(new GtfsRealtime(map, trains, centre, clock).message());
    Map<Integer, List<Object>> header = message(feed, 1);
    assertThat(text(header, 1)).isEqualTo("2.0");
    assertThat(header.get(2)).containsExactly(0L);
    assertThat(header.get(3)).containsExactly(clock.instant(clock.from()).getEpochSecond());
    return feed.getOrDefault(2, List.of()).stream().map(each -> fields((byte[]) each)).toList();
  }

  @Test
  void a_train_that_nobody_heard_of_is_in_no_feed() {
    assertThat(entities()).isEmpty();
  }

  @Test
  void a_train_between_two_stops_is_there_with_its_delay_at_the_stops_to_come() {
    says(run, 1, 0.5, 90);
    List<Map<Integer, List<Object>>> entities = entities();
    assertThat(entities).hasSize(2);
    Map<Integer, List<Object>> vehicle = message(entities.get(0), 4);
    Map<Integer, List<Object>> trip = message(vehicle, 1);
    String id = run.trip().contains("@") ? run.trip().substring(0, run.trip().indexOf('@')) : "";
    assertThat(text(trip, 1)).isEqualTo(id.isEmpty() ? run.trip() : id);
    assertThat(text(trip, 2))
        .as("a repeated trip is told by its start")
        .matches("\\d\\d:\\d\\d:00");
    assertThat(text(trip, 3)).isEqualTo(run.serviceDate().toString().replace("-", ""));
    CityMap.Stop from = map.stop(run.calls().get(1).stop());
    CityMap.Stop to = map.stop(run.calls().get(2).stop());
    Map<Integer, List<Object>> position = message(vehicle, 2);
    float latitude = (Float) position.get(1).getFirst();
    assertThat((double) latitude)
        .isCloseTo((from.place().latitude() + to.place().latitude()) / 2, Offset.offset(1e-4));
    assertThat(vehicle.get(4)).as("in transit to").containsExactly(2L);
    assertThat(text(vehicle, 7)).isEqualTo(to.id());

    Map<Integer, List<Object>> update = message(entities.get(1), 3);
    assertThat(update.get(5)).containsExactly(90L);
    assertThat(update.get(2)).as("what is passed is not told").hasSize(run.calls().size() - 2);
    Map<Integer, List<Object>> next = fields((byte[]) update.get(2).getFirst());
    assertThat(text(next, 4)).isEqualTo(to.id());
    Map<Integer, List<Object>> arrival = message(next, 2);
    assertThat(arrival.get(1)).containsExactly(90L);
    assertThat(arrival.get(2))
        .containsExactly(clock.instant(run.calls().get(2).arrival() + 90).getEpochSecond());
  }

  @Test
  void a_train_that_is_early_has_a_negative_delay() {
    says(run, 0, 0, -30);
    Map<Integer, List<Object>> update = message(entities().get(1), 3);
    assertThat(update.get(5)).containsExactly(-30L);
  }

  @Test
  void a_cancelled_train_is_told_as_such_and_nothing_else() {
    says(run, 1, 0.5, 90);
    cancelled(run);
    assertThat(entities()).hasSize(1);
    Map<Integer, List<Object>> trip = message(message(entities().getFirst(), 3), 1);
    assertThat(trip.get(4)).as("CANCELED").containsExactly(3L);
  }

  @Test
  void a_stop_that_a_line_passes_is_skipped_in_the_feed_and_cancelled_on_its_display()
      throws IOException {
    int next = next();
    says(run, next - 1, 0.5, 0);
    CityTrains.Call call = run.calls().get(next);
    CityStream stream = streams.of(CityStream.Kind.SERVICE, run.line());
    String text = "passes\t" + run.line() + "\t" + call.stop();
    centre.received(stream, new CityPacket(stream.index(), ++number, System.nanoTime(), text));
    Map<Integer, List<Object>> update = message(entities().get(1), 3);
    Map<Integer, List<Object>> skipped = fields((byte[]) update.get(2).get(0));
    Map<Integer, List<Object>> after = fields((byte[]) update.get(2).get(1));
    assertThat(text(skipped, 4)).isEqualTo(call.stop());
    assertThat(skipped.get(5)).as("SKIPPED").containsExactly(1L);
    assertThat(skipped).doesNotContainKeys(2, 3);
    assertThat(after).containsKeys(2, 3).doesNotContainKey(5);
    JsonNode at = visit(run, call.stop()).at("/MonitoredVehicleJourney/MonitoredCall");
    assertThat(at.path("ArrivalStatus").asText()).isEqualTo("cancelled");
  }

  // ---- SIRI ----

  private JsonNode visit(CityTrains.Run train, String stop) throws IOException {
    String document = new StopMonitoring(map, centre, clock).document(stop);
    JsonNode delivery =
        new ObjectMapper()
            .readTree(document)
            .at("/Siri/ServiceDelivery/StopMonitoringDelivery/0/MonitoredStopVisit");
    for (JsonNode visit : delivery) {
      JsonNode journey = visit.path("MonitoredVehicleJourney");
      String trip = journey.at("/FramedVehicleJourneyRef/DatedVehicleJourneyRef").asText();
      if (trip.equals(train.trip())) {
        return visit;
      }
    }
    throw new AssertionError("The train is not among the next at " + stop + ": " + document);
  }

  /// The first stop that the train has not reached yet.
  private int next() {
    int next = 0;
    while (run.calls().get(next).arrival() < clock.from() + 1) {
      next++;
    }
    return next;
  }

  @Test
  void before_a_train_is_heard_of_a_stop_tells_its_timetable_and_says_so() throws IOException {
    CityTrains.Call call = run.calls().get(next());
    JsonNode journey = visit(run, call.stop()).path("MonitoredVehicleJourney");
    assertThat(journey.path("Monitored").asBoolean()).isFalse();
    JsonNode at = journey.path("MonitoredCall");
    assertThat(at.path("ExpectedDepartureTime")).isEqualTo(at.path("AimedDepartureTime"));
    assertThat(at.path("DepartureStatus").asText()).isEqualTo("onTime");
  }

  @Test
  void a_late_train_is_expected_later_by_what_it_said() throws IOException {
    int next = next();
    says(run, next - 1, 0.5, 120);
    CityTrains.Call call = run.calls().get(next);
    JsonNode visit = visit(run, call.stop());
    JsonNode journey = visit.path("MonitoredVehicleJourney");
    assertThat(journey.path("Monitored").asBoolean()).isTrue();
    JsonNode at = journey.path("MonitoredCall");
    assertThat(at.path("DepartureStatus").asText()).isEqualTo("delayed");
    assertThat(at.path("VehicleAtStop").asBoolean()).isFalse();
    OffsetDateTime aimed = OffsetDateTime.parse(at.path("AimedDepartureTime").asText());
    assertThat(OffsetDateTime.parse(at.path("ExpectedDepartureTime").asText()))
        .isEqualTo(aimed.plusSeconds(120));
    assertThat(OffsetDateTime.parse(visit.path("RecordedAtTime").asText()).toInstant())
        .isEqualTo(clock.instant(Math.floor(clock.from())));
  }

  @Test
  void what_comes_late_is_not_live() throws IOException {
    int next = next();
    said(run, next - 1, 0.5, 60, System.nanoTime() - 10_000_000_000L);
    JsonNode journey = visit(run, run.calls().get(next).stop()).path("MonitoredVehicleJourney");
    assertThat(journey.path("Monitored").asBoolean()).isFalse();
    assertThat(centre.shownTrains(System.nanoTime()).getFirst().get("ageMillis"))
        .asInstanceOf(InstanceOfAssertFactories.LONG)
        .isBetween(10_000L, 20_000L);
  }

  @Test
  void where_a_train_ends_it_arrives_and_does_not_depart() throws IOException {
    says(run, run.calls().size() - 2, 0.5, 120);
    CityTrains.Call last = run.calls().getLast();
    JsonNode at = visit(run, last.stop()).at("/MonitoredVehicleJourney/MonitoredCall");
    assertThat(at.has("ExpectedDepartureTime")).isFalse();
    OffsetDateTime aimed = OffsetDateTime.parse(at.path("AimedArrivalTime").asText());
    assertThat(OffsetDateTime.parse(at.path("ExpectedArrivalTime").asText()))
        .isEqualTo(aimed.plusSeconds(120));
    assertThat(at.path("ArrivalStatus").asText()).isEqualTo("delayed");
  }

  @Test
  void a_display_shows_the_newest_word_of_a_train_and_no_queue_of_old_ones() throws IOException {
    int next = next();
    for (int delay = 0; delay <= 5_000; delay++) {
      says(run, next - 1, 0.5, delay % 100);
    }
    says(run, next - 1, 0.5, 60);
    assertThat(centre.trains(System.nanoTime())).hasSize(1);
    JsonNode at =
        visit(run, run.calls().get(next).stop()).at("/MonitoredVehicleJourney/MonitoredCall");
    OffsetDateTime aimed = OffsetDateTime.parse(at.path("AimedDepartureTime").asText());
    assertThat(OffsetDateTime.parse(at.path("ExpectedDepartureTime").asText()))
        .isEqualTo(aimed.plusSeconds(60));
  }

  @Test
  void a_train_at_the_platform_and_one_that_is_cancelled_are_told_as_such() throws IOException {
    int next = next();
    says(run, next, 0, 0);
    String stop = run.calls().get(next).stop();
    JsonNode journey = visit(run, stop).path("MonitoredVehicleJourney");
    assertThat(journey.at("/MonitoredCall/VehicleAtStop").asBoolean()).isTrue();
    cancelled(run);
    journey = visit(run, stop).path("MonitoredVehicleJourney");
    assertThat(journey.at("/MonitoredCall/DepartureStatus").asText()).isEqualTo("cancelled");
  }

  // ---- clock and trains ----

  @Test
  void the_clock_runs_faster_than_life_and_goes_back_after_the_last_train() {
    CityClock fast = new CityClock(clock.day(), 0, 1000, 1600, 60);
    assertThat(fast.citySeconds(-5)).isEqualTo(1000);
    assertThat(fast.citySeconds(5_000_000_000L)).isEqualTo(1300);
    assertThat(fast.citySeconds(10_000_000_000L)).isEqualTo(1000);
    assertThat(fast.citySeconds(15_000_000_000L)).isEqualTo(1300);
  }

  @Test
  void a_train_is_at_its_stops_when_the_timetable_says_and_between_them_otherwise() {
    CityTrains.Call first = run.calls().get(0);
    CityTrains.Call second = run.calls().get(1);
    assertThat(run.at(first.departure() - 10).stands()).isTrue();
    assertThat(run.at(second.arrival()).from()).isEqualTo(second);
    CityTrains.Place between = run.at((first.departure() + second.arrival()) / 2);
    assertThat(between.from()).isEqualTo(first);
    assertThat(between.to()).isEqualTo(second);
    assertThat(between.fraction()).isBetween(0.4, 0.6);
    assertThat(run.at(run.ends() + 100).from()).isEqualTo(run.calls().getLast());
  }

  @Test
  void a_delay_grows_and_shrinks_so_that_no_train_jumps_back() {
    Disruptions disruptions = new Disruptions();
    disruptions.delay(run.line(), 60);
    double before = 0;
    for (int second = 0; second < 300; second++) {
      disruptions.pass(1);
      double delay = disruptions.delaySeconds(run);
      assertThat(delay - before).as("slower than time itself").isLessThan(1);
      before = delay;
    }
    assertThat(before).isEqualTo(60);
    disruptions.delay(run.line(), 0);
    disruptions.pass(1000);
    assertThat(disruptions.delaySeconds(run)).isZero();
  }
}
