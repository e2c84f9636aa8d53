package io.euryale.platform;

import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The file of one record.
///
/// | bytes | field    | meaning                                                     |
/// |-------|----------|-------------------------------------------------------------|
/// | 8     | magic    | `EURYREC1`                                                  |
/// | 1     | class    | code of the traffic class                                   |
/// | 1     | record   | 0 to 15                                                     |
/// | 2     | reserved | 0                                                           |
/// | 4     | length   | bytes of the value, 0 to 65,536                             |
/// | 4     | crc      | CRC32C of class, record, reserved, length and value         |
/// | n     | value    |                                                             |
///
/// A value is written to a file beside it, forced, and renamed over the old one, so that a crash
/// leaves the old value or the new one. The class and number in the header tell a file that was
/// copied to another's name.
final class RecordFile {

  /// Records of one traffic class.
  static final int COUNT = 16;

  /// Largest value.
  static final int MAX_BYTES = 64 << 10;

  private static final long MAGIC = 0x45555259_52454331L;
  private static final int HEADER_BYTES = 20;
  private static final int CRC_AT = 16;
  private static final int CHECKED_FROM = 8;
  private static final String NEW = ".new";

  private final Path file;
  private final Path fresh;
  private final TrafficClass trafficClass;
  private final int record;

  RecordFile(Path directory, TrafficClass trafficClass, int record) {
    String name = String.format(Locale.ROOT, "%s-%02d.record", trafficClass.label(), record);
    this.file = directory.resolve(name);
    this.fresh = directory.resolve(name + NEW);
    this.trafficClass = trafficClass;
    this.record = record;
  }

  /// The value on disk; null when the record was never written. What a crash left unfinished is
  /// removed.
  ///
  /// @throws PlatformException when the file is damaged
  byte @Nullable [] read() throws IOException {
    Files.deleteIfExists(fresh);
    if (Files.notExists(file)) {
      return null;
    }
    if (!Files.isRegularFile(file)) {
      throw damaged("it is not a file");
    }
    if (Files.size(file) > HEADER_BYTES + MAX_BYTES) {
      throw damaged("it is too long");
    }
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer content = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES) {
      throw damaged("it is cut off");
    }
    if (content.getLong(0) != MAGIC) {
      throw damaged("it does not begin as a record does");
    }
    if (content.getInt(12) != bytes.length - HEADER_BYTES) {
      throw damaged("its length is wrong");
    }
    if (content.getInt(CRC_AT) != checksum(content)) {
      throw damaged("its checksum is wrong");
    }
    if (content.get(8) != trafficClass.code() || content.get(9) != record) {
      throw damaged("it is another record's");
    }
    return Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
  }

  private PlatformException damaged(String why) {
    return new PlatformException(
        PlatformException.ENVIRONMENT,
        "The record '"
            + file
            + "' is damaged ("
            + why
            + "): restore its directory from a copy made while the peer was stopped, or remove the"
            + " directory and start under a new name, because a peer that forgot what it promised"
            + " can make the others disagree.");
  }

  /// Replaces the value. On disk for good only when the directory was forced as well.
  void write(byte[] value) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + value.length);
    content.putLong(MAGIC).put((byte) trafficClass.code()).put((byte) record).putShort((short) 0);
    content.putInt(value.length).putInt(0).put(value).flip();
    content.putInt(CRC_AT, checksum(content));
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        int _ = out.write(content);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static int checksum(ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(content.slice(CHECKED_FROM, CRC_AT - CHECKED_FROM));
    crc.update(content.slice(HEADER_BYTES, content.limit() - HEADER_BYTES));
    return (int) crc.getValue();
  }
}
