package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lighttrain.city.CityStream.Kind;
import io.euryale.lighttrain.demo.DemoException;
import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.Timetable;
import io.euryale.lighttrain.timetable.TimetableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the control centre tells the displays of stations, and what they show.
class StopDisplaysTest {

  private static final long SECOND = 1_000_000_000L;

  private CityMap map;
  private CityStreams streams;
  private AlarmDesk desk;
  private ControlCentre centre;
  private CityClock clock;
  private StopDisplays displays;
  private CityStream board;
  private String stop;

  @BeforeEach
  void city() throws DemoException, TimetableException {
    GtfsFeed feed = SampleNetwork.load();
    Timetable day = Timetable.ofBusiestDay(feed);
    map = new CityMap(feed);
    CityTrains trains = new CityTrains(day);
    streams = new CityStreams(map, new CityPlan(map, 3, 2, 4));
    desk = new AlarmDesk(null);
    centre = new ControlCentre(map, trains, desk);
    // So slow that no train comes nearer while a test looks: trains leave at whole seconds.
    double from = trains.busiest() + 0.5;
    clock = new CityClock(day, System.nanoTime(), from, trains.lastEnd(), 0.001);
    displays = new StopDisplays(streams);
    stop = map.stops().keySet().iterator().next();
    board = streams.of(Kind.BOARD, stop);
  }

  @AfterEach
  void close() throws IOException {
    desk.close();
  }

  // ---- what is said ----

  private record Board(long dueNanos, String stop, String text) {}

  private List<Board> said(StopBoards boards, long untilSeconds) {
    List<Board> said = new ArrayList<>();
    boards.plan(
        clock.startNanos() + untilSeconds * SECOND,
        (due, at, text) -> said.add(new Board(due, at, text)));
    return said;
  }

  @Test
  void everyStationHearsItsNextTrainsWithinTwoSecondsAndAgainAfterTen() {
    StopBoards boards = new StopBoards(List.copyOf(map.stops().keySet()), centre, clock);
    List<Board> first = said(boards, 2);
    assertThat(first).extracting(Board::stop).containsExactlyElementsOf(map.stops().keySet());
    assertThat(first).extracting(Board::dueNanos).isSorted();
    assertThat(first).allMatch(each -> each.text().lines().count() <= StopBoards.ROWS);
    assertThat(first.getFirst().text().lines().findFirst().orElseThrow())
        .matches("[^\t]+\t[^\t]+\t\\d\\d:\\d\\d\ttimetable");
    assertThat(said(boards, 10)).as("nothing new").isEmpty();
    assertThat(said(boards, 12)).hasSize(map.stops().size());
  }

  @Test
  void whatIsNewIsSaidWhenItsTurnComes() {
    StopBoards boards = new StopBoards(List.of(stop), centre, clock);
    said(boards, 1);
    String line = centre.visits(stop, clock.from(), 1).getFirst().run().line();
    CityStream service = streams.of(Kind.SERVICE, line);
    String change = "passes\t" + line + "\t" + stop;
    centre.received(service, new CityPacket(service.index(), 1, System.nanoTime(), change));
    List<Board> next = said(boards, 3);
    assertThat(next).hasSize(1);
    assertThat(next.getFirst().text()).contains("\tpasses");
  }

  // ---- what is shown ----

  private void shows(long number, String text) {
    shows(new CityPacket(board.index(), number, System.nanoTime(), text), board.name());
  }

  private void shows(CityPacket packet, String name) {
    displays.packet(name, 1, packet.number(), ByteBuffer.wrap(packet.encode(0)));
  }

  @Test
  void aDisplayShowsTheNewestBoardAndSaysHowManyGaveWay() {
    shows(1, "A\tHarbour\t12:00\tlive");
    shows(5, "B\tCastle\t12:04\tcancelled\nA\tHarbour\t12:10\ttimetable");
    assertThat(displays.shown(stop))
        .containsEntry("boards", 2L)
        .containsEntry("gaveWay", 3L)
        .containsEntry(
            "rows",
            List.of(
                Map.of("line", "B", "to", "Castle", "at", "12:04", "state", "cancelled"),
                Map.of("line", "A", "to", "Harbour", "at", "12:10", "state", "timetable")));
    StopDisplays.Account account = displays.account();
    assertThat(account.boards()).isEqualTo(2);
    assertThat(account.gaveWay()).isEqualTo(3);
    assertThat(account.back() + account.corrupted()).isZero();
  }

  @Test
  void whatComesAfterANewerBoardIsCountedAndNotShown() {
    shows(5, "B\tCastle\t12:04\tlive");
    shows(4, "A\tHarbour\t12:00\tlive");
    assertThat(displays.account().back()).isEqualTo(1);
    assertThat(displays.shown(stop)).containsEntry("boards", 1L);
    assertThat(displays.shown(stop).get("rows").toString()).contains("Castle");
  }

  @Test
  void whatIsNotABoardOfThisStationIsCountedAndNotShown() {
    shows(new CityPacket(board.index(), 1, 0, "A\tHarbour\t12:00\tlive"), "board/elsewhere");
    CityStream announcement = streams.of(Kind.ANNOUNCEMENT, stop);
    shows(new CityPacket(announcement.index(), 1, 0, "words"), announcement.name());
    shows(new CityPacket(-1, 1, 0, "words"), board.name());
    assertThat(displays.account().corrupted()).isEqualTo(3);
    assertThat(displays.shown(stop)).containsEntry("boards", 0L);
  }

  @Test
  void aDisplayIsBehindFromWhenTheFirstBoardWasDueThatItDoesNotShow() {
    long now = System.nanoTime();
    displays.said(stop, now - 9 * SECOND);
    assertThat(displays.behind()).isEqualTo(1);
    displays.said(stop, now - 4 * SECOND);
    displays.said(stop, now);
    shows(2, "A\tHarbour\t12:00\tlive");
    assertThat(displays.behind()).as("the third").isEqualTo(1);
    assertThat(displays.account().max()).isBetween(9_000.0, 10_000.0);
    assertThat(displays.account().gaveWay()).isEqualTo(1);
    shows(3, "A\tHarbour\t12:01\tlive");
    assertThat(displays.behind()).isZero();
    assertThat(displays.account().p50()).isLessThan(1_000);
  }
}
