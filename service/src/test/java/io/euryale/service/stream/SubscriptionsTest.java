package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whose wishes are in the union.
class SubscriptionsTest {

  private static final StreamQos ACTIVE = StreamQos.of(Replication.ACTIVE);
  private static final PeerId FIRST = PeerId.of("first", 1);
  private static final PeerId SECOND = PeerId.of("second", 1);
  private static final PeerId THIRD = PeerId.of("third", 1);

  private int most = 3;
  private final Subscriptions subscriptions = new Subscriptions(() -> most);

  private static List<Subscription> wishes(String... patterns) {
    return Arrays.stream(patterns).map(pattern -> new Subscription(ACTIVE, pattern)).toList();
  }

  private List<String> patterns() {
    return subscriptions.entries().stream().map(Subscription::pattern).toList();
  }

  @Test
  void who_comes_first_is_served_first() {
    assertThat(subscriptions.set(FIRST, wishes("m", "n"))).isTrue();
    assertThat(subscriptions.set(SECOND, wishes("a", "b", "c", "m"))).isTrue();
    assertThat(subscriptions.set(THIRD, wishes("0"))).isFalse();
    assertThat(patterns()).containsExactly("a", "m", "n");
    assertThat(subscriptions.leftOut(wishes("a", "b", "c", "m"))).containsExactly("b", "c");
    assertThat(subscriptions.leftOut(wishes("0"))).containsExactly("0");
    assertThat(subscriptions.leftOut()).isEqualTo(3);
    assertThat(subscriptions.wanted("b")).isNull();
    assertThat(subscriptions.wanted("n")).isEqualTo(ACTIVE);
  }

  @Test
  void what_waits_gets_the_room_of_who_goes() {
    subscriptions.set(FIRST, wishes("m", "n"));
    subscriptions.set(SECOND, wishes("x", "y"));
    subscriptions.gone(FIRST, 10);
    assertThat(subscriptions.expire(9)).isFalse();
    assertThat(subscriptions.leftOut(wishes("x", "y"))).containsExactly("y");
    assertThat(subscriptions.expire(10)).isTrue();
    assertThat(patterns()).containsExactly("x", "y");
    assertThat(subscriptions.leftOut(wishes("x", "y"))).isEmpty();
  }

  /// As at a peer that goes up into the root cell.
  @Test
  void what_is_in_stays_when_there_is_less_room() {
    subscriptions.set(FIRST, wishes("m", "n", "o"));
    most = 2;
    subscriptions.set(SECOND, wishes("a"));
    assertThat(patterns()).containsExactly("m", "n", "o");
    subscriptions.set(FIRST, wishes("m"));
    assertThat(patterns()).containsExactly("a", "m");
  }

  @Test
  void a_stronger_wish_for_the_same_needs_no_room() {
    StreamQos kept = ACTIVE.withLastValue();
    subscriptions.set(FIRST, wishes("m", "n", "o"));
    assertThat(subscriptions.set(SECOND, List.of(new Subscription(kept, "n")))).isTrue();
    assertThat(subscriptions.wanted("n")).isEqualTo(kept);
    assertThat(subscriptions.leftOut()).isZero();
  }

  @Test
  void a_stream_gets_what_all_patterns_that_select_it_ask_for() {
    subscriptions.set(FIRST, List.of(new Subscription(ACTIVE.withLastValue(), "gate/*")));
    subscriptions.set(
        SECOND, List.of(new Subscription(StreamQos.of(Replication.ACTIVE_AGREED), "gate/7")));
    assertThat(subscriptions.wanted("gate/7"))
        .isEqualTo(StreamQos.of(Replication.ACTIVE_AGREED).withLastValue());
    assertThat(subscriptions.wanted("gate/8")).isEqualTo(ACTIVE.withLastValue());
    assertThat(subscriptions.wanted("door/7")).isNull();
  }
}
