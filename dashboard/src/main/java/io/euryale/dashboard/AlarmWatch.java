package io.euryale.dashboard;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.RefusedException;
import io.euryale.peer.StreamHandler;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamNames;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Shows the packets of streams of class alarm, the newest first: the part `alarms`. Who shows them
/// is their client like any other, so those that waited for a client come here.
///
/// Who acknowledges an alarm is the application's: nothing is told of that.
public final class AlarmWatch implements AutoCloseable {

  private static final Duration PERIOD = Duration.ofMillis(500);

  /// Peers are asked every second.
  private static final Duration LONGEST_SILENCE = Duration.ofMillis(2500);

  private final Client client;
  private final Facts facts;
  private final Told told = new Told();
  private final Thread thread;

  /// Subscribes.
  ///
  /// @param client that may subscribe; stays the caller's, and with it the subscriptions
  /// @param patterns names of streams in which `*` stands for any characters and `?` for one
  /// @throws RefusedException when one is no pattern, or is there twice
  public static AlarmWatch start(Client client, List<String> patterns, Facts facts)
      throws InterruptedException {
    AlarmWatch watch = new AlarmWatch(client, facts);
    for (int i = 0; i < patterns.size(); i++) {
      StreamHandler handler = watch.told.but(patterns.subList(0, i));
      var _ = client.subscribe(patterns.get(i), TrafficClass.ALARM, Replication.ACTIVE, handler);
    }
    watch.thread.start();
    return watch;
  }

  private AlarmWatch(Client client, Facts facts) {
    this.client = client;
    this.facts = facts;
    thread = Thread.ofVirtual().name("dashboard-alarms").unstarted(this::watch);
  }

  /// Tells what is new twice a second, however many alarms there are.
  private void watch() {
    try {
      while (true) {
        Map<String, Object> news = told.news();
        if (news != null) {
          facts.put("alarms", news);
        } else if (client.silence().compareTo(LONGEST_SILENCE) < 0) {
          facts.confirm("alarms");
        }
        Thread.sleep(PERIOD);
      }
    } catch (RefusedException _) {
      // The client is closed.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  /// Keeps what came. Safe for all threads.
  static final class Told {

    private static final int MOST_ALARMS = 100;
    private static final int MOST_CHARACTERS = 200;

    private final Deque<Map<String, Object>> alarms = new ArrayDeque<>();
    private long raised;
    private long missing;
    private String refused = "";
    private boolean isNew = true;

    /// What to subscribe with.
    ///
    /// @param earlier patterns that have told of a stream which they select, too
    StreamHandler but(List<String> earlier) {
      return new StreamHandler() {
        private boolean isTold(String stream) {
          return earlier.stream().anyMatch(pattern -> StreamNames.matches(pattern, stream));
        }

        // What comes is taken by the other method.
        @Override
        public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {}

        @Override
        public void packet(StreamPacket packet, boolean late, ByteBuffer payload) {
          if (!isTold(packet.stream())) {
            came(packet, payload);
          }
        }

        @Override
        public void gap(String stream, long epoch, long from, long to) {
          if (!isTold(stream)) {
            lacks(to - from + 1);
          }
        }

        @Override
        public void refused(String stream, StreamQos.Mismatch mismatch) {
          refuse(mismatch.sentence(stream));
        }

        @Override
        public void forbidden(String pattern, String sentence) {
          refuse(sentence);
        }
      };
    }

    private synchronized void came(StreamPacket packet, ByteBuffer payload) {
      Map<String, Object> alarm = new LinkedHashMap<>();
      alarm.put("id", packet.stream() + "/" + packet.epoch() + "/" + packet.sequence());
      alarm.put("station", packet.stream());
      alarm.put("text", text(payload));
      alarm.put("raised", Instant.now().minusNanos(packet.ageNanos()).toString());
      alarm.put("by", null);
      alarms.addFirst(alarm);
      if (alarms.size() > MOST_ALARMS) {
        alarms.removeLast();
      }
      raised++;
      isNew = true;
    }

    private synchronized void lacks(long packets) {
      missing += packets;
      isNew = true;
    }

    private synchronized void refuse(String sentence) {
      refused = sentence;
      isNew = true;
    }

    /// Of a long payload only the beginning is looked at.
    private static String text(ByteBuffer payload) {
      int bytes = Math.min(payload.remaining(), MOST_CHARACTERS * 4);
      boolean whole = bytes == payload.remaining();
      CharBuffer text = CharBuffer.allocate(bytes);
      boolean isNone =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(payload.slice(payload.position(), bytes), text, whole)
              .isError();
      if (isNone) {
        return payload.remaining() + " bytes that are no text";
      }
      String read = text.flip().toString();
      int characters = read.codePointCount(0, read.length());
      return characters <= MOST_CHARACTERS && whole
          ? read
          : read.substring(0, read.offsetByCodePoints(0, Math.min(characters, MOST_CHARACTERS)))
              + "…";
    }

    /// The part; null when it is as it was.
    synchronized @Nullable Map<String, Object> news() {
      if (!isNew) {
        return null;
      }
      isNew = false;
      Map<String, Object> part = new LinkedHashMap<>();
      part.put("raised", raised);
      part.put("acknowledged", null);
      part.put("trail", trail());
      part.put("list", new ArrayList<>(alarms));
      return part;
    }

    private String trail() {
      String lost = missing == 0 ? "" : " " + missing + " packets are missing.";
      return refused.isEmpty() ? "Since this dashboard was started." + lost : refused + lost;
    }
  }
}
