package io.euryale.peer.recording;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.StreamPublisher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/// Records streams into a folder. Subscribe with [#of] for each class, and with an executor, as
/// writing waits for the disk.
///
/// ## What is promised
///
/// Records are written in the order in which they come and are not in memory only once the handler
/// has returned: the end of the process loses none of them. The end of the machine loses at most
/// what came within [RecordingLimits#force]. A packet counts as delivered when it is handed over,
/// which is before it is written; who must not lose one to the failure of a recorder runs two. A
/// disk that fails ends the recording: [State#failure] says why, and nothing is recorded from then
/// on. A payload larger than any publisher sends is recorded as missing.
///
/// Safe for all threads.
public final class Recorder implements AutoCloseable {

  static final byte[] MAGIC = {'E', 'U', 'R', 'Y', 'R', 'E', 'C', '1'};
  static final String SUFFIX = ".rec";
  private static final String LOCK = "recorder.lock";

  /// Lives of streams of which the last sequence is remembered; the idlest is forgotten first.
  private static final int MOST_LIVES = 10_000;

  /// A finished segment, or the one being written.
  private record Segment(Path file, long number, long bytes, long lastMillis) {}

  /// A life of a stream.
  private record Life(TrafficClass trafficClass, String stream, long epoch) {}

  private final Path folder;
  private final RecordingLimits limits;
  private final LongSupplier clock;
  private final FileChannel lockFile;
  private final Deque<Segment> finished = new ArrayDeque<>();
  private final Map<Life, Long> lives =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Life, Long> eldest) {
          return size() > MOST_LIVES;
        }
      };
  private FileChannel out;
  private Path file;
  private long number;
  private long bytes;
  private long firstMillis;
  private long lastMillis;
  private long forcedMillis;
  private boolean dirty;
  private long packets;
  private long missing;
  private long deleted;
  private String failure = "";
  private String refusal = "";

  /// Begins a new segment in a folder, which is made when there is none; what is there already
  /// stays, within the limits.
  ///
  /// @throws IOException when the folder cannot be written, or another process records into it
  public static Recorder open(Path folder, RecordingLimits limits) throws IOException {
    return new Recorder(folder, limits, System::currentTimeMillis);
  }

  Recorder(Path folder, RecordingLimits limits, LongSupplier clock) throws IOException {
    this.folder = folder;
    this.limits = limits;
    this.clock = clock;
    Files.createDirectories(folder);
    lockFile =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      FileLock lock = lockFile.tryLock();
      if (lock == null) {
        throw new IOException("another process records into " + folder);
      }
      for (Path segment : Recording.segments(folder)) {
        number = Recording.number(segment);
        long last = Files.getLastModifiedTime(segment).toMillis();
        finished.addLast(new Segment(segment, number, Files.size(segment), last));
      }
      file = segmentFile(number + 1);
      out = begin();
      opened = true;
    } catch (OverlappingFileLockException e) {
      throw new IOException("this process records into " + folder + " already", e);
    } finally {
      if (!opened) {
        lockFile.close();
      }
    }
    deleteOld(clock.getAsLong());
  }

  private Path segmentFile(long ofNumber) {
    return folder.resolve(String.format(Locale.ROOT, "%020d", ofNumber) + SUFFIX);
  }

  private FileChannel begin() throws IOException {
    number++;
    file = segmentFile(number);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    int _ = channel.write(ByteBuffer.wrap(MAGIC));
    bytes = MAGIC.length;
    forcedMillis = clock.getAsLong();
    return channel;
  }

  /// What to subscribe to streams of a class with: what several subscriptions of it select is
  /// recorded once.
  public StreamHandler of(TrafficClass trafficClass) {
    return new StreamHandler() {
      @Override
      public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
        long now = clock.getAsLong();
        write(
            payload.remaining() > StreamPublisher.MAX_PAYLOAD_BYTES
                ? new Recorded.Gap(now, trafficClass, stream, epoch, sequence, sequence)
                : new Recorded.Packet(now, trafficClass, stream, epoch, sequence, payload));
      }

      @Override
      public void gap(String stream, long epoch, long from, long to) {
        write(new Recorded.Gap(clock.getAsLong(), trafficClass, stream, epoch, from, to));
      }

      @Override
      public void forbidden(String pattern, String sentence) {
        forbid(sentence);
      }
    };
  }

  private synchronized void forbid(String sentence) {
    refusal = sentence;
  }

  /// Writes what comes behind all that is recorded of this life of its stream, as each subscription
  /// tells it in order.
  private synchronized void write(Recorded record) {
    if (!failure.isEmpty() || !out.isOpen()) {
      return;
    }
    long last =
        switch (record) {
          case Recorded.Packet packet -> packet.sequence();
          case Recorded.Gap gap -> gap.to();
        };
    Life life = new Life(record.trafficClass(), record.stream(), record.epoch());
    Long before = lives.get(life);
    if (before != null && last <= before) {
      return;
    }
    lives.put(life, last);
    try {
      ByteBuffer encoded = RecordCodec.encode(record);
      int length = encoded.remaining();
      long now = record.atMillis();
      boolean full = bytes + length > limits.segmentBytes() && bytes > MAGIC.length;
      if (full || isLong(now)) {
        turn(now);
      }
      firstMillis = bytes == MAGIC.length ? now : firstMillis;
      lastMillis = now;
      while (encoded.hasRemaining()) {
        int _ = out.write(encoded);
      }
      bytes += length;
      dirty = true;
      switch (record) {
        case Recorded.Packet _ -> packets++;
        case Recorded.Gap gap -> missing += gap.to() - gap.from() + 1;
      }
      if (now - forcedMillis >= limits.force().toMillis()) {
        force();
      }
    } catch (IOException e) {
      failure = "The recording ends: " + e.getMessage();
    }
  }

  /// Forces what is written onto the disk, and deletes what is too old, when it is time to; for
  /// quiet streams, from outside.
  public synchronized void tick() {
    try {
      long now = clock.getAsLong();
      if (failure.isEmpty() && out.isOpen()) {
        if (isLong(now)) {
          turn(now);
        } else if (dirty && now - forcedMillis >= limits.force().toMillis()) {
          force();
        }
        deleteOld(now);
      }
    } catch (IOException e) {
      failure = "The recording ends: " + e.getMessage();
    }
  }

  private void force() throws IOException {
    out.force(false);
    dirty = false;
    forcedMillis = clock.getAsLong();
  }

  /// Whether the segment being written began so long ago that it ends; an empty one never does.
  private boolean isLong(long now) {
    return bytes > MAGIC.length && now - firstMillis > limits.segmentMillis();
  }

  /// Ends the segment being written, which is as old as its last record, and begins the next. What
  /// is too old goes after that: who looks at the folder always finds a segment.
  private void turn(long now) throws IOException {
    force();
    out.close();
    finished.addLast(new Segment(file, number, bytes, lastMillis));
    out = begin();
    deleteOld(now);
  }

  private void deleteOld(long now) throws IOException {
    long kept = bytes + finished.stream().mapToLong(Segment::bytes).sum();
    for (Segment first = finished.peekFirst(); first != null; first = finished.peekFirst()) {
      boolean tooMuch = kept + limits.segmentBytes() > limits.bytes();
      boolean tooOld = now - first.lastMillis() > limits.age().toMillis();
      if (!tooMuch && !tooOld) {
        return;
      }
      Files.deleteIfExists(first.file());
      kept -= first.bytes();
      finished.removeFirst();
      deleted++;
    }
  }

  /// How the recording is.
  ///
  /// @param packets recorded by this recorder
  /// @param missing packets that were told as missing
  /// @param bytes of the recording as it is now
  /// @param deleted segments that the limits have cost
  /// @param failure why nothing is recorded any more, one sentence; empty when it goes on
  /// @param refusal what the table of rights does not allow to record, one sentence; empty when it
  ///     refused nothing
  public record State(
      long packets, long missing, long bytes, long deleted, String failure, String refusal) {}

  public synchronized State state() {
    List<Segment> all = new ArrayList<>(finished);
    long sum = bytes + all.stream().mapToLong(Segment::bytes).sum();
    return new State(packets, missing, sum, deleted, failure, refusal);
  }

  /// Forces everything onto the disk and ends.
  @Override
  public synchronized void close() throws IOException {
    try {
      if (out.isOpen()) {
        out.force(true);
        out.close();
      }
    } finally {
      lockFile.close();
    }
  }
}
