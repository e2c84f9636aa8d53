package io.euryale.console;

import io.euryale.peer.StreamHandler;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/// Counts the packets of all streams of a subscription, and prints them if wanted. Called on one
/// thread at a time.
final class Tail implements StreamHandler {

  private final PrintWriter out;
  private final boolean print;
  private final boolean json;
  private final long limit;
  private final CountDownLatch limitReached = new CountDownLatch(1);
  private final Map<String, Counts> streams = new TreeMap<>();
  private long packets;
  private long missing;
  private String refusal = "";

  private static final class Counts {
    long packets;
    long bytes;
    long missing;
    long lives;
    long epoch;
  }

  /// @param limit packets after which nothing more is counted or printed
  Tail(PrintWriter out, boolean print, boolean json, long limit) {
    this.out = out;
    this.print = print;
    this.json = json;
    this.limit = limit;
  }

  /// Reached when [#packet] has counted as many packets as were asked for, or cannot print them, or
  /// none may come.
  CountDownLatch limitReached() {
    return limitReached;
  }

  @Override
  public synchronized void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    if (packets >= limit) {
      return;
    }
    packets++;
    Counts counts = of(stream, epoch);
    counts.packets++;
    counts.bytes += payload.remaining();
    if (print) {
      print(stream, epoch, sequence, payload);
    }
    // Nobody reads any more, as behind `head`: printing on would fill nothing but time.
    boolean closed = print && out.checkError();
    if (packets == limit || closed) {
      limitReached.countDown();
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

  private void print(String stream, long epoch, long sequence, ByteBuffer payload) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "packet");
      line.put("stream", stream);
      line.put("epoch", epoch);
      line.put("sequence", sequence);
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
      out.println(stream + " " + sequence + " " + text.replaceAll("\\p{Cntrl}", "\uFFFD"));
    }
    out.flush();
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
