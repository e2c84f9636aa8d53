package io.euryale.console;

import io.euryale.peer.StreamHandler;
import io.euryale.service.stream.StreamHop;
import io.euryale.service.stream.StreamPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Gathers what the processes on the way tell of packets, and makes text of each packet when all
/// that is under way should have come. Told by loops and read by the command's thread.
final class PacketHops implements StreamHandler {

  /// What is told of a packet comes right behind it.
  private static final long PATIENCE_NANOS = 250_000_000L;

  /// Packets gathered at a time.
  private static final int MOST = 4096;

  private final boolean json;
  private final long limit;
  private final Map<Key, Way> ways = new LinkedHashMap<>();
  private final Map<String, Sum> sums = new LinkedHashMap<>();
  private long traced;

  private record Key(String stream, long epoch, long sequence) {}

  /// The hops of one packet.
  private static final class Way {
    final List<StreamHop> hops = new ArrayList<>();
    final long beganNanos = System.nanoTime();
    long ageNanos = -1;

    boolean hasArrived() {
      return ageNanos >= 0;
    }
  }

  /// What one process had of one stream.
  private static final class Sum {
    long count;
    long hereNanos;
    long mostNanos;
  }

  /// @param limit packets after which nothing more is shown
  PacketHops(boolean json, long limit) {
    this.json = json;
    this.limit = limit;
  }

  /// What comes is taken by the other method.
  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {}

  @Override
  public synchronized void packet(StreamPacket packet, boolean late, ByteBuffer payload) {
    if (packet.traced()) {
      of(packet.stream(), packet.epoch(), packet.sequence()).ageNanos = packet.ageNanos();
    }
  }

  @Override
  public synchronized void hop(StreamHop hop) {
    of(hop.stream(), hop.epoch(), hop.sequence()).hops.add(hop);
  }

  private Way of(String stream, long epoch, long sequence) {
    if (ways.size() >= MOST) {
      ways.remove(ways.keySet().iterator().next());
    }
    return ways.computeIfAbsent(new Key(stream, epoch, sequence), _ -> new Way());
  }

  /// Packets shown so far.
  synchronized long traced() {
    return traced;
  }

  /// The text of packets of which everything should be known; of all when `all`.
  synchronized String settled(long nowNanos, boolean all) {
    StringBuilder text = new StringBuilder();
    Iterator<Map.Entry<Key, Way>> each = ways.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Key, Way> entry = each.next();
      Way way = entry.getValue();
      if (!all && nowNanos - way.beganNanos < PATIENCE_NANOS) {
        continue;
      }
      if (way.hasArrived() && !way.hops.isEmpty() && traced < limit) {
        traced++;
        way.hops.sort(Comparator.comparingLong(StreamHop::leftNanos));
        way.hops.forEach(this::add);
        text.append(json ? line(entry.getKey(), way) : table(entry.getKey(), way));
      }
      each.remove();
    }
    return text.toString();
  }

  private void add(StreamHop hop) {
    Sum sum = sums.computeIfAbsent(hop.stream() + " " + hop.who(), _ -> new Sum());
    long hereNanos = hop.leftNanos() - hop.arrivedNanos();
    sum.count++;
    sum.hereNanos += hereNanos;
    sum.mostNanos = Math.max(sum.mostNanos, hereNanos);
  }

  private static String line(Key key, Way way) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "trace");
    line.put("stream", key.stream());
    line.put("epoch", key.epoch());
    line.put("sequence", key.sequence());
    line.put("ageMicros", way.ageNanos / 1_000);
    List<Map<String, Object>> hops = new ArrayList<>();
    for (StreamHop hop : way.hops) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("who", hop.who().value());
      each.put("arrivedMicros", hop.arrivedNanos() / 1_000);
      each.put("leftMicros", hop.leftNanos() / 1_000);
      each.put("transitMicros", hop.transitNanos() / 1_000);
      hops.add(each);
    }
    line.put("hops", hops);
    return Json.line(line) + System.lineSeparator();
  }

  private static String table(Key key, Way way) {
    TextTable table = new TextTable("  HOP", "CAME AT ms", "HERE ms", "LINK ms");
    for (StreamHop hop : way.hops) {
      table.row(
          "  " + hop.who(),
          millis(hop.arrivedNanos()),
          millis(hop.leftNanos() - hop.arrivedNanos()),
          millis(hop.transitNanos()));
    }
    table.row("  client", millis(way.ageNanos), "", "");
    return key.stream()
        + " "
        + key.sequence()
        + ": "
        + millis(way.ageNanos)
        + " ms"
        + System.lineSeparator()
        + table;
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }

  /// What each process took, over all packets shown.
  synchronized String summary() {
    if (json) {
      return "";
    }
    if (sums.isEmpty()) {
      return "No packet of these streams was traced." + System.lineSeparator();
    }
    TextTable table = new TextTable("STREAM AND HOP", "TIMES", "MEAN ms", "MOST ms");
    sums.forEach(
        (who, sum) ->
            table.row(who, sum.count, millis(sum.hereNanos / sum.count), millis(sum.mostNanos)));
    return System.lineSeparator() + table;
  }
}
