package io.euryale.platform;

import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The small records of one life of one peer: a directory with a file for each record of each
/// traffic class, locked as long as this is open.
///
/// Everything is read when it is opened. Writes are done by a thread of their own, so that no loop
/// waits for a disk; what gathers while one is under way is written together, and of a record
/// given several times only the last value. When a write fails, every home that was given these
/// records stops with the reason: a peer that cannot remember what it promised must not promise
/// more.
///
/// Open it before the homes of a peer and close it after them. Any thread may call.
public final class Records implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Records.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /// A home, as far as records know it. Called on the writer's thread.
  interface Owner {
    /// One entry for each value that was given, in that order.
    void persisted(List<Integer> records);

    void recordsFailed(PlatformException failure);
  }

  /// The records of one traffic class. The lists are guarded by the lock.
  private static final class ClassRecords {
    final RecordFile[] files = new RecordFile[RecordFile.COUNT];
    final byte[] @Nullable [] atStart = new byte[RecordFile.COUNT] @Nullable [];
    final byte[] @Nullable [] waiting = new byte[RecordFile.COUNT] @Nullable [];
    List<Integer> given = new ArrayList<>();
    @Nullable Owner owner;
  }

  private final Path directory;
  private final DirectoryLock directoryLock;
  private final Map<TrafficClass, ClassRecords> classes = new EnumMap<>(TrafficClass.class);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Thread writer;
  private boolean closing;
  private volatile @Nullable PlatformException failure;

  private Records(Path directory, DirectoryLock directoryLock) throws IOException {
    this.directory = directory;
    this.directoryLock = directoryLock;
    for (TrafficClass trafficClass : TrafficClass.values()) {
      ClassRecords records = new ClassRecords();
      for (int i = 0; i < RecordFile.COUNT; i++) {
        records.files[i] = new RecordFile(directory, trafficClass, i);
        records.atStart[i] = records.files[i].read();
      }
      classes.put(trafficClass, records);
    }
    this.writer = Thread.ofPlatform().name("euryale-records").daemon().unstarted(this::run);
  }

  /// Reads and locks a directory, which is made when there is none.
  ///
  /// @throws PlatformException with exit code 3 when the directory is in use or cannot be used, or
  ///     a record is damaged
  public static Records open(Path directory) {
    DirectoryLock taken = null;
    Records opened = null;
    try {
      Files.createDirectories(directory);
      taken = DirectoryLock.take(directory);
      if (taken == null) {
        throw new PlatformException(
            PlatformException.ENVIRONMENT,
            "The directory '"
                + directory
                + "' is in use by another peer: stop that one, or give each peer a directory of"
                + " its own.");
      }
      Records records = new Records(directory, taken);
      records.writer.start();
      opened = records;
      return records;
    } catch (IOException e) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT,
          "The directory '"
              + directory
              + "' cannot hold records ("
              + PlatformException.reason(e)
              + "): name a directory that this process may create, read and write.");
    } finally {
      if (opened == null && taken != null) {
        close(taken);
      }
    }
  }

  /// Where the records are.
  public Path directory() {
    return directory;
  }

  /// Why records can no longer be written, or empty.
  public Optional<PlatformException> failure() {
    return Optional.ofNullable(failure);
  }

  // ---------------------------------------------------------------- for homes

  /// Tells who is to hear of the records of a class; one home at a time.
  void own(TrafficClass trafficClass, Owner owner) {
    lock.lock();
    try {
      of(trafficClass).owner = owner;
    } finally {
      lock.unlock();
    }
  }

  /// A copy of the record as it was when these records were opened; empty when there was none.
  ByteBuffer atStart(TrafficClass trafficClass, int record) {
    byte[] value = of(trafficClass).atStart[checked(record)];
    return value == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(value.clone());
  }

  /// Queues a value (position to limit, copied).
  void persist(TrafficClass trafficClass, int record, ByteBuffer value) {
    if (value.remaining() > RecordFile.MAX_BYTES) {
      throw new IllegalArgumentException("A record has at most 64 KiB, not " + value.remaining());
    }
    byte[] copy = new byte[value.remaining()];
    value.get(value.position(), copy);
    ClassRecords records = of(trafficClass);
    lock.lock();
    try {
      records.waiting[checked(record)] = copy;
      records.given.add(record);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private static int checked(int record) {
    if (record < 0 || record >= RecordFile.COUNT) {
      throw new IllegalArgumentException("A record has a number from 0 to 15, not " + record);
    }
    return record;
  }

  private ClassRecords of(TrafficClass trafficClass) {
    ClassRecords records = classes.get(trafficClass);
    if (records == null) {
      throw new IllegalArgumentException("No records of " + trafficClass);
    }
    return records;
  }

  // ---------------------------------------------------------------- the writer

  private record Told(Owner owner, List<Integer> records) {}

  private record Batch(Map<RecordFile, byte[]> values, List<Told> told) {}

  private void run() {
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      for (Batch batch = next(); batch != null; batch = next()) {
        for (Map.Entry<RecordFile, byte[]> value : batch.values.entrySet()) {
          value.getKey().write(value.getValue());
        }
        entries.force(true);
        batch.told.forEach(told -> told.owner.persisted(told.records));
      }
    } catch (IOException e) {
      failed(PlatformException.reason(e));
    } catch (InterruptedException e) {
      failed("the writer was interrupted");
    } catch (RuntimeException | Error e) {
      failed(e.toString());
      throw e;
    }
  }

  /// Everything that waits, or null at the end.
  private @Nullable Batch next() throws InterruptedException {
    Map<RecordFile, byte[]> values = new LinkedHashMap<>();
    List<Told> told = new ArrayList<>();
    lock.lock();
    try {
      while (classes.values().stream().allMatch(records -> records.given.isEmpty())) {
        if (closing) {
          return null;
        }
        work.await();
      }
      for (ClassRecords records : classes.values()) {
        for (int i = 0; i < RecordFile.COUNT; i++) {
          byte[] value = records.waiting[i];
          if (value != null) {
            values.put(records.files[i], value);
            records.waiting[i] = null;
          }
        }
        Owner owner = records.owner;
        if (owner != null && !records.given.isEmpty()) {
          told.add(new Told(owner, records.given));
        }
        records.given = new ArrayList<>();
      }
    } finally {
      lock.unlock();
    }
    return new Batch(values, told);
  }

  private void failed(String reason) {
    PlatformException why =
        new PlatformException(
            PlatformException.ENVIRONMENT,
            "Records cannot be written to '"
                + directory
                + "' any more ("
                + reason
                + "), so this peer stops: make room there or mend the disk, then start it again."
                + " Nothing that it confirmed is lost.");
    failure = why;
    List<Owner> owners = new ArrayList<>();
    lock.lock();
    try {
      for (ClassRecords records : classes.values()) {
        if (records.owner != null) {
          owners.add(records.owner);
        }
      }
    } finally {
      lock.unlock();
    }
    owners.forEach(owner -> owner.recordsFailed(why));
  }

  /// Writes what waits, for up to 5 s, and lets go of the directory.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!writer.join(CLOSE_LIMIT)) {
        LOG.warn("Records are still being written to {}", directory);
        return; // The directory stays locked: another peer must not mix its records in.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    close(directoryLock);
  }

  private static void close(DirectoryLock held) {
    try {
      held.close();
    } catch (IOException e) {
      LOG.warn("A directory stays locked until this process ends: {}", e.toString());
    }
  }
}
