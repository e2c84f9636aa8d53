package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.membership.MemberMessage.Accept;
import io.euryale.group.membership.MemberMessage.Commit;
import io.euryale.group.membership.MemberMessage.Enter;
import io.euryale.group.membership.MemberMessage.Heard;
import io.euryale.group.membership.MemberMessage.Heartbeat;
import io.euryale.group.membership.MemberMessage.Install;
import io.euryale.group.membership.MemberMessage.Leave;
import io.euryale.group.membership.MemberMessage.Left;
import io.euryale.group.membership.MemberMessage.Ping;
import io.euryale.group.membership.MemberMessage.Pong;
import io.euryale.group.membership.MemberMessage.Propose;
import io.euryale.group.membership.MemberMessage.Recovered;
import io.euryale.group.membership.MemberMessage.Refuse;
import io.euryale.group.order.Holdings;
import io.euryale.group.order.Merged;
import io.euryale.group.order.Range;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The messages of the membership on the wire, since version 1. The first byte is the type.
///
/// | type | message   | fields                                                                   |
/// |------|-----------|--------------------------------------------------------------------------|
/// | 129  | heartbeat | sequence 8 · highest number 8 · installed 8 · frozen 1 · version 8 ·      |
/// |      |           | heard: count 2, then peer and 1 each: bit 0 mutual, bit 1 wanted         |
/// | 131  | ping      | nonce 8                                                                  |
/// | 132  | pong      | nonce 8                                                                  |
/// | 133  | propose   | id · peers                                                               |
/// | 134  | accept    | id · has old 1 · [old id · peers · holdings of each class]               |
/// | 135  | refuse    | id · promised 8                                                          |
/// | 136  | commit    | id · peers · has old 1 · [together set · merged of each class]           |
/// | 137  | recovered | id                                                                       |
/// | 138  | install   | id                                                                       |
/// | 139  | leave     |                                                                          |
/// | 140  | left      | id                                                                       |
/// | 141  | enter     | id                                                                       |
///
/// id: number 8 · coordinator. peer: text and incarnation 8. peers: count 2, then each. set: count
/// 2, then 2 each, growing. holdings and merged: origins count 2, then of each held or top 8 ·
/// heard 8
/// · line 8 · islands (count 2, then first 8 and length 4 each); then a set. Types 128 and 130
/// are
/// ordering datagrams and pieces of larger messages.
///
/// A later version adds fields at the end of a message, and messages that a receiver can do
/// without: what is not known is skipped and counted.
final class MemberCodec {

  /// Most islands of one member's packets.
  static final int MOST_ISLANDS = 4096;

  /// Most packets of one island: two windows lie beyond what everybody holds, at the most.
  private static final int MOST_LENGTH = 16_384;

  private static final int HEARTBEAT = 129;
  private static final int PING = 131;
  private static final int PONG = 132;
  private static final int PROPOSE = 133;
  private static final int ACCEPT = 134;
  private static final int REFUSE = 135;
  private static final int COMMIT = 136;
  private static final int RECOVERED = 137;
  private static final int INSTALL = 138;
  private static final int LEAVE = 139;
  private static final int LEFT = 140;
  private static final int ENTER = 141;

  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();

  /// Writes a message.
  ///
  /// @return valid until the next call
  ByteBuffer encode(MemberMessage message) {
    switch (message) {
      case Heartbeat m -> {
        writer.start(HEARTBEAT).i64(m.sequence()).i64(m.highestNumber()).i64(m.installed());
        writer.u8(m.frozen() ? 1 : 0).i64(m.version()).u16(m.heard().size());
        for (Heard heard : m.heard()) {
          writer.peerId(heard.peer()).u8((heard.mutual() ? 1 : 0) | (heard.wanted() ? 2 : 0));
        }
      }
      case Ping m -> writer.start(PING).i64(m.nonce());
      case Pong m -> writer.start(PONG).i64(m.nonce());
      case Propose m -> {
        id(PROPOSE, m.id());
        peers(m.members());
      }
      case Accept m -> {
        id(ACCEPT, m.id());
        ConfigurationId old = m.old();
        writer.u8(old == null ? 0 : 1);
        if (old != null) {
          writer.i64(old.number()).peerId(old.coordinator());
          peers(m.oldMembers());
          m.holdings().forEach(this::holdings);
        }
      }
      case Refuse m -> {
        id(REFUSE, m.id());
        writer.i64(m.promised());
      }
      case Commit m -> {
        id(COMMIT, m.id());
        peers(m.members());
        writer.u8(m.merged().isEmpty() ? 0 : 1);
        if (!m.merged().isEmpty()) {
          set(m.together());
          m.merged().forEach(this::merged);
        }
      }
      case Recovered m -> id(RECOVERED, m.id());
      case Install m -> id(INSTALL, m.id());
      case Left m -> id(LEFT, m.id());
      case Enter m -> id(ENTER, m.id());
      case Leave _ -> writer.start(LEAVE);
    }
    return writer.frame();
  }

  Decoded<MemberMessage> decode(ByteBuffer body) {
    reader.over(body);
    int type = reader.u8("type");
    MemberMessage message =
        switch (type) {
          case HEARTBEAT -> heartbeat();
          case PING -> new Ping(reader.i64("nonce"));
          case PONG -> new Pong(reader.i64("nonce"));
          case PROPOSE -> new Propose(id(), peers("members"));
          case ACCEPT -> accept();
          case REFUSE -> new Refuse(id(), number("promised"));
          case COMMIT -> commit();
          case RECOVERED -> new Recovered(id());
          case INSTALL -> new Install(id());
          case LEFT -> new Left(id());
          case ENTER -> new Enter(id());
          case LEAVE -> new Leave();
          default -> null;
        };
    if (reader.failure() != null) {
      return reader.malformed();
    }
    return message == null ? new Decoded.Unknown<>(type) : new Decoded.Ok<>(message);
  }

  /// Whether the message decoded last had fields of a later version at its end.
  boolean hasMoreFields() {
    return reader.remaining() > 0;
  }

  private Heartbeat heartbeat() {
    long sequence = reader.i64("sequence");
    long highest = number("highest number");
    long installed = reader.i64("installed");
    boolean frozen = reader.u8("frozen") != 0;
    long version = reader.i64("version");
    int count = reader.count(4096, "heard");
    List<Heard> heard = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      PeerId peer = reader.peerId("heard");
      int flags = reader.u8("mutual");
      heard.add(new Heard(peer, (flags & 1) != 0, (flags & 3) == 3));
    }
    return new Heartbeat(sequence, highest, installed, frozen, version, heard);
  }

  private Accept accept() {
    ConfigurationId id = id();
    if (reader.u8("has old") == 0) {
      return new Accept(id, null, List.of(), List.of());
    }
    ConfigurationId old = id();
    List<PeerId> members = peers("old members");
    List<Holdings> holdings = new ArrayList<>();
    for (int i = 0; i < TrafficClass.count() && reader.failure() == null; i++) {
      holdings.add(holdings(members.size()));
    }
    return new Accept(id, old, members, holdings);
  }

  private Commit commit() {
    ConfigurationId id = id();
    List<PeerId> members = peers("members");
    if (reader.u8("has old") == 0) {
      return new Commit(id, members, new BitSet(), List.of());
    }
    BitSet together = set(Configuration.MAX_MEMBERS);
    List<Merged> merged = new ArrayList<>();
    for (int i = 0; i < TrafficClass.count() && reader.failure() == null; i++) {
      merged.add(merged());
    }
    return new Commit(id, members, together, merged);
  }

  private void id(int type, ConfigurationId id) {
    writer.start(type).i64(id.number()).peerId(id.coordinator());
  }

  private ConfigurationId id() {
    long number = number("number");
    if ((number & 1) != 0 || number == 0) {
      reader.fail("number of a regular configuration is even and positive");
    }
    return ConfigurationId.regular(number, reader.peerId("coordinator"));
  }

  private long number(String field) {
    long number = reader.i64(field);
    if (number < 0 || number >= Long.MAX_VALUE / 2) {
      reader.fail(field + " is out of range");
      return 0;
    }
    return number;
  }

  private void peers(List<PeerId> peers) {
    writer.u16(peers.size());
    peers.forEach(writer::peerId);
  }

  /// Sorted by name, each name once.
  private List<PeerId> peers(String field) {
    int count = reader.count(Configuration.MAX_MEMBERS, field);
    List<PeerId> peers = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      PeerId peer = reader.peerId(field);
      if (!peers.isEmpty() && peers.getLast().name().compareTo(peer.name()) >= 0) {
        reader.fail(field + " are not sorted");
      }
      peers.add(peer);
    }
    if (peers.isEmpty()) {
      reader.fail(field + " are at least one");
    }
    return peers;
  }

  private void set(BitSet set) {
    writer.u16(set.cardinality());
    set.stream().forEach(writer::u16);
  }

  private BitSet set(int size) {
    int count = reader.count(size, "set");
    BitSet set = new BitSet();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      int bit = reader.u16("set");
      if (bit >= size || bit < set.length()) {
        reader.fail("set is not sorted or out of range");
        return set;
      }
      set.set(bit);
    }
    return set;
  }

  private void holdings(Holdings holdings) {
    writer.u16(holdings.origins().size());
    for (Holdings.OfOrigin origin : holdings.origins()) {
      origin(origin.held(), origin.heard(), origin.line(), origin.islands());
    }
    set(holdings.obliged());
  }

  private void merged(Merged merged) {
    writer.u16(merged.origins().size());
    for (Merged.OfOrigin origin : merged.origins()) {
      origin(origin.top(), origin.heard(), origin.line(), origin.islands());
    }
    set(merged.along());
  }

  private void origin(long held, long heard, long line, List<Range> islands) {
    writer.i64(held).i64(heard).i64(line).u16(islands.size());
    for (Range island : islands) {
      writer.i64(island.first()).i32((int) (island.last() - island.first() + 1));
    }
  }

  private Holdings holdings(int size) {
    int count = reader.count(Configuration.MAX_MEMBERS, "holdings");
    if (count != size) {
      reader.fail("holdings are of each member of the old configuration");
    }
    List<Holdings.OfOrigin> origins = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      long held = positive("held");
      long heard = positive("heard");
      long line = positive("line");
      origins.add(new Holdings.OfOrigin(held, islands(), heard, line));
    }
    return new Holdings(origins, set(size));
  }

  private Merged merged() {
    int count = reader.count(Configuration.MAX_MEMBERS, "merged");
    List<Merged.OfOrigin> origins = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      long top = positive("top");
      long heard = positive("heard");
      long line = positive("line");
      origins.add(new Merged.OfOrigin(top, islands(), heard, line));
    }
    return new Merged(origins, set(count));
  }

  private List<Range> islands() {
    int count = reader.count(MOST_ISLANDS, "islands");
    List<Range> islands = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      long first = reader.i64("first");
      int length = reader.i32("length");
      if (first < 1 || length < 1 || length > MOST_LENGTH || first > Long.MAX_VALUE / 2) {
        reader.fail("island is out of range");
        return islands;
      }
      if (!islands.isEmpty() && islands.getLast().last() >= first) {
        reader.fail("islands are not sorted");
        return islands;
      }
      islands.add(new Range(first, first + length - 1));
    }
    return islands;
  }

  private long positive(String field) {
    long value = reader.i64(field);
    if (value < 0 || value >= Long.MAX_VALUE / 2) {
      reader.fail(field + " is out of range");
      return 0;
    }
    return value;
  }
}
