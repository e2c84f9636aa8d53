package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.ADVERTISE;
import static io.euryale.service.stream.StreamFrames.ADVERTISED;
import static io.euryale.service.stream.StreamFrames.ARRIVALS;
import static io.euryale.service.stream.StreamFrames.ASK_ARRIVALS;
import static io.euryale.service.stream.StreamFrames.ASK_CLIENTS;
import static io.euryale.service.stream.StreamFrames.CLIENTS_TOLD;
import static io.euryale.service.stream.StreamFrames.FORBIDDEN;
import static io.euryale.service.stream.StreamFrames.GONE;
import static io.euryale.service.stream.StreamFrames.GO_ELSEWHERE;
import static io.euryale.service.stream.StreamFrames.HOP;
import static io.euryale.service.stream.StreamFrames.INTEREST;
import static io.euryale.service.stream.StreamFrames.LIST;
import static io.euryale.service.stream.StreamFrames.MAX_ATTACHED;
import static io.euryale.service.stream.StreamFrames.MAX_PATTERNS_TOLD;
import static io.euryale.service.stream.StreamFrames.MAX_SENTENCE_BYTES;
import static io.euryale.service.stream.StreamFrames.MAX_SEQUENCE;
import static io.euryale.service.stream.StreamFrames.MAX_STREAMS_PER_PAGE;
import static io.euryale.service.stream.StreamFrames.MAX_UNDONE;
import static io.euryale.service.stream.StreamFrames.PING;
import static io.euryale.service.stream.StreamFrames.PONG;
import static io.euryale.service.stream.StreamFrames.RESYNC;
import static io.euryale.service.stream.StreamFrames.STREAMS;
import static io.euryale.service.stream.StreamFrames.SUBSCRIPTIONS;
import static io.euryale.service.stream.StreamFrames.UNKNOWN_FLOW;
import static io.euryale.service.stream.StreamFrames.WAY_UP;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.ResyncId;
import io.euryale.service.stream.StreamFrames.Subscription;
import io.euryale.service.stream.StreamFrames.Undone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes and reads the messages outside the data path, field by field as [StreamFrames] specifies.
final class MessageCodec {

  private MessageCodec() {}

  static ByteBuffer encode(WireWriter writer, Message message) {
    switch (message) {
      case Message.Advertise a -> write(writer.start(ADVERTISE), a);
      case Message.Advertised(Message.Advertise a) -> write(writer.start(ADVERTISED), a);
      case Message.AskClients _ -> writer.start(ASK_CLIENTS);
      case Message.ClientsTold(int clients) -> writer.start(CLIENTS_TOLD).i32(clients);
      case Message.AskArrivals _ -> writer.start(ASK_ARRIVALS);
      case Message.Arrived(Arrivals a) -> {
        writer.start(ARRIVALS).i64(a.jitterMicros()).i64(a.givenUp()).u16(a.ages().size());
        a.ages().forEach(writer::i64);
      }
      case Message.Hop h ->
          writer
              .start(HOP)
              .i64(h.flow())
              .i64(h.sequence())
              .peerName(h.who())
              .i64(h.arrivedMicros())
              .i64(h.leftMicros())
              .i64(h.transitMicros());
      case Message.Ping(long number) -> writer.start(PING).i64(number);
      case Message.Pong(long number) -> writer.start(PONG).i64(number);
      case Message.UnknownFlow u -> writer.start(UNKNOWN_FLOW).i64(u.flow());
      case Message.Subscriptions s -> {
        writer.start(SUBSCRIPTIONS).i64(s.turn()).u16(s.attached().size());
        s.attached().forEach(writer::peerName);
        writer.u16(s.entries().size());
        for (Subscription entry : s.entries()) {
          write(writer, entry.qos());
          writer.text(entry.pattern());
        }
      }
      case Message.Interest i -> {
        StreamQos wanted = i.wanted();
        writer.start(INTEREST).i64(i.flow()).u8(wanted == null ? 0 : 1);
        if (wanted != null) {
          write(writer, wanted);
        }
      }
      case Message.ListStreams _ -> writer.start(LIST);
      case Message.Streams s -> {
        writer.start(STREAMS).u8(s.last() ? 1 : 0).u16(s.entries().size());
        for (StreamInfo info : s.entries()) {
          writer
              .text(info.name())
              .i64(info.epoch())
              .peerName(info.sensor())
              .peerName(info.edge())
              .i64(info.packets())
              .i64(info.pending());
        }
      }
      case Message.GoElsewhere _ -> writer.start(GO_ELSEWHERE);
      case Message.Gone _ -> writer.start(GONE);
      case Message.Resync r -> {
        writer
            .start(RESYNC)
            .peerId(r.id().of())
            .i64(r.id().number())
            .u8(r.hops())
            .u16(r.undone().size());
        for (Undone undone : r.undone()) {
          writer.i64(undone.flow()).i64(undone.origin()).i64(undone.from()).i64(undone.bits());
        }
      }
      case Message.HasWayUp(boolean is) -> writer.start(WAY_UP).u8(is ? 1 : 0);
      case Message.Forbidden f -> writer.start(FORBIDDEN).text(f.what()).text(f.sentence());
    }
    return writer.frame();
  }

  private static void write(WireWriter writer, Message.Advertise a) {
    writer
        .i64(a.flow())
        .i64(a.epoch())
        .text(a.name())
        .peerId(a.sensor())
        .peerName(a.edge())
        .u8((a.offer().reliable() ? 1 : 0) | (a.offer().keepsLast() ? 2 : 0))
        .i32((int) a.offer().period().toMillis())
        .i32((int) a.offer().lifespan().toMillis())
        .text(a.offer().type())
        .i64(a.pathMicros());
  }

  private static void write(WireWriter writer, StreamQos qos) {
    qos.replication().write(writer);
    writer.u8(
        (qos.reliable() ? 1 : 0)
            | (qos.lastValue() ? 2 : 0)
            | (qos.conflated() ? 4 : 0)
            | (qos.traced() ? 8 : 0));
  }

  private static @Nullable StreamQos qos(WireReader reader) {
    Replication replication = Replication.read(reader);
    int wishes = reader.u8("wishes");
    if (replication == null) {
      return null;
    }
    StreamQos qos = StreamQos.of(replication);
    qos = (wishes & 1) == 0 ? qos : qos.reliably();
    qos = (wishes & 2) == 0 ? qos : qos.withLastValue();
    qos = (wishes & 4) == 0 ? qos : qos.newestOnly();
    return (wishes & 8) == 0 ? qos : qos.withTrace();
  }

  static Decoded<Message> decode(WireReader reader, ByteBuffer body) {
    reader.over(body);
    int type = reader.u8("type");
    Message message =
        switch (type) {
          case ADVERTISE -> advertise(reader);
          case ADVERTISED -> new Message.Advertised(advertise(reader));
          case ASK_CLIENTS -> new Message.AskClients();
          case CLIENTS_TOLD -> new Message.ClientsTold(reader.i32("clients"));
          case ASK_ARRIVALS -> new Message.AskArrivals();
          case ARRIVALS -> arrivals(reader);
          case UNKNOWN_FLOW -> new Message.UnknownFlow(reader.i64("flow"));
          case SUBSCRIPTIONS -> subscriptions(reader);
          case INTEREST -> interest(reader);
          case LIST -> new Message.ListStreams();
          case STREAMS -> streams(reader);
          case HOP -> hop(reader);
          case PING -> new Message.Ping(reader.i64("number"));
          case PONG -> new Message.Pong(reader.i64("number"));
          case GO_ELSEWHERE -> new Message.GoElsewhere();
          case GONE -> new Message.Gone();
          case RESYNC -> resync(reader);
          case WAY_UP -> new Message.HasWayUp(reader.u8("way up") != 0);
          case FORBIDDEN ->
              new Message.Forbidden(
                  reader.text(StreamNames.MAX_LENGTH, "what"),
                  reader.text(MAX_SENTENCE_BYTES, "sentence"));
          default -> null;
        };
    if (reader.failure() != null) {
      return reader.malformed();
    }
    return message == null ? new Decoded.Unknown<>(type) : new Decoded.Ok<>(message);
  }

  private static Message.Advertise advertise(WireReader reader) {
    long flow = reader.i64("flow");
    long epoch = reader.i64("epoch");
    String name = reader.text(StreamNames.MAX_LENGTH, "stream");
    if (reader.failure() == null && !StreamNames.isName(name)) {
      reader.fail("stream is not a valid name");
    }
    PeerId sensor = reader.peerId("sensor");
    if (reader.failure() == null && sensor.incarnation() != epoch) {
      reader.fail("epoch is not the incarnation of the sensor");
    }
    PeerName edge = reader.peerName("edge");
    return new Message.Advertise(
        flow, epoch, name, sensor, edge, offer(reader), Math.max(0, reader.i64("path")));
  }

  private static Message hop(WireReader reader) {
    return new Message.Hop(
        reader.i64("flow"),
        reader.i64("sequence"),
        reader.peerName("who"),
        micros(reader, "arrived"),
        micros(reader, "left"),
        micros(reader, "transit"));
  }

  private static long micros(WireReader reader, String field) {
    return Math.clamp(reader.i64(field), 0, 0xFFFF_FFFFL);
  }

  private static StreamOffer offer(WireReader reader) {
    int flags = reader.u8("offer");
    int period = reader.i32("period");
    int lifespan = reader.i32("lifespan");
    String type = reader.text(StreamQos.MAX_TYPE_LENGTH, "type");
    if (reader.failure() == null) {
      try {
        return new StreamOffer(
            (flags & 1) != 0,
            (flags & 2) != 0,
            Duration.ofMillis(period),
            Duration.ofMillis(lifespan),
            type);
      } catch (IllegalArgumentException _) {
        reader.fail("the offer is out of range");
      }
    }
    return StreamOffer.DEFAULT;
  }

  private static Message subscriptions(WireReader reader) {
    long turn = reader.i64("turn");
    if (turn < 0 || turn > MAX_SEQUENCE) {
      reader.fail("turn is 0 to 2^62");
    }
    int peers = reader.count(MAX_ATTACHED, "attached");
    List<PeerName> attached = new ArrayList<>();
    for (int i = 0; i < peers && reader.failure() == null; i++) {
      attached.add(reader.peerName("attached"));
    }
    int count = reader.count(MAX_PATTERNS_TOLD, "subscriptions");
    List<Subscription> entries = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      StreamQos qos = qos(reader);
      String pattern = reader.text(StreamNames.MAX_LENGTH, "pattern");
      if (qos == null || (reader.failure() == null && !StreamNames.isPattern(pattern))) {
        reader.fail("a subscription has no known replication or no valid pattern");
      } else {
        entries.add(new Subscription(qos, pattern));
      }
    }
    return new Message.Subscriptions(turn, attached, entries);
  }

  private static Message resync(WireReader reader) {
    ResyncId id = new ResyncId(reader.peerId("of"), reader.i64("number"));
    int hops = reader.u8("hops");
    int count = reader.count(MAX_UNDONE, "undone");
    List<Undone> undone = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      long flow = reader.i64("flow");
      undone.add(new Undone(flow, sequence(reader), sequence(reader), reader.i64("bits")));
    }
    return new Message.Resync(id, hops, undone);
  }

  private static long sequence(WireReader reader) {
    long sequence = reader.i64("sequence");
    if (sequence < 1 || sequence > MAX_SEQUENCE) {
      reader.fail("a sequence is 1 to 2^62");
    }
    return sequence;
  }

  private static Message interest(WireReader reader) {
    long flow = reader.i64("flow");
    boolean isWanted = reader.u8("wanted") != 0;
    StreamQos wanted = isWanted ? qos(reader) : null;
    return new Message.Interest(flow, wanted);
  }

  private static Message arrivals(WireReader reader) {
    long jitterMicros = natural(reader, "jitter");
    long givenUp = natural(reader, "given up");
    int count = reader.count(AgeScale.SIZE, "magnitudes of ages");
    List<Long> ages = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      ages.add(natural(reader, "packets"));
    }
    return new Message.Arrived(new Arrivals(ages, jitterMicros, givenUp));
  }

  /// A count; sums of many do not overflow.
  private static long natural(WireReader reader, String field) {
    return Math.clamp(reader.i64(field), 0, 1L << 50);
  }

  private static Message streams(WireReader reader) {
    boolean last = reader.u8("last") != 0;
    int count = reader.count(MAX_STREAMS_PER_PAGE, "streams");
    List<StreamInfo> entries = new ArrayList<>();
    for (int i = 0; i < count && reader.failure() == null; i++) {
      entries.add(
          new StreamInfo(
              reader.text(StreamNames.MAX_LENGTH, "stream"),
              reader.i64("epoch"),
              reader.peerName("sensor"),
              reader.peerName("edge"),
              reader.i64("packets"),
              reader.i64("pending")));
    }
    return new Message.Streams(last, entries);
  }
}
