package io.euryale.group.primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Each legal move, told by what the host of member `a` sees; the others are played by the test.
class PrimaryTest {

  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId B = PeerId.of("b", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final Charter CHARTER = PlantedBug.thirds(1);
  private static final Configuration ALL = configuration(2, A, B, C);

  private final Seen seen = new Seen();
  private Primary primary = new Primary(A.name(), null, CHARTER, seen);

  @Test
  void a_first_start_of_all_forms_the_first_primary() {
    construct();
    assertThat(primary.state()).isEqualTo(PrimaryState.CONSTRUCT);
    primary.persisted(0);
    create(ALL, A, B, C);
    assertThat(primary.isPrimary()).isTrue();
    assertThat(seen.primaries).containsExactly("2/a#1 1/1[a, b, c]");
    assertThat(seen.states)
        .containsExactly("EXCHANGE_STATES", "EXCHANGE_ACTIONS", "CONSTRUCT", "REG_PRIM");
    assertThat(seen.sent.getLast()).isInstanceOf(PrimaryMessage.PrimaryFormed.class);
  }

  @Test
  void the_create_primary_message_waits_for_the_disk() {
    construct();
    assertThat(seen.sent).hasSize(1);
    assertThat(seen.attempts).isEmpty();
    assertThat(seen.lastWritten().vulnerable()).isNotNull();
    primary.persisted(0);
    assertThat(seen.sent.getLast()).isEqualTo(new PrimaryMessage.CreatePrimary(ALL.id(), 1, 1));
    assertThat(seen.attempts).containsExactly("1/1[a, b, c]");
  }

  @Test
  void a_change_while_states_are_awaited_ends_the_exchange() {
    primary.regular(0, ALL);
    state(ALL, B, blank());
    primary.transitional(0, after(ALL, A));
    state(ALL, A, blank());
    state(ALL, C, blank());
    assertThat(primary.state()).isEqualTo(PrimaryState.NON_PRIM);
  }

  @Test
  void a_create_primary_message_that_stays_missing_ends_the_attempt() {
    construct();
    primary.persisted(0);
    create(ALL, A, B);
    primary.transitional(0, after(ALL, A, B));
    assertThat(primary.state()).isEqualTo(PrimaryState.NO);
    Configuration next = configuration(4, A, B);
    primary.regular(0, next);
    assertThat(primary.record().vulnerable()).isNull();
    assertThat(primary.record().attempts()).isEqualTo(1);
    assertThat(seen.sent).as("said only when durable").hasSize(2);
    primary.persisted(0);
    assertThat(seen.sent.getLast())
        .isEqualTo(new PrimaryMessage.StateMessage(next.id(), primary.record()));
  }

  @Test
  void a_change_before_the_disk_answered_sends_no_create_primary_message_later() {
    construct();
    primary.transitional(0, after(ALL, A, B));
    assertThat(primary.state()).isEqualTo(PrimaryState.NO);
    Configuration next = configuration(4, A, B);
    primary.regular(0, next);
    primary.persisted(0);
    assertThat(seen.sent).as("two writes, one answer").hasSize(1);
    primary.persisted(0);
    assertThat(seen.sent).hasSize(2);
    assertThat(seen.sent.getLast()).isInstanceOf(PrimaryMessage.StateMessage.class);
  }

  @Test
  void the_last_create_primary_message_after_the_change_leaves_the_attempt_undecided() {
    undecided();
    assertThat(primary.state()).isEqualTo(PrimaryState.UN);
    assertThat(seen.primaries).isEmpty();
    primary.regular(0, configuration(4, A, B));
    assertThat(primary.record().vulnerable()).isNotNull();
  }

  @Test
  void a_word_of_the_new_primary_decides() {
    undecided();
    message(B, new PrimaryMessage.PrimaryFormed(ALL.id(), 1, 1));
    assertThat(primary.state()).isEqualTo(PrimaryState.TRANS_PRIM);
    assertThat(primary.isPrimary()).isFalse();
    assertThat(seen.primaries).containsExactly("2/a#1 1/1[a, b, c]");
  }

  @Test
  void leaving_a_primary_in_order_ends_the_vulnerability_and_not_before() {
    construct();
    primary.persisted(0);
    create(ALL, A, B, C);
    assertThat(primary.record().vulnerable()).isNotNull();
    primary.transitional(0, after(ALL, A, B));
    assertThat(primary.state()).isEqualTo(PrimaryState.TRANS_PRIM);
    assertThat(primary.record().vulnerable()).isNotNull();
    primary.regular(0, configuration(4, A, B));
    assertThat(primary.record().vulnerable()).isNull();
    assertThat(primary.record().last().index()).isEqualTo(1);
  }

  @Test
  void a_crash_inside_a_primary_leaves_its_member_vulnerable() {
    construct();
    primary.persisted(0);
    create(ALL, A, B, C);
    primary = new Primary(A.name(), seen.lastWritten(), CHARTER, seen);
    exchange(configuration(4, A, B), primary.record(), primary.record());
    assertThat(seen.verdicts).endsWith(Verdict.VULNERABLE);
  }

  @Test
  void somebody_who_left_in_order_ends_the_vulnerability_of_those_who_crashed() {
    construct();
    primary.persisted(0);
    create(ALL, A, B, C);
    PrimaryRecord inside = seen.lastWritten();
    primary = new Primary(A.name(), inside, CHARTER, seen);
    exchange(configuration(4, A, B), inside, inside.resolved());
    assertThat(seen.verdicts).endsWith(Verdict.CONSTRUCT);
    assertThat(primary.state()).isEqualTo(PrimaryState.CONSTRUCT);
  }

  @Test
  void an_attempt_that_nobody_knows_the_end_of_blocks_until_all_of_it_met() {
    undecided();
    primary.regular(0, configuration(4, A, B));
    PrimaryRecord doubtful = primary.record();
    state(configuration(4, A, B), A, doubtful);
    state(configuration(4, A, B), B, met(doubtful, "b"));
    assertThat(primary.state()).isEqualTo(PrimaryState.NON_PRIM);
    assertThat(seen.verdicts).endsWith(Verdict.VULNERABLE);
    primary.transitional(0, after(configuration(4, A, B), A));
    Configuration next = configuration(6, A, C);
    primary.persisted(0); // The attempt, and whom it met.
    primary.regular(0, next);
    state(next, A, primary.record());
    state(next, C, met(doubtful, "c"));
    assertThat(seen.settled).as("counts as installed").containsExactly("1/1[a, b, c]");
    assertThat(seen.verdicts).endsWith(Verdict.CONSTRUCT);
    assertThat(primary.record().vulnerable().component().index()).isEqualTo(2);
  }

  @Test
  void a_member_that_came_out_knowing_that_it_failed_ends_the_doubt() {
    undecided();
    Configuration next = configuration(4, A, B);
    primary.regular(0, next);
    PrimaryRecord doubtful = primary.record();
    state(next, A, doubtful);
    state(next, B, doubtful.resolved());
    assertThat(seen.settled).isEmpty();
    assertThat(primary.state()).isEqualTo(PrimaryState.CONSTRUCT);
    assertThat(primary.record().vulnerable().component().toString()).isEqualTo("1/2[a, b]");
  }

  @Test
  void less_than_a_majority_is_no_primary() {
    primary.regular(0, configuration(2, A));
    state(configuration(2, A), A, blank());
    assertThat(seen.verdicts).containsExactly(Verdict.NO_QUORUM);
    assertThat(primary.state()).isEqualTo(PrimaryState.NON_PRIM);
    assertThat(seen.written).as("nothing was learned").isEmpty();
  }

  @Test
  void half_of_the_weight_needs_the_distinguished_member() {
    Charter pair = Charter.of(1, Voter.of("a", 1), Voter.of("b", 1));
    assertThat(verdict(record(pair), "a")).isEqualTo(Verdict.CONSTRUCT);
    assertThat(verdict(record(pair), "b")).isEqualTo(Verdict.NO_QUORUM);
    Charter silent = Charter.of(1, Voter.of("a", 0), Voter.of("b", 1), Voter.of("c", 1));
    assertThat(verdict(record(silent), "a", "b")).isEqualTo(Verdict.CONSTRUCT);
    assertThat(verdict(record(silent), "a", "c")).isEqualTo(Verdict.NO_QUORUM);
  }

  @Test
  void weights_count_and_not_heads() {
    Charter heavy = Charter.of(1, Voter.of("a", 3), Voter.of("b", 1), Voter.of("c", 1));
    assertThat(verdict(record(heavy), "b", "c")).isEqualTo(Verdict.NO_QUORUM);
    assertThat(verdict(record(heavy), "a")).isEqualTo(Verdict.CONSTRUCT);
  }

  @Test
  void the_last_primary_votes_and_not_the_declared_set() {
    List<Voter> two = List.of(Voter.of("a", 1), Voter.of("b", 1));
    PrimaryRecord shrunk =
        new PrimaryRecord(CHARTER, true, new Component(2, 1, ALL.id(), two), 0, null);
    assertThat(verdict(shrunk, "b", "c")).isEqualTo(Verdict.NO_QUORUM);
    assertThat(verdict(shrunk, "a")).isEqualTo(Verdict.CONSTRUCT);
  }

  @Test
  void a_quorum_below_the_minimum_is_too_small() {
    List<Voter> two = List.of(Voter.of("a", 1), Voter.of("b", 1));
    Component last = new Component(2, 1, ALL.id(), two);
    PrimaryRecord shrunk = new PrimaryRecord(PlantedBug.thirds(2), true, last, 0, null);
    assertThat(verdict(shrunk, "a")).isEqualTo(Verdict.TOO_SMALL);
    assertThat(verdict(shrunk, "a", "c")).isEqualTo(Verdict.CONSTRUCT);
  }

  @Test
  void a_lost_record_has_no_vote_until_others_have_a_quorum_without_it() {
    PrimaryRecord stale =
        new PrimaryRecord(CHARTER, true, new Component(1, 1, ALL.id(), CHARTER.voters()), 0, null);
    exchange(configuration(4, A, C), blank(), stale);
    assertThat(seen.verdicts).containsExactly(Verdict.NO_QUORUM);
    assertThat(primary.record().proven()).isFalse();
    assertThat(primary.record().last().index()).as("it learns").isEqualTo(1);
    primary.transitional(0, after(configuration(4, A, C), A, C));
    primary.persisted(0);
    Configuration next = configuration(6, A, B, C);
    primary.regular(0, next);
    state(next, A, primary.record());
    state(next, B, stale);
    state(next, C, stale);
    assertThat(primary.state()).isEqualTo(PrimaryState.CONSTRUCT);
    assertThat(primary.record().proven()).isTrue();
  }

  /// The limit of what can be known: see the package.
  @Test
  void a_majority_without_records_looks_like_a_first_start() {
    exchange(configuration(4, A, B), blank(), blank());
    assertThat(primary.state()).isEqualTo(PrimaryState.CONSTRUCT);
  }

  @Test
  void with_every_voter_present_lost_records_count() {
    List<Voter> two = List.of(Voter.of("a", 1), Voter.of("b", 1));
    PrimaryRecord survivor =
        new PrimaryRecord(CHARTER, true, new Component(2, 1, ALL.id(), two), 0, null);
    primary.regular(0, ALL);
    state(ALL, A, blank());
    state(ALL, B, survivor);
    state(ALL, C, blank());
    assertThat(primary.state()).isEqualTo(PrimaryState.CONSTRUCT);
    assertThat(primary.record().vulnerable().component().index()).isEqualTo(3);
  }

  /// Found by the exploration with four faults: without being told, it would continue a chain in
  /// which it had no part.
  @Test
  void a_member_that_lost_the_record_of_its_attempt_is_told_that_it_counts_as_installed() {
    List<Voter> two = List.of(Voter.of("a", 1), Voter.of("b", 1));
    Component attempted = new Component(1, 1, configuration(8, A, B).id(), two);
    Attempt attempt = new Attempt(attempted, List.of(B.name()));
    PrimaryRecord doubtful = new PrimaryRecord(CHARTER, true, CHARTER.origin(), 1, attempt);
    exchange(ALL, blank(), doubtful, record(CHARTER));
    assertThat(seen.settled).containsExactly("1/1[a, b]");
    assertThat(primary.record().vulnerable().component().index()).isEqualTo(2);
  }

  @Test
  void different_declarations_and_different_histories_form_nothing() {
    exchange(ALL, blank(), blank(), PrimaryRecord.initial(PlantedBug.thirds(2)));
    assertThat(seen.verdicts).containsExactly(Verdict.CHARTERS_DIFFER);
    Component one = new Component(1, 1, ALL.id(), CHARTER.voters());
    Component other = new Component(1, 1, configuration(8, B).id(), List.of(Voter.of("b", 1)));
    Configuration next = configuration(4, A, B);
    primary.transitional(0, after(ALL, A, B));
    exchange(
        next,
        new PrimaryRecord(CHARTER, true, one, 0, null),
        new PrimaryRecord(CHARTER, true, other, 0, null));
    assertThat(seen.verdicts).endsWith(Verdict.CONFLICT);
  }

  @Test
  void a_member_with_changed_settings_follows_the_charter_in_force() {
    primary = new Primary(A.name(), null, PlantedBug.thirds(3), seen);
    PrimaryRecord known =
        new PrimaryRecord(CHARTER, true, new Component(1, 1, ALL.id(), CHARTER.voters()), 0, null);
    exchange(ALL, primary.record(), known, known);
    assertThat(primary.record().charter()).isEqualTo(CHARTER);
    assertThat(primary.state()).isEqualTo(PrimaryState.CONSTRUCT);
  }

  @Test
  void messages_of_another_configuration_or_of_strangers_change_nothing() {
    primary.regular(0, ALL);
    Configuration old = configuration(8, A, B, C);
    state(old, A, blank());
    state(old, B, blank());
    state(old, C, blank());
    state(ALL, PeerId.of("c", 2), blank());
    assertThat(primary.state()).isEqualTo(PrimaryState.EXCHANGE_STATES);
    primary.message(0, B, ByteBuffer.wrap(new byte[] {7, 7}));
    primary.message(0, B, ByteBuffer.wrap(new byte[] {80}));
    assertThat(seen.skipped).hasSize(2);
  }

  @Test
  void a_host_that_breaks_the_order_of_configurations_is_told() {
    assertThatIllegalStateException().isThrownBy(() -> primary.transitional(0, after(ALL, A)));
    primary.regular(0, ALL);
    assertThatIllegalStateException().isThrownBy(() -> primary.regular(0, ALL));
    assertThatIllegalStateException().isThrownBy(() -> primary.persisted(0));
  }

  @Test
  void charters_that_could_never_work_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Charter.of(0, Voter.of("a", 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> Charter.of(2, Voter.of("a", 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> Charter.of(1, Voter.of("a", 0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Charter.of(1, Voter.of("a", 1), Voter.of("a", 2)));
  }

  // ---- playing the others ----

  private void construct() {
    exchange(ALL, blank(), blank(), blank());
  }

  private void undecided() {
    construct();
    primary.persisted(0);
    create(ALL, A, B);
    primary.transitional(0, after(ALL, A, B));
    create(ALL, C);
  }

  private void exchange(Configuration configuration, PrimaryRecord... records) {
    primary.regular(0, configuration);
    for (int i = 0; i < records.length; i++) {
      state(configuration, configuration.members().get(i), records[i]);
    }
  }

  private void state(Configuration configuration, PeerId sender, PrimaryRecord record) {
    message(sender, new PrimaryMessage.StateMessage(configuration.id(), record));
  }

  private void create(Configuration configuration, PeerId... senders) {
    for (PeerId sender : senders) {
      message(sender, new PrimaryMessage.CreatePrimary(configuration.id(), 1, 1));
    }
  }

  private void message(PeerId sender, PrimaryMessage message) {
    primary.message(0, sender, PrimaryCodec.encode(new WireWriter(), message));
  }

  /// What members that all know this come to.
  private Verdict verdict(PrimaryRecord record, String... names) {
    List<PeerId> members = List.of(names).stream().map(n -> PeerId.of(n, 1)).toList();
    Seen here = new Seen();
    Configuration configuration = configuration(10, members.toArray(PeerId[]::new));
    Primary member = new Primary(members.getFirst().name(), record, CHARTER, here);
    member.regular(0, configuration);
    for (PeerId peer : members) {
      PrimaryMessage state = new PrimaryMessage.StateMessage(configuration.id(), record);
      member.message(0, peer, PrimaryCodec.encode(new WireWriter(), state));
    }
    return here.verdicts.getFirst();
  }

  private static PrimaryRecord record(Charter charter) {
    return new PrimaryRecord(charter, true, charter.origin(), 1, null);
  }

  private static PrimaryRecord blank() {
    return PrimaryRecord.initial(CHARTER);
  }

  private static PrimaryRecord met(PrimaryRecord record, String name) {
    Attempt vulnerable = record.vulnerable();
    assertThat(vulnerable).isNotNull();
    return new PrimaryRecord(
        record.charter(),
        record.proven(),
        record.last(),
        record.attempts(),
        vulnerable.having(List.of(new PeerName(name))));
  }

  private static Configuration configuration(long number, PeerId... members) {
    return new Configuration(ConfigurationId.regular(number, members[0]), List.of(members), null);
  }

  private static Configuration after(Configuration regular, PeerId... members) {
    ConfigurationId next = ConfigurationId.regular(regular.id().number() + 2, members[0]);
    return new Configuration(next.transitional(members[0]), List.of(members), regular.id());
  }

  /// What the host is asked for and told.
  private static final class Seen implements PrimaryOutput {
    final List<PrimaryMessage> sent = new ArrayList<>();
    final List<PrimaryRecord> written = new ArrayList<>();
    final List<String> primaries = new ArrayList<>();
    final List<String> settled = new ArrayList<>();
    final List<String> states = new ArrayList<>();
    final List<String> attempts = new ArrayList<>();
    final List<Verdict> verdicts = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();

    PrimaryRecord lastWritten() {
      return written.getLast();
    }

    @Override
    public void multicast(long nowNanos, ByteBuffer payload) {
      sent.add(ok(PrimaryCodec.decode(new WireReader(), payload)));
    }

    @Override
    public void persist(long nowNanos, ByteBuffer record) {
      written.add(ok(PrimaryCodec.readRecord(record)));
    }

    private static <M> M ok(@Nullable Decoded<M> decoded) {
      if (decoded instanceof Decoded.Ok<M>(M message)) {
        return message;
      }
      throw new AssertionError(decoded);
    }

    @Override
    public void primary(long nowNanos, Configuration regular, Component component) {
      primaries.add(regular.id() + " " + component);
    }

    @Override
    public void settled(long nowNanos, Component component) {
      settled.add(component.toString());
    }

    @Override
    public void state(long nowNanos, PrimaryState from, PrimaryState to) {
      assertThat(from.mayBecome(to)).isTrue();
      states.add(to.name());
    }

    @Override
    public void attempt(long nowNanos, Component component) {
      attempts.add(component.toString());
    }

    @Override
    public void verdict(long nowNanos, Verdict verdict) {
      verdicts.add(verdict);
    }

    @Override
    public void skipped(long nowNanos, String reason) {
      skipped.add(reason);
    }
  }
}
