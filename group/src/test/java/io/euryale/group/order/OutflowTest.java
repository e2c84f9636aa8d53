package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import io.euryale.group.order.OrderNet.Member;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Own messages on their way out, and the repair of those that got lost.
final class OutflowTest {

  private static final OrderSettings SETTINGS = OrderSettings.standard();

  @Test
  void manySmallMessagesShareADatagram() {
    OrderNet net = new OrderNet(1, 2, SETTINGS);
    net.begin();
    for (int i = 0; i < 50; i++) {
      net.member(0).send(Service.AGREED, "small " + i);
    }
    net.member(0).ordering.idle(net.now);
    assertThat(net.flown()).isEqualTo(1);
    assertThat(net.settle()).isTrue();
    assertThat(net.member(1).messages).hasSize(50).isEqualTo(net.member(0).messages);
  }

  @Test
  void messagesOfDifferentServicesKeepTheirOrder() {
    OrderNet net = new OrderNet(2, 2, SETTINGS);
    net.begin();
    net.member(0).send(Service.FIFO, "1");
    net.member(0).send(Service.SAFE, "2");
    net.member(0).send(Service.FIFO, "3");
    assertThat(net.settle()).isTrue();
    assertThat(net.member(1).messages).containsExactly("FIFO m0/1 1", "SAFE m0/2 2", "FIFO m0/3 3");
  }

  @Test
  void theQueueRefusesWhatDoesNotFitAndTellsWhenThereIsRoom() {
    OrderSettings small =
        new OrderSettings(64 * 1024, 16, 64 * 1024, Duration.ofMillis(1), Duration.ofMillis(20));
    OrderNet net = new OrderNet(3, 2, small);
    Member member = net.member(0);
    for (int i = 0; i < 16; i++) {
      assertThat(member.send(Service.FIFO, "m" + i)).isTrue();
    }
    assertThat(member.send(Service.FIFO, "too many")).isFalse();
    assertThat(member.writable).isZero();
    net.begin();
    assertThat(net.settle()).isTrue();
    assertThat(member.writable).isEqualTo(1);
    assertThat(net.member(1).messages).hasSize(16);
    assertThat(member.ordering.submit(Service.FIFO, ByteBuffer.allocate(70_000)))
        .as("one message always fits into an empty queue")
        .isTrue();
    assertThat(member.send(Service.FIFO, "and no more")).isFalse();
    assertThat(net.settle()).isTrue();
    assertThat(member.writable).isEqualTo(2);
  }

  @Test
  void noMoreThanTheWindowIsUnderWayUntilOthersHoldIt() {
    OrderSettings small =
        new OrderSettings(64 * 1024, 16_384, 4 << 20, Duration.ofMillis(1), Duration.ofMillis(20));
    OrderNet net = new OrderNet(4, 2, small);
    net.begin();
    net.member(1).isCut = true;
    for (int i = 0; i < 500; i++) {
      net.member(0).ordering.submit(Service.FIFO, ByteBuffer.allocate(1_000));
    }
    net.run(net.now + 1_000_000);
    int queued = net.member(0).ordering.counters().queuedMessages;
    assertThat(500 - queued).as("a datagram counts 1 KiB more than it has").isBetween(25, 40);
    net.run(net.now + 500_000_000);
    assertThat(net.member(0).ordering.counters().queuedMessages).isEqualTo(queued);
    net.member(1).isCut = false;
    assertThat(net.settle()).isTrue();
    assertThat(net.member(1).messages).hasSize(500);
  }

  @Test
  void theNarrowestReceiverBoundsTheWindow() {
    OrderNet net = new OrderNet(5, 2, SETTINGS);
    net.member(0).windowBytes = 10_000;
    net.begin();
    net.member(1).isCut = true;
    for (int i = 0; i < 100; i++) {
      net.member(0).ordering.submit(Service.FIFO, ByteBuffer.allocate(1_000));
    }
    net.run(net.now + 1_000_000);
    assertThat(100 - net.member(0).ordering.counters().queuedMessages).isBetween(4, 6);
  }

  @Test
  void whatTheSenderCannotRepairAnyMoreAnotherHolderDoes() {
    OrderNet net = new OrderNet(6, 3, SETTINGS);
    net.begin();
    net.member(2).isCut = true;
    net.member(0).send(Service.FIFO, "held by m1");
    net.run(net.now + 3_000_000);
    net.member(0).isCut = true; // for good
    net.member(2).isCut = false;
    net.member(1).send(Service.FIFO, "news");
    net.run(net.now + 200_000_000);
    assertThat(net.member(2).messages).contains("FIFO m1/1 news");
    assertThat(net.change(net.members().subList(1, 3))).isTrue();
    assertThat(net.member(2).messages).contains("FIFO m0/1 held by m1");
  }

  @Test
  void aGapIsAskedForFromOthersWhenItsSenderDoesNotAnswer() {
    OrderNet net = new OrderNet(7, 3, SETTINGS);
    net.begin();
    net.member(2).isCut = true;
    net.member(0).send(Service.FIFO, "first");
    net.run(net.now + 3_000_000);
    net.member(2).isCut = false;
    net.member(0).send(Service.FIFO, "second");
    net.member(0).ordering.idle(net.now);
    net.run(net.now + 400_000);
    net.member(0).isCut = true; // m2 knows that something is missing, and its sender is gone.
    net.run(net.now + 500_000_000);
    assertThat(net.member(2).messages).containsExactly("FIFO m0/1 first", "FIFO m0/2 second");
  }

  @Test
  void aMemberThatLostEverythingForAWhileCatchesUp() {
    OrderNet net = new OrderNet(8, 3, SETTINGS);
    net.begin();
    net.member(2).isCut = true;
    for (int i = 0; i < 200; i++) {
      net.member(i % 2).send(Service.AGREED, "m" + i);
      net.run(net.now + 100_000);
    }
    net.member(2).isCut = false;
    assertThat(net.settle()).isTrue();
    assertThat(net.member(2).messages).hasSize(200).isEqualTo(net.member(0).messages);
  }

  @Test
  void nothingIsSaidWhenNothingIsUnsettled() {
    OrderNet net = new OrderNet(9, 3, SETTINGS);
    net.begin();
    net.member(0).send(Service.SAFE, "x");
    assertThat(net.settle()).isTrue();
    net.run(net.now + 1_000_000_000);
    long flown = net.flown();
    net.run(net.now + 60_000_000_000L);
    assertThat(net.flown()).isEqualTo(flown);
  }
}
