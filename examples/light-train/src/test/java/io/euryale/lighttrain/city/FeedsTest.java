package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.TripDescriptor;
import com.google.transit.realtime.GtfsRealtime.TripUpdate;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeUpdate;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.TestFeed;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    city(SampleNetwork.load());
  }

  private void city(GtfsFeed feed) throws DemoException, TimetableException {
    Timetable day = Timetable.ofBusiestDay(feed);
    map = new CityMap(feed);
    trains = new CityTrains(day);
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
            .orElse(trains.runs().getFirst());
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

  // ---- GTFS-Realtime, read by the classes generated from its public schema ----

  private List<FeedEntity> entities() throws InvalidProtocolBufferException {
    byte[] message = new GtfsRealtime(map, trains, centre, clock).message();
    FeedMessage feed = FeedMessage.parseFrom(message);
    assertThat(DiscardUnknownFieldsParser.wrap(FeedMessage.parser()).parseFrom(message))
        .as("nothing that the schema does not know")
        .isEqualTo(feed);
    FeedHeader header = feed.getHeader();
    assertThat(header.getGtfsRealtimeVersion()).isEqualTo("2.0");
    assertThat(header.hasIncrementality()).isTrue();
    assertThat(header.getIncrementality()).isEqualTo(FeedHeader.Incrementality.FULL_DATASET);
    assertThat(header.getTimestamp()).isEqualTo(clock.instant(clock.from()).getEpochSecond());
    return feed.getEntityList();
  }

  @Test
  void a_train_that_nobody_heard_of_is_in_no_feed() throws InvalidProtocolBufferException {
    assertThat(entities()).isEmpty();
  }

  @Test
  void a_stop_has_the_name_of_its_platform_as_in_the_feed(@TempDir Path folder) throws Exception {
    desk.close();
    city(
        TestFeed.minimal()
            .with(
                "stops.txt",
                "stop_id,stop_name,parent_station\na,Alder,\nS,Birch,\nb,Birch 1,S\nc,Cedar,\n")
            .read(folder));
    says(run, 0, 0.5, 0);
    assertThat(run.calls().get(1).stop()).isEqualTo("S");
    List<FeedEntity> entities = entities();
    assertThat(entities.get(0).getVehicle().getStopId()).isEqualTo("b");
    assertThat(entities.get(1).getTripUpdate().getStopTimeUpdateList())
        .extracting(StopTimeUpdate::getStopId)
        .containsExactly("b", "c");
  }

  @Test
  void a_train_between_two_stops_is_there_with_its_delay_at_the_stops_to_come()
      throws InvalidProtocolBufferException {
    says(run, 1, 0.5, 90);
    List<FeedEntity> entities = entities();
    assertThat(entities).hasSize(2);
    VehiclePosition vehicle = entities.get(0).getVehicle();
    TripDescriptor trip = vehicle.getTrip();
    String id = run.trip().contains("@") ? run.trip().substring(0, run.trip().indexOf('@')) : "";
    assertThat(trip.getTripId()).isEqualTo(id.isEmpty() ? run.trip() : id);
    assertThat(trip.getStartTime())
        .as("a repeated trip is told by its start")
        .matches("\\d\\d:\\d\\d:00");
    assertThat(trip.getStartDate()).isEqualTo(run.serviceDate().toString().replace("-", ""));
    assertThat(trip.hasScheduleRelationship()).isTrue();
    assertThat(trip.getScheduleRelationship())
        .isEqualTo(TripDescriptor.ScheduleRelationship.SCHEDULED);
    assertThat(map.ways().stream().filter(way -> way.id().equals(trip.getRouteId())))
        .singleElement()
        .matches(way -> way.name().equals(run.line()));
    CityMap.Stop from = map.stop(run.calls().get(1).stop());
    CityMap.Stop to = map.stop(run.calls().get(2).stop());
    assertThat((double) vehicle.getPosition().getLatitude())
        .isCloseTo((from.place().latitude() + to.place().latitude()) / 2, Offset.offset(1e-4));
    assertThat((double) vehicle.getPosition().getLongitude())
        .isCloseTo((from.place().longitude() + to.place().longitude()) / 2, Offset.offset(1e-4));
    assertThat(vehicle.hasCurrentStatus()).isTrue();
    assertThat(vehicle.getCurrentStatus())
        .isEqualTo(VehiclePosition.VehicleStopStatus.IN_TRANSIT_TO);
    assertThat(vehicle.getStopId()).isEqualTo(to.id());

    TripUpdate update = entities.get(1).getTripUpdate();
    assertThat(update.getTrip()).isEqualTo(trip);
    assertThat(update.getDelay()).isEqualTo(90);
    assertThat(update.getStopTimeUpdateList())
        .as("what is passed is not told")
        .hasSize(run.calls().size() - 2);
    StopTimeUpdate next = update.getStopTimeUpdate(0);
    assertThat(next.getStopId()).isEqualTo(to.id());
    assertThat(next.getArrival().getDelay()).isEqualTo(90);
    assertThat(next.getArrival().getTime())
        .isEqualTo(clock.instant(run.calls().get(2).arrival() + 90).getEpochSecond());
  }

  @Test
  void a_train_that_is_early_has_a_negative_delay() throws InvalidProtocolBufferException {
    says(run, 0, 0, -30);
    assertThat(entities().get(0).getVehicle().getCurrentStatus())
        .isEqualTo(VehiclePosition.VehicleStopStatus.STOPPED_AT);
    assertThat(entities().get(1).getTripUpdate().getDelay()).isEqualTo(-30);
  }

  @Test
  void a_cancelled_train_is_told_as_such_and_nothing_else() throws InvalidProtocolBufferException {
    says(run, 1, 0.5, 90);
    cancelled(run);
    assertThat(entities()).hasSize(1);
    TripUpdate update = entities().getFirst().getTripUpdate();
    assertThat(update.getTrip().getScheduleRelationship())
        .isEqualTo(TripDescriptor.ScheduleRelationship.CANCELED);
    assertThat(update.getStopTimeUpdateList()).isEmpty();
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
    TripUpdate update = entities().get(1).getTripUpdate();
    StopTimeUpdate skipped = update.getStopTimeUpdate(0);
    StopTimeUpdate after = update.getStopTimeUpdate(1);
    assertThat(skipped.getStopId()).isEqualTo(call.stop());
    assertThat(skipped.getScheduleRelationship())
        .isEqualTo(StopTimeUpdate.ScheduleRelationship.SKIPPED);
    assertThat(skipped.hasArrival() || skipped.hasDeparture()).isFalse();
    assertThat(after.hasArrival() && after.hasDeparture()).isTrue();
    assertThat(after.hasScheduleRelationship()).isFalse();
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
