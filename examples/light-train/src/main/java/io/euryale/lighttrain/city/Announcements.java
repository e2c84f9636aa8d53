package io.euryale.lighttrain.city;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the control centre tells the passengers of a station: one announcement at a time, the
/// others wait. Who announced what is in the audit trail before anybody hears it. Safe for all
/// threads, but one thread plans.
final class Announcements implements CityReception.Application {

  /// The rate of audio in [0 §IV], for three seconds.
  static final int PACKETS = 3 * 38;

  private static final long PACKET_NANOS = (1_000_000_000L + 37) / 38;
  private static final int MOST_WAITING = 3;
  private static final int MOST_SHOWN = 8;

  /// @param id unique in this life of the city
  /// @param stop id of the station
  /// @param by who announced it
  record Announcement(String id, String stop, String text, String by, Instant at) {}

  /// Gets what is due.
  interface Speech {
    void packet(long dueNanos, Announcement of);
  }

  /// One of the latest, and how much of it was played.
  private record Shown(Announcement what, AtomicInteger played) {}

  private final AlarmDesk desk;
  private final Queue<Announcement> waiting = new ConcurrentLinkedQueue<>();
  private final Deque<Shown> latest = new ArrayDeque<>();

  /// Held while one is written down: that may take as long as the disk, and loops do not wait.
  private final Object desktop = new Object();

  private final AtomicLong made = new AtomicLong();
  private final AtomicLong spoken = new AtomicLong();

  // Of the thread that plans.
  private @Nullable Announcement speaking;
  private int said;
  private long nextNanos;

  /// @param desk writes the trail
  Announcements(AlarmDesk desk) {
    this.desk = desk;
  }

  /// Announces something as soon as the others were spoken.
  ///
  /// @param stop id of the station
  /// @return why not, one sentence; empty when it is
  String announce(String stop, String text, String by) {
    synchronized (desktop) {
      if (waiting.size() >= MOST_WAITING) {
        return "%d announcements wait already; try again when one was spoken."
            .formatted(waiting.size());
      }
      Announcement next =
          new Announcement("P" + made.incrementAndGet(), stop, text, by, Instant.now());
      desk.announced(next.id(), stop, text, by, next.at());
      show(next);
      waiting.add(next);
      return "";
    }
  }

  private synchronized void show(Announcement next) {
    latest.addFirst(new Shown(next, new AtomicInteger()));
    if (latest.size() > MOST_SHOWN) {
      latest.removeLast();
    }
  }

  /// How many were made so far.
  long made() {
    return made.get();
  }

  /// How many of them were spoken to the end.
  long spoken() {
    return spoken.get();
  }

  /// Plans what is spoken from one time until another.
  void plan(long fromNanos, long untilNanos, Speech speech) {
    Announcement now = speaking;
    if (now == null) {
      now = waiting.poll();
      speaking = now;
      said = 0;
      nextNanos = fromNanos;
    }
    if (now == null) {
      return;
    }
    for (; said < PACKETS && nextNanos - untilNanos < 0; nextNanos += PACKET_NANOS) {
      speech.packet(nextNanos, now);
      said++;
    }
    if (said == PACKETS) {
      speaking = null;
      spoken.incrementAndGet();
    }
  }

  /// What a packet of an announcement says.
  static String text(Announcement of) {
    return of.id() + "\t" + of.text();
  }

  /// A loudspeaker played a packet.
  @Override
  public void received(CityStream stream, CityPacket packet) {
    String text = packet.text();
    String id = text.substring(0, Math.max(0, text.indexOf('\t')));
    synchronized (this) {
      for (Shown each : latest) {
        if (each.what().id().equals(id)) {
          int _ = each.played().incrementAndGet();
        }
      }
    }
  }

  /// The latest ones for the page, the last one first.
  synchronized List<Map<String, Object>> shown(CityMap map) {
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Shown each : latest) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", each.what().id());
      one.put("at", each.what().at().toString());
      one.put("stop", each.what().stop());
      one.put("station", map.stop(each.what().stop()).name());
      one.put("text", each.what().text());
      one.put("by", each.what().by());
      one.put("played", each.played().get());
      one.put("of", PACKETS);
      shown.add(one);
    }
    return shown;
  }
}
