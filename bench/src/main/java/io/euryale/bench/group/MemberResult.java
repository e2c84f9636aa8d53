package io.euryale.bench.group;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// What one member reports of one run.
///
/// @param sent messages it sent, before, in and after what is measured
/// @param total messages delivered to it until everything had come or no more came
/// @param counts messages delivered to it in the measured time, by sender
/// @param order equal at all members that were delivered the same in the same order
/// @param outOfOrder deliveries that were not the next message of their sender
/// @param cpuSeconds processor time in the measured time
/// @param packets that it sent in the measured time, -1 when unknown
/// @param own latency of own messages, nanoseconds
/// @param remote latency of other members' messages
/// @param late how late its sender was
record MemberResult(
    long sent,
    long total,
    List<Long> counts,
    long order,
    long outOfOrder,
    double cpuSeconds,
    long packets,
    Histogram own,
    Histogram remote,
    Histogram late) {

  static final String WORD = "result";

  /// Messages delivered to it in the measured time.
  long delivered() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  String line(int run) {
    return String.join(
        " ",
        WORD,
        Integer.toString(run),
        "sent=" + sent,
        "total=" + total,
        "counts=" + counts.stream().map(String::valueOf).collect(Collectors.joining(",")),
        "order=" + order,
        "outOfOrder=" + outOfOrder,
        "cpu=" + cpuSeconds,
        "packets=" + packets,
        "own=" + text(own),
        "remote=" + text(remote),
        "late=" + text(late));
  }

  /// @throws DataFormatException when a histogram is damaged
  static MemberResult of(String line) throws DataFormatException {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String word : line.split(" ")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        fields.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return new MemberResult(
        Long.parseLong(field(fields, "sent")),
        Long.parseLong(field(fields, "total")),
        Arrays.stream(field(fields, "counts").split(",")).map(Long::valueOf).toList(),
        Long.parseLong(field(fields, "order")),
        Long.parseLong(field(fields, "outOfOrder")),
        Double.parseDouble(field(fields, "cpu")),
        Long.parseLong(field(fields, "packets")),
        histogram(field(fields, "own")),
        histogram(field(fields, "remote")),
        histogram(field(fields, "late")));
  }

  private static String field(Map<String, String> fields, String name) {
    return fields.getOrDefault(name, "0");
  }

  private static String text(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    // Without padding there is no '=' in the value.
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  private static Histogram histogram(String text) throws DataFormatException {
    return Histogram.decodeFromCompressedByteBuffer(
        ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
  }
}
