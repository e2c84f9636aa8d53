package io.euryale.group.primary;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Messages and the durable record as bytes.
///
/// | bytes | field         | since | meaning                                                    |
/// |-------|---------------|-------|------------------------------------------------------------|
/// | 1     | type          | 1     | 80 state, 81 create-primary, 82 formed, 83 durable record  |
/// | 1     | version       | 1     | of the sender, from 1; later versions only append fields   |
/// | 8     | number        | 1     | of the configuration it was said in; not in type 83        |
/// | id    | coordinator   | 1     | of that configuration; not in type 83                      |
/// | …     | record        | 1     | types 80 and 83                                            |
/// | 8 + 8 | index, attempt| 1     | types 81 and 82                                            |
/// | 4     | checksum      | 1     | CRC32C of everything before; only type 83, its last bytes  |
///
/// A record is: flags (1 byte; 1 proven, 2 vulnerable), charter (minimumPrimary in 8 bytes, then
/// voters), last component, attempts (8 bytes), and if vulnerable the attempted component and a
/// counted list of names met. A component is: index and attempt (8 bytes each), number and
/// coordinator of its configuration if the index is not 0, voters. Voters are counted (2 bytes),
/// each a name and a weight (4 bytes). Bytes left over are fields of a later version and are
/// skipped.
public final class PrimaryCodec {

  static final int VERSION = 1;
  static final int STATE = 80;
  static final int CREATE_PRIMARY = 81;
  static final int PRIMARY_FORMED = 82;
  static final int RECORD = 83;

  private static final int PROVEN = 1;
  private static final int VULNERABLE = 2;
  private static final int CHECKSUM_BYTES = 4;

  private PrimaryCodec() {}

  static ByteBuffer encode(WireWriter writer, PrimaryMessage message) {
    switch (message) {
      case PrimaryMessage.StateMessage(ConfigurationId id, PrimaryRecord record) -> {
        configuration(writer.start(STATE).u8(VERSION), id);
        record(writer, record);
      }
      case PrimaryMessage.CreatePrimary(ConfigurationId id, long index, long attempt) ->
          configuration(writer.start(CREATE_PRIMARY).u8(VERSION), id).i64(index).i64(attempt);
      case PrimaryMessage.PrimaryFormed(ConfigurationId id, long index, long attempt) ->
          configuration(writer.start(PRIMARY_FORMED).u8(VERSION), id).i64(index).i64(attempt);
    }
    return writer.frame();
  }

  static Decoded<PrimaryMessage> decode(WireReader reader, ByteBuffer payload) {
    reader.over(payload);
    int type = reader.u8("type");
    if (reader.failure() == null && (type < STATE || type > PRIMARY_FORMED)) {
      return new Decoded.Unknown<>(type);
    }
    version(reader);
    ConfigurationId id = configuration(reader);
    if (type == STATE) {
      PrimaryRecord record = record(reader);
      return reader.failure() == null && id != null && record != null
          ? new Decoded.Ok<>(new PrimaryMessage.StateMessage(id, record))
          : reader.malformed();
    }
    long index = positive(reader, "index");
    long attempt = positive(reader, "attempt");
    if (reader.failure() != null || id == null) {
      return reader.malformed();
    }
    return new Decoded.Ok<>(
        type == CREATE_PRIMARY
            ? new PrimaryMessage.CreatePrimary(id, index, attempt)
            : new PrimaryMessage.PrimaryFormed(id, index, attempt));
  }

  /// The bytes of a durable record.
  public static ByteBuffer writeRecord(WireWriter writer, PrimaryRecord record) {
    writer.start(RECORD).u8(VERSION);
    record(writer, record);
    ByteBuffer bytes = writer.frame();
    int checksum = checksum(bytes.duplicate());
    return ByteBuffer.allocate(bytes.remaining() + CHECKSUM_BYTES)
        .put(bytes)
        .putInt(checksum)
        .flip();
  }

  /// Reads a durable record; the buffer holds exactly one.
  ///
  /// @return `Malformed` for damaged bytes: the member must not start as if it had no record,
  ///     because it would forget what it promised
  public static Decoded<PrimaryRecord> readRecord(ByteBuffer bytes) {
    WireReader reader = new WireReader();
    int end = bytes.limit() - CHECKSUM_BYTES;
    if (end < bytes.position()) {
      reader.over(bytes).fail("a record has a checksum");
      return reader.malformed();
    }
    ByteBuffer body = bytes.duplicate().limit(end);
    int checksum = bytes.duplicate().position(end).getInt();
    reader.over(body.duplicate());
    if (checksum(body) != checksum) {
      reader.fail("the checksum of the record is wrong");
    }
    int type = reader.u8("type");
    if (reader.failure() == null && type != RECORD) {
      return new Decoded.Unknown<>(type);
    }
    version(reader);
    PrimaryRecord record = record(reader);
    return reader.failure() == null && record != null
        ? new Decoded.Ok<>(record)
        : reader.malformed();
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static void version(WireReader reader) {
    if (reader.u8("version") == 0) {
      reader.fail("version is at least 1");
    }
  }

  private static WireWriter configuration(WireWriter writer, ConfigurationId id) {
    return writer.i64(id.number()).peerId(id.coordinator());
  }

  private static @Nullable ConfigurationId configuration(WireReader reader) {
    long number = positive(reader, "number");
    if ((number & 1) != 0) {
      reader.fail("a regular configuration has an even number");
    }
    PeerId coordinator = reader.peerId("coordinator");
    return reader.failure() == null ? ConfigurationId.regular(number, coordinator) : null;
  }

  private static void record(WireWriter writer, PrimaryRecord record) {
    Attempt vulnerable = record.vulnerable();
    writer
        .u8((record.proven() ? PROVEN : 0) | (vulnerable != null ? VULNERABLE : 0))
        .i64(record.charter().minimumPrimary());
    voters(writer, record.charter().voters());
    component(writer, record.last());
    writer.i64(record.attempts());
    if (vulnerable != null) {
      component(writer, vulnerable.component());
      writer.u16(vulnerable.met().size());
      vulnerable.met().forEach(writer::peerName);
    }
  }

  private static @Nullable PrimaryRecord record(WireReader reader) {
    int flags = reader.u8("flags");
    Charter charter = charter(reader);
    Component last = component(reader, "last");
    long attempts = reader.i64("attempts");
    Attempt vulnerable = (flags & VULNERABLE) != 0 ? attempt(reader) : null;
    if (attempts < 0) {
      reader.fail("attempts is not negative");
    }
    if (reader.failure() != null || charter == null || last == null) {
      return null;
    }
    if (vulnerable != null && !PrimaryRecord.isPlausible(last, attempts, vulnerable)) {
      reader.fail("the attempt does not follow the last component");
      return null;
    }
    return new PrimaryRecord(charter, (flags & PROVEN) != 0, last, attempts, vulnerable);
  }

  private static @Nullable Charter charter(WireReader reader) {
    long minimum = positive(reader, "minimumPrimary");
    List<Voter> voters = voters(reader, "voters");
    if (reader.failure() == null && minimum > Charter.weight(voters)) {
      reader.fail("minimumPrimary is at most the total weight");
    }
    return reader.failure() == null ? new Charter(voters, minimum) : null;
  }

  private static @Nullable Attempt attempt(WireReader reader) {
    Component component = component(reader, "attempted");
    List<PeerName> met = new ArrayList<>();
    int count = reader.count(Configuration.MAX_MEMBERS, "met");
    for (int i = 0; i < count && reader.failure() == null; i++) {
      met.add(reader.peerName("met"));
    }
    if (component != null && component.index() == 0) {
      reader.fail("the declared set is no attempt");
    }
    return component == null || reader.failure() != null ? null : new Attempt(component, met);
  }

  private static void component(WireWriter writer, Component component) {
    writer.i64(component.index()).i64(component.attempt());
    if (component.configuration() != null) {
      configuration(writer, component.configuration());
    }
    voters(writer, component.members());
  }

  private static @Nullable Component component(WireReader reader, String field) {
    long index = reader.i64(field);
    long attempt = reader.i64(field);
    if (index < 0 || attempt < 0) {
      reader.fail(field + " has a negative number");
    }
    ConfigurationId id = index > 0 ? configuration(reader) : null;
    List<Voter> members = voters(reader, field);
    return reader.failure() == null ? new Component(index, attempt, id, members) : null;
  }

  private static void voters(WireWriter writer, List<Voter> voters) {
    writer.u16(voters.size());
    for (Voter voter : voters) {
      writer.peerName(voter.name()).i32(voter.weight());
    }
  }

  private static List<Voter> voters(WireReader reader, String field) {
    int count = reader.count(Configuration.MAX_MEMBERS, field);
    List<Voter> voters = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      PeerName name = reader.peerName(field);
      int weight = reader.i32(field);
      if (weight < 0 || weight > Voter.MAX_WEIGHT) {
        reader.fail(field + " has a weight out of range");
      } else if (reader.failure() == null) {
        voters.add(new Voter(name, weight));
      }
    }
    if (reader.failure() == null
        && (!Component.isMembership(voters) || Charter.weight(voters) == 0)) {
      reader.fail(field + " is no membership with a vote");
    }
    return voters;
  }

  private static long positive(WireReader reader, String field) {
    long value = reader.i64(field);
    if (reader.failure() == null && value <= 0) {
      reader.fail(field + " is positive");
    }
    return value;
  }
}
