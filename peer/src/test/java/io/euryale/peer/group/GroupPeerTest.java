package io.euryale.peer.group;

import static io.euryale.peer.group.Members.SOON;
import static io.euryale.peer.group.Members.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.group.Service;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupSettings;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GroupPeerTest {

  @TempDir Path directory;

  private static GroupMembership join(GroupPeer peer, String application, GroupListener listener)
      throws InterruptedException {
    return peer.join(TrafficClass.NORMAL, "orders", application, JoinOptions.STATELESS, listener);
  }

  private static void settled(CompletableFuture<?> future) throws Exception {
    future.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Reason reason(Throwable failure) {
    Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
    return ((RefusedException) cause).reason();
  }

  @Test
  void allMembersOfAGroupDeliverAgreedMessagesInOneOrder() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta", "gamma")) {
      List<Heard> heard = new ArrayList<>();
      List<GroupMembership> joined = new ArrayList<>();
      for (String name : List.of("alpha", "beta", "gamma")) {
        Heard listener = new Heard();
        heard.add(listener);
        joined.add(join(members.get(name), "app-" + name, listener));
      }
      eventually(
          () -> joined.stream().allMatch(m -> m.view() != null && m.view().members().size() == 3));
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        for (GroupMembership membership : joined) {
          sent.add(membership.send(Service.AGREED, Heard.bytes(membership.self() + " " + i)));
        }
      }
      for (CompletableFuture<Void> each : sent) {
        settled(each);
      }
      eventually(() -> heard.stream().allMatch(h -> h.messages.size() == 1500));
      assertThat(heard.get(1).messages).isEqualTo(heard.get(0).messages);
      assertThat(heard.get(2).messages).isEqualTo(heard.get(0).messages);
      assertThat(members.get("beta").view(TrafficClass.NORMAL, "orders").members()).hasSize(3);
      assertThat(members.get("beta").groups(TrafficClass.NORMAL)).hasSize(1);
      assertThat(members.get("beta").groups(TrafficClass.ALARM)).isEmpty();
    }
  }

  @Test
  void aJoinerIsGivenTheStateOfItsPlaceInTheOrder() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      Heard first = new Heard();
      GroupMembership giver =
          members
              .get("alpha")
              .join(TrafficClass.ALARM, "orders", "giver", JoinOptions.REPLICA, first);
      giver.awaitView(SOON);
      assertThat(first.events).contains("no state");
      for (int i = 0; i < 3000; i++) {
        giver.send(Service.AGREED, Heard.bytes("message number " + i));
      }
      Heard second = new Heard();
      GroupMembership receiver =
          members
              .get("beta")
              .join(TrafficClass.ALARM, "orders", "receiver", JoinOptions.REPLICA, second);
      for (int i = 3000; i < 4000; i++) {
        giver.send(Service.AGREED, Heard.bytes("message number " + i));
      }
      receiver.awaitView(SOON);
      eventually(() -> second.messages.size() >= 4000 && first.messages.size() >= 4000);
      assertThat(second.events).contains("state");
      assertThat(second.messages).isEqualTo(first.messages);
    }
  }

  @Test
  void aPrivateMessageReachesOnlyItsReceivers() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      Heard a = new Heard();
      Heard b = new Heard();
      Heard c = new Heard();
      GroupMembership sender = join(members.get("alpha"), "a", a);
      GroupMembership receiver = join(members.get("beta"), "b", b);
      GroupMembership other = join(members.get("beta"), "c", c);
      eventually(() -> sender.view() != null && sender.view().members().size() == 3);
      settled(
          sender.sendTo(
              List.of(receiver.self()), Service.AGREED, ByteBuffer.wrap(Heard.bytes("secret"))));
      settled(sender.send(Service.AGREED, Heard.bytes("open")));
      eventually(() -> c.messages.contains("open") && b.messages.contains("open"));
      assertThat(b.messages).containsExactly("secret", "open");
      assertThat(c.messages).containsExactly("open");
      GroupMemberId nobody =
          new GroupMemberId(members.get("alpha").self().id(), other.self().application());
      assertThatThrownBy(
              () ->
                  settled(
                      sender.sendTo(
                          List.of(nobody), Service.AGREED, ByteBuffer.wrap(Heard.bytes("x")))))
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.NO_SUCH_RECEIVER));
    }
  }

  @Test
  void aSlowListenerThrottlesSendersAndLosesNothing() throws Exception {
    GroupSettings small = small();
    try (Members members = Members.started(directory, s -> s.withGroups(small), "alpha", "beta")) {
      CountDownLatch go = new CountDownLatch(1);
      Heard slow =
          new Heard() {
            @Override
            public void message(GroupMessage message) {
              try {
                go.await();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
              super.message(message);
            }
          };
      Heard fast = new Heard();
      GroupMembership sender = join(members.get("alpha"), "sender", fast);
      GroupMembership sleeper = join(members.get("beta"), "sleeper", slow);
      eventually(() -> sender.view() != null && sender.view().members().size() == 2);
      byte[] payload = new byte[1000];
      int accepted = 0;
      // A pause in which nothing more is accepted tells that the sender is held up.
      long refusedSince = 0;
      while (refusedSince == 0
          || System.nanoTime() - refusedSince < 300_000_000L
          || members.get("beta").status().classes().get(TrafficClass.NORMAL).groups().paused()
              != 1) {
        if (sender.trySend(Service.AGREED, ByteBuffer.wrap(payload)).isPresent()) {
          accepted++;
          refusedSince = 0;
        } else if (refusedSince == 0) {
          refusedSince = System.nanoTime();
        } else {
          Thread.sleep(1);
          assertThat(System.nanoTime() - refusedSince).as("held up").isLessThan(SOON.toNanos());
        }
        assertThat(accepted).as("bounded").isLessThan(20_000);
      }
      GroupPeerStatus.Groups groups =
          members.get("beta").status().classes().get(TrafficClass.NORMAL).groups();
      assertThat(groups.paused()).isEqualTo(1);
      assertThat(groups.queuedBytes()).isLessThan(1 << 20);
      go.countDown();
      int expected = accepted;
      eventually(() -> slow.messages.size() == expected && fast.messages.size() == expected);
      assertThat(sleeper.failure()).isNull();
    }
  }

  private static GroupSettings small() {
    GroupSettings d = GroupSettings.DEFAULT;
    return new GroupSettings(
        d.groupsPerPeer(),
        d.membersPerGroup(),
        d.messageBytes(),
        64 << 10,
        d.queueBytes(),
        d.unsentBytes(),
        64 << 10,
        d.stateChunkBytes(),
        d.stateWindow(),
        d.stateBufferBytes(),
        d.stateAttempts());
  }

  @Test
  void leavingSendsWhatWasAcceptedFirst() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      Heard a = new Heard();
      Heard b = new Heard();
      GroupMembership leaver = join(members.get("alpha"), "leaver", a);
      GroupMembership stayer = join(members.get("beta"), "stayer", b);
      eventually(() -> leaver.view() != null && leaver.view().members().size() == 2);
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        sent.add(leaver.send(Service.SAFE, Heard.bytes("last words " + i)));
      }
      settled(leaver.leave());
      assertThat(sent).allMatch(f -> f.isDone() && !f.isCompletedExceptionally());
      assertThat(a.events).containsExactly("left LEAVE");
      eventually(() -> stayer.view().members().size() == 1);
      assertThat(b.messages).hasSize(2000);
      assertThatThrownBy(() -> leaver.send(Service.AGREED, new byte[1]))
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.NOT_A_MEMBER));
    }
  }

  @Test
  void closingAPeerLosesNothingThatWasAccepted() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      Heard b = new Heard();
      GroupMembership leaver = join(members.get("alpha"), "leaver", new Heard());
      GroupMembership stayer = join(members.get("beta"), "stayer", b);
      eventually(() -> leaver.view() != null && leaver.view().members().size() == 2);
      for (int i = 0; i < 1000; i++) {
        leaver.send(Service.AGREED, Heard.bytes("last words " + i));
      }
      members.get("alpha").close();
      eventually(() -> stayer.view().members().size() == 1);
      assertThat(b.messages).hasSize(1000);
      assertThat(b.views).anyMatch(view -> view.cause() == GroupView.Cause.LEAVE);
      assertThatThrownBy(() -> join(members.get("alpha"), "late", new Heard()))
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.CLOSED));
    }
  }

  @Test
  void aListenerThatFailsLeavesTheGroup() throws Exception {
    try (Members members = Members.started(directory, "alpha")) {
      GroupMembership membership =
          join(
              members.get("alpha"),
              "broken",
              new GroupListener() {
                @Override
                public void message(GroupMessage message) {
                  throw new IllegalStateException("on purpose");
                }
              });
      membership.awaitView(SOON);
      membership.send(Service.AGREED, new byte[1]);
      eventually(() -> membership.failure() != null);
      eventually(() -> members.get("alpha").view(TrafficClass.NORMAL, "orders") == null);
    }
  }

  @Test
  void aListenerIsToldInsteadOfWaitingForItself() throws Exception {
    try (Members members = Members.started(directory, s -> s.withGroups(small()), "alpha")) {
      CompletableFuture<Reason> told = new CompletableFuture<>();
      GroupMembership[] self = new GroupMembership[1];
      CountDownLatch ready = new CountDownLatch(1);
      self[0] =
          join(
              members.get("alpha"),
              "echo",
              new GroupListener() {
                @Override
                public void message(GroupMessage message) {
                  try {
                    ready.await();
                    while (true) {
                      self[0].send(Service.AGREED, new byte[1000]);
                    }
                  } catch (RefusedException e) {
                    told.complete(e.reason());
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                }
              });
      self[0].send(Service.AGREED, new byte[1]);
      ready.countDown();
      assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo(Reason.FULL);
    }
  }

  @Test
  void rightsDecideWhoMayJoinAndSend() throws Exception {
    List<String> table =
        List.of("orders * reader join,receive", "orders alpha writer* join,send,receive");
    try (Members members = Members.started(directory, s -> s.withRights(table), "alpha", "beta")) {
      GroupMembership reader = join(members.get("beta"), "reader", new Heard());
      reader.awaitView(SOON);
      GroupMembership writer = join(members.get("alpha"), "writer1", new Heard());
      writer.awaitView(SOON);
      settled(writer.send(Service.AGREED, new byte[1]));
      assertThatThrownBy(() -> reader.send(Service.AGREED, new byte[1]))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("reader may not send to group orders")
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.FORBIDDEN));
      assertThatThrownBy(() -> join(members.get("beta"), "writer1", new Heard()))
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.FORBIDDEN));
      eventually(
          () ->
              members.get("beta").status().classes().get(TrafficClass.NORMAL).groups().forbidden()
                  == 2);
    }
  }

  @Test
  void whatCannotBeIsRefusedInOneSentence() throws Exception {
    try (Members members = Members.started(directory, "alpha")) {
      GroupPeer peer = members.get("alpha");
      assertThatThrownBy(() -> join(peer, "no spaces", new Heard()))
          .hasMessageContaining("'no spaces' cannot be the name of an application");
      assertThatThrownBy(
              () -> peer.join(TrafficClass.NORMAL, "*", "app", JoinOptions.STATELESS, new Heard()))
          .hasMessageContaining("'*' cannot be the name of a group");
      assertThatThrownBy(
              () -> peer.join(TrafficClass.CONTROL, "g", "app", JoinOptions.STATELESS, new Heard()))
          .hasMessageContaining("control class has no groups");
      GroupMembership membership = join(peer, "app", new Heard());
      assertThatThrownBy(() -> join(peer, "app", new Heard()))
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.DUPLICATE));
      assertThatThrownBy(() -> membership.send(Service.AGREED, new byte[600 << 10]))
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.TOO_LARGE));
      assertThatThrownBy(() -> membership.send(Service.UNRELIABLE, new byte[1000]))
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.TOO_LARGE));
      membership.awaitView(SOON);
      settled(membership.send(Service.UNRELIABLE, new byte[700]));
    }
  }

  @Test
  void aMemberThatIsAloneIsNotPrimaryAndSaysWhy() throws Exception {
    try (Members members = new Members(directory, s -> s, "alpha", "beta", "gamma")) {
      GroupPeer alone = members.start("alpha");
      eventually(() -> !alone.verdict().isEmpty());
      assertThat(alone.isPrimary()).isFalse();
      assertThatThrownBy(() -> alone.awaitPrimary(Duration.ofMillis(1)))
          .hasMessageContaining("is not in a primary component")
          .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.TIMEOUT));
      members.start("beta");
      alone.awaitPrimary(SOON);
      assertThat(alone.primaryIndex()).isPositive();
      assertThat(alone.status().primaryState()).isEqualTo("REG_PRIM");
    }
  }

  @Test
  void theLossOfAMemberIsTold() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta", "gamma")) {
      Heard heard = new Heard();
      GroupMembership stays = join(members.get("alpha"), "stays", heard);
      join(members.get("gamma"), "dies", new Heard());
      eventually(() -> stays.view() != null && stays.view().members().size() == 2);
      members.kill("gamma");
      eventually(() -> stays.view().members().size() == 1 && stays.view().isRegular());
      assertThat(heard.views.getLast().cause()).isEqualTo(GroupView.Cause.CONFIGURATION);
      GroupPeerStatus status = members.get("alpha").status();
      GroupPeerStatus other = members.get("beta").status();
      // One that misses it is enough: the other believes its heartbeats.
      assertThat(status.suspicionCount() + other.suspicionCount()).isPositive();
      assertThat(Stream.of(status, other).flatMap(s -> s.suspicions().stream()))
          .anySatisfy(
              suspicion -> {
                assertThat(suspicion.peer()).startsWith("gamma#");
                assertThat(suspicion.reason()).isNotEmpty();
              });
      assertThat(status.configurations()).isGreaterThanOrEqualTo(2);
    }
  }
}
