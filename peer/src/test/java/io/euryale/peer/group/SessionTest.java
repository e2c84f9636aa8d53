package io.euryale.peer.group;

import static io.euryale.peer.group.Members.SOON;
import static io.euryale.peer.group.Members.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.client.GroupClient;
import io.euryale.client.GroupClientException;
import io.euryale.client.GroupClientException.Reason;
import io.euryale.client.Member;
import io.euryale.client.Message;
import io.euryale.client.Service;
import io.euryale.client.TrafficClass;
import io.euryale.client.View;
import io.euryale.client.wire.FrameReader;
import io.euryale.client.wire.SessionCodec;
import io.euryale.client.wire.SessionFrame;
import io.euryale.peer.RefusedException;
import io.euryale.platform.Loops;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SessionTest {

  @TempDir Path directory;

  private Members members(String... names) throws Exception {
    return Members.started(directory, this::withSocket, names);
  }

  private GroupPeerSettings withSocket(GroupPeerSettings settings) {
    return settings.withSessions(
        SessionSettings.defaults().withSocket(socket(settings.name()).toString()));
  }

  private Path socket(String name) {
    return directory.resolve(name + ".sock");
  }

  /// What an application in another process was told.
  static class Told implements io.euryale.client.GroupListener {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    private final StringBuilder state = new StringBuilder();

    @Override
    public void view(View view) {
      events.add("view " + view.members().size());
    }

    @Override
    public void message(Message message) {
      messages.add(Heard.text(message.payload()));
    }

    @Override
    public void refused(GroupClientException refusal) {
      events.add("refused " + refusal.reason());
    }

    @Override
    public void left(View.Cause cause) {
      events.add("left " + cause);
    }

    @Override
    public void disconnected(String reason) {
      events.add("disconnected");
    }

    @Override
    public void ended(String reason) {
      events.add("ended");
    }

    @Override
    public InputStream snapshot(Member receiver) {
      return new ByteArrayInputStream(Heard.bytes(String.join("\n", messages)));
    }

    @Override
    public void state(ByteBuffer chunk) {
      state.append(Heard.text(chunk));
    }

    @Override
    public void stateComplete(Member giver) {
      messages.addAll(List.of(state.toString().split("\n")));
    }
  }

  private static io.euryale.client.GroupSession join(GroupClient client, Told told) {
    return client.join(TrafficClass.NORMAL, "orders", false, false, told);
  }

  private static void settled(CompletableFuture<?> future) throws Exception {
    future.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void applicationsOfSeveralProcessesShareAGroup() throws Exception {
    try (Members _ = members("alpha", "beta");
        GroupClient a = GroupClient.connect(socket("alpha"), "a");
        GroupClient b = GroupClient.connect(socket("beta"), "b")) {
      Told toldA = new Told();
      Told toldB = new Told();
      io.euryale.client.GroupSession groupA = join(a, toldA);
      io.euryale.client.GroupSession groupB = join(b, toldB);
      eventually(() -> toldA.events.contains("view 2") && toldB.events.contains("view 2"));
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        sent.add(groupA.send(Service.AGREED, Heard.bytes("a" + i)));
        sent.add(groupB.send(Service.SAFE, Heard.bytes("b" + i)));
      }
      for (CompletableFuture<Void> each : sent) {
        settled(each);
      }
      eventually(() -> toldA.messages.size() == 1000 && toldB.messages.size() == 1000);
      assertThat(toldA.messages).isEqualTo(toldB.messages);
      assertThat(a.members(TrafficClass.NORMAL, "orders")).hasSize(2);
      assertThat(a.groups(TrafficClass.NORMAL)).containsExactly("orders");
      assertThat(a.status()).contains("\"isPrimary\":true");
      eventually(() -> a.primary().isPrimary());
      settled(
          groupA.send(
              Service.AGREED, List.of(b.self()), ByteBuffer.wrap(Heard.bytes("for b only"))));
      settled(groupA.leave());
      assertThat(toldA.events).contains("left LEAVE");
      eventually(() -> toldB.messages.contains("for b only"));
      assertThat(toldA.messages).doesNotContain("for b only");
    }
  }

  @Test
  void stateGoesFromOneProcessToAnother() throws Exception {
    try (Members _ = members("alpha", "beta");
        GroupClient a = GroupClient.connect(socket("alpha"), "a");
        GroupClient b = GroupClient.connect(socket("beta"), "b")) {
      Told first = new Told();
      Told second = new Told();
      io.euryale.client.GroupSession giver =
          a.join(TrafficClass.CRITICAL, "orders", true, true, first);
      for (int i = 0; i < 5000; i++) {
        giver.send(Service.AGREED, Heard.bytes("a message to be kept, number " + i));
      }
      eventually(() -> first.messages.size() == 5000);
      b.join(TrafficClass.CRITICAL, "orders", true, true, second);
      giver.send(Service.AGREED, Heard.bytes("the last one"));
      eventually(() -> second.messages.size() == 5001);
      assertThat(second.messages).isEqualTo(first.messages);
    }
  }

  @Test
  void theDeathOfASessionIsALeave() throws Exception {
    try (Members members = members("alpha")) {
      SocketChannel raw = greeted("raw");
      write(raw, new SessionFrame.Join(1, TrafficClass.NORMAL, "orders", false, false));
      GroupPeer peer = members.get("alpha");
      eventually(() -> peer.view(io.euryale.kernel.TrafficClass.NORMAL, "orders") != null);
      raw.close();
      eventually(() -> peer.view(io.euryale.kernel.TrafficClass.NORMAL, "orders") == null);
      eventually(() -> closed(peer, "disconnected") == 1);
    }
  }

  @Test
  void aClientOfAPeerThatDiesConnectsAndJoinsAgain() throws Exception {
    try (Members members = members("alpha");
        GroupClient client = GroupClient.connect(socket("alpha"), "app")) {
      Told told = new Told();
      io.euryale.client.GroupSession group = join(client, told);
      settled(group.joined());
      settled(group.send(Service.AGREED, Heard.bytes("before")));
      eventually(() -> told.messages.contains("before")); // Held by all is not yet delivered.
      members.kill("alpha");
      eventually(() -> told.events.contains("disconnected"));
      members.start("alpha");
      eventually(() -> told.events.stream().filter(e -> e.equals("view 1")).count() == 2);
      settled(group.send(Service.AGREED, Heard.bytes("after")));
      eventually(() -> told.messages.equals(List.of("before", "after")));
    }
  }

  @Test
  void aClientThatGivesUpSaysSo() throws Exception {
    try (Members members = members("alpha")) {
      GroupClient client = GroupClient.connect(socket("alpha"), "app", Duration.ZERO);
      Told told = new Told();
      io.euryale.client.GroupSession group = join(client, told);
      settled(group.joined());
      members.kill("alpha");
      eventually(() -> told.events.contains("ended"));
      assertThatThrownBy(() -> group.send(Service.AGREED, new byte[1]))
          .isInstanceOf(GroupClientException.class);
      assertThatThrownBy(() -> GroupClient.connect(socket("alpha"), "app"))
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
          .hasMessageContaining("sessions.socket");
    }
  }

  @Test
  void whatIsNotAllowedIsRefusedWithItsReason() throws Exception {
    List<String> table = List.of("orders * app* join,receive");
    try (Members _ = Members.started(directory, s -> withSocket(s).withRights(table), "alpha")) {
      GroupClient client = GroupClient.connect(socket("alpha"), "app1");
      assertThatThrownBy(() -> GroupClient.connect(socket("alpha"), "app1"))
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DUPLICATE));
      assertThatThrownBy(() -> GroupClient.connect(socket("alpha"), "other"))
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN));
      assertThatThrownBy(() -> GroupClient.connect(socket("alpha"), "no name"))
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
      Told told = new Told();
      client.join(TrafficClass.NORMAL, "secrets", false, false, told);
      eventually(() -> told.events.contains("refused FORBIDDEN"));
      assertThatThrownBy(() -> client.members(TrafficClass.NORMAL, "secrets"))
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN))
          .hasMessage(
              "Application app1 may not join group secrets; grant it in the table of rights.");
      assertThatThrownBy(() -> client.members(TrafficClass.NORMAL, "no name"))
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
      assertThat(client.members(TrafficClass.NORMAL, "orders")).isEmpty();
      Told reader = new Told();
      io.euryale.client.GroupSession group = join(client, reader);
      settled(group.joined());
      assertThatThrownBy(() -> settled(group.send(Service.AGREED, new byte[1])))
          .cause()
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN));
      client.close();
      assertThatThrownBy(() -> join(client, new Told()))
          .isInstanceOfSatisfying(
              GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }
  }

  // --- raw sessions ---

  private SocketChannel raw() throws Exception {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket("alpha")));
    return channel;
  }

  private SocketChannel greeted(String application) throws Exception {
    SocketChannel channel = raw();
    write(channel, new SessionFrame.Hello(1, 1, application));
    return channel;
  }

  private static void write(SocketChannel channel, SessionFrame frame) throws Exception {
    writeAll(channel, SessionCodec.encode(frame));
  }

  private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws Exception {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static long closed(GroupPeer peer, String reason) throws InterruptedException {
    return peer.status().sessions().closed().getOrDefault(reason, 0L);
  }

  private static void isClosed(SocketChannel channel) throws Exception {
    ByteBuffer sink = ByteBuffer.allocate(1 << 16);
    try {
      while (channel.read(sink.clear()) >= 0) {}
    } catch (java.io.IOException _) {
      // Reset is closed as well.
    }
  }

  @Test
  void whatBreaksTheProtocolIsClosedAndCounted() throws Exception {
    try (Members members = members("alpha")) {
      GroupPeer peer = members.get("alpha");
      SocketChannel early = raw();
      write(early, new SessionFrame.Leave(1));
      isClosed(early);
      eventually(() -> closed(peer, "before hello") == 1);

      SocketChannel twice = greeted("twice");
      write(twice, new SessionFrame.Hello(1, 1, "twice"));
      isClosed(twice);
      eventually(() -> closed(peer, "second hello") == 1);

      SocketChannel handle = greeted("handle");
      write(handle, new SessionFrame.Join(1, TrafficClass.NORMAL, "a", false, false));
      write(handle, new SessionFrame.Join(1, TrafficClass.NORMAL, "b", false, false));
      isClosed(handle);
      eventually(() -> closed(peer, "handle in use") == 1);

      SocketChannel large = raw();
      writeAll(large, ByteBuffer.wrap(new byte[] {0, 0, 64, 1}));
      isClosed(large);
      SocketChannel larger = greeted("larger");
      writeAll(larger, ByteBuffer.wrap(new byte[] {0, 16, 0, 1}));
      isClosed(larger);
      eventually(() -> closed(peer, "frame too long") == 2);

      SocketChannel garbage = raw();
      writeAll(garbage, ByteBuffer.wrap(Heard.bytes("GET / HTTP/1.1\r\n\r\n")));
      isClosed(garbage);
      eventually(() -> closed(peer, "frame too long") == 3);

      SocketChannel future = raw();
      write(future, new SessionFrame.Hello(2, 9, "future"));
      isClosed(future);
      eventually(() -> closed(peer, "no common version") == 1);

      SocketChannel bye = greeted("bye");
      write(bye, new SessionFrame.Goodbye());
      isClosed(bye);
      eventually(() -> closed(peer, "goodbye") == 1);
      eventually(() -> peer.status().sessions().open() == 0);
      assertThat(peer.isEnded()).isFalse();
    }
  }

  @Test
  void whoDoesNotSayHelloInTimeIsClosed() throws Exception {
    try (Members members =
        Members.started(
            directory,
            s ->
                s.withSessions(
                    new SessionSettings(
                        socket(s.name()).toString(), 1, Duration.ofMillis(100), 64)),
            "alpha")) {
      SocketChannel silent = raw();
      isClosed(silent);
      eventually(() -> closed(members.get("alpha"), "no hello in time") == 1);
      try (GroupClient _ = GroupClient.connect(socket("alpha"), "only")) {
        assertThatThrownBy(() -> GroupClient.connect(socket("alpha"), "second"))
            .isInstanceOfSatisfying(
                GroupClientException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_MANY));
      }
    }
  }

  @Test
  void framesMayComeByteByByteAndAThousandAtOnce() throws Exception {
    try (Members _ = members("alpha")) {
      SocketChannel raw = raw();
      ByteBuffer all = ByteBuffer.allocate(1 << 20);
      all.put(SessionCodec.encode(new SessionFrame.Hello(1, 1, "raw")));
      all.put(
          SessionCodec.encode(
              new SessionFrame.Join(1, TrafficClass.NORMAL, "orders", false, false)));
      all.flip();
      while (all.hasRemaining()) {
        writeAll(raw, all.slice(all.position(), 1));
        all.position(all.position() + 1);
      }
      all.clear();
      for (int i = 1; i <= 1000; i++) {
        all.put(
            SessionCodec.encode(
                new SessionFrame.Send(
                    1, Service.AGREED, i, List.of(), ByteBuffer.wrap(Heard.bytes("m" + i)))));
      }
      writeAll(raw, all.flip());
      FrameReader reader = new FrameReader(raw, SessionCodec.MAX_FRAME_BYTES);
      List<String> messages = new ArrayList<>();
      int stable = 0;
      while (messages.size() < 1000 || stable < 1000) {
        switch (SessionCodec.fromPeer(reader.next())) {
          case SessionFrame.Message message -> messages.add(Heard.text(message.payload()));
          case SessionFrame.Stable _ -> stable++;
          default -> {}
        }
      }
      assertThat(messages).startsWith("m1", "m2", "m3").endsWith("m1000");
    }
  }

  @Test
  void aSessionThatNeverReadsIsThrottledAndOthersGoOn() throws Exception {
    try (Members members = members("alpha", "beta")) {
      GroupPeer alpha = members.get("alpha");
      SocketChannel raw = greeted("never");
      write(raw, new SessionFrame.Join(1, TrafficClass.NORMAL, "slow", false, false));
      eventually(() -> alpha.view(io.euryale.kernel.TrafficClass.NORMAL, "slow") != null);
      Heard heard = new Heard();
      GroupMembership flood =
          members
              .get("beta")
              .join(
                  io.euryale.kernel.TrafficClass.NORMAL,
                  "slow",
                  "flood",
                  io.euryale.group.named.JoinOptions.STATELESS,
                  heard);
      flood.awaitView(SOON);
      byte[] payload = new byte[10_000];
      int accepted = 0;
      long refusedSince = 0;
      while (refusedSince == 0
          || System.nanoTime() - refusedSince < 300_000_000L
          || alpha.status().sessions().slow() != 1) {
        if (flood.trySend(io.euryale.group.Service.AGREED, ByteBuffer.wrap(payload)).isPresent()) {
          accepted++;
          refusedSince = 0;
        } else if (refusedSince == 0) {
          refusedSince = System.nanoTime();
        } else {
          Thread.sleep(1);
          assertThat(System.nanoTime() - refusedSince).as("held up").isLessThan(SOON.toNanos());
        }
        assertThat(accepted).as("bounded").isLessThan(2_000);
      }
      GroupPeerStatus status = alpha.status();
      assertThat(status.sessions().slow()).isEqualTo(1);
      assertThat(status.classes().get(io.euryale.kernel.TrafficClass.NORMAL).groups().queuedBytes())
          .isLessThan(4 << 20);
      // Other groups of the same peers are not held up.
      try (GroupClient quick = GroupClient.connect(socket("alpha"), "quick")) {
        Told told = new Told();
        io.euryale.client.GroupSession group = join(quick, told);
        settled(group.send(Service.SAFE, Heard.bytes("hello")));
        eventually(() -> told.messages.contains("hello"));
      }
      // It reads at last, and everything is there.
      FrameReader reader = new FrameReader(raw, SessionCodec.MAX_FRAME_BYTES);
      int messages = 0;
      while (messages < accepted) {
        if (SessionCodec.fromPeer(reader.next()) instanceof SessionFrame.Message) {
          messages++;
        }
      }
      eventually(() -> alpha.status().sessions().slow() == 0);
      raw.close();
    }
  }

  @Test
  void theSocketIsForItsOwnerOnly() throws Exception {
    try (Members members = members("alpha")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket("alpha"))))
          .isEqualTo("rw-------");
      members.get("alpha").close();
      assertThat(socket("alpha")).doesNotExist();
    }
  }

  @Test
  void aSocketThatCannotBeIsRefusedInOneSentence() throws Exception {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path file = Files.writeString(directory.resolve("file"), "not a socket");
    assertThatThrownBy(() -> SocketPath.listen(open.resolve("s")))
        .hasMessageContaining("others may write to");
    assertThatThrownBy(() -> SocketPath.listen(file)).hasMessageContaining("is no socket");
    assertThatThrownBy(() -> SocketPath.listen(directory.resolve("none").resolve("s")))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> SocketPath.listen(directory.resolve("x".repeat(108))))
        .hasMessageContaining("107");
    try (var _ = SocketPath.listen(directory.resolve("s"))) {
      assertThatThrownBy(() -> SocketPath.listen(directory.resolve("s")))
          .hasMessageContaining("in use");
    }
    SocketPath.listen(directory.resolve("s")).close(); // What was left behind is replaced.
  }

  @Test
  void aPeerThatCannotHaveItsSocketTakesPartInNothing() throws Exception {
    Path data = directory.resolve("data");
    GroupPeerSettings settings =
        GroupPeerSettings.named("alpha").withDataDirectory(data.toString());
    try (Loops loops = new Loops();
        var _ = SocketPath.listen(socket("alpha"))) {
      assertThatThrownBy(
              () -> GroupPeer.start(withSocket(settings), loops, null, GroupPeerListener.NONE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("in use");
      assertThat(data).doesNotExist();
    }
    try (Loops loops = new Loops()) {
      // Nor does one that cannot start leave a socket behind.
      Files.writeString(data, "a file");
      assertThatThrownBy(
              () -> GroupPeer.start(withSocket(settings), loops, null, GroupPeerListener.NONE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("cannot hold records");
      assertThat(socket("alpha")).doesNotExist();
    }
  }
}
