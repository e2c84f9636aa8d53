package io.euryale.console;

import io.euryale.peer.StreamHandler;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/// Counts the packets of all streams of a subscription, and prints them if wanted. Called on one
/// thread at a time.
final class Tail implements StreamHandler {

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean print;
  private final boolean showsAge;
  private final boolean json;
  private final long limit;
  private final CountDownLatch limitReached = new CountDownLatch(1);
  private final Map<String, Counts> streams = new TreeMap<>();
  private long packets;
  private long missing;
  private long refused;
  private long late;
  private long expired;
  private long deadlinesMissed;
  private String refusal = "";

  private static final class Counts {
    long packets;
    long bytes;
    long missing;
    long lives;
    long epoch;
  }

  /// @param showsAge whether lines of text tell the age of packets, as those of JSON always do
  /// @param limit packets after which nothing more is counted or printed
  Tail(
      PrintWriter out, PrintWriter err, boolean print, boolean showsAge, boolean json, long limit) {
    this.showsAge = showsAge;
    this.out = out;
    this.err = err;
    this.print = print;
    this.json = json;
    this.limit = limit;
  }

  /// Reached when [#packet] has counted as many packets as were asked for, of which the last may
  /// not be printed yet, or cannot print them, or none may come.
  CountDownLatch limitReached() {
    return limitReached;
  }

  /// What comes is taken by the other method.
  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {}

  @Override
  public void packet(StreamPacket packet, boolean isLate, ByteBuffer payload) {
    synchronized (this) {
      if (packets >= limit) {
        return;
      }
      packets++;
      late += isLate ? 1 : 0;
      Counts counts = of(packet.stream(), packet.epoch());
      counts.packets++;
      counts.bytes += payload.remaining();
      if (packets == limit) {
        limitReached.countDown();
      }
    }
    if (print) {
      // Without the lock: output that blocks must not keep the command from its end.
      print(packet, isLate, payload);
      if (out.checkError()) {
        // Nobody reads any more, as behind `head`: printing on would fill nothing but time.
        limitReached.countDown();
      }
    }
  }

  @Override
  public synchronized void gap(String stream, long epoch, long from, long to) {
    if (packets < limit) {
      missing += to - from + 1;
      of(stream, epoch).missing += to - from + 1;
    }
  }

  @Override
  public void refused(String stream, StreamQos.Mismatch mismatch) {
    synchronized (this) {
      refused++;
    }
    tell(err, stream, mismatch);
  }

  static void tell(PrintWriter err, String stream, StreamQos.Mismatch mismatch) {
    err.println("euryale: " + Plain.text(mismatch.sentence(stream)));
    err.flush();
  }

  @Override
  public synchronized void expired(StreamPacket packet) {
    expired++;
  }

  @Override
  public synchronized void deadlineMissed(String stream, Duration silent) {
    deadlinesMissed++;
  }

  synchronized long refused() {
    return refused;
  }

  @Override
  public synchronized void forbidden(String pattern, String sentence) {
    refusal = sentence;
    limitReached.countDown();
  }

  /// What the table of rights refused; "" when it refused nothing.
  synchronized String refusal() {
    return refusal;
  }

  private Counts of(String stream, long epoch) {
    Counts counts = streams.computeIfAbsent(stream, _ -> new Counts());
    if (counts.epoch != epoch) {
      counts.epoch = epoch;
      counts.lives++;
    }
    return counts;
  }

  private void print(StreamPacket packet, boolean isLate, ByteBuffer payload) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "packet");
      line.put("stream", packet.stream());
      line.put("epoch", packet.epoch());
      line.put("sequence", packet.sequence());
      line.put("ageMicros", packet.ageNanos() / 1_000);
      line.put("late", isLate);
      if (packet.kept()) {
        line.put("kept", true);
      }
      if (packet.skipped() > 0) {
        line.put("skipped", packet.skipped());
      }
      if (!packet.type().isEmpty()) {
        line.put("type", packet.type());
      }
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(payload.duplicate()).toString();
        line.put("text", text);
      } catch (CharacterCodingException _) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        line.put("base64", Base64.getEncoder().encodeToString(bytes));
      }
      out.println(Json.line(line));
    } else {
      String text = StandardCharsets.UTF_8.decode(payload).toString();
      // Payloads come from outside: nothing in them may steer the terminal.
      out.println(
          Plain.text(packet.stream())
              + " "
              + packet.sequence()
              + " "
              + (showsAge ? about(packet, isLate) : "")
              + Plain.text(text));
    }
    out.flush();
  }

  private static String about(StreamPacket packet, boolean isLate) {
    return "["
        + packet.ageNanos() / 1_000_000
        + " ms"
        + (isLate ? ", late" : "")
        + (packet.kept() ? ", kept" : "")
        + (packet.skipped() > 0 ? ", " + packet.skipped() + " skipped" : "")
        + "] ";
  }

  synchronized long packets() {
    return packets;
  }

  synchronized long missing() {
    return missing;
  }

  /// Prints the counts of each stream.
  synchronized void report(long duplicates) {
    if (json) {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("event", "summary");
      summary.put("packets", packets);
      summary.put("missing", missing);
      summary.put("refused", refused);
      summary.put("late", late);
      summary.put("expired", expired);
      summary.put("deadlines_missed", deadlinesMissed);
      summary.put("duplicates_discarded", duplicates);
      summary.put("streams", streams.entrySet().stream().map(Tail::line).toList());
      out.println(Json.line(summary));
    } else {
      TextTable table = new TextTable("STREAM", "PACKETS", "BYTES", "MISSING", "LIVES");
      streams.forEach(
          (name, counts) ->
              table.row(name, counts.packets, counts.bytes, counts.missing, counts.lives));
      out.print(table);
      out.printf(
          "%d packets of %d streams, %d missing, %d repetitions discarded.%n",
          packets, streams.size(), missing, duplicates);
      if (late + expired + deadlinesMissed > 0) {
        out.printf(
            "%d came late, %d outlived their lifespan, %d deadlines passed.%n",
            late, expired, deadlinesMissed);
      }
    }
    out.flush();
  }

  private static Map<String, Object> line(Map.Entry<String, Counts> entry) {
    Counts counts = entry.getValue();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("stream", entry.getKey());
    line.put("packets", counts.packets);
    line.put("bytes", counts.bytes);
    line.put("missing", counts.missing);
    line.put("lives", counts.lives);
    return line;
  }
}
