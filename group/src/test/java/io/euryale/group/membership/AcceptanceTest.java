package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.membership.Acceptance.Phase;
import io.euryale.group.membership.MemberMessage.Accept;
import io.euryale.group.membership.MemberMessage.Commit;
import io.euryale.group.membership.MemberMessage.Enter;
import io.euryale.group.membership.MemberMessage.Install;
import io.euryale.group.membership.MemberMessage.Left;
import io.euryale.group.membership.MemberMessage.Propose;
import io.euryale.group.membership.MemberMessage.Recovered;
import io.euryale.group.membership.MemberMessage.Refuse;
import io.euryale.group.order.Holdings;
import io.euryale.group.order.Merged;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The way of one member from configuration to configuration, told message by message.
final class AcceptanceTest {

  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId B = PeerId.of("b", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final ConfigurationId FIRST = ConfigurationId.regular(10, A);
  private static final ConfigurationId NEXT = ConfigurationId.regular(12, A);
  private static final ConfigurationId LATER = ConfigurationId.regular(14, C);
  private static final MembershipSettings SETTINGS = MembershipSettings.standard();

  private final World world = new World();
  private final Acceptance acceptance =
      new Acceptance(SETTINGS, B, 0, world, world, world, MembershipRules.SOUND);

  /// Everything around: voice, classes, disk.
  private static final class World implements Voice, Seats, Acceptance.Outcome {
    final List<String> said = new ArrayList<>();
    final List<String> orders = new ArrayList<>();
    final List<Configuration> installed = new ArrayList<>();
    boolean orderly;

    @Override
    public void send(long now, PeerId to, MemberMessage message) {
      said.add(message.getClass().getSimpleName() + " to " + to.name());
    }

    @Override
    public long jitter(long bound) {
      return 0;
    }

    @Override
    public void freeze(long now, long attempt) {
      orders.add("freeze " + attempt);
    }

    @Override
    public void recover(long now, long attempt, long tag, List<Merged> merged, BitSet together) {
      orders.add("recover " + attempt);
    }

    @Override
    public void deliverOld(long now, long attempt) {
      orders.add("deliver old " + attempt);
    }

    @Override
    public void transitional(long now, long attempt, Configuration configuration) {
      orders.add("transitional " + attempt);
    }

    @Override
    public void regular(long now, Configuration configuration) {
      orders.add("regular");
    }

    @Override
    public void promise(long now, long number) {
      orders.add("promise " + number);
    }

    @Override
    public void phase(Phase phase) {}

    @Override
    public void installed(
        long now, Configuration configuration, long startedNanos, boolean inOrder) {
      installed.add(configuration);
      orderly = inOrder;
    }

    @Override
    public void transitional(long now, Configuration configuration) {
      installed.add(configuration);
    }
  }

  private static Commit commit(ConfigurationId id, boolean hasOld) {
    BitSet together = new BitSet();
    together.set(0, 2);
    Merged merged =
        new Merged(Collections.nCopies(2, new Merged.OfOrigin(0, List.of(), 0, 0)), together);
    return hasOld
        ? new Commit(id, List.of(A, B), together, Collections.nCopies(4, merged))
        : new Commit(id, List.of(A, B), new BitSet(), List.of());
  }

  private void frozen(long attempt, @Nullable Holdings holdings) {
    for (TrafficClass each : TrafficClass.values()) {
      acceptance.frozen(0, attempt, each, holdings);
    }
  }

  private static Holdings holdings() {
    return new Holdings(
        Collections.nCopies(2, new Holdings.OfOrigin(0, List.of(), 0, 0)), new BitSet());
  }

  /// Installs the first configuration, of A and B.
  private void settle() {
    long attempt = 1;
    acceptance.propose(0, A, new Propose(FIRST, List.of(A, B)));
    frozen(attempt, null);
    acceptance.durable(0, 1_000);
    acceptance.commit(0, commit(FIRST, false));
    for (TrafficClass each : TrafficClass.values()) {
      acceptance.recovered(0, attempt, each);
    }
    acceptance.install(0, new Install(FIRST));
    acceptance.enter(0, new Enter(FIRST));
    assertThat(acceptance.phase()).isEqualTo(Phase.RESTING);
    world.said.clear();
    world.orders.clear();
    world.installed.clear();
  }

  private void delivered() {
    for (TrafficClass each : TrafficClass.values()) {
      acceptance.delivered(0, 2, each);
    }
  }

  /// Leads to a phase of the second attempt.
  private void reach(Phase wanted) {
    settle();
    if (wanted == Phase.RESTING) {
      return;
    }
    acceptance.propose(0, A, new Propose(NEXT, List.of(A, B)));
    if (wanted == Phase.FREEZING) {
      return;
    }
    frozen(2, holdings());
    acceptance.durable(0, 1_000);
    if (wanted == Phase.ACCEPTED) {
      return;
    }
    acceptance.commit(0, commit(NEXT, true));
    if (wanted == Phase.RECOVERING) {
      return;
    }
    for (TrafficClass each : TrafficClass.values()) {
      acceptance.recovered(0, 2, each);
    }
    if (wanted == Phase.RECOVERED) {
      return;
    }
    acceptance.install(0, new Install(NEXT));
    if (wanted == Phase.DELIVERING_OLD) {
      return;
    }
    delivered();
    if (wanted == Phase.DELIVERING_REST) {
      return;
    }
    delivered();
    assertThat(acceptance.phase()).isEqualTo(wanted);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void eachPhaseIsReached(Phase phase) {
    reach(phase);
    assertThat(acceptance.phase()).isEqualTo(phase);
  }

  @Test
  void theWholeWayInItsOrder() {
    reach(Phase.LEFT);
    acceptance.enter(0, new Enter(NEXT));
    assertThat(world.said).containsExactly("Accept to a", "Recovered to a", "Left to a");
    assertThat(world.orders)
        .containsExactly(
            "freeze 2", "promise 12", "recover 2", "deliver old 2", "transitional 2", "regular");
    assertThat(world.installed)
        .extracting(Configuration::toString)
        .containsExactly("TRANS 11/a#1/a#1 [a#1, b#1]", "REG 12/a#1 [a#1, b#1]");
    assertThat(world.orderly).isTrue();
    assertThat(acceptance.isFrozen()).isFalse();
  }

  @Test
  void nothingIsAcceptedBeforeTheNumberIsOnDisk() {
    settle();
    acceptance.propose(0, A, new Propose(NEXT, List.of(A, B)));
    frozen(2, holdings());
    assertThat(world.said).isEmpty();
    acceptance.durable(0, 11);
    assertThat(world.said).isEmpty();
    acceptance.durable(0, 12);
    assertThat(world.said).containsExactly("Accept to a");
  }

  /// Every message in every phase: what it leads to, of the attempt that is under way (`12`), of an
  /// earlier (`10`) and of a later one (`14`).
  @ParameterizedTest
  @CsvSource({
    // phase, message, number, phase afterwards, what is said
    "RESTING,propose,10,RESTING,",
    "RESTING,propose,8,RESTING,Refuse to a",
    "RESTING,propose,14,FREEZING,",
    "RESTING,commit,10,RESTING,",
    "RESTING,commit,14,RESTING,",
    "RESTING,install,10,RESTING,",
    "RESTING,install,14,RESTING,",
    "RESTING,enter,10,RESTING,",
    "RESTING,enter,14,RESTING,",
    "FREEZING,propose,12,FREEZING,",
    "FREEZING,propose,10,FREEZING,Refuse to a",
    "FREEZING,propose,14,FREEZING,",
    "FREEZING,commit,12,FREEZING,",
    "FREEZING,commit,14,FREEZING,",
    "FREEZING,install,12,FREEZING,",
    "FREEZING,install,14,FREEZING,",
    "FREEZING,enter,12,FREEZING,",
    "FREEZING,enter,14,FREEZING,",
    "ACCEPTED,propose,12,ACCEPTED,Accept to a",
    "ACCEPTED,propose,10,ACCEPTED,Refuse to a",
    "ACCEPTED,propose,14,FREEZING,",
    "ACCEPTED,commit,12,RECOVERING,",
    "ACCEPTED,commit,14,ACCEPTED,",
    "ACCEPTED,install,12,ACCEPTED,",
    "ACCEPTED,install,14,ACCEPTED,",
    "ACCEPTED,enter,12,ACCEPTED,",
    "ACCEPTED,enter,14,ACCEPTED,",
    "RECOVERING,propose,12,RECOVERING,",
    "RECOVERING,propose,10,RECOVERING,Refuse to a",
    "RECOVERING,propose,14,FREEZING,",
    "RECOVERING,commit,12,RECOVERING,",
    "RECOVERING,commit,14,RECOVERING,",
    "RECOVERING,install,12,RECOVERING,",
    "RECOVERING,install,14,RECOVERING,",
    "RECOVERING,enter,12,RECOVERING,",
    "RECOVERING,enter,14,RECOVERING,",
    "RECOVERED,propose,12,RECOVERED,",
    "RECOVERED,propose,10,RECOVERED,Refuse to a",
    "RECOVERED,propose,14,FREEZING,",
    "RECOVERED,commit,12,RECOVERED,",
    "RECOVERED,commit,14,RECOVERED,",
    "RECOVERED,install,12,DELIVERING_OLD,",
    "RECOVERED,install,14,RECOVERED,",
    "RECOVERED,enter,12,RECOVERED,",
    "RECOVERED,enter,14,RECOVERED,",
    "DELIVERING_OLD,propose,12,DELIVERING_OLD,",
    "DELIVERING_OLD,propose,10,DELIVERING_OLD,",
    "DELIVERING_OLD,propose,14,DELIVERING_OLD,",
    "DELIVERING_OLD,commit,12,DELIVERING_OLD,",
    "DELIVERING_OLD,commit,14,DELIVERING_OLD,",
    "DELIVERING_OLD,install,12,DELIVERING_OLD,",
    "DELIVERING_OLD,install,14,DELIVERING_OLD,",
    "DELIVERING_OLD,enter,12,DELIVERING_OLD,",
    "DELIVERING_OLD,enter,14,DELIVERING_OLD,",
    "DELIVERING_REST,propose,12,DELIVERING_REST,",
    "DELIVERING_REST,propose,10,DELIVERING_REST,",
    "DELIVERING_REST,propose,14,DELIVERING_REST,",
    "DELIVERING_REST,commit,12,DELIVERING_REST,",
    "DELIVERING_REST,commit,14,DELIVERING_REST,",
    "DELIVERING_REST,install,12,DELIVERING_REST,",
    "DELIVERING_REST,install,14,DELIVERING_REST,",
    "DELIVERING_REST,enter,12,DELIVERING_REST,",
    "DELIVERING_REST,enter,14,DELIVERING_REST,",
    "LEFT,propose,12,LEFT,",
    "LEFT,propose,10,LEFT,Refuse to a",
    "LEFT,propose,14,FREEZING,",
    "LEFT,commit,12,LEFT,",
    "LEFT,commit,14,LEFT,",
    "LEFT,install,12,LEFT,",
    "LEFT,install,14,LEFT,",
    "LEFT,enter,12,RESTING,",
    "LEFT,enter,14,LEFT,",
  })
  void everyMessageInEveryPhase(
      Phase phase, String message, long number, Phase after, @Nullable String said) {
    reach(phase);
    world.said.clear();
    int installed = world.installed.size();
    PeerId coordinator = number == 14 ? C : A;
    ConfigurationId id = ConfigurationId.regular(number, coordinator);
    switch (message) {
      case "propose" ->
          acceptance.propose(
              0, coordinator, new Propose(id, number == 14 ? List.of(A, B, C) : List.of(A, B)));
      case "commit" -> acceptance.commit(0, commit(id, true));
      case "install" -> acceptance.install(0, new Install(id));
      default -> acceptance.enter(0, new Enter(id));
    }
    assertThat(acceptance.phase()).isEqualTo(after);
    assertThat(String.join(", ", world.said)).isEqualTo(said == null ? "" : said);
    boolean enters = phase == Phase.LEFT && after != Phase.LEFT;
    assertThat(world.installed).hasSize(installed + (enters ? 1 : 0));
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void answersOfClassesToAnEarlierAttemptChangeNothing(Phase phase) {
    reach(phase);
    world.said.clear();
    for (TrafficClass each : TrafficClass.values()) {
      acceptance.frozen(0, 1, each, null);
      acceptance.recovered(0, 1, each);
      acceptance.delivered(0, 1, each);
    }
    acceptance.durable(0, 11);
    assertThat(acceptance.phase()).isEqualTo(phase);
    assertThat(world.said).isEmpty();
  }

  @Test
  void aProposalWithoutThisPeerOrItsCoordinatorOrBySomebodyElseIsNotFollowed() {
    settle();
    acceptance.propose(0, C, new Propose(LATER, List.of(A, C)));
    acceptance.propose(0, C, new Propose(LATER, List.of(A, B)));
    assertThat(world.said).isEmpty();
    acceptance.propose(0, A, new Propose(LATER, List.of(A, B, C)));
    assertThat(world.said).containsExactly("Refuse to a");
    assertThat(acceptance.phase()).isEqualTo(Phase.RESTING);
    assertThat(acceptance.isFrozen()).isFalse();
  }

  @Test
  void aCommitThatDoesNotFitWhereThisPeerComesFromIsImplausible() {
    settle();
    Commit good = commit(NEXT, true);
    assertThat(acceptance.isPlausible(good)).isTrue();
    BitSet wide = new BitSet();
    wide.set(0, 3);
    BitSet others = new BitSet();
    others.set(0);
    Merged narrow = new Merged(List.of(new Merged.OfOrigin(0, List.of(), 0, 0)), others);
    List<Commit> bad =
        List.of(
            new Commit(NEXT, good.members(), wide, good.merged()),
            new Commit(NEXT, good.members(), others, good.merged()),
            new Commit(NEXT, good.members(), new BitSet(), good.merged()),
            new Commit(NEXT, good.members(), good.together(), good.merged().subList(0, 3)),
            new Commit(NEXT, good.members(), good.together(), Collections.nCopies(4, narrow)),
            new Commit(NEXT, List.of(A, C), good.together(), good.merged()),
            new Commit(NEXT, List.of(B, C), good.together(), good.merged()));
    assertThat(bad).noneMatch(acceptance::isPlausible);
  }

  @Test
  void aCommitOfANewcomerIsNotFollowedByAMemberNorTheOtherWayRound() {
    reach(Phase.ACCEPTED);
    acceptance.commit(0, commit(NEXT, false));
    assertThat(acceptance.phase()).isEqualTo(Phase.ACCEPTED);
    assertThat(world.orders).doesNotContain("recover 2");
  }

  @Test
  void whoWaitsForTheLastStepInVainEntersWithoutAVote() {
    reach(Phase.LEFT);
    long repeat = SETTINGS.repeatPause().toNanos();
    acceptance.due(repeat);
    assertThat(world.said).endsWith("Left to a", "Left to a");
    acceptance.due(SETTINGS.answerTimeout().toNanos());
    assertThat(acceptance.phase()).isEqualTo(Phase.RESTING);
    assertThat(world.orderly).isFalse();
    assertThat(acceptance.isFrozen()).as("wants the next configuration").isTrue();
  }

  @Test
  void recoveredIsRepeatedUntilItIsAnswered() {
    reach(Phase.RECOVERED);
    assertThat(acceptance.nextDeadline()).isEqualTo(SETTINGS.repeatPause().toNanos());
    acceptance.due(acceptance.nextDeadline());
    assertThat(world.said).containsExactly("Accept to a", "Recovered to a", "Recovered to a");
  }

  @Test
  void messagesToCoordinatorsAreNotForMembers() {
    // These go to the proposal only; a member has no way to take them.
    assertThat(List.of(Accept.class, Recovered.class, Refuse.class, Left.class))
        .allMatch(
            type ->
                java.util.Arrays.stream(Acceptance.class.getDeclaredMethods())
                    .noneMatch(m -> List.of(m.getParameterTypes()).contains(type)));
  }
}
