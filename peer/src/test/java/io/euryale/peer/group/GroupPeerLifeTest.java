package io.euryale.peer.group;

import static io.euryale.peer.group.Members.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.LinkSettings;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Reach;
import io.euryale.platform.Records;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Starts that fail and ends that are hurried leave nothing behind.
@Timeout(60)
class GroupPeerLifeTest {

  @TempDir Path directory;

  /// Writes a whole record whose value is none of the primary component.
  private static void spoilPrimary(Path of) throws InterruptedException {
    try (Loops loops = new Loops();
        Records records = Records.open(of)) {
      NettyHome home =
          new NettyHome(
              loops,
              TrafficClass.CONTROL,
              "euryale",
              Role.PEER,
              LinkSettings.defaults(),
              Reach.LOOPBACK,
              records,
              null,
              1,
              _ -> {});
      CountDownLatch given = new CountDownLatch(1);
      home.execute(
          _ -> {
            home.persist(1, ByteBuffer.wrap(Heard.bytes("no record")));
            given.countDown();
          });
      given.await();
    }
  }

  private static void remove(Path tree) throws Exception {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aRecordThatCannotBeReadIsToldInASentenceAndNothingStaysOpen() throws Exception {
    Path own = directory.resolve("alpha");
    spoilPrimary(own);
    try (Members members = new Members(directory, s -> s, "alpha")) {
      assertThatThrownBy(() -> members.start("alpha"))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(own.toString())
          .hasMessageContaining("cannot be read: restore it")
          .satisfies(e -> assertThat(((RefusedException) e).reason()).isEqualTo(Reason.ADDRESS));
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .doesNotContain("euryale-records");
      remove(own);
      members.start("alpha"); // Under the same ports.
      members.awaitTogether();
    }
  }

  @Test
  void anApplicationThatCannotBeMadeLeavesNothingOpen() throws Exception {
    try (Members members = new Members(directory, s -> s, "alpha");
        Loops loops = new Loops()) {
      assertThatThrownBy(
              () ->
                  GroupPeer.start(
                      members.settings("alpha"),
                      null,
                      loops,
                      null,
                      (_, _, _) -> {
                        throw new IllegalStateException("on purpose");
                      },
                      GroupPeerListener.NONE))
          .hasMessage("on purpose");
      members.start("alpha");
      members.awaitTogether();
    }
  }

  @Test
  void aCloseThatIsInterruptedStillTellsTheOthersAndLetsGoOfTheDirectory() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      Thread.currentThread().interrupt();
      members.get("alpha").close();
      assertThat(Thread.interrupted()).isTrue();
      GroupPeer other = members.get("beta");
      eventually(() -> other.configuration().members().size() == 1);
      assertThat(other.status().suspicions())
          .extracting(GroupPeerStatus.Suspicion::reason)
          .contains("it left");
      members.start("alpha");
      members.awaitTogether();
    }
  }
}
