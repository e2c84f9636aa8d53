package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.city.CityStream.Kind;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import io.euryale.peer.result.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnouncementsTest {

  private static final long TICK_NANOS = 50_000_000;

  @TempDir Path folder;
  private CityMap map;
  private CityTrains trains;
  private CityStreams streams;
  private AlarmDesk desk;
  private Announcements announcements;
  private Loudspeakers loudspeakers;
  private ControlCentre centre;
  private CityClock clock;
  private Announcer announcer;
  private List<String> stops;
  private long nanos = 1_000_000_000L;

  @BeforeEach
  void city() throws DemoException, TimetableException {
    GtfsFeed feed = SampleNetwork.load();
    Timetable day = Timetable.ofBusiestDay(feed);
    map = new CityMap(feed);
    trains = new CityTrains(day);
    streams = new CityStreams(map, new CityPlan(map, 3, 2, 4));
    desk = new AlarmDesk(folder.resolve("trail"));
    announcements = new Announcements(desk);
    loudspeakers = new Loudspeakers(map, streams, announcements);
    centre = new ControlCentre(map, trains, desk);
    // So slow that the time does not pass while a test runs.
    clock = new CityClock(day, System.nanoTime(), trains.busiest(), trains.lastEnd(), 0.001);
    announcer = new Announcer(map, centre, clock, announcements);
    stops = List.copyOf(map.stops().keySet());
  }

  @AfterEach
  void close() throws IOException {
    desk.close();
  }

  /// Lets a loudspeaker hear each packet so many times, by its number from 1.
  private void connect(String stop, IntUnaryOperator times) {
    CityStream stream = streams.of(Kind.ANNOUNCEMENT, stop);
    stream.connect(
        new CityStream.Outlet() {
          private int number;

          @Override
          public boolean isWanted() {
            return true;
          }

          @Override
          public void offer(byte[] packet, Consumer<Boolean> answer) {
            number++;
            for (int i = 0; i < times.applyAsInt(number); i++) {
              loudspeakers.handler().packet(stream.name(), 1, number, ByteBuffer.wrap(packet));
            }
            answer.accept(true);
          }
        });
  }

  /// Lets time go on, and says which announcement each packet due meanwhile is of.
  private List<String> speak(int ticks) throws InterruptedException {
    List<String> ids = new ArrayList<>();
    List<Long> dues = new ArrayList<>();
    List<Announcements.Announcement> said = new ArrayList<>();
    for (int i = 0; i < ticks; i++, nanos += TICK_NANOS) {
      long from = nanos;
      announcements.plan(
          from,
          from + TICK_NANOS,
          (due, of) -> {
            assertThat(due).isBetween(from, from + TICK_NANOS);
            dues.add(due);
            said.add(of);
          });
    }
    assertThat(dues).isSorted();
    for (int i = 0; i < said.size(); i++) {
      Announcements.Announcement of = said.get(i);
      ids.add(of.id());
      CityStream stream = streams.of(Kind.ANNOUNCEMENT, of.stop());
      assertThat(stream.add(dues.get(i), Announcements.text(of))).isTrue();
    }
    return ids;
  }

  @Test
  void one_is_spoken_after_the_other_at_the_rate_of_audio() throws InterruptedException {
    assertThat(announcements.announce(stops.get(0), "First.", "Ana")).isEmpty();
    assertThat(announcements.announce(stops.get(1), "Second.", "Ana")).isEmpty();

    assertThat(speak(20)).as("a second").hasSize(38).containsOnly("P1");
    List<String> rest = speak(120);

    assertThat(rest).hasSize(2 * Announcements.PACKETS - 38).isSorted();
    assertThat(speak(200)).as("nothing is said twice").isEmpty();
  }

  @Test
  void what_cannot_be_spoken_soon_is_refused_and_not_in_the_trail() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(announcements.announce(stops.get(i), "Text " + i, "Ana")).isEmpty();
    }
    assertThat(announcements.announce(stops.get(3), "Too much", "Bo")).contains("wait already");
    assertThat(announcements.made()).isEqualTo(3);
    assertThat(desk.audit()).isEqualTo(new AlarmDesk.Audit(0, 0, 3, 0));
    assertThat(Files.readString(folder.resolve("trail")))
        .contains("ANNOUNCED", "Ana", "Text 2", stops.get(2))
        .doesNotContain("Too much");
  }

  @Test
  void an_announcement_that_is_in_the_trail_twice_is_wrong() throws IOException {
    assertThat(announcements.announce(stops.get(0), "Once", "Ana")).isEmpty();
    Path trail = folder.resolve("trail");
    String line = Files.readString(trail);
    Files.writeString(trail, line + line);
    assertThat(desk.audit()).isEqualTo(new AlarmDesk.Audit(0, 0, 1, 1));
  }

  @ParameterizedTest
  @CsvSource({"1, kept", "0, broken", "2, broken"})
  void loudspeakers_that_hear_nothing_or_twice_break_the_promise(int times, String promise)
      throws InterruptedException {
    connect(stops.get(0), _ -> times);
    assertThat(announcements.announce(stops.get(0), "Text", "Ana")).isEmpty();
    assertThat(speak(100)).hasSize(Announcements.PACKETS);

    assertThat(promise().held()).isEqualTo(promise.equals("kept"));
    Loudspeakers.Account account = loudspeakers.account();
    assertThat(account.packets()).isEqualTo(Announcements.PACKETS);
    assertThat(account.played()).isEqualTo(Math.min(1, times) * Announcements.PACKETS);
    assertThat(account.outstanding()).isEqualTo(account.packets() - account.played());
  }

  @Test
  void one_packet_that_a_loudspeaker_did_not_play_breaks_the_promise() throws InterruptedException {
    connect(stops.get(0), number -> number == 50 ? 0 : 1);
    assertThat(announcements.announce(stops.get(0), "Text", "Ana")).isEmpty();
    assertThat(speak(100)).hasSize(Announcements.PACKETS);

    assertThat(promise().held()).isFalse();
    assertThat(report().table())
        .contains("played 113 of 114 packets", map.stop(stops.get(0)).slug());
    assertThat(loudspeakers.shown().get("played")).isEqualTo(113L);
    assertThat(announcements.shown(map).getFirst()).containsEntry("played", 113);
  }

  @Test
  void what_no_packet_was_taken_of_was_not_announced() throws InterruptedException {
    assertThat(announcements.announce(stops.get(0), "Text", "Ana")).isEmpty();
    assertThat(promise().held()).as("it waits").isTrue();
    speak(100);
    assertThat(promise().held()).isFalse();
  }

  @Test
  void by_itself_the_city_announces_at_each_station_in_turn() throws InterruptedException {
    List<String> heard = new ArrayList<>();
    long now = clock.startNanos();
    for (int i = 0; i < stops.size(); i++) {
      now += 15_000_000_000L;
      announcer.tick(now);
      announcer.tick(now);
      heard.add(String.valueOf(announcements.shown(map).getFirst().get("stop")));
      assertThat(speak(100)).as("one in 15 s").hasSize(Announcements.PACKETS);
    }
    assertThat(new HashSet<>(heard)).isEqualTo(map.stops().keySet());
  }

  @Test
  void where_a_train_is_late_that_is_announced() {
    CityTrains.Run run =
        trains.runs().stream()
            .filter(each -> each.begins() < clock.from() && each.ends() > clock.from() + 600)
            .findFirst()
            .orElseThrow();
    int next = 1;
    while (run.calls().get(next).arrival() < clock.from()) {
      next++;
    }
    CityTrains.Call to = run.calls().get(next);
    String position =
        String.join(
            "\t",
            run.trip(),
            run.serviceDate().toString(),
            run.line(),
            run.headsign(),
            run.calls().get(next - 1).stop(),
            to.stop(),
            "0.5",
            Integer.toString(to.sequence()),
            "60",
            Double.toString(clock.from()));
    CityStream stream = streams.of(Kind.POSITION, run.line());
    centre.received(stream, new CityPacket(stream.index(), 1, System.nanoTime(), position));

    announcer.tick(clock.startNanos() + 15_000_000_000L);

    Map<String, Object> last = announcements.shown(map).getFirst();
    assertThat(last).containsEntry("stop", to.stop()).containsEntry("by", "control centre");
  }

  @Test
  void a_train_that_does_not_run_is_announced_as_cancelled() {
    String stop = stops.get(0);
    ControlCentre.Visit next = centre.visits(stop, clock.from() + 1, 1).getFirst();
    CityStream stream = streams.of(Kind.SERVICE, next.run().line());
    centre.received(
        stream,
        new CityPacket(stream.index(), 1, System.nanoTime(), "cancelled\t" + next.run().trip()));

    assertThat(announcer.announce(stop, "Ana")).isEmpty();

    assertThat(String.valueOf(announcements.shown(map).getFirst().get("text")))
        .contains(next.run().headsign(), "is cancelled");
  }

  private CityReport report() {
    return new CityReport(
        Map.of(),
        new CityReport.Measured(
            1,
            1,
            Map.of(),
            Map.of(TrafficClass.ALARM, 0L),
            0,
            List.of(),
            desk.account(),
            desk.audit(),
            0,
            loudspeakers.account(),
            StopDisplays.Account.none(),
            0,
            0,
            true,
            0,
            null,
            0,
            0),
        false);
  }

  private Promise promise() {
    return report().document().promises().stream()
        .filter(each -> each.text().startsWith("every announcement"))
        .findFirst()
        .orElseThrow();
  }
}
