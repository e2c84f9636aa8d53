package io.euryale.lighttrain.city;

import io.euryale.lighttrain.city.CityStream.Kind;
import io.euryale.lighttrain.demo.KindStatistics;
import io.euryale.peer.StreamHandler;
import io.euryale.service.stream.StreamPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The displays of all stations and their accounts. A display asks for the newest board only: what
/// it has not shown when a newer one comes gives way, so it never works off a queue. Safe for all
/// threads; the loop of the class writes.
final class StopDisplays implements StreamHandler {

  private final CityStreams streams;

  /// By name of the stream; bounded by the stations.
  private final Map<String, Shown> shown = new HashMap<>();

  private final KindStatistics statistics = new KindStatistics();
  private long boards;
  private long gaveWay;
  private long back;
  private long corrupted;
  private long measuredFromNanos = Long.MIN_VALUE;

  /// @param number of the board in its stream
  private record Shown(long number, String text, long dueNanos, long atNanos, long gaveWay) {}

  StopDisplays(CityStreams streams) {
    this.streams = streams;
  }

  @Override
  public void packet(StreamPacket packet, boolean late, ByteBuffer payload) {
    board(packet.stream(), packet.skipped(), payload);
  }

  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    board(stream, 0, payload);
  }

  private void board(String stream, long skipped, ByteBuffer payload) {
    long now = System.nanoTime();
    CityPacket packet = CityPacket.decode(payload);
    synchronized (this) {
      if (packet == null || !isBoard(packet.stream(), stream)) {
        corrupted++;
        return;
      }
      Shown before = shown.get(stream);
      if (before != null && packet.number() <= before.number()) {
        back++;
        return;
      }
      long latency = Math.max(0, now - packet.dueNanos());
      if (packet.dueNanos() >= measuredFromNanos) {
        statistics.record(latency, before == null ? -1 : before.atNanos() - before.dueNanos());
      }
      boards++;
      gaveWay += skipped;
      long all = skipped + (before == null ? 0 : before.gaveWay());
      shown.put(stream, new Shown(packet.number(), packet.text(), packet.dueNanos(), now, all));
    }
  }

  private boolean isBoard(int index, String name) {
    List<CityStream> all = streams.all();
    return index >= 0
        && index < all.size()
        && all.get(index).kind() == Kind.BOARD
        && all.get(index).name().equals(name);
  }

  /// Times of boards that were due before this count for nothing.
  synchronized void measureFrom(long nanos) {
    measuredFromNanos = nanos;
  }

  /// What was counted. Times are in milliseconds, and 0 when nothing was shown.
  ///
  /// @param boards that were shown
  /// @param gaveWay boards that were not, as a newer one came
  /// @param behind displays that do not show the newest board of their station
  /// @param back boards that came after a newer one, or twice
  record Account(
      long boards,
      long gaveWay,
      long behind,
      long back,
      long corrupted,
      double p50,
      double p99,
      double p999,
      double max) {

    /// Before anything was shown.
    static Account none() {
      return new Account(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  synchronized Account account() {
    return new Account(
        boards,
        gaveWay,
        behind(),
        back,
        corrupted,
        statistics.latencyMillis(50),
        statistics.latencyMillis(99),
        statistics.latencyMillis(99.9),
        statistics.maxMillis());
  }

  /// How many displays do not show what was said last.
  synchronized long behind() {
    return streams.of(Kind.BOARD).stream()
        .filter(
            stream -> {
              Shown here = shown.get(stream.name());
              return stream.taken() > (here == null ? 0 : here.number());
            })
        .count();
  }

  /// The last board of a stream; null when none was shown.
  synchronized CityReception.@Nullable Last last(CityStream stream) {
    Shown here = shown.get(stream.name());
    return here == null
        ? null
        : new CityReception.Last(
            here.number(),
            (here.atNanos() - here.dueNanos()) / 1e6,
            (System.nanoTime() - here.atNanos()) / 1_000_000);
  }

  /// What the display of a station shows, for the page; `boards` is 0 and there is no age before it
  /// shows anything.
  ///
  /// @param stop id of the station
  synchronized Map<String, Object> shown(String stop) {
    Shown here = shown.get(streams.of(Kind.BOARD, stop).name());
    if (here == null) {
      return Map.of("stop", stop, "rows", List.of(), "boards", 0L);
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String row : here.text().lines().toList()) {
      String[] f = row.split("\t", -1);
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("line", f[0]);
      one.put("to", f[1]);
      one.put("at", f[2]);
      one.put("state", f[3]);
      rows.add(one);
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("stop", stop);
    told.put("rows", rows);
    told.put("ageMillis", (System.nanoTime() - here.dueNanos()) / 1_000_000);
    told.put("latencyMillis", Math.round((here.atNanos() - here.dueNanos()) / 1e4) / 100.0);
    told.put("boards", here.number());
    told.put("gaveWay", here.gaveWay());
    return told;
  }
}
