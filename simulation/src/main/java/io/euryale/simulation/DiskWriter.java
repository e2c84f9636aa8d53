package io.euryale.simulation;

import io.euryale.kernel.DatagramCore;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Writes the records of one core in one life, one after the other: each write takes a drawn time
/// until it is on disk. A death leaves of the unfinished writes what chance leaves.
final class DiskWriter {

  private static final long SHORTEST_NANOS = 100_000L;
  private static final long USUAL_NANOS = 1_000_000L;
  private static final long LONG_NANOS = 20_000_000L;
  private static final long LONGEST_NANOS = 200_000_000L;

  /// The longest a slow disk takes.
  private static final long SLOWEST_NANOS = 10_000_000_000L;

  private final Simulation simulation;
  private final SimDisk disk;
  private final Loop loop;
  private final SplittableRandom random;
  private final ArrayDeque<Write> waiting = new ArrayDeque<>();
  private @Nullable Write underWay;

  DiskWriter(Simulation simulation, SimDisk disk, Loop loop, SplittableRandom random) {
    this.simulation = simulation;
    this.disk = disk;
    this.loop = loop;
    this.random = random;
  }

  void write(int record, ByteBuffer value) {
    waiting.add(new Write(record, value));
    if (underWay == null) {
      begin();
    }
  }

  /// The process died: a write under way is there or not, and the machine may have got to some of
  /// those that waited.
  void die() {
    Write write = underWay;
    if (write != null && random.nextBoolean()) {
      disk.replace(loop.trafficClass(), write.record, write.value);
    }
    for (Write later : waiting) {
      if (!later.covered && random.nextInt(4) == 0) {
        disk.replace(loop.trafficClass(), later.record, later.value);
      }
    }
    underWay = null;
    waiting.clear();
  }

  /// The disk is no longer slow: what it is at ends within a usual time.
  void hurry() {
    Write write = underWay;
    if (write != null) {
      schedule(write);
    }
  }

  private void begin() {
    Write next = waiting.poll();
    while (next != null && next.covered) {
      loop.enqueue(new Persisted(loop, next.record));
      next = waiting.poll();
    }
    underWay = next;
    if (next != null) {
      // One file for each record, replaced by its latest value: the later calls for this record
      // find their work done when their turn comes.
      for (Write later : waiting) {
        if (later.record == next.record) {
          next.value = later.value;
          later.covered = true;
        }
      }
      schedule(next);
    }
  }

  private void schedule(Write write) {
    int attempt = ++write.attempt;
    simulation.schedule(
        simulation.now() + durationNanos(),
        new Event() {
          @Override
          void fire() {
            if (underWay == write && write.attempt == attempt) {
              done(write);
            }
          }
        });
  }

  private void done(Write write) {
    disk.replace(loop.trafficClass(), write.record, write.value);
    loop.enqueue(new Persisted(loop, write.record));
    begin();
  }

  private long durationNanos() {
    long usual = usualNanos();
    ActiveFault slow = disk.slow();
    if (slow == null) {
      return usual;
    }
    slow.tookEffect();
    // Every order of magnitude up to the slowest is as likely as the others.
    return slow.draw(Math.max(USUAL_NANOS, SLOWEST_NANOS >> (slow.draw(12) - 1)));
  }

  private long usualNanos() {
    int draw = random.nextInt(1000);
    if (draw < 950) {
      return random.nextLong(SHORTEST_NANOS, USUAL_NANOS + 1);
    }
    return draw < 995
        ? random.nextLong(USUAL_NANOS, LONG_NANOS + 1)
        : random.nextLong(LONG_NANOS, LONGEST_NANOS + 1);
  }

  private static final class Write {
    final int record;
    ByteBuffer value;

    /// An earlier write has its value too.
    boolean covered;

    int attempt;

    Write(int record, ByteBuffer value) {
      this.record = record;
      this.value = value;
    }
  }

  private record Persisted(Loop loop, int record) implements Input {
    @Override
    public void handle(long nowNanos) {
      if (loop.core() instanceof DatagramCore core) {
        core.persisted(nowNanos, record);
      }
    }

    @Override
    public long digest() {
      return 11 + ((long) record << 8);
    }
  }
}
