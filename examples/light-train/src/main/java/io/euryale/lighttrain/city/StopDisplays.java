package io.euryale.lighttrain.city;

import io.euryale.lighttrain.city.CityStream.Kind;
import io.euryale.lighttrain.demo.KindStatistics;
import io.euryale.peer.StreamHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The displays of all stations and their accounts. A display asks for the newest board only: what
/// it has not shown when a newer one comes gives way, so it never works off a queue. Safe for all
/// threads; the loop of the class shows, and the thread that plans says what was said.
final class StopDisplays implements StreamHandler {

  private final CityStreams streams;
  private final Map<String, Display> displays = new HashMap<>();
  private final KindStatistics statistics = new KindStatistics();
  private long back;
  private long corrupted;
  private long measuredFromNanos = Long.MIN_VALUE;

  /// One display, and what was said to it.
  private static final class Display {
    /// When the boards after the one that it shows were due, the oldest first.
    final Deque<Long> dues = new ArrayDeque<>();

    /// Of the board that it shows, in its stream; 0 for none.
    long number;

    String text = "";
    long dueNanos;
    long atNanos;
    long boards;
    long gaveWay;
    long lastBehindNanos = -1;
  }

  StopDisplays(CityStreams streams) {
    this.streams = streams;
    streams.of(Kind.BOARD).forEach(stream -> displays.put(stream.name(), new Display()));
  }

  /// The control centre says a board.
  ///
  /// @param stop id of the station
  synchronized void said(String stop, long dueNanos) {
    of(streams.of(Kind.BOARD, stop)).dues.addLast(dueNanos);
  }

  private Display of(CityStream board) {
    Display display = displays.get(board.name());
    if (display == null) {
      throw new IllegalArgumentException("No display shows " + board.name());
    }
    return display;
  }

  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    long now = System.nanoTime();
    CityPacket packet = CityPacket.decode(payload);
    synchronized (this) {
      if (packet == null || !isBoard(packet.stream(), stream)) {
        corrupted++;
      } else {
        show(now, of(streams.all().get(packet.stream())), packet);
      }
    }
  }

  private boolean isBoard(int index, String name) {
    List<CityStream> all = streams.all();
    return index >= 0
        && index < all.size()
        && all.get(index).kind() == Kind.BOARD
        && all.get(index).name().equals(name);
  }

  /// Behind was the display from when the first board was due that it did not show: this one, or
  /// one that gives way to it.
  private void show(long now, Display display, CityPacket packet) {
    long newer = packet.number() - display.number;
    if (newer <= 0) {
      back++;
      return;
    }
    Long oldest = display.dues.peekFirst();
    for (long i = 0; i < newer; i++) {
      Long _ = display.dues.pollFirst();
    }
    long behind = Math.max(0, now - (oldest == null ? packet.dueNanos() : oldest));
    if (packet.dueNanos() >= measuredFromNanos) {
      statistics.record(behind, display.lastBehindNanos);
    }
    display.lastBehindNanos = behind;
    display.number = packet.number();
    display.text = packet.text();
    display.dueNanos = packet.dueNanos();
    display.atNanos = now;
    display.boards++;
    display.gaveWay += newer - 1;
  }

  /// Times of boards that were due before this count for nothing.
  synchronized void measureFrom(long nanos) {
    measuredFromNanos = nanos;
  }

  /// What was counted. Times are in milliseconds, and 0 when nothing was shown: for how long a
  /// display showed an old board.
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
        displays.values().stream().mapToLong(each -> each.boards).sum(),
        displays.values().stream().mapToLong(each -> each.gaveWay).sum(),
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
    return displays.values().stream().filter(each -> !each.dues.isEmpty()).count();
  }

  /// The last board of a stream; null when none was shown.
  synchronized CityReception.@Nullable Last last(CityStream stream) {
    Display here = of(stream);
    return here.number == 0
        ? null
        : new CityReception.Last(
            here.boards,
            (here.atNanos - here.dueNanos) / 1e6,
            (System.nanoTime() - here.atNanos) / 1_000_000);
  }

  /// What the display of a station shows, for the page; `boards` is 0 and there is no age before it
  /// shows anything.
  ///
  /// @param stop id of the station
  synchronized Map<String, Object> shown(String stop) {
    Display here = of(streams.of(Kind.BOARD, stop));
    if (here.number == 0) {
      return Map.of("stop", stop, "rows", List.of(), "boards", 0L);
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String row : here.text.lines().toList()) {
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
    told.put("ageMillis", (System.nanoTime() - here.dueNanos) / 1_000_000);
    told.put("latencyMillis", Math.round((here.atNanos - here.dueNanos) / 1e4) / 100.0);
    told.put("boards", here.boards);
    told.put("gaveWay", here.gaveWay);
    return told;
  }
}
