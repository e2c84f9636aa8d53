package io.euryale.peer.recording;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads a recording from its beginning to its end, also while it is written: what was there when
/// the last segment was reached is read. Belongs to one thread.
public final class Recording implements AutoCloseable {

  private final List<Path> segments;
  private int next;
  private @Nullable DataInputStream in;
  private long torn;
  private long damaged;

  /// Opens the recording in a folder.
  ///
  /// @throws IOException when there is none; the message says so
  public static Recording open(Path folder) throws IOException {
    List<Path> segments = segments(folder);
    if (segments.isEmpty()) {
      throw new NoSuchFileException(folder.toString(), null, "there is no recording in it");
    }
    return new Recording(segments);
  }

  /// Opens it without the segments that ended before a time; the first one left may begin before.
  ///
  /// @param fromMillis since 1970, by the clock of the files
  /// @return without any record when all of them ended before
  /// @throws IOException when there is no such folder, or it cannot be read
  public static Recording open(Path folder, long fromMillis) throws IOException {
    List<Path> left = new ArrayList<>();
    for (Path segment : segments(folder)) {
      try {
        if (Files.getLastModifiedTime(segment).toMillis() >= fromMillis) {
          left.add(segment);
        }
      } catch (NoSuchFileException _) {
        // Too old by now.
      }
    }
    return new Recording(left);
  }

  private Recording(List<Path> segments) {
    this.segments = segments;
  }

  static List<Path> segments(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]{20}\\.rec"))
          .sorted()
          .toList();
    }
  }

  static long number(Path segment) {
    return Long.parseLong(segment.getFileName().toString().substring(0, 20));
  }

  /// The next record; null after the last.
  ///
  /// @throws IOException when the disk cannot be read; a torn end of a segment or damage is no
  /// error
  public @Nullable Recorded next() throws IOException {
    while (true) {
      DataInputStream from = in;
      if (from == null) {
        if (next == segments.size()) {
          return null;
        }
        in = opened(segments.get(next++));
      } else {
        Recorded record = read(from);
        if (record != null) {
          return record;
        }
        from.close();
        in = null;
      }
    }
  }

  /// A segment from its first record on; an empty one when it is none.
  private DataInputStream opened(Path segment) throws IOException {
    InputStream raw;
    try {
      raw = Files.newInputStream(segment);
    } catch (NoSuchFileException _) {
      return new DataInputStream(InputStream.nullInputStream()); // Too old by now.
    }
    DataInputStream opened = new DataInputStream(new BufferedInputStream(raw, 1 << 16));
    byte[] magic = opened.readNBytes(Recorder.MAGIC.length);
    if (!Arrays.equals(magic, Recorder.MAGIC)) {
      if (magic.length < Recorder.MAGIC.length) {
        torn++;
      } else {
        damaged++;
      }
      opened.close();
      return new DataInputStream(InputStream.nullInputStream());
    }
    return opened;
  }

  private @Nullable Recorded read(DataInputStream from) throws IOException {
    int first = from.read();
    if (first < 0) {
      return null;
    }
    try {
      int length = first << 24 | from.readUnsignedByte() << 16 | from.readUnsignedShort();
      int checksum = from.readInt();
      if (length == 0 && checksum == 0) {
        torn++; // No record is empty: a machine that loses power may leave zeros at the end.
        return null;
      }
      if (length > 0 && length <= RecordCodec.MOST_BODY_BYTES) {
        byte[] body = new byte[length];
        from.readFully(body);
        Recorded record = RecordCodec.decode(body, checksum);
        if (record != null) {
          return record;
        }
      }
      damaged++;
    } catch (EOFException _) {
      torn++;
    }
    return null;
  }

  /// Segments so far that ended within a record: torn off by a crash, or being written; a damaged
  /// length that leads behind the end looks the same.
  public long torn() {
    return torn;
  }

  /// Segments so far of which something is not what was written; what follows there is not read.
  public long damaged() {
    return damaged;
  }

  @Override
  public void close() throws IOException {
    DataInputStream open = in;
    if (open != null) {
      open.close();
      in = null;
    }
  }
}
