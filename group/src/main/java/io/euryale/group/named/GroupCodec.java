package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.group.named.GroupFrame.Chunk;
import io.euryale.group.named.GroupFrame.ChunkKind;
import io.euryale.group.named.GroupFrame.ChunkTaken;
import io.euryale.group.named.GroupFrame.Credit;
import io.euryale.group.named.GroupFrame.Data;
import io.euryale.group.named.GroupFrame.Entry;
import io.euryale.group.named.GroupFrame.Flush;
import io.euryale.group.named.GroupFrame.Grant;
import io.euryale.group.named.GroupFrame.Join;
import io.euryale.group.named.GroupFrame.Leave;
import io.euryale.group.named.GroupFrame.Memberships;
import io.euryale.group.named.GroupFrame.StateDone;
import io.euryale.group.named.GroupFrame.StateRequest;
import io.euryale.group.named.GroupFrame.Unordered;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bytes of [GroupFrame]s. Each begins with its type (one byte) and the hash of the
/// configuration it was written for (eight); a frame that was bound to a later configuration is
/// ignored by all.
///
/// | type | frame        | after type and configuration                                        |
/// |------|--------------|---------------------------------------------------------------------|
/// | 1    | Memberships  | last u8, tables i64, count u16, entries                             |
/// | 2    | Join         | group, application, flags u8 (1 wants, 2 gives), attempt i32        |
/// | 3    | Leave        | group, application, disconnected u8                                 |
/// | 4    | Unordered    | group                                                               |
/// | 5    | Flush        | group, number i64                                                   |
/// | 6    | Data         | group, application, service u8, number i64, history i64, offset i64,|
/// |      |              | receivers (u16, members), more u16, that many bytes, payload        |
/// | 7    | Credit       | count u16, grants (group, peer, offset i64)                         |
/// | 8    | Chunk        | group, giver, receiver, attempt i32, index i32, kind u8, more u16,  |
/// |      |              | that many bytes, state                                              |
/// | 9    | ChunkTaken   | group, giver, receiver, attempt i32, next i32                       |
/// | 10   | StateRequest | group, application, attempt i32, skip u16, has giver u8, giver      |
/// | 11   | StateDone    | group, application                                                  |
///
/// An entry is group, application, flags u8 (1 gives, 2 awaits, 4 withheld), birth configuration
/// i64, birth number i64, lineage i64, attempt i32. Bytes left over, and the bytes counted by
/// `more`, are fields of a later version and are skipped. Types are append-only.
final class GroupCodec {

  static final int FIRST_TYPE = 1;
  static final int LAST_TYPE = 11;

  /// Most receivers of a private message.
  static final int MAX_RECEIVERS = 128;

  /// Most entries in one part of an exchange: 200 bytes each.
  static final int MAX_ENTRIES = 4000;

  static final int MAX_GRANTS = 200;

  /// Largest piece of state.
  static final int MAX_CHUNK = 512 << 10;

  private static final GroupName NO_GROUP = new GroupName("none");

  /// A frame and the configuration it was written for.
  record Tagged(long configuration, GroupFrame frame) {}

  private GroupCodec() {}

  static ByteBuffer encode(WireWriter w, long configuration, GroupFrame frame) {
    switch (frame) {
      case Memberships m -> {
        w.start(1).i64(configuration).u8(bit(m.isLast(), 1)).i64(m.tables());
        w.u16(m.entries().size());
        m.entries().forEach(entry -> entry(w, entry));
      }
      case Join m ->
          w.start(2)
              .i64(configuration)
              .text(m.group().value())
              .peerName(m.application())
              .u8(bit(m.wants(), 1) | bit(m.gives(), 2))
              .i32(m.attempt());
      case Leave m ->
          w.start(3)
              .i64(configuration)
              .text(m.group().value())
              .peerName(m.application())
              .u8(bit(m.disconnected(), 1));
      case Unordered m -> w.start(4).i64(configuration).text(m.group().value());
      case Flush m -> w.start(5).i64(configuration).text(m.group().value()).i64(m.number());
      case Data m -> {
        w.start(6).i64(configuration).text(m.group().value()).peerName(m.application());
        w.u8(m.service().code()).i64(m.number()).i64(m.history()).i64(m.offset());
        w.u16(m.to().size());
        m.to().forEach(member -> member(w, member));
        w.u16(0).bytes(m.payload().duplicate());
      }
      case Credit m -> {
        w.start(7).i64(configuration).u16(m.grants().size());
        m.grants().forEach(g -> w.text(g.group().value()).peerId(g.sender()).i64(g.offset()));
      }
      case Chunk m -> {
        w.start(8).i64(configuration).text(m.group().value()).peerName(m.giver());
        member(w, m.receiver());
        w.i32(m.attempt()).i32(m.index()).u8(m.kind().code);
        w.u16(0).bytes(m.bytes().duplicate());
      }
      case ChunkTaken m -> {
        w.start(9).i64(configuration).text(m.group().value());
        member(w, m.giver());
        w.peerName(m.receiver()).i32(m.attempt()).i32(m.next());
      }
      case StateRequest m -> {
        w.start(10).i64(configuration).text(m.group().value()).peerName(m.application());
        w.i32(m.attempt()).u16(m.skip());
        GroupMemberId giver = m.giver();
        w.u8(bit(giver != null, 1));
        if (giver != null) {
          member(w, giver);
        }
      }
      case StateDone m ->
          w.start(11).i64(configuration).text(m.group().value()).peerName(m.application());
    }
    return w.frame();
  }

  /// Payload and state are slices of `bytes`.
  static Decoded<Tagged> decode(WireReader r, ByteBuffer bytes) {
    r.over(bytes);
    int type = r.u8("type");
    if (r.failure() == null && (type < FIRST_TYPE || type > LAST_TYPE)) {
      return new Decoded.Unknown<>(type);
    }
    long configuration = r.i64("configuration");
    GroupFrame frame =
        switch (type) {
          case 1 -> memberships(r);
          case 2 -> {
            GroupName group = group(r);
            PeerName application = r.peerName("application");
            int flags = r.u8("flags");
            yield new Join(
                group, application, (flags & 1) != 0, (flags & 2) != 0, r.i32("attempt"));
          }
          case 3 -> new Leave(group(r), r.peerName("application"), r.u8("disconnected") != 0);
          case 4 -> new Unordered(group(r));
          case 5 -> new Flush(group(r), r.i64("number"));
          case 6 -> data(r, bytes);
          case 7 -> credit(r);
          case 8 -> chunk(r, bytes);
          case 9 ->
              new ChunkTaken(
                  group(r),
                  member(r, "giver"),
                  r.peerName("receiver"),
                  r.i32("attempt"),
                  r.i32("next"));
          case 10 -> {
            GroupName group = group(r);
            PeerName application = r.peerName("application");
            int attempt = r.i32("attempt");
            int skip = r.u16("skip");
            GroupMemberId giver = r.u8("has giver") != 0 ? member(r, "giver") : null;
            yield new StateRequest(group, application, attempt, skip, giver);
          }
          default -> new StateDone(group(r), r.peerName("application"));
        };
    return r.failure() == null && frame != null
        ? new Decoded.Ok<>(new Tagged(configuration, frame))
        : r.malformed();
  }

  private static Memberships memberships(WireReader r) {
    boolean last = r.u8("last") != 0;
    long tables = r.i64("tables");
    int count = r.count(MAX_ENTRIES, "entries");
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      GroupName group = group(r);
      PeerName application = r.peerName("application");
      int flags = r.u8("flags");
      entries.add(
          new Entry(
              group,
              application,
              (flags & 1) != 0,
              (flags & 2) != 0,
              (flags & 4) != 0,
              r.i64("birth configuration"),
              r.i64("birth number"),
              r.i64("lineage"),
              r.i32("attempt")));
    }
    return new Memberships(last, tables, entries);
  }

  private static void entry(WireWriter w, Entry e) {
    w.text(e.group().value()).peerName(e.application());
    w.u8(bit(e.gives(), 1) | bit(e.awaits(), 2) | bit(e.withheld(), 4));
    w.i64(e.birthConfiguration()).i64(e.birthNumber()).i64(e.lineage()).i32(e.attempt());
  }

  private static @Nullable Data data(WireReader r, ByteBuffer bytes) {
    GroupName group = group(r);
    PeerName application = r.peerName("application");
    Service service = Service.ofCode(r.u8("service"));
    long number = r.i64("number");
    long history = r.i64("history");
    long offset = r.i64("offset");
    int count = r.count(MAX_RECEIVERS, "receivers");
    List<GroupMemberId> to = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      to.add(member(r, "receiver"));
    }
    ByteBuffer payload = rest(r, bytes);
    if (service == null) {
      r.fail("unknown service");
      return null;
    }
    return new Data(group, application, service, number, history, offset, to, payload);
  }

  private static Credit credit(WireReader r) {
    int count = r.count(MAX_GRANTS, "grants");
    List<Grant> grants = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      GroupName group = group(r);
      PeerId sender = r.peerId("sender");
      grants.add(new Grant(group, sender, r.i64("offset")));
    }
    return new Credit(grants);
  }

  private static @Nullable Chunk chunk(WireReader r, ByteBuffer bytes) {
    GroupName group = group(r);
    PeerName giver = r.peerName("giver");
    GroupMemberId receiver = member(r, "receiver");
    int attempt = r.i32("attempt");
    int index = r.i32("index");
    ChunkKind kind = ChunkKind.ofCode(r.u8("kind"));
    ByteBuffer state = rest(r, bytes);
    if (state.remaining() > MAX_CHUNK) {
      r.fail("a chunk has at most " + MAX_CHUNK + " bytes");
    }
    if (kind == null) {
      r.fail("unknown kind of chunk");
      return null;
    }
    return new Chunk(group, giver, receiver, attempt, index, kind, state);
  }

  /// Skips the fields of a later version; what follows them is the rest.
  private static ByteBuffer rest(WireReader r, ByteBuffer bytes) {
    int more = r.u16("more");
    if (r.failure() == null && more > bytes.remaining()) {
      r.fail("more counts " + more + " bytes, " + bytes.remaining() + " are left");
    }
    if (r.failure() != null) {
      return ByteBuffer.allocate(0);
    }
    bytes.position(bytes.position() + more);
    return bytes.slice();
  }

  private static GroupName group(WireReader r) {
    String value = r.text(GroupName.MAX_LENGTH, "group");
    if (r.failure() == null && !GroupName.isValid(value)) {
      r.fail("group is not a valid name");
    }
    return r.failure() == null ? new GroupName(value) : NO_GROUP;
  }

  private static GroupMemberId member(WireReader r, String field) {
    PeerId peer = r.peerId(field);
    return new GroupMemberId(peer, r.peerName(field));
  }

  private static void member(WireWriter w, GroupMemberId member) {
    w.peerId(member.peer()).peerName(member.application());
  }

  private static int bit(boolean set, int bit) {
    return set ? bit : 0;
  }
}
