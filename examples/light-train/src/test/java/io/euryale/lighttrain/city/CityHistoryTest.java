package io.euryale.lighttrain.city;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.lighttrain.timetable.GtfsFeed;
import io.euryale.lighttrain.timetable.SampleNetwork;
import io.euryale.lighttrain.timetable.Timetable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// What the map shows of a time that is over.
class CityHistoryTest {

  private long number;

  @Test
  void eachTimeHasWhatWasSaidLastBeforeIt() throws Exception {
    GtfsFeed feed = SampleNetwork.load();
    CityMap map = new CityMap(feed);
    CityTrains trains = new CityTrains(Timetable.ofBusiestDay(feed));
    CityStreams streams = new CityStreams(map, new CityPlan(map, 3, 2, 4));
    try (AlarmDesk desk = new AlarmDesk(null);
        CityHistory history = CityHistory.open(map, trains, streams, desk)) {
      CityTrains.Run run = trains.runs().getFirst();
      CityStream positions = streams.of(CityStream.Kind.POSITION, run.line());
      String stop = run.calls().get(1).stop();
      CityStream track = streams.of(CityStream.Kind.TRACK, stop);
      desk.raised("A1", stop, "Smoke");
      long before = pause();
      assertThat(desk.acknowledge("A1", "Ana")).isEmpty();
      said(history, positions, position(run, "0.2000"));
      said(history, track, String.join("\t", stop, "occupied", run.line(), run.trip(), "x"));
      long first = pause();
      said(history, positions, position(run, "0.6000"));
      said(history, track, String.join("\t", stop, "free", run.line(), run.trip(), "x"));
      long second = pause();

      assertThat(shown(history, before)).isEmpty();
      assertThat(history.at(before).get("alarms")).isEqualTo(Set.of(stop));
      assertThat(history.at(first).get("alarms")).isEqualTo(Set.of());
      assertThat(shown(history, first)).singleElement().extracting("fraction").isEqualTo(0.2);
      assertThat(shown(history, second)).singleElement().extracting("fraction").isEqualTo(0.6);
      assertThat(shown(history, second).getFirst().get("ageMillis"))
          .asInstanceOf(InstanceOfAssertFactories.LONG)
          .isBetween(0L, 5_000L);
      assertThat(occupied(history, first, stop)).isEqualTo(true);
      assertThat(occupied(history, second, stop)).isEqualTo(false);
      assertThat(shown(history, second + 31_000)).as("it has left").isEmpty();
    }
  }

  /// The present, which nothing else has.
  private static long pause() throws InterruptedException {
    Thread.sleep(20);
    long now = System.currentTimeMillis();
    Thread.sleep(20);
    return now;
  }

  private void said(CityHistory history, CityStream stream, String text) {
    byte[] bytes =
        new CityPacket(stream.index(), ++number, System.nanoTime(), text).encode(text.length());
    history.handler(stream.trafficClass()).packet(stream.name(), 1, number, ByteBuffer.wrap(bytes));
  }

  private static String position(CityTrains.Run run, String fraction) {
    return String.join(
        "\t",
        run.trip(),
        run.serviceDate().toString(),
        run.line(),
        run.headsign(),
        run.calls().get(0).stop(),
        run.calls().get(1).stop(),
        fraction,
        Integer.toString(run.calls().get(1).sequence()),
        "0",
        "100.0");
  }

  @SuppressWarnings("unchecked") // As the page gets them.
  private static List<Map<String, Object>> shown(CityHistory history, long at) throws Exception {
    return (List<Map<String, Object>>) history.at(at).get("trains");
  }

  @SuppressWarnings("unchecked") // As the page gets them.
  private static Object occupied(CityHistory history, long at, String stop) throws Exception {
    Map<String, Map<String, Object>> stations =
        (Map<String, Map<String, Object>>) history.at(at).get("stations");
    return stations.get(stop).get("occupied");
  }
}
