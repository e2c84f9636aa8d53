package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import io.euryale.group.order.OrderNet.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A configuration that ends while it was already ending.
final class ObligationTest {

  @Test
  void whoSaidThatItHoldsTheUnionTreatsThoseMembersAsIfTheyCameAlong() {
    OrderNet net = new OrderNet(1, 3, OrderSettings.standard());
    net.begin();
    net.member(0).isCut = true; // Its packet reaches nobody,
    net.member(0).send(Service.AGREED, "of m0");
    net.run(net.now + 2_000_000);
    net.member(0).isCut = false;
    List<Member> all = net.members();
    // all three recover, and m0 goes away before anything is installed.
    assertThat(net.recover(all, net.configuration(all))).isTrue();
    net.member(0).isCut = true;
    List<Member> rest = all.subList(1, 3);
    assertThat(net.change(rest)).isTrue();
    for (Member member : rest) {
      assertThat(member.messages).containsExactly("AGREED m0/1 of m0");
    }
  }

  @Test
  void withoutTheObligationAnOrphanIsDropped() {
    OrderNet net = new OrderNet(2, 4, OrderSettings.standard());
    net.begin();
    net.member(1).isCut = true; // m1 says something that nobody hears,
    net.member(1).send(Service.AGREED, "unheard");
    net.run(net.now + 300_000);
    net.member(0).send(Service.AGREED, "may depend on it");
    net.run(net.now + 2_000_000);
    net.member(0).isCut = true;
    assertThat(net.change(net.members().subList(2, 4))).isTrue();
    assertThat(net.member(2).messages).isEmpty();
    assertThat(net.member(3).messages).isEmpty();
  }

  @Test
  void anAttemptThatFailsCanBeBegunAnewAnyNumberOfTimes() {
    OrderNet net = new OrderNet(3, 3, OrderSettings.standard());
    net.loss = 0.2;
    net.begin();
    for (int i = 0; i < 30; i++) {
      net.member(i % 3).send(Service.SAFE, "m" + i);
    }
    net.run(net.now + 2_000_000);
    List<Member> all = net.members();
    for (int i = 0; i < 5; i++) {
      assertThat(net.recover(all, net.configuration(all))).isTrue();
    }
    assertThat(net.change(all)).isTrue();
    assertThat(net.settle()).isTrue();
    for (Member member : all) {
      assertThat(member.messages).isEqualTo(net.member(0).messages).hasSize(30);
    }
  }
}
