package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerName;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How much clients may want.
class WishBudgetTest {

  private static final PeerName DESK = new PeerName("desk");
  private static final PeerName DOOR = new PeerName("door");

  private final WishBudget budget = new WishBudget(10 << 10, 8 << 10);

  @Test
  void one_name_has_a_part_of_all_there_is() {
    budget.take(DESK, 8 << 10);
    assertThat(budget.limit(DESK, 0, 1)).contains("at most 8 KiB of what clients of one name");
    assertThat(budget.limit(DOOR, 0, 2 << 10)).isNull();
    budget.take(DOOR, 2 << 10);
    assertThat(budget.limit(DOOR, 2 << 10, (2 << 10) + 1)).contains("at most 10 KiB of what all");
  }

  @Test
  void who_wants_no_more_than_before_may() {
    budget.take(DESK, 8 << 10);
    budget.take(DOOR, 4 << 10);
    assertThat(budget.limit(DOOR, 4 << 10, 4 << 10)).isNull();
    assertThat(budget.limit(DESK, 1 << 10, 100)).isNull();
    budget.take(DOOR, -(4 << 10));
    assertThat(budget.limit(DOOR, 0, 2 << 10)).isNull();
  }

  @Test
  void patterns_and_peers_count_by_their_length() {
    Message.Subscriptions nothing = new Message.Subscriptions(1, List.of(), List.of());
    Message.Subscriptions little =
        nothing.with(List.of(new Subscription(StreamQos.of(Replication.ACTIVE), "a")));
    Message.Subscriptions more =
        nothing.with(List.of(new Subscription(StreamQos.of(Replication.ACTIVE), "a".repeat(200))));
    Message.Subscriptions linked = new Message.Subscriptions(1, List.of(DESK), more.entries());
    assertThat(WishBudget.bytes(little)).isGreaterThan(WishBudget.bytes(nothing) + 100);
    assertThat(WishBudget.bytes(more)).isGreaterThan(WishBudget.bytes(little) + 300);
    assertThat(WishBudget.bytes(linked)).isGreaterThan(WishBudget.bytes(more) + 100);
  }
}
