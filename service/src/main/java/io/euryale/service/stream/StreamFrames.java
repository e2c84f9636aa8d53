package io.euryale.service.stream;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The messages of the streaming cores. Type numbers are append-only.
///
/// Packets ([#DATA] upwards and to clients, [#COPY] to the cell, [#DOWN] from the root cell to
/// peers below) are read and patched in place, because they are the data path:
///
/// | offset | bytes | field         | meaning                                                   |
/// |--------|-------|---------------|-----------------------------------------------------------|
/// | 0      | 1     | type          | [#DATA], [#COPY] or [#DOWN]                               |
/// | 1      | 1     | flags         | bit 0 kept, 1 reliable, 2 repetition, 3–7 hops            |
/// | 2      | 8     | flow          | identity of the flow ([StreamNames#flowId])               |
/// | 10     | 8     | sequence      | from 1                                                    |
/// | 18     | 8     | hop floor     | the sender has nothing left below                         |
/// | 26     | 8     | origin floor  | the sensor keeps nothing below                            |
/// | 34     | 1     | replication   | form                                                      |
/// | 35     | 1     | replicas      | in other peers of a cell, 0 for all                       |
/// | 36     | 4     | period        | of passive replication in ms, else 0                      |
/// | 40     | 4     | age           | µs since it was published, as far as known                |
/// | 44     | 1     | marks         | bit 0 traced                                              |
/// | 45     | 1     |               | 0                                                         |
/// | 46     | 1     | fragment      | place in its payload, from 0                              |
/// | 47     | 1     | fragments     | how many the payload has, 1 for a whole one               |
/// | 48     | n     | payload       | opaque                                                    |
///
/// A large payload travels as several packets with sequences in a row; hops treat each as a packet,
/// and the client hands them over as one.
///
/// Progress ([#COPY_ACK] sibling to owner, [#ACK] downwards, [#RELEASE] owner to siblings) all look
/// the same: type, flow (8), `upTo` (8: all sequences up to here), `bits` (8: bit i stands for
/// `upTo` + 1 + i), `delivered` (8: the client's application has everything up to here), and a byte
/// (of an [#ACK]: 1 when packets were refused since the last one for want of room, 2 when there is
/// room again).
///
/// A *kept* packet is the last value from before a subscription, a *repetition* one from end to
/// end. A wish is form (1), replicas (1) and period in ms (4) of its replication, and a byte: bit 0
/// reliable, 1 last value, 2 conflated, 3 traced. An offer is a byte (bit 0 reliable, 1 last value
/// kept), period and lifespan in ms (4 each) and the type. A path is the age in µs (8) that 99.9 %
/// of the packets do not exceed at the root peer, which tells it to clients; others say 0. A hop is
/// the name of who had a traced packet, its age in µs (8) when it arrived and when it left (8), and
/// the transit to the next one in µs (8).
///
/// What a client that is not at a root peer says, and what is said to it alone, travels in an
/// envelope: hops (1), the client's identity, and the frame. Subscriptions of a client tell how
/// often it has changed its peer (8), and to which peers it is connected besides (count ≤ 64 ×
/// name) and at most 1,024 wishes; those of a peer say 0 and nobody.
///
/// | type | name          | direction            | rest of the body                          |
/// |------|---------------|----------------------|-------------------------------------------|
/// | 69   | advertise     | upwards, to clients  | flow, epoch, name, sensor, edge, offer, path |
/// | 70   | unknown flow  | to who sent a packet | flow                                      |
/// | 71   | subscriptions | client to root, down | turn, attached, ≤ 5,000 × (wish, pattern) |
/// | 72   | interest      | edge to sensor       | flow, 1 and a wish, or 0 for nobody       |
/// | 73   | list          | observer to root     | nothing                                   |
/// | 74   | streams       | root to observer     | last page?, count (≤ 256) × stream info   |
/// | 75   | ping          | who sends packets    | number (8), to be sent back               |
/// | 76   | pong          | back                 | the number of the ping                    |
/// | 77   | hop           | upwards, to clients  | flow, sequence, hop                       |
/// | 78   | forbidden     | to sensor or client  | stream or pattern, sentence (≤ 512 bytes) |
/// | 79   | go elsewhere  | downwards, to edge   | nothing                                   |
/// | 80   | gone          | back, as an answer   | nothing; the last frame of a sensor       |
/// | 81   | down          | to peers below       | a packet for clients there                |
/// | 82   | advertised    | to peers below       | as 69, for clients there                  |
/// | 83   | from client   | upwards, root cell   | envelope                                  |
/// | 84   | to client     | downwards, root cell | envelope                                  |
/// | 85   | who is there  | root cell, downwards | nothing; asks for clients                 |
/// | 86   | all are told  | within the root cell | of how many (4); after subscriptions or claims |
/// | 87   | claim         | within the root cell | envelope: subscriptions, left in ns (8)   |
/// | 88   | ask arrivals  | client to root       | nothing                                  |
/// | 89   | arrivals      | root to client       | jitter, given up, ≤ 128 × packets        |
/// | 90   | way up        | to peers below       | 1; 0 when nothing leads up               |
/// | 91   | resync        | upwards, in a cell   | identity, hops (1), ≤ 256 × undone         |
///
/// The identity of a resync is the peer that it began at, and a number (8). Undone are packets of a
/// flow: its identity, a sequence below which its sensor keeps none (8), a sequence (8), and `bits`
/// (8): bit i stands for the sequence + i.
///
/// Arrivals are the sum of the differences between ages in µs (8), how many packets were given up
/// (8), and how many came with each magnitude of age (count (2) × 8), the lowest first.
public final class StreamFrames {

  public static final int DATA = 64;
  public static final int COPY = 65;
  public static final int COPY_ACK = 66;
  public static final int ACK = 67;
  public static final int RELEASE = 68;
  static final int ADVERTISE = 69;
  static final int UNKNOWN_FLOW = 70;
  static final int SUBSCRIPTIONS = 71;
  static final int INTEREST = 72;
  static final int LIST = 73;
  static final int STREAMS = 74;
  static final int PING = 75;
  static final int PONG = 76;
  static final int HOP = 77;
  static final int FORBIDDEN = 78;
  static final int GO_ELSEWHERE = 79;
  static final int GONE = 80;
  public static final int DOWN = 81;
  static final int ADVERTISED = 82;
  static final int FROM_CLIENT = 83;
  static final int TO_CLIENT = 84;
  static final int ASK_CLIENTS = 85;
  static final int CLIENTS_TOLD = 86;
  static final int CLAIM = 87;
  static final int ASK_ARRIVALS = 88;
  static final int ARRIVALS = 89;
  static final int WAY_UP = 90;
  static final int RESYNC = 91;

  /// Bytes of a packet before its payload.
  public static final int PACKET_HEADER_BYTES = 48;

  static final int MAX_FRAGMENTS = 128;

  /// No settings make a packet larger; an envelope around it still is a frame.
  static final int MAX_PACKET_BYTES = 512 << 10;

  /// Largest payload with default settings, about 8 MB; no settings make it larger.
  public static final int MAX_PAYLOAD_BYTES = MAX_FRAGMENTS * ((64 << 10) - PACKET_HEADER_BYTES);

  static final int PROGRESS_BYTES = 34;

  /// Packets were refused.
  static final int NO_ROOM = 1;

  /// Packets would be taken again.
  static final int ROOM_AGAIN = 2;

  /// Most subscriptions of one client in a class.
  static final int MAX_SUBSCRIPTIONS = 1024;

  /// Most different patterns of all clients of a class together.
  static final int MAX_PATTERNS = 4096;

  /// Most patterns that peers tell those below; the longest of them fit in the largest frame. More
  /// than clients may have, as two peers of the root cell may have heard of clients in another
  /// order, and so have let in different ones.
  static final int MAX_PATTERNS_TOLD = 5000;

  static final int MAX_STREAMS_PER_PAGE = 256;
  static final int MAX_UNDONE = 256;
  static final int MAX_ATTACHED = 64;
  static final int MAX_HOPS = 31;
  static final int MAX_SENTENCE_BYTES = 512;

  /// No flow gets here; arithmetic on sequences cannot overflow below.
  static final long MAX_SEQUENCE = 1L << 62;

  private static final int KEPT_BIT = 1;
  private static final int RELIABLE_BIT = 2;
  private static final int REPEAT_BIT = 4;
  private static final int HOP_UNIT = 8;
  private static final int TRACED_BIT = 1;

  private StreamFrames() {}

  // Packets, read in place. `at` is the position of the frame in its buffer.

  /// The header of a whole payload.
  static void putPacketHeader(
      ByteBuffer to,
      Replication replication,
      boolean reliable,
      long flow,
      long sequence,
      long floor,
      long origin) {
    to.put((byte) DATA)
        .put((byte) (reliable ? RELIABLE_BIT : 0))
        .putLong(flow)
        .putLong(sequence)
        .putLong(floor)
        .putLong(origin)
        .put((byte) replication.form().code())
        .put((byte) replication.replicas())
        .putInt(replication.periodMillis())
        .putInt(0)
        .putInt(1);
  }

  /// Makes a packet one of the fragments of a payload.
  static void markFragment(ByteBuffer packet, int fragment, int fragments) {
    packet.put(packet.position() + 46, (byte) fragment);
    packet.put(packet.position() + 47, (byte) fragments);
  }

  /// Its place among the fragments of its payload, from 0.
  static int fragment(ByteBuffer packet) {
    return packet.get(packet.position() + 46) & 0xFF;
  }

  /// How many fragments its payload has.
  static int fragments(ByteBuffer packet) {
    return packet.get(packet.position() + 47) & 0xFF;
  }

  /// The sequence of the first fragment of its payload.
  static long firstSequence(ByteBuffer packet) {
    return sequence(packet) - fragment(packet);
  }

  /// The sequence of the last fragment of its payload, which is the payload's.
  static long lastSequence(ByteBuffer packet) {
    return firstSequence(packet) + fragments(packet) - 1;
  }

  /// Whether hops tell the client how long they had it.
  static boolean isTraced(ByteBuffer packet) {
    return (packet.get(packet.position() + 44) & TRACED_BIT) != 0;
  }

  static void markTraced(ByteBuffer packet) {
    int at = packet.position() + 44;
    packet.put(at, (byte) (packet.get(at) | TRACED_BIT));
  }

  /// Forms that are not known here come from a later version and are protected as well as can be.
  static Replication.Form form(ByteBuffer packet) {
    Replication.Form form = Replication.Form.ofCode(packet.get(packet.position() + 34));
    return form == null ? Replication.Form.ACTIVE : form;
  }

  static boolean isProtected(ByteBuffer packet) {
    return form(packet) != Replication.Form.NONE;
  }

  static int replicas(ByteBuffer packet) {
    return packet.get(packet.position() + 35) & 0xFF;
  }

  static long periodNanos(ByteBuffer packet) {
    return packet.getInt(packet.position() + 36) * 1_000_000L;
  }

  /// Whether its sensor keeps and repeats it until it is delivered.
  static boolean isReliable(ByteBuffer packet) {
    return (packet.get(packet.position() + 1) & RELIABLE_BIT) != 0;
  }

  /// Whether it is the last value from before a subscription; its floors then say nothing.
  static boolean isKept(ByteBuffer packet) {
    return (packet.get(packet.position() + 1) & KEPT_BIT) != 0;
  }

  static void markKept(ByteBuffer packet, boolean kept) {
    int at = packet.position() + 1;
    packet.put(at, (byte) ((packet.get(at) & ~KEPT_BIT) | (kept ? KEPT_BIT : 0)));
  }

  static long ageNanos(ByteBuffer packet) {
    return (packet.getInt(packet.position() + 40) & 0xFFFF_FFFFL) * 1_000;
  }

  static void patchAge(ByteBuffer packet, long ageNanos) {
    long micros = Math.clamp(ageNanos / 1_000, 0, 0xFFFF_FFFFL);
    packet.putInt(packet.position() + 40, (int) micros);
  }

  static boolean isRepeat(ByteBuffer packet) {
    return (packet.get(packet.position() + 1) & REPEAT_BIT) != 0;
  }

  static void markRepeat(ByteBuffer packet) {
    int at = packet.position() + 1;
    packet.put(at, (byte) (packet.get(at) | REPEAT_BIT));
  }

  /// Counts one hop; false when the packet has travelled too far and must be in a loop.
  static boolean countHop(ByteBuffer packet) {
    int at = packet.position() + 1;
    int flags = packet.get(at) & 0xFF;
    if (flags >= MAX_HOPS * HOP_UNIT) {
      return false;
    }
    packet.put(at, (byte) (flags + HOP_UNIT));
    return true;
  }

  static long flow(ByteBuffer frame) {
    return frame.getLong(frame.position() + 2);
  }

  static long sequence(ByteBuffer packet) {
    return packet.getLong(packet.position() + 10);
  }

  static long floor(ByteBuffer packet) {
    return packet.getLong(packet.position() + 18);
  }

  static long originFloor(ByteBuffer packet) {
    return packet.getLong(packet.position() + 26);
  }

  static void patch(ByteBuffer packet, int type, long floor) {
    packet.put(packet.position(), (byte) type);
    packet.putLong(packet.position() + 18, floor);
  }

  static void patchType(ByteBuffer packet, int type) {
    packet.put(packet.position(), (byte) type);
  }

  static void patchOrigin(ByteBuffer packet, long originFloor) {
    packet.putLong(packet.position() + 26, originFloor);
  }

  /// Why bytes are no packet, or "" when they are one.
  static String packetFault(ByteBuffer packet) {
    if (packet.remaining() < PACKET_HEADER_BYTES) {
      return "a packet needs " + PACKET_HEADER_BYTES + " bytes, not " + packet.remaining();
    }
    if (packet.remaining() > MAX_PACKET_BYTES) {
      return "a packet has at most " + MAX_PACKET_BYTES + " bytes, not " + packet.remaining();
    }
    long sequence = sequence(packet);
    long floor = floor(packet);
    long origin = originFloor(packet);
    if (sequence < 1 || floor < 1 || origin < 1 || origin > sequence) {
      return "sequence and floors are at least 1 and the origin floor is not beyond the sequence";
    }
    if (sequence > MAX_SEQUENCE || floor > MAX_SEQUENCE) {
      return "a sequence is at most 2^62";
    }
    int period = packet.getInt(packet.position() + 36);
    if (period < 0 || period > Replication.MAX_PERIOD.toMillis()) {
      return "a period is at most a minute";
    }
    int fragments = fragments(packet);
    int fragment = fragment(packet);
    if (fragments < 1
        || fragments > MAX_FRAGMENTS
        || fragment >= fragments
        || fragment >= sequence) {
      return "a payload has 1 to " + MAX_FRAGMENTS + " fragments, and each its place";
    }
    return "";
  }

  // Progress, read in place after a one-byte type: flow at 1.

  static ByteBuffer progress(
      WireWriter writer, int type, long flow, long upTo, long bits, long delivered, int room) {
    return writer.start(type).i64(flow).i64(upTo).i64(bits).i64(delivered).u8(room).frame();
  }

  /// [#NO_ROOM], [#ROOM_AGAIN] or something that says nothing.
  static int room(ByteBuffer progress) {
    return progress.get(progress.position() + 33);
  }

  static long progressFlow(ByteBuffer progress) {
    return progress.getLong(progress.position() + 1);
  }

  static long upTo(ByteBuffer progress) {
    return progress.getLong(progress.position() + 9);
  }

  static long bits(ByteBuffer progress) {
    return progress.getLong(progress.position() + 17);
  }

  static long delivered(ByteBuffer progress) {
    return progress.getLong(progress.position() + 25);
  }

  static String progressFault(ByteBuffer progress) {
    if (progress.remaining() < PROGRESS_BYTES) {
      return "progress needs " + PROGRESS_BYTES + " bytes, not " + progress.remaining();
    }
    long upTo = upTo(progress);
    long delivered = delivered(progress);
    return upTo < 0 || delivered < 0 || upTo > MAX_SEQUENCE || delivered > MAX_SEQUENCE
        ? "progress is 0 to 2^62"
        : "";
  }

  /// Whether a progress covers `sequence`.
  static boolean covers(long upTo, long bits, long sequence) {
    if (sequence <= upTo) {
      return true;
    }
    long bit = sequence - upTo - 1;
    return bit < Long.SIZE && (bits >>> bit & 1) != 0;
  }

  /// A frame of a client, or for one, on its way through peers between it and the root cell; what
  /// else is said of the client follows the frame.
  record Envelope(PeerId client, ByteBuffer content) {}

  /// Puts a frame of at most [#MAX_PACKET_BYTES] into an envelope.
  static ByteBuffer envelop(WireWriter writer, int type, PeerId client, ByteBuffer content) {
    return writer.start(type).u8(0).peerId(client).bytes(content.duplicate()).frame();
  }

  /// Puts what a client said that is not there into an envelope, and for how long its claim lasts.
  static ByteBuffer claim(WireWriter writer, PeerId client, long leftNanos, ByteBuffer says) {
    writer.start(CLAIM).u8(0).peerId(client).bytes(says.duplicate());
    return writer.i64(leftNanos).frame();
  }

  /// Opens an envelope without a copy, and counts a hop; null when it is none, or in a loop.
  static @Nullable Envelope open(WireReader reader, ByteBuffer frame) {
    reader.over(frame.duplicate());
    reader.u8("type");
    int hops = reader.u8("hops");
    PeerId client = reader.peerId("client");
    int length = reader.remaining();
    if (reader.failure() != null || length == 0 || hops >= MAX_HOPS) {
      return null;
    }
    frame.put(frame.position() + 1, (byte) (hops + 1));
    return new Envelope(client, frame.slice(frame.limit() - length, length));
  }

  /// Messages outside the data path.
  sealed interface Message {
    record Advertise(
        long flow,
        long epoch,
        String name,
        PeerId sensor,
        PeerName edge,
        StreamOffer offer,
        long pathMicros)
        implements Message {

      /// Whether another tells of the same flow: of the same life of the same stream. With the
      /// identity of a flow and anything else of these it tells of another one.
      boolean isOfSameFlow(Advertise other) {
        return flow == other.flow
            && epoch == other.epoch
            && name.equals(other.name)
            && sensor.equals(other.sensor);
      }

      /// Whether the identity of the flow is that of its stream and sensor. Who learns of a flow
      /// asks, once: the answer takes a SHA-256, and what is known already is compared.
      boolean isGenuine() {
        return StreamNames.flowId(name, sensor) == flow;
      }

      /// As a client is told: with what was measured on the path.
      Advertise withPath(long nanos) {
        return new Advertise(flow, epoch, name, sensor, edge, offer, nanos / 1_000);
      }
    }

    /// How long one process had a traced packet; ages in µs since it was published.
    record Hop(
        long flow,
        long sequence,
        PeerName who,
        long arrivedMicros,
        long leftMicros,
        long transitMicros)
        implements Message {}

    record Ping(long number) implements Message {}

    record Pong(long number) implements Message {}

    record UnknownFlow(long flow) implements Message {}

    /// What a client wants, or a peer for those above it.
    ///
    /// @param turn how often a client has changed the peer that it gets its streams from
    /// @param attached the peers that a client gets them from, if it is more than one
    record Subscriptions(long turn, List<PeerName> attached, List<Subscription> entries)
        implements Message {

      /// What a peer wants.
      Subscriptions(List<Subscription> entries) {
        this(0, List.of(), entries);
      }

      /// Whether it is no more than what a client may say.
      boolean isOfClient() {
        return entries.size() <= MAX_SUBSCRIPTIONS;
      }

      Subscriptions with(List<Subscription> others) {
        return new Subscriptions(turn, attached, others);
      }
    }

    record Interest(long flow, @Nullable StreamQos wanted) implements Message {}

    record ListStreams() implements Message {}

    record Streams(boolean last, List<StreamInfo> entries) implements Message {}

    /// The table of rights does not allow a stream or pattern, or there is no room for a pattern.
    record Forbidden(String what, String sentence) implements Message {}

    /// The peer is about to go: the sensor or client should attach to another, and a peer below
    /// send to another what goes up.
    record GoElsewhere() implements Message {}

    /// The sensor has attached to another peer and sends nothing more over this link, or the client
    /// gets its streams over another, or the peer below sends up over another since this one is
    /// drained.
    record Gone() implements Message {}

    /// Whether a way leads up from the peer, by what it knows: told to peers below when it changes,
    /// to new ones and once in every period.
    record HasWayUp(boolean is) implements Message {}

    /// Packets that are not done at a peer that has got another above or beside it.
    ///
    /// @param id by which it is known when it comes another way too
    /// @param hops how many peers have passed it on; at [#MAX_HOPS] it goes no further
    record Resync(ResyncId id, int hops, List<Undone> undone) implements Message {
      Resync passedOn() {
        return new Resync(id, hops + 1, undone);
      }
    }

    /// The same as [Advertise], from the root cell to clients below.
    record Advertised(Advertise advertise) implements Message {}

    /// A peer that is new in the root cell asks another for its clients; to a near client, and to a
    /// peer below for its clients: the client should say what it wants as if it had come now.
    record AskClients() implements Message {}

    /// What so many clients want, all that a root peer leads to or has claims of, was told.
    record ClientsTold(int clients) implements Message {}

    /// How did packets arrive?
    record AskArrivals() implements Message {}

    /// So they did.
    record Arrived(Arrivals arrivals) implements Message {}
  }

  /// A frame of a peer that tells of packets that are not done there.
  record ResyncId(PeerId of, long number) {}

  /// Packets of a flow that are not done.
  ///
  /// @param origin its sensor keeps nothing below this
  /// @param bits which; bit i stands for `from` + i
  record Undone(long flow, long origin, long from, long bits) {}

  /// A wish for all streams of this class that match a pattern.
  record Subscription(StreamQos qos, String pattern) {
    Replication replication() {
      return qos.replication();
    }
  }

  static ByteBuffer encode(WireWriter writer, Message message) {
    return MessageCodec.encode(writer, message);
  }

  static Decoded<Message> decode(WireReader reader, ByteBuffer body) {
    return MessageCodec.decode(reader, body);
  }
}
