package io.euryale.group.named;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.RightsTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NamedGroupsCasesTest {

  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId B = PeerId.of("b", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final PeerName APP = new PeerName("app");
  private static final GroupName GROUP = new GroupName("orders/europe");

  private static final class Log implements GroupEvents, GroupObserver {
    final List<GroupView> views = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    final List<Refusal.Reason> refusals = new ArrayList<>();
    final List<String> forbidden = new ArrayList<>();
    final List<PeerId> outsiders = new ArrayList<>();
    long bytes;
    int writable;
    GroupView.@Nullable Cause left;

    @Override
    public void view(long nowNanos, GroupView view) {
      views.add(view);
    }

    @Override
    public void message(long nowNanos, GroupMessage message) {
      messages.add(Ledger.text(message.payload()));
      bytes += message.payload().remaining();
    }

    @Override
    public void refused(long nowNanos, Refusal refusal) {
      refusals.add(refusal.reason());
    }

    @Override
    public void writable(long nowNanos) {
      writable++;
    }

    @Override
    public void left(long nowNanos, GroupView.Cause cause) {
      left = cause;
    }

    @Override
    public void forbidden(
        long nowNanos,
        GroupMemberId who,
        Right right,
        GroupName group,
        String reason,
        boolean here) {
      forbidden.add(who + " " + right + " " + group + " " + here);
    }

    @Override
    public void tablesDiffer(long nowNanos, List<PeerId> peers) {
      outsiders.addAll(peers);
    }
  }

  private final Map<PeerId, NamedGroups> layers = new TreeMap<>();
  private final Map<PeerId, Log> logs = new TreeMap<>();
  private final Map<PeerId, Rights> tables = new TreeMap<>();
  private final Map<PeerId, Integer> submitted = new TreeMap<>();
  private final OrderedNet net =
      new OrderedNet(
          1,
          (id, node) -> {
            Submission counting =
                (service, payload) -> {
                  submitted.merge(id, 1, Integer::sum);
                  return node.submit(service, payload);
                };
            Log log = new Log();
            logs.put(id, log);
            NamedGroups layer =
                new NamedGroups(
                    counting,
                    id,
                    tables.getOrDefault(id, Rights.OPEN),
                    GroupSettings.DEFAULT,
                    log,
                    GroupTrace.NONE);
            layers.put(id, layer);
            return layer;
          });

  private NamedGroups layer(PeerId id) {
    return java.util.Objects.requireNonNull(layers.get(id));
  }

  private Log log(PeerId id) {
    return java.util.Objects.requireNonNull(logs.get(id));
  }

  private void start(PeerId... peers) {
    List.of(peers).forEach(net::boot);
    net.configure(List.of(List.of(peers)));
    net.settle();
  }

  private Admission join(PeerId id) {
    Admission answer = layer(id).join(0, APP, GROUP, JoinOptions.STATELESS, log(id));
    net.settle();
    return answer;
  }

  private Admission say(PeerId id, Service service, String text) {
    return layer(id).multicast(0, APP, GROUP, service, 1, Run.bytes(text));
  }

  private int submitted() {
    return submitted.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void a_join_and_a_leave_cost_one_message_each() {
    start(A, B, C);
    join(A);
    join(B);
    say(A, Service.AGREED, "x");
    net.settle();
    int before = submitted();
    join(C);
    assertThat(submitted() - before).isEqualTo(1);
    layer(C).leave(0, APP, GROUP);
    net.settle();
    assertThat(submitted() - before).isEqualTo(2);
    assertThat(log(C).left).isEqualTo(GroupView.Cause.LEAVE);
  }

  @Test
  void a_sender_that_does_not_wait_for_the_order_adds_one_flush_to_a_join() {
    start(A, B, C);
    join(A);
    join(B);
    say(A, Service.FIFO, "x");
    net.settle();
    int before = submitted();
    join(C);
    assertThat(submitted() - before).isEqualTo(2);
    assertThat(log(B).views.getLast().members()).hasSize(3);
  }

  @Test
  void a_peer_that_dies_while_joining_is_in_no_later_view() {
    start(A, B, C);
    join(A);
    layer(C).join(0, APP, GROUP, JoinOptions.STATELESS, log(C));
    for (int i = 0; i < 30; i++) {
      net.step();
    }
    net.crash(C);
    net.configure(List.of(List.of(A, B)));
    net.settle();
    join(B);
    assertThat(log(A).views.getLast().peers()).containsExactly(A, B);
  }

  @Test
  void a_message_accepted_between_configurations_goes_out_in_the_next() {
    start(A, B);
    join(A);
    join(B);
    net.configure(List.of(List.of(A), List.of(B)));
    assertThat(say(A, Service.SAFE, "waits").isAccepted()).isTrue();
    net.configure(List.of(List.of(A, B)));
    net.settle();
    assertThat(log(A).messages).containsExactly("waits");
    assertThat(log(B).messages).containsExactly("waits");
  }

  @Test
  void who_may_not_is_refused_here_and_audited() {
    Rights rights =
        new Rights(
            new RightsTable<>(
                List.of(
                    Rights.rule("orders/*", "a", "*", Set.of(Right.values())),
                    Rights.rule("orders/*", "b", "app", Set.of(Right.JOIN)))));
    List.of(A, B, C).forEach(id -> tables.put(id, rights));
    start(A, B, C);
    assertThat(join(A).isAccepted()).isTrue();
    assertThat(join(B).isAccepted()).isTrue();
    assertThat(join(C))
        .isInstanceOfSatisfying(
            Admission.Refused.class,
            refused -> {
              assertThat(refused.refusal().reason()).isEqualTo(Refusal.Reason.FORBIDDEN);
              assertThat(refused.refusal().text()).contains("app", "orders/europe", "join");
            });
    assertThat(log(C).forbidden).containsExactly("app@c#1 JOIN orders/europe true");
    assertThat(say(B, Service.AGREED, "no").isAccepted()).isFalse();
    say(A, Service.AGREED, "yes");
    net.settle();
    assertThat(log(A).messages).containsExactly("yes");
    assertThat(log(B).messages).isEmpty();
    assertThat(log(B).views).isNotEmpty();
  }

  @Test
  void a_peer_with_a_table_of_its_own_is_kept_out_by_all() {
    Rights strict =
        new Rights(new RightsTable<>(List.of(Rights.rule("*", "a", "*", Set.of(Right.values())))));
    tables.put(A, strict);
    tables.put(B, strict);
    start(A, B, C);
    assertThat(log(A).outsiders).containsExactly(C);
    join(A);
    assertThat(join(C))
        .isInstanceOfSatisfying(
            Admission.Refused.class,
            r -> assertThat(r.refusal().reason()).isEqualTo(Refusal.Reason.TABLES_DIFFER));
    assertThat(log(A).views.getLast().peers()).containsExactly(A);
  }

  @Test
  void a_join_that_a_peer_lets_pass_against_the_table_is_ignored_by_the_others() {
    Rights strict =
        new Rights(new RightsTable<>(List.of(Rights.rule("*", "a", "*", Set.of(Right.values())))));
    tables.put(A, strict);
    net.boot(A);
    net.configure(List.of(List.of(A)));
    net.settle();
    join(A);
    GroupFrame join = new GroupFrame.Join(GROUP, APP, false, false, 0);
    ByteBuffer bytes =
        GroupCodec.encode(new io.euryale.kernel.wire.WireWriter(), Hash.of("2/a#1"), join);
    layer(A).message(0, B, 1, Service.AGREED, bytes);
    assertThat(log(A).views.getLast().peers()).containsExactly(A);
    assertThat(log(A).forbidden).containsExactly("app@b#1 JOIN orders/europe false");
  }

  @Test
  void a_paused_application_stops_its_senders_within_a_window_and_loses_nothing() {
    start(A, B);
    join(A);
    join(B);
    layer(B).pause(0, APP);
    String kilobyte = "x".repeat(1024);
    int accepted = 0;
    while (say(A, Service.AGREED, kilobyte).isAccepted()) {
      accepted++;
      assertThat(accepted).isLessThan(10_000);
      net.settle();
    }
    assertThat(log(B).bytes)
        .isLessThanOrEqualTo(GroupSettings.DEFAULT.windowBytes() + 1024)
        .isGreaterThan(GroupSettings.DEFAULT.windowBytes() / 2);
    assertThat(log(A).writable).isZero();
    layer(B).resume(0, APP);
    net.settle();
    assertThat(log(A).writable).isEqualTo(1);
    assertThat(log(B).messages).hasSize(accepted);
  }

  @Test
  void a_pause_outlives_a_change_of_the_configuration() {
    start(A, B);
    join(A);
    join(B);
    layer(B).pause(0, APP);
    String kilobyte = "x".repeat(1024);
    for (int i = 0; i < 1500; i++) {
      say(A, Service.AGREED, kilobyte);
      net.settle();
    }
    long before = log(B).bytes;
    net.configure(List.of(List.of(A, B)));
    net.settle();
    assertThat(log(B).bytes).isEqualTo(before);
    layer(B).resume(0, APP);
    net.settle();
    assertThat(log(B).messages).hasSize(1500);
  }

  @Test
  void a_joiner_is_given_much_state_in_small_pieces() {
    start(A, B);
    int[] pulled = new int[1];
    int[] ahead = new int[1];
    int[] got = new int[1];
    GroupEvents giver =
        new GroupEvents() {
          @Override
          public void view(long nowNanos, GroupView view) {}

          @Override
          public void message(long nowNanos, GroupMessage message) {}

          @Override
          public void left(long nowNanos, GroupView.Cause cause) {}

          @Override
          public StateSource snapshot(long nowNanos, GroupMemberId receiver) {
            return new StateSource() {
              @Override
              public @Nullable ByteBuffer next() {
                if (pulled[0] == 1000) {
                  return null;
                }
                pulled[0]++;
                ahead[0] = Math.max(ahead[0], pulled[0] - got[0]);
                return ByteBuffer.allocate(4096);
              }

              @Override
              public boolean isFinished() {
                return pulled[0] == 1000;
              }
            };
          }
        };
    layer(A).join(0, APP, GROUP, JoinOptions.REPLICA, giver);
    net.settle();
    List<String> order = new ArrayList<>();
    GroupEvents joiner =
        new GroupEvents() {
          @Override
          public void view(long nowNanos, GroupView view) {
            order.add("view");
          }

          @Override
          public void message(long nowNanos, GroupMessage message) {
            order.add(Ledger.text(message.payload()));
          }

          @Override
          public void left(long nowNanos, GroupView.Cause cause) {}

          @Override
          public void state(long nowNanos, ByteBuffer chunk) {
            got[0]++;
          }

          @Override
          public void stateComplete(long nowNanos, GroupMemberId from) {
            order.add("state");
          }
        };
    layer(B).join(0, APP, GROUP, JoinOptions.REPLICA, joiner);
    for (int i = 0; i < 200; i++) {
      net.step();
    }
    say(A, Service.AGREED, "after");
    net.settle();
    assertThat(got[0]).isEqualTo(1000);
    assertThat(ahead[0]).isLessThanOrEqualTo(GroupSettings.DEFAULT.stateWindow());
    assertThat(order).containsExactly("state", "view", "after");
  }
}
