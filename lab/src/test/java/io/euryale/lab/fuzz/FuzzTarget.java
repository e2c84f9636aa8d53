package io.euryale.lab.fuzz;

import io.euryale.client.wire.MalformedFrameException;
import io.euryale.client.wire.SessionCodec;
import io.euryale.client.wire.SessionFrame;
import io.euryale.group.Configuration;
import io.euryale.group.membership.MemberBytes;
import io.euryale.group.named.GroupBytes;
import io.euryale.group.primary.PrimaryBytes;
import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.HelloCodec;
import io.euryale.kernel.wire.RefusalCodec;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.Attachment;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayKind;
import io.euryale.overlay.OverlayMember;
import io.euryale.overlay.OverlaySettings;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.recording.Recording;
import io.euryale.platform.SettingsBinder;
import io.euryale.platform.SettingsException;
import io.euryale.service.stream.Publisher;
import io.euryale.service.stream.Relay;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamOffer;
import io.euryale.service.stream.StreamQos;
import io.euryale.service.stream.StreamSettings;
import io.euryale.service.stream.Subscriber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What bytes from elsewhere come to. Each takes any bytes at all: what it does not understand it
/// says so of, and what it does understand it can say again.
enum FuzzTarget {
  HELLO {
    @Override
    void take(byte[] bytes) {
      WireReader reader = new WireReader();
      String _ = RefusalCodec.decode(reader, ByteBuffer.wrap(bytes));
      if (HelloCodec.decode(reader, ByteBuffer.wrap(bytes))
          instanceof Decoded.Ok<Hello>(Hello hello)) {
        ByteBuffer again = HelloCodec.encode(new WireWriter(), hello);
        if (!new Decoded.Ok<>(hello).equals(HelloCodec.decode(reader, again))) {
          throw new AssertionError("Another hello when written again: " + hello);
        }
      }
    }
  },

  CELL_MEMBER {
    @Override
    void take(byte[] bytes) {
      member(OverlaySettings.shaped(3, 2, List.of(2, 3, 3)), bytes);
    }
  },

  MESH_MEMBER {
    @Override
    void take(byte[] bytes) {
      member(OverlaySettings.defaults().withKind(OverlayKind.MESH), bytes);
    }
  },

  ATTACHMENT {
    @Override
    void take(byte[] bytes) {
      Conversation talk = new Conversation(TrafficClass.CONTROL, bytes);
      talk.play(
          home ->
              new Attachment(
                  Role.CLIENT,
                  true,
                  SELF,
                  List.of(contact("anna"), contact("bert")),
                  home,
                  _ -> {}),
          NOTHING);
    }
  },

  ROOT_RELAY {
    @Override
    void take(byte[] bytes) {
      relay(new Neighbourhood(1, CellId.ROOT, SELF, refs("anna", "bert"), null, List.of()), bytes);
    }
  },

  LEAF_RELAY {
    @Override
    void take(byte[] bytes) {
      CellId cell = CellId.ROOT.child(0);
      List<PeerRef> above = refs("carl", "dora");
      relay(new Neighbourhood(1, cell, SELF, refs("anna"), above.getFirst(), above), bytes);
    }
  },

  PUBLISHER {
    @Override
    void take(byte[] bytes) {
      Conversation talk = new Conversation(TrafficClass.NORMAL, bytes);
      talk.play(
          home ->
              new Publisher(
                  StreamSettings.defaults(), TrafficClass.NORMAL, SELF, home, new Heard()),
          (publisher, now) -> {
            publisher.attachmentPoints(now, refs("anna", "bert"));
            publisher.open(now, STREAM, StreamOffer.DEFAULT.keepingLast());
            long _ = publisher.publish(now, STREAM, ByteBuffer.allocate(100));
          });
    }
  },

  SUBSCRIBER {
    @Override
    void take(byte[] bytes) {
      Conversation talk = new Conversation(TrafficClass.NORMAL, bytes);
      talk.play(
          home -> new Subscriber(StreamSettings.defaults(), true, home, new Taken()),
          (subscriber, now) -> {
            subscriber.attachmentPoints(now, refs("anna", "bert"));
            subscriber.subscribe(now, "*", StreamQos.of(Replication.ACTIVE));
            subscriber.subscribe(now, STREAM, StreamQos.of(Replication.NONE).newestOnly());
          });
    }
  },

  SETTINGS {
    @Override
    void take(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      try {
        PeerSettings _ = SettingsBinder.bind("peer.yaml", text, PeerSettings.class, _ -> null);
      } catch (SettingsException e) {
        if (e.errors().isEmpty()) {
          throw new AssertionError("Refused without a reason", e);
        }
      }
    }
  },

  /// A member of a group, told by another one and by strangers.
  GROUP_MEMBER {
    @Override
    void take(byte[] bytes) {
      List<Configuration> _ = new MemberTalk(bytes).play();
    }
  },

  /// What members say to each other, by itself.
  MEMBER_MESSAGE {
    @Override
    void take(byte[] bytes) {
      MemberBytes.take(bytes);
    }
  },

  GROUP_FRAME {
    @Override
    void take(byte[] bytes) {
      GroupBytes.take(bytes);
    }
  },

  PRIMARY_MESSAGE {
    @Override
    void take(byte[] bytes) {
      PrimaryBytes.take(bytes);
    }
  },

  /// What an application says to its peer, and the peer to it.
  SESSION_FRAME {
    @Override
    void take(byte[] bytes) {
      session(bytes, SessionCodec::fromClient);
      session(bytes, SessionCodec::fromPeer);
    }
  },

  /// Two segments: one of any bytes, and one with a record of any content that is whole.
  RECORDING {
    @Override
    void take(byte[] bytes) {
      ByteBuffer magic = ByteBuffer.wrap("EURYREC1".getBytes(StandardCharsets.US_ASCII));
      CRC32C checksum = new CRC32C();
      checksum.update(bytes);
      ByteBuffer header = ByteBuffer.allocate(8).putInt(bytes.length);
      header.putInt((int) checksum.getValue()).flip();
      Path folder = Path.of("recording");
      try {
        Files.createDirectories(folder);
        write(folder.resolve("%020d.rec".formatted(1)), magic, ByteBuffer.wrap(bytes));
        write(folder.resolve("%020d.rec".formatted(2)), magic, header, ByteBuffer.wrap(bytes));
        try (Recording recording = Recording.open(folder)) {
          int records = 0;
          while (recording.next() != null) {
            records++;
          }
          if (records > bytes.length || recording.torn() + recording.damaged() > 2) {
            throw new AssertionError("More than there can be: " + records);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  },

  /// Breaks at one word, which guessing would not find: shows that the fuzzer is led by the code.
  PLANTED {
    @Override
    void take(byte[] bytes) {
      if (bytes.length > 3 && bytes[0] == 'o' && bytes[1] == 'u') {
        if (bytes[2] == 'i' && bytes[3] == '!') {
          throw new IllegalStateException("the planted bug");
        }
      }
    }
  };

  private static final String STREAM = "line-a/track";
  private static final PeerRef SELF = Conversation.ref("self");
  private static final Conversation.Owner<Core> NOTHING = (_, _) -> {};

  /// @throws Throwable when that is more than bytes may do
  abstract void take(byte[] bytes);

  private static void write(Path file, ByteBuffer... parts) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (ByteBuffer part : parts) {
        int _ = out.write(part.duplicate());
      }
    }
  }

  private interface Reads<F extends SessionFrame> {
    F read(ByteBuffer bytes) throws MalformedFrameException;
  }

  private static <F extends SessionFrame> void session(byte[] bytes, Reads<F> reads) {
    F frame;
    try {
      frame = reads.read(ByteBuffer.wrap(bytes));
    } catch (MalformedFrameException _) {
      return;
    }
    ByteBuffer again = SessionCodec.encode(frame);
    try {
      if (frame.equals(reads.read(again.position(Integer.BYTES)))) {
        return;
      }
    } catch (MalformedFrameException e) {
      throw new AssertionError("Not understood when written again: " + frame, e);
    }
    throw new AssertionError("Another frame when written again: " + frame);
  }

  private static Endpoint contact(String name) {
    return Endpoint.contact(name, 7_400);
  }

  private static List<PeerRef> refs(String... names) {
    return List.of(names).stream().map(Conversation::ref).toList();
  }

  private static void member(OverlaySettings settings, byte[] bytes) {
    Conversation talk = new Conversation(TrafficClass.CONTROL, bytes);
    talk.play(
        home -> OverlayMember.of(settings, SELF, List.of(contact("anna")), home, _ -> {}, _ -> {}),
        (_, _) -> {});
  }

  private static void relay(Neighbourhood place, byte[] bytes) {
    Conversation talk = new Conversation(TrafficClass.NORMAL, bytes);
    talk.play(
        home -> new Relay(StreamSettings.defaults(), TrafficClass.NORMAL, SELF, home),
        (relay, now) -> relay.neighbourhood(now, place));
  }

  private static final class Heard implements Publisher.Listener {
    @Override
    public void interest(long now, String stream, @Nullable StreamQos wanted) {}

    @Override
    public void held(long now, String stream, long upTo) {}

    @Override
    public void delivered(long now, String stream, long upTo) {}

    @Override
    public void lost(long now, String stream, long sequence, String reason) {}

    @Override
    public void writable(long now) {}
  }

  private static final class Taken implements Subscriber.Listener {
    @Override
    public void packet(long now, String stream, long epoch, long sequence, ByteBuffer payload) {}

    @Override
    public void gap(long now, String stream, long epoch, long from, long to) {}
  }
}
