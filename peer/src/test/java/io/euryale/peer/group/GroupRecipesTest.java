package io.euryale.peer.group;

import static io.euryale.peer.group.Members.SOON;
import static io.euryale.peer.group.Members.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GroupRecipesTest {

  @TempDir Path directory;

  @Test
  void theLeadPassesOnWhenTheLeaderDies() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta", "gamma")) {
      GroupLeader first =
          members
              .get("alpha")
              .recipes()
              .leader(TrafficClass.NORMAL, "lead", "a", true, new GroupLeader.Listener() {});
      eventually(first::isLeader);
      GroupLeader second =
          members
              .get("beta")
              .recipes()
              .leader(TrafficClass.NORMAL, "lead", "b", true, new GroupLeader.Listener() {});
      eventually(() -> second.leader() != null);
      assertThat(second.isLeader()).isFalse();
      long term = second.leader().term();
      members.kill("alpha");
      eventually(second::isLeader);
      assertThat(second.leader().term()).isGreaterThan(term);
    }
  }

  @Test
  void oneMemberHoldsTheLockAndTokensGrow() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      GroupLock a = lock(members.get("alpha"), "a");
      GroupLock b = lock(members.get("beta"), "b");
      long first = a.acquire(SOON);
      assertThatThrownBy(() -> b.acquire(Duration.ofMillis(50)))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.reason()).isEqualTo(RefusedException.Reason.TIMEOUT));
      a.release();
      long second = b.acquire(SOON);
      assertThat(second).isGreaterThan(first);
      assertThat(a.token()).isZero();
    }
  }

  private static GroupLock lock(GroupPeer peer, String application) throws InterruptedException {
    return peer.recipes()
        .lock(TrafficClass.NORMAL, "lock", application, true, new GroupLock.Listener() {});
  }

  @Test
  void aMapIsTheSameEverywhere() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      GroupMap a = map(members.get("alpha"), "a");
      a.awaitCurrent(SOON);
      for (int i = 0; i < 100; i++) {
        a.put("key" + i, "value" + i);
      }
      GroupMap b = map(members.get("beta"), "b");
      b.awaitCurrent(SOON);
      b.remove("key0");
      eventually(() -> a.get("key0").isEmpty() && a.snapshot().size() == 99);
      eventually(() -> b.snapshot().equals(a.snapshot()));
    }
  }

  private static GroupMap map(GroupPeer peer, String application) throws InterruptedException {
    return peer.recipes()
        .map(TrafficClass.NORMAL, "map", application, true, true, new GroupMap.Listener() {});
  }

  @Test
  void aBarrierOpensWhenAllHaveArrived() throws Exception {
    try (Members members = Members.started(directory, "alpha", "beta")) {
      GroupBarrier a = members.get("alpha").recipes().barrier(TrafficClass.NORMAL, "bar", "a");
      GroupBarrier b = members.get("beta").recipes().barrier(TrafficClass.NORMAL, "bar", "b");
      eventually(
          () -> {
            var view = members.get("beta").view(TrafficClass.NORMAL, "bar");
            return view != null && view.members().size() == 2;
          });
      CompletableFuture<Integer> early =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return a.await(SOON).size();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(b.await(SOON)).hasSize(2);
      assertThat(early.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }
}
