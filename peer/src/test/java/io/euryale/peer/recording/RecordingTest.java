package io.euryale.peer.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.StreamPublisher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {

  @TempDir Path folder;

  private final AtomicLong clock = new AtomicLong(1_000);
  private final RecordingLimits small =
      new RecordingLimits(64 << 10, Duration.ofSeconds(60), Duration.ofHours(1));

  private Recorder recorder(RecordingLimits limits) throws IOException {
    return new Recorder(folder, limits, clock::get);
  }

  private static void packets(Recorder recorder, int from, int to) {
    StreamHandler handler = recorder.of(TrafficClass.ALARM);
    for (int i = from; i <= to; i++) {
      handler.packet("a/b", 7, i, ByteBuffer.wrap(("p" + i).getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static String text(Recorded record) {
    return switch (record) {
      case Recorded.Packet packet ->
          packet.sequence() + " " + StandardCharsets.UTF_8.decode(packet.payload().duplicate());
      case Recorded.Gap gap -> "gap " + gap.from() + "-" + gap.to();
    };
  }

  private List<String> read() throws IOException {
    try (Recording recording = Recording.open(folder)) {
      return rest(recording);
    }
  }

  private static List<String> rest(Recording recording) throws IOException {
    List<String> rest = new ArrayList<>();
    for (Recorded next = recording.next(); next != null; next = recording.next()) {
      rest.add(text(next));
    }
    return rest;
  }

  private long damaged() throws IOException {
    try (Recording recording = Recording.open(folder)) {
      while (recording.next() != null) {}
      return recording.damaged();
    }
  }

  @Test
  void what_is_recorded_is_read_with_all_that_belongs_to_it() throws IOException {
    try (Recorder recorder = recorder(RecordingLimits.DEFAULTS)) {
      packets(recorder, 1, 2);
      recorder.of(TrafficClass.NORMAL).gap("c", 9, 4, 6);
      assertThat(recorder.state().packets()).isEqualTo(2);
      assertThat(recorder.state().missing()).isEqualTo(3);
    }
    try (Recording recording = Recording.open(folder)) {
      Recorded first = recording.next();
      assertThat(first).isInstanceOf(Recorded.Packet.class);
      if (first instanceof Recorded.Packet packet) {
        assertThat(packet.atMillis()).isEqualTo(1_000);
        assertThat(packet.trafficClass()).isEqualTo(TrafficClass.ALARM);
        assertThat(packet.stream()).isEqualTo("a/b");
        assertThat(packet.epoch()).isEqualTo(7);
        assertThat(packet.payload().isReadOnly()).isTrue();
      }
      assertThat(recording.next()).isNotNull();
      assertThat(recording.next())
          .isEqualTo(new Recorded.Gap(1_000, TrafficClass.NORMAL, "c", 9, 4, 6));
      assertThat(recording.next()).isNull();
      assertThat(recording.torn()).isZero();
    }
  }

  @Test
  void the_largest_payload_is_read_again_and_a_larger_one_is_told_as_missing() throws IOException {
    int largest = StreamPublisher.MAX_PAYLOAD_BYTES;
    try (Recorder recorder = recorder(RecordingLimits.DEFAULTS)) {
      StreamHandler handler = recorder.of(TrafficClass.NORMAL);
      handler.packet("n".repeat(200), 7, 1, ByteBuffer.allocate(largest));
      handler.packet("a", 7, 2, ByteBuffer.allocate(largest + 1));
      packets(recorder, 3, 3);
      assertThat(recorder.state().packets()).isEqualTo(2);
      assertThat(recorder.state().missing()).isEqualTo(1);
    }
    try (Recording recording = Recording.open(folder)) {
      assertThat(recording.next())
          .isInstanceOfSatisfying(
              Recorded.Packet.class,
              packet -> assertThat(packet.payload().remaining()).isEqualTo(largest));
      assertThat(recording.next())
          .isEqualTo(new Recorded.Gap(1_000, TrafficClass.NORMAL, "a", 7, 2, 2));
      assertThat(recording.next()).isInstanceOf(Recorded.Packet.class);
      assertThat(recording.torn()).isZero();
    }
  }

  @Test
  void what_two_subscriptions_select_is_recorded_once() throws IOException {
    try (Recorder recorder = recorder(RecordingLimits.DEFAULTS)) {
      packets(recorder, 1, 3);
      packets(recorder, 2, 3);
      StreamHandler one = recorder.of(TrafficClass.ALARM);
      one.gap("a/b", 7, 4, 6);
      one.gap("a/b", 7, 4, 6);
      packets(recorder, 7, 7);
      one.packet("a/b", 8, 1, ByteBuffer.allocate(0));
      recorder.of(TrafficClass.NORMAL).packet("a/b", 7, 1, ByteBuffer.allocate(0));
      packets(recorder, 7, 7);
      assertThat(recorder.state().packets()).isEqualTo(6);
      assertThat(recorder.state().missing()).isEqualTo(3);
    }
    assertThat(read()).containsExactly("1 p1", "2 p2", "3 p3", "gap 4-6", "7 p7", "1 ", "1 ");
  }

  @Test
  void the_size_stays_within_its_limit_and_the_newest_is_kept() throws IOException {
    try (Recorder recorder = recorder(small)) {
      for (int i = 1; i <= 20_000; i++) {
        packets(recorder, i, i);
        assertThat(recorder.state().bytes()).isLessThanOrEqualTo(small.bytes());
      }
      assertThat(recorder.state().deleted()).isPositive();
    }
    List<String> kept = read();
    assertThat(kept.getLast()).isEqualTo("20000 p20000");
    int first = Integer.parseInt(kept.getFirst().split(" ")[0]);
    assertThat(kept).as("without a hole").hasSize(20_000 - first + 1);
    assertThat(kept.size()).as("and not much less than the limit").isGreaterThan(800);
  }

  @Test
  void what_is_too_old_goes() throws IOException {
    try (Recorder recorder = recorder(small)) {
      for (int second = 0; second < 200; second++) {
        clock.addAndGet(1_000);
        packets(recorder, second, second);
      }
    }
    List<String> kept = read();
    assertThat(kept.getLast()).isEqualTo("199 p199");
    assertThat(kept).as("60 s, and what is deleted a segment at a time").hasSizeBetween(60, 72);
  }

  @Test
  void what_is_too_old_goes_in_a_pause() throws IOException {
    try (Recorder recorder = recorder(small)) {
      for (int second = 0; second < 10; second++) {
        clock.addAndGet(1_000);
        packets(recorder, second, second);
      }
      try (Recording before = Recording.open(folder)) {
        assertThat(before.next()).isNotNull();
        clock.addAndGet(60_000);
        recorder.tick();
        assertThat(read()).as("with the last record").endsWith("9 p9").hasSizeLessThan(10);
        clock.addAndGet(1);
        recorder.tick();
        assertThat(read()).isEmpty();
        assertThat(rest(before)).as("of the segment that is open").startsWith("1 p1", "2 p2");
        assertThat(before.torn() + before.damaged()).isZero();
      }
      long deleted = recorder.state().deleted();
      clock.addAndGet(3_600_000);
      recorder.tick();
      recorder.tick();
      assertThat(recorder.state().deleted()).as("an empty segment stays").isEqualTo(deleted);
      assertThat(Recording.segments(folder)).hasSize(1);
      packets(recorder, 10, 11);
      assertThat(read()).containsExactly("10 p10", "11 p11");
    }
  }

  @Test
  void what_comes_after_a_pause_does_not_keep_what_came_before() throws IOException {
    try (Recorder recorder = recorder(small)) {
      packets(recorder, 1, 1);
      clock.addAndGet(60_001);
      packets(recorder, 2, 2);
      assertThat(read()).containsExactly("2 p2");
    }
  }

  @Test
  void reading_may_begin_with_the_segment_of_a_time() throws IOException {
    for (int life = 1; life <= 3; life++) { // Each begins a segment.
      try (Recorder recorder = recorder(RecordingLimits.DEFAULTS)) {
        packets(recorder, life, life);
      }
    }
    List<Path> segments = Recording.segments(folder);
    for (int i = 0; i < segments.size(); i++) {
      Files.setLastModifiedTime(segments.get(i), FileTime.fromMillis(10_000L * (i + 1)));
    }
    try (Recording recording = Recording.open(folder, 20_000)) {
      Recorded first = recording.next();
      assertThat(first == null ? "" : text(first)).isEqualTo("2 p2");
    }
    try (Recording recording = Recording.open(folder, 30_001)) {
      assertThat(recording.next()).isNull();
    }
  }

  @Test
  void what_a_crash_tears_off_is_the_end_of_a_segment_and_the_next_recorder_goes_on()
      throws IOException {
    Recorder crashed = recorder(RecordingLimits.DEFAULTS);
    packets(crashed, 1, 3);
    crashed.close();
    Path segment = Recording.segments(folder).getFirst();
    byte[] whole = Files.readAllBytes(segment);
    int record = (whole.length - Recorder.MAGIC.length) / 3;
    for (int cut = 0; cut <= whole.length; cut++) {
      Files.write(segment, Arrays.copyOf(whole, cut));
      int expected = Math.max(0, (cut - Recorder.MAGIC.length) / record);
      assertThat(read()).as("cut at %d", cut).hasSize(expected);
      assertThat(damaged()).as("cut at %d", cut).isZero();
    }
    Files.write(segment, Arrays.copyOf(whole, whole.length + 100));
    assertThat(read()).as("zeros at the end").hasSize(3);
    assertThat(damaged()).isZero();
    Files.write(segment, Arrays.copyOf(whole, whole.length - 1));
    try (Recorder again = recorder(RecordingLimits.DEFAULTS)) {
      packets(again, 4, 4);
    }
    assertThat(read()).containsExactly("1 p1", "2 p2", "4 p4");
  }

  @Test
  void a_flipped_bit_ends_its_segment_and_is_counted() throws IOException {
    try (Recorder recorder = recorder(RecordingLimits.DEFAULTS)) {
      packets(recorder, 1, 1);
    }
    Path segment = Recording.segments(folder).getFirst();
    byte[] whole = Files.readAllBytes(segment);
    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 0x20;
      Files.write(segment, flipped);
      try (Recording recording = Recording.open(folder)) {
        assertThat(recording.next()).as("byte %d", i).isNull();
        // A length that leads behind the end of the segment looks like one that was torn off.
        int torn = i == Recorder.MAGIC.length + 1 || i == Recorder.MAGIC.length + 2 ? 1 : 0;
        assertThat(recording.torn()).as("byte %d", i).isEqualTo(torn);
        assertThat(recording.damaged()).as("byte %d", i).isEqualTo(1 - torn);
      }
    }
  }

  @Test
  void each_packet_is_forced_by_itself_when_that_is_asked_for() throws IOException {
    RecordingLimits forced = new RecordingLimits(64 << 10, Duration.ofSeconds(60), Duration.ZERO);
    try (Recorder recorder = recorder(forced)) {
      packets(recorder, 1, 3);
      assertThat(read()).as("while it is written").containsExactly("1 p1", "2 p2", "3 p3");
    }
  }

  @Test
  void two_recorders_do_not_share_a_folder() throws IOException {
    try (Recorder _ = recorder(small)) {
      assertThatThrownBy(() -> recorder(small)).isInstanceOf(IOException.class);
    }
    recorder(small).close();
  }

  @Test
  void files_that_are_no_segments_are_left_alone() throws IOException {
    Path other = folder.resolve("notes.rec");
    Files.writeString(other, "mine", StandardOpenOption.CREATE);
    try (Recorder recorder = recorder(small)) {
      packets(recorder, 1, 30_000);
    }
    assertThat(other).hasContent("mine");
    assertThat(read()).isNotEmpty();
  }

  @Test
  void a_folder_without_a_recording_is_said_so() {
    assertThatThrownBy(() -> Recording.open(folder)).hasMessageContaining("no recording");
    assertThatThrownBy(() -> Recording.open(folder.resolve("none")))
        .isInstanceOf(IOException.class);
  }
}
