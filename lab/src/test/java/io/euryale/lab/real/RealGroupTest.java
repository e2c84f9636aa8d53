package io.euryale.lab.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.euryale.lab.real.MemberProcess.Installed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Single faults on members in real processes. Deadlines are generous and no times are asserted.
@Timeout(300)
class RealGroupTest {

  private static final Duration PATIENCE = RealRun.PATIENCE;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private RealGroup started(Ground ground) throws IOException, InterruptedException {
    RealGroup group = new RealGroup(List.of(1, 1, 1), 7, 40, ground, folder);
    group.startAll();
    assertThat(group.settle(PATIENCE)).isTrue();
    return group;
  }

  private void finish(RealGroup group) throws IOException, InterruptedException {
    assertThat(group.finish(PATIENCE)).isTrue();
    assertThat(group.failures()).isEmpty();
    TraceFolder.Judgement judgement = TraceFolder.read(folder).check(folder);
    assertThat(judgement.violations()).isEmpty();
    assertThat(judgement.passed()).isTrue();
  }

  private static void awaitPrimary(RealGroup group, Integer... members)
      throws InterruptedException {
    assertThat(RealGroup.await(PATIENCE, () -> group.sharePrimary(Set.of(members))))
        .as("a primary component of %s", List.of(members))
        .isTrue();
  }

  @Test
  void aKilledMemberIsReplacedByAConfigurationOfTheOthers() throws Exception {
    try (Ground ground = new LoopbackGround();
        RealGroup group = started(ground)) {
      group.member(1).kill();
      awaitPrimary(group, 0, 2);
      group.member(1).awaitEnd();
      group.start(1);
      finish(group);
    }
  }

  @Test
  void aMemberThatLeavesIsGoneAtOnceAndMayComeBack() throws Exception {
    try (Ground ground = new LoopbackGround();
        RealGroup group = started(ground)) {
      group.member(2).leave();
      awaitPrimary(group, 0, 1);
      group.member(2).awaitEnd();
      assertThat(group.member(2).isSealed()).isTrue();
      group.start(2);
      finish(group);
    }
  }

  @Test
  void membersThatAllDieAtOnceFormAPrimaryAgain() throws Exception {
    try (Ground ground = new LoopbackGround();
        RealGroup group = started(ground)) {
      long before = group.member(0).lastPrimary();
      for (int i = 0; i < group.size(); i++) {
        group.member(i).kill(); // All within a few milliseconds.
      }
      for (int i = 0; i < group.size(); i++) {
        group.member(i).awaitEnd();
        group.start(i);
      }
      assertThat(group.settle(PATIENCE)).isTrue();
      assertThat(group.member(0).primary()).isGreaterThan(before);
      finish(group);
    }
  }

  /// A member that was stopped longer than the failure timeout believes to be in the primary
  /// component when it goes on, and submits before it can know better.
  @Test
  void whatAPausedMemberSendsOnStaleStateIsNotSafeInTheOldConfiguration() throws Exception {
    try (Ground ground = new LoopbackGround();
        RealGroup group = started(ground)) {
      Installed old = group.member(0).present();
      assertThat(old).isNotNull();
      group.member(0).pause();
      awaitPrimary(group, 1, 2);
      long next = group.member(1).primary();
      String stale = "stale: who believes this";
      group.member(0).say("send critical safe " + stale.replace(' ', '_'));
      group.member(0).resume();
      assertThat(group.settle(PATIENCE)).isTrue();
      assertThat(group.member(0).primary()).isGreaterThan(next);
      finish(group);
      List<String> deliveries = deliveriesOf(stale.replace(' ', '_'));
      assertThat(deliveries).isNotEmpty();
      assertThat(deliveries).noneMatch(line -> line.contains("\"x\":\"" + old.id() + "\""));
    }
  }

  private List<String> deliveriesOf(String text) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    String digest = "\"digest\":" + crc.getValue() + "}";
    List<String> found = new ArrayList<>();
    for (String file : TraceFolder.read(folder).traces().keySet()) {
      Files.readAllLines(folder.resolve(file)).stream()
          .filter(line -> line.contains("\"DELIVER\"") && line.contains(digest))
          .forEach(found::add);
    }
    return found;
  }

  @Test
  void aLinkThatWorksOneWayOnlyPartsTwoMembersAndHealsAgain() throws Exception {
    String obstacle = NamespaceGround.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle);
    try (Ground ground = new NamespaceGround(3);
        RealGroup group = started(ground)) {
      ground.drop(0, 2, 100);
      // The first two hear each other, the third is heard but does not hear everybody.
      awaitPrimary(group, 0, 1);
      ground.heal();
      finish(group);
    }
  }

  @Test
  void aMinorityThatIsCutOffHasNoPrimaryAndJoinsAgain() throws Exception {
    String obstacle = NamespaceGround.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle);
    try (Ground ground = new NamespaceGround(3);
        RealGroup group = started(ground)) {
      for (int i = 1; i < 3; i++) {
        ground.drop(0, i, 100);
        ground.drop(i, 0, 100);
      }
      awaitPrimary(group, 1, 2);
      assertThat(RealGroup.await(PATIENCE, () -> group.share(Set.of(0)))).isTrue();
      assertThat(group.member(0).primary()).isZero();
      ground.heal();
      finish(group);
    }
  }
}
