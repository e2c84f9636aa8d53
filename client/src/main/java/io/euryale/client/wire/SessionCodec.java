package io.euryale.client.wire;

import io.euryale.client.Member;
import io.euryale.client.Service;
import io.euryale.client.TrafficClass;
import io.euryale.client.View;
import io.euryale.client.wire.SessionFrame.FromClient;
import io.euryale.client.wire.SessionFrame.FromPeer;
import io.euryale.client.wire.SessionFrame.Piece;
import io.euryale.client.wire.SessionFrame.Question;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Frames of the session protocol as bytes, and back. Stateless.
public final class SessionCodec {

  /// Largest frame, without its length.
  public static final int MAX_FRAME_BYTES = 1 << 20;

  /// The version spoken here.
  public static final int VERSION = 1;

  /// Most receivers of a private message.
  public static final int MAX_RECEIVERS = 128;

  private static final int MAGIC = 0x45555253; // EURS
  private static final int MAX_MEMBERS = 10_000;

  private static final Service[] SERVICES = Service.values();
  private static final TrafficClass[] CLASSES = TrafficClass.values();
  private static final View.Cause[] CAUSES = View.Cause.values();
  private static final Piece[] PIECES = Piece.values();
  private static final Question[] QUESTIONS = Question.values();

  private SessionCodec() {}

  // --- to bytes ---

  /// A frame with its length in front, ready to be written.
  ///
  /// @throws IllegalArgumentException when it would be longer than a frame may be
  public static ByteBuffer encode(SessionFrame frame) {
    Bytes bytes = new Bytes();
    try {
      bytes.out.writeInt(0);
      write(bytes.out, frame);
    } catch (IOException e) {
      throw new UncheckedIOException("Arrays do not fail", e);
    }
    ByteBuffer made = bytes.buffer();
    int length = made.remaining() - 4;
    if (length > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException("A frame of " + length + " bytes is too long");
    }
    return made.putInt(0, length);
  }

  private static final class Bytes extends ByteArrayOutputStream {
    final DataOutputStream out = new DataOutputStream(this);

    ByteBuffer buffer() {
      return ByteBuffer.wrap(buf, 0, count);
    }
  }

  private static void write(DataOutputStream out, SessionFrame frame) throws IOException {
    switch (frame) {
      case SessionFrame.Hello f -> {
        out.writeByte(1);
        out.writeInt(MAGIC);
        out.writeByte(f.lowestVersion());
        out.writeByte(f.highestVersion());
        text(out, f.application());
      }
      case SessionFrame.Join f -> {
        head(out, 2, f.handle());
        out.writeByte(code(CLASSES, f.trafficClass()) + 1);
        text(out, f.group());
        out.writeByte((f.wantsState() ? 1 : 0) | (f.givesState() ? 2 : 0));
      }
      case SessionFrame.Leave f -> head(out, 3, f.handle());
      case SessionFrame.Send f -> {
        head(out, 4, f.handle());
        out.writeByte(code(SERVICES, f.service()));
        out.writeLong(f.token());
        out.writeByte(f.receivers().size());
        for (Member receiver : f.receivers()) {
          member(out, receiver);
        }
        rest(out, f.payload());
      }
      case SessionFrame.GiveState f -> {
        head(out, 5, f.handle());
        out.writeInt(f.transfer());
        out.writeByte(code(PIECES, f.piece()));
        rest(out, f.bytes());
      }
      case SessionFrame.AskState f -> head(out, 6, f.handle());
      case SessionFrame.Query f -> {
        head(out, 7, f.request());
        out.writeByte(code(QUESTIONS, f.question()));
        out.writeByte(code(CLASSES, f.trafficClass()) + 1);
        text(out, f.group());
      }
      case SessionFrame.Goodbye _ -> out.writeByte(8);
      case SessionFrame.Welcome f -> {
        out.writeByte(128);
        out.writeByte(f.version());
        text(out, f.peer());
        out.writeLong(f.incarnation());
        out.writeInt(f.messageBytes());
      }
      case SessionFrame.Refused f -> {
        head(out, 129, f.handle());
        out.writeLong(f.token());
        text(out, f.reason());
        text(out, f.sentence());
      }
      case SessionFrame.Viewed f -> {
        head(out, 130, f.handle());
        view(out, f.view());
      }
      case SessionFrame.Message f -> {
        head(out, 131, f.handle());
        member(out, f.sender());
        out.writeByte(code(SERVICES, f.service()));
        out.writeByte((f.isPrivate() ? 1 : 0) | (f.isOwn() ? 2 : 0));
        out.writeLong(f.token());
        out.writeLong(f.position());
        rest(out, f.payload());
      }
      case SessionFrame.Stable f -> {
        head(out, 132, f.handle());
        out.writeLong(f.token());
      }
      case SessionFrame.Left f -> {
        head(out, 133, f.handle());
        out.writeByte(code(CAUSES, f.cause()));
      }
      case SessionFrame.Snapshot f -> {
        head(out, 134, f.handle());
        out.writeInt(f.transfer());
        member(out, f.receiver());
      }
      case SessionFrame.StateBegins f -> {
        head(out, 135, f.handle());
        member(out, f.giver());
      }
      case SessionFrame.State f -> {
        head(out, 136, f.handle());
        rest(out, f.bytes());
      }
      case SessionFrame.StateComplete f -> {
        head(out, 137, f.handle());
        member(out, f.giver());
      }
      case SessionFrame.NoState f -> head(out, 138, f.handle());
      case SessionFrame.Primary f -> {
        out.writeByte(139);
        out.writeByte(f.isPrimary() ? 1 : 0);
        out.writeLong(f.index());
        text(out, f.verdict());
      }
      case SessionFrame.Answer f -> {
        head(out, 140, f.request());
        out.writeByte(f.isFound() ? 1 : 0);
        out.write(f.text().getBytes(StandardCharsets.UTF_8));
      }
      case SessionFrame.Closing f -> {
        out.writeByte(141);
        text(out, f.reason());
      }
    }
  }

  /// The place of a value among all; new values are added at the end.
  private static <E> int code(E[] values, E value) {
    return Arrays.asList(values).indexOf(value);
  }

  private static void head(DataOutputStream out, int type, int handle) throws IOException {
    out.writeByte(type);
    out.writeInt(handle);
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > FrameBytes.MAX_TEXT) {
      throw new IllegalArgumentException("A text of " + utf8.length + " bytes is too long");
    }
    out.writeShort(utf8.length);
    out.write(utf8);
  }

  private static void member(DataOutputStream out, Member member) throws IOException {
    text(out, member.peer());
    out.writeLong(member.incarnation());
    text(out, member.application());
  }

  private static void view(DataOutputStream out, View view) throws IOException {
    text(out, view.id());
    out.writeByte(code(CAUSES, view.cause()));
    out.writeByte(view.isRegular() ? 1 : 0);
    Member changed = view.changed();
    out.writeByte(changed == null ? 0 : 1);
    if (changed != null) {
      member(out, changed);
    }
    out.writeShort(view.members().size());
    for (int i = 0; i < view.members().size(); i++) {
      member(out, view.members().get(i));
      out.writeInt(view.parts().get(i));
    }
  }

  private static void rest(DataOutputStream out, ByteBuffer bytes) throws IOException {
    ByteBuffer view = bytes.duplicate();
    byte[] copy = new byte[view.remaining()];
    view.get(copy);
    out.write(copy);
  }

  // --- from bytes ---

  /// What an application said.
  ///
  /// @param bytes a frame without its length, position to limit; payloads are views of it
  public static FromClient fromClient(ByteBuffer bytes) throws MalformedFrameException {
    FrameBytes in = new FrameBytes(bytes);
    FromClient frame =
        switch (in.u8()) {
          case 1 -> hello(in);
          case 2 -> {
            int handle = handle(in);
            TrafficClass trafficClass = in.of(CLASSES, 1);
            String group = in.text();
            int flags = flags(in);
            yield new SessionFrame.Join(
                handle, trafficClass, group, (flags & 1) != 0, (flags & 2) != 0);
          }
          case 3 -> new SessionFrame.Leave(handle(in));
          case 4 -> {
            int handle = handle(in);
            Service service = in.of(SERVICES, 0);
            long token = in.i64();
            int count = in.u8();
            if (count > MAX_RECEIVERS) {
              throw new MalformedFrameException("too many receivers");
            }
            List<Member> receivers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
              receivers.add(in.member());
            }
            yield new SessionFrame.Send(handle, service, token, receivers, in.rest());
          }
          case 5 -> new SessionFrame.GiveState(handle(in), in.i32(), in.of(PIECES, 0), in.rest());
          case 6 -> new SessionFrame.AskState(handle(in));
          case 7 ->
              new SessionFrame.Query(in.i32(), in.of(QUESTIONS, 0), in.of(CLASSES, 1), in.text());
          case 8 -> new SessionFrame.Goodbye();
          default -> throw new MalformedFrameException("unknown type");
        };
    in.end();
    return frame;
  }

  private static SessionFrame.Hello hello(FrameBytes in) throws MalformedFrameException {
    if (in.i32() != MAGIC) {
      throw new MalformedFrameException("bad magic");
    }
    int lowest = in.u8();
    int highest = in.u8();
    if (lowest < 1 || lowest > highest) {
      throw new MalformedFrameException("bad versions");
    }
    return new SessionFrame.Hello(lowest, highest, in.text());
  }

  /// What a peer said.
  ///
  /// @param bytes a frame without its length, position to limit; payloads are views of it
  public static FromPeer fromPeer(ByteBuffer bytes) throws MalformedFrameException {
    FrameBytes in = new FrameBytes(bytes);
    FromPeer frame =
        switch (in.u8()) {
          case 128 -> new SessionFrame.Welcome(in.u8(), in.text(), in.i64(), in.i32());
          case 129 -> new SessionFrame.Refused(in.i32(), in.i64(), in.text(), in.text());
          case 130 -> new SessionFrame.Viewed(handle(in), view(in));
          case 131 -> {
            int handle = handle(in);
            Member sender = in.member();
            Service service = in.of(SERVICES, 0);
            int flags = flags(in);
            yield new SessionFrame.Message(
                handle,
                sender,
                service,
                (flags & 1) != 0,
                (flags & 2) != 0,
                in.i64(),
                in.i64(),
                in.rest());
          }
          case 132 -> new SessionFrame.Stable(handle(in), in.i64());
          case 133 -> new SessionFrame.Left(handle(in), in.of(CAUSES, 0));
          case 134 -> new SessionFrame.Snapshot(handle(in), in.i32(), in.member());
          case 135 -> new SessionFrame.StateBegins(handle(in), in.member());
          case 136 -> new SessionFrame.State(handle(in), in.rest());
          case 137 -> new SessionFrame.StateComplete(handle(in), in.member());
          case 138 -> new SessionFrame.NoState(handle(in));
          case 139 -> new SessionFrame.Primary(in.flag(), in.i64(), in.text());
          case 140 -> new SessionFrame.Answer(in.i32(), in.flag(), in.textRest());
          case 141 -> new SessionFrame.Closing(in.text());
          default -> throw new MalformedFrameException("unknown type");
        };
    in.end();
    return frame;
  }

  private static int handle(FrameBytes in) throws MalformedFrameException {
    int handle = in.i32();
    if (handle <= 0) {
      throw new MalformedFrameException("bad handle");
    }
    return handle;
  }

  private static int flags(FrameBytes in) throws MalformedFrameException {
    int flags = in.u8();
    if (flags > 3) {
      throw new MalformedFrameException("bad flag");
    }
    return flags;
  }

  private static View view(FrameBytes in) throws MalformedFrameException {
    String id = in.text();
    View.Cause cause = in.of(CAUSES, 0);
    boolean isRegular = in.flag();
    Member changed = null;
    if (in.flag()) {
      changed = in.member();
    }
    int count = in.u16();
    if (count > MAX_MEMBERS) {
      throw new MalformedFrameException("too many members");
    }
    List<Member> members = new ArrayList<>();
    List<Integer> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(in.member());
      parts.add(in.i32());
    }
    return new View(id, isRegular, cause, changed, members, parts);
  }
}
