package io.euryale.lab.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/// Defects that group communication systems are known for, at every moment of a change.
class KnownDefectsTest {

  private static final int MOMENTS = 20;

  private final GroupScenario scenario = new GroupScenario();

  @Test
  void aMemberThatDiesWhileItJoinsLeavesNoGhost() {
    List<Integer> joined = keepsEveryPromise(Directed::deathWhileJoining, "peer-d");
    // Some die before they are taken in, some after: the moments lie around the agreement.
    assertThat(joined).contains(2, 3);
  }

  @Test
  void membersWhoseLinksAreCutSoonAfterAHealDoNotDiffer() {
    List<Integer> joined = keepsEveryPromise(Directed::cutSoonAfterAHeal, "peer-a");
    assertThat(joined.stream().distinct().count()).isGreaterThan(1);
  }

  @Test
  void nothingIsLostWhenOneMemberChangesBeforeTheOthers() {
    keepsEveryPromise(Directed::trafficThroughChanges, "peer-b");
  }

  /// @return for each moment how many configurations of all peers `who` installed
  private List<Integer> keepsEveryPromise(IntFunction<GroupPlan> schedule, String who) {
    List<Integer> installed = new ArrayList<>();
    for (int k = 0; k < MOMENTS; k++) {
      GroupPlan plan = schedule.apply(k);
      int[] count = new int[1];
      assertThat(
              scenario
                  .run(
                      k,
                      plan,
                      trace -> {
                        if (isWhole(trace, plan.peers(), who)
                            && trace.at() < GroupPlan.QUIESCE_NANOS) {
                          count[0]++;
                        }
                      })
                  .violations())
          .as("moment %d", k)
          .isEmpty();
      installed.add(count[0]);
    }
    return installed;
  }

  private static boolean isWhole(Trace trace, int peers, String who) {
    return trace.event().equals("INSTALL")
        && trace.proc().equals(who)
        && trace.body().text("kind").equals("REG")
        && trace.body().text("members").split(",", -1).length == peers;
  }
}
