package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.ConfigurationId;
import io.euryale.group.membership.MemberMessage.Accept;
import io.euryale.group.order.Holdings;
import io.euryale.kernel.PeerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An attempt on the side of its coordinator.
final class ProposalTest {

  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId B = PeerId.of("b", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final PeerId X = PeerId.of("x", 1);
  private static final ConfigurationId ID = ConfigurationId.regular(12, A);
  private static final ConfigurationId OLD = ConfigurationId.regular(10, A);
  private static final MembershipSettings SETTINGS = MembershipSettings.standard();
  private static final long REPEAT = SETTINGS.repeatPause().toNanos();

  private final List<String> said = new ArrayList<>();
  private final List<MemberMessage> messages = new ArrayList<>();
  private final Proposal proposal =
      new Proposal(
          ID,
          List.of(A, B, C),
          SETTINGS,
          new Voice() {
            @Override
            public void send(long now, PeerId to, MemberMessage message) {
              said.add(message.getClass().getSimpleName() + " to " + to.name());
              messages.add(message);
            }

            @Override
            public long jitter(long bound) {
              return 0;
            }
          },
          MembershipRules.SOUND);

  private static Accept newcomer() {
    return new Accept(ID, null, List.of(), List.of());
  }

  private static Accept member(long held, PeerId... oldMembers) {
    Holdings holdings =
        new Holdings(
            Collections.nCopies(
                oldMembers.length, new Holdings.OfOrigin(held, List.of(), held, held)),
            new BitSet());
    return new Accept(ID, OLD, List.of(oldMembers), Collections.nCopies(4, holdings));
  }

  private List<String> said() {
    List<String> since = List.copyOf(said);
    said.clear();
    return since;
  }

  private void accepted() {
    proposal.begin(0);
    for (PeerId each : List.of(A, B, C)) {
      proposal.accept(0, each, newcomer());
    }
    said.clear();
  }

  private void decided() {
    accepted();
    for (PeerId each : List.of(A, B, C)) {
      proposal.recovered(0, each);
    }
  }

  @Test
  void theWholeWayInItsOrder() {
    proposal.begin(0);
    assertThat(said()).containsExactly("Propose to a", "Propose to b", "Propose to c");
    proposal.accept(0, A, newcomer());
    proposal.accept(0, B, newcomer());
    assertThat(said()).isEmpty();
    proposal.accept(0, C, newcomer());
    assertThat(said()).containsExactly("Commit to a", "Commit to b", "Commit to c");
    proposal.recovered(0, A);
    proposal.recovered(0, B);
    proposal.recovered(0, B);
    assertThat(said()).isEmpty();
    proposal.recovered(0, C);
    assertThat(said()).containsExactly("Install to a", "Install to b", "Install to c");
    proposal.left(0, A);
    proposal.left(0, B);
    assertThat(proposal.isEntered()).isFalse();
    assertThat(said()).isEmpty();
    proposal.left(0, C);
    assertThat(said()).containsExactly("Enter to a", "Enter to b", "Enter to c");
    assertThat(proposal.isEntered()).isTrue();
  }

  @Test
  void nobodyElseCounts() {
    proposal.begin(0);
    proposal.accept(0, A, newcomer());
    proposal.accept(0, B, newcomer());
    said.clear();
    proposal.accept(0, X, newcomer());
    proposal.recovered(0, X);
    proposal.left(0, X);
    assertThat(said()).isEmpty();
  }

  @Test
  void whatComesOutOfItsTurnChangesNothing() {
    proposal.begin(0);
    said.clear();
    proposal.recovered(0, B);
    proposal.left(0, B);
    assertThat(said()).isEmpty();
    for (PeerId each : List.of(A, B, C)) {
      proposal.accept(0, each, newcomer());
    }
    said.clear();
    proposal.left(0, B);
    assertThat(said()).isEmpty();
  }

  @Test
  void whoAsksAgainIsAnsweredAgain() {
    accepted();
    proposal.accept(0, B, newcomer());
    assertThat(said()).containsExactly("Commit to b");
    for (PeerId each : List.of(A, B, C)) {
      proposal.recovered(0, each);
    }
    said.clear();
    proposal.recovered(0, B);
    assertThat(said()).containsExactly("Install to b");
    for (PeerId each : List.of(A, B, C)) {
      proposal.left(0, each);
    }
    said.clear();
    proposal.left(0, C);
    assertThat(said()).containsExactly("Enter to c");
  }

  @Test
  void onlyTheMissingAreAskedAgainAndNamedWhenTimeIsOver() {
    proposal.begin(0);
    proposal.accept(0, A, newcomer());
    said.clear();
    assertThat(proposal.due(REPEAT)).isNull();
    assertThat(said()).containsExactly("Propose to b", "Propose to c");
    assertThat(proposal.due(SETTINGS.answerTimeout().toNanos())).containsExactly(B, C);
  }

  @Test
  void whoLetsADecidedAttemptWaitIsNamedToo() {
    decided();
    proposal.left(0, A);
    proposal.left(0, C);
    said.clear();
    assertThat(proposal.due(REPEAT)).isNull();
    assertThat(said()).containsExactly("Install to b");
    assertThat(proposal.due(SETTINGS.answerTimeout().toNanos())).containsExactly(B);
  }

  @Test
  void membersOfOneOldConfigurationAreToldWhatAllOfThemHoldAndNewcomersNothing() {
    proposal.begin(0);
    proposal.accept(0, A, member(3, A, B));
    proposal.accept(0, B, member(7, A, B));
    proposal.accept(0, C, newcomer());
    List<MemberMessage.Commit> commits =
        messages.stream()
            .filter(MemberMessage.Commit.class::isInstance)
            .map(MemberMessage.Commit.class::cast)
            .toList();
    assertThat(commits).hasSize(3);
    assertThat(commits.get(0).together().stream()).containsExactly(0, 1);
    assertThat(commits.get(0).merged()).hasSize(4);
    assertThat(commits.get(1).merged().getFirst().origins().getFirst().top()).isEqualTo(7);
    assertThat(commits.get(2).merged()).isEmpty();
  }

  @Test
  void aReportThatContradictsTheOthersIsNotTaken() {
    proposal.begin(0);
    proposal.accept(0, A, member(3, A, B));
    proposal.accept(0, B, member(3, B, C));
    proposal.accept(0, C, member(3, A, B));
    said.clear();
    proposal.due(REPEAT);
    assertThat(said()).containsExactly("Propose to b", "Propose to c");
  }
}
