package io.euryale.group.order;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.group.order.OrderNet.Member;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Several orderings together.
final class OrderingTest {

  private static final OrderSettings SETTINGS = OrderSettings.standard();

  @Test
  void aloneEverythingIsDeliveredAtOnce() {
    OrderNet net = new OrderNet(1, 1, SETTINGS);
    net.begin();
    for (Service service : Service.values()) {
      assertThat(net.member(0).send(service, "x")).isTrue();
    }
    net.run(1);
    assertThat(net.member(0).messages).hasSize(Service.values().length);
    assertThat(net.flown()).isZero();
    assertThat(net.member(0).ordering.isSettled()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"2,0,0", "3,0,0", "3,0.05,0.05", "5,0.2,0.1", "4,0.5,0.3", "2,0.7,0"})
  void everythingArrivesEverywhereInOneOrder(int size, double loss, double repetition) {
    for (long seed = 1; seed <= 5; seed++) {
      OrderNet net = new OrderNet(seed, size, SETTINGS);
      net.loss = loss;
      net.repetition = repetition;
      net.begin();
      List<String> sent = load(net, seed, 120);
      assertThat(net.settle()).as("settled, seed %d", seed).isTrue();
      for (Member member : net.members()) {
        List<String> reliable =
            member.messages.stream().filter(m -> !m.startsWith("UNRELIABLE")).toList();
        assertThat(reliable).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(ordered(member)).isEqualTo(ordered(net.member(0)));
        assertThat(fifo(member)).as("the order of each sender").isTrue();
        assertThat(member.stable).isSorted().doesNotHaveDuplicates();
      }
    }
  }

  /// The arrays of packets that everybody holds are used again.
  @ParameterizedTest
  @CsvSource({"1,0", "2,0", "3,0.2"})
  void messagesOfManySizesOneAfterTheOtherArriveAsTheyWereSent(int size, double loss) {
    OrderNet net = new OrderNet(7, size, SETTINGS);
    net.loss = loss;
    net.repetition = loss;
    net.begin();
    Random random = new Random(7);
    List<String> sent = new ArrayList<>();
    for (int round = 0; round < 60; round++) {
      for (int i = random.nextInt(8); i >= 0; i--) {
        String text = round + "." + i + "x".repeat(random.nextInt(2_500));
        assertThat(net.member(0).send(Service.AGREED, text)).isTrue();
        sent.add("AGREED m0/" + (sent.size() + 1) + " " + OrderNet.shortened(text.getBytes(UTF_8)));
      }
      assertThat(net.settle()).isTrue();
    }
    for (Member member : net.members()) {
      assertThat(member.messages).isEqualTo(sent);
    }
  }

  private static List<String> load(OrderNet net, long seed, int count) {
    Random random = new Random(seed);
    List<String> sent = new ArrayList<>();
    long[] sequence = new long[net.members().size()];
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(net.members().size());
      Service service = Service.values()[random.nextInt(Service.values().length)];
      Member member = net.member(at);
      assertThat(member.send(service, "p" + i)).isTrue();
      sequence[at]++;
      if (service != Service.UNRELIABLE) {
        sent.add(service + " " + member.id.name() + "/" + sequence[at] + " p" + i);
      }
      if (random.nextInt(3) == 0) {
        net.run(net.now + random.nextLong(2_000_000));
      }
    }
    return sent;
  }

  private static List<String> ordered(Member member) {
    return member.messages.stream()
        .filter(m -> m.startsWith("AGREED") || m.startsWith("SAFE"))
        .toList();
  }

  /// FIFO, CAUSAL, AGREED and SAFE messages of one sender are one sequence.
  private static boolean fifo(Member member) {
    java.util.Map<String, Long> last = new java.util.TreeMap<>();
    for (String message : member.messages) {
      if (message.startsWith("UNRELIABLE") || message.startsWith("RELIABLE")) {
        continue;
      }
      String[] words = message.split("[ /]", -1);
      long sequence = Long.parseLong(words[2]);
      Long before = last.put(words[1], sequence);
      if (before != null && before >= sequence) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @EnumSource(names = {"RELIABLE", "FIFO", "CAUSAL", "AGREED", "SAFE"})
  void aMessageOfAnySizeArrivesWhole(Service service) {
    OrderNet net = new OrderNet(7, 3, SETTINGS);
    net.begin();
    Random random = new Random(7);
    List<Integer> sizes = new ArrayList<>(List.of(0, 1, 1_000, 5_000, 100_000));
    for (int size = 1_040; size <= 1_180; size++) {
      sizes.add(size); // Around what fits into one packet.
    }
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      assertThat(net.member(0).ordering.submit(service, ByteBuffer.wrap(bytes))).isTrue();
    }
    assertThat(net.settle()).isTrue();
    assertThat(net.member(1).messages).hasSize(sizes.size());
    for (Member member : net.members()) {
      // In any order if RELIABLE: what is sent in the same turn overtakes a message in pieces.
      assertThat(member.messages).containsExactlyInAnyOrderElementsOf(net.member(0).messages);
    }
    assertThat(net.member(1).ordering.counters().malformed).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"RELIABLE", "FIFO", "CAUSAL", "AGREED", "SAFE"})
  void aMessageLargerThanTheWindowArrives(Service service) {
    OrderSettings small =
        new OrderSettings(64 * 1024, 64, 4 << 20, Duration.ofMillis(1), Duration.ofMillis(20));
    OrderNet net = new OrderNet(8, 3, small);
    net.loss = 0.02;
    net.begin();
    byte[] bytes = new byte[Submission.MAX_MESSAGE_BYTES];
    new Random(8).nextBytes(bytes);
    net.member(1).ordering.submit(service, ByteBuffer.wrap(bytes));
    net.member(1).send(service, "after");
    assertThat(net.settle()).isTrue();
    for (Member member : net.members()) {
      assertThat(member.messages).hasSize(2);
      assertThat(member.messages).anyMatch(m -> m.contains("1048576 bytes"));
    }
  }

  @Test
  void stableIsToldWhenEverybodyHoldsAMessageAndNotBefore() {
    OrderNet net = new OrderNet(9, 3, SETTINGS);
    net.begin();
    net.member(2).isCut = true;
    net.member(0).send(Service.AGREED, "a");
    net.run(net.now + 300_000_000);
    assertThat(net.member(0).stable).isEmpty();
    assertThat(net.member(0).ordering.isSettled()).isFalse();
    net.member(2).isCut = false;
    assertThat(net.settle()).isTrue();
    assertThat(net.member(0).stable).containsExactly(1L);
    assertThat(net.member(1).stable).isEmpty();
  }

  @Test
  void stableNamesTheLastWholeMessageThoughAPieceOfTheNextIsHeldToo() {
    OrderSettings small =
        new OrderSettings(64 * 1024, 64, 4 << 20, Duration.ofMillis(1), Duration.ofMillis(20));
    OrderNet net = new OrderNet(10, 2, small);
    net.begin();
    net.member(0).send(Service.FIFO, "small");
    net.member(0).ordering.submit(Service.FIFO, ByteBuffer.allocate(500_000));
    while (net.member(0).messages.size() < 2) {
      net.run(net.now + 100_000);
      if (net.now > 60_000_000_000L) {
        throw new AssertionError("never delivered");
      }
    }
    assertThat(net.member(0).stable).startsWith(1L);
  }

  @Test
  void aSafeMessageWaitsForTheMemberThatDoesNotHoldItAndAnAgreedOneAsWell() {
    OrderNet net = new OrderNet(11, 3, SETTINGS);
    net.begin();
    net.member(2).isCut = true;
    net.member(0).send(Service.FIFO, "f");
    net.member(0).send(Service.CAUSAL, "c");
    net.member(0).send(Service.RELIABLE, "r");
    net.member(0).send(Service.AGREED, "a");
    net.member(0).send(Service.SAFE, "s");
    net.run(net.now + 200_000_000);
    assertThat(net.member(1).messages)
        .containsExactlyInAnyOrder("FIFO m0/1 f", "CAUSAL m0/2 c", "RELIABLE m0/3 r");
    net.member(2).isCut = false;
    assertThat(net.settle()).isTrue();
    assertThat(net.member(1).messages).endsWith("AGREED m0/4 a", "SAFE m0/5 s");
  }

  @Test
  void whatIsSubmittedWhileAConfigurationEndsGoesOutInTheNextOne() {
    OrderNet net = new OrderNet(12, 3, SETTINGS);
    net.begin();
    net.member(0).send(Service.AGREED, "before");
    net.settle();
    for (Member member : net.members()) {
      member.ordering.freeze();
    }
    net.member(0).send(Service.AGREED, "between");
    net.run(net.now + 10_000_000);
    assertThat(net.member(1).messages).containsExactly("AGREED m0/1 before");
    assertThat(net.change(net.members())).isTrue();
    assertThat(net.settle()).isTrue();
    for (Member member : net.members()) {
      assertThat(member.log).hasSize(5);
      assertThat(member.log.get(1)).isEqualTo("AGREED m0/1 before");
      assertThat(member.log.get(2)).startsWith("TRANS");
      assertThat(member.log.get(3)).startsWith("REG");
      assertThat(member.log.get(4)).isEqualTo("AGREED m0/2 between");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RELIABLE", "FIFO", "CAUSAL", "AGREED", "SAFE"})
  void aMessageHalfSentWhenAConfigurationEndsGoesOutWholeInTheNextOne(Service service) {
    OrderSettings small =
        new OrderSettings(64 * 1024, 64, 4 << 20, Duration.ofMillis(1), Duration.ofMillis(20));
    OrderNet net = new OrderNet(13, 3, small);
    net.begin();
    net.member(0).ordering.submit(service, ByteBuffer.allocate(900_000));
    net.run(net.now + 1_000_000);
    assertThat(net.member(0).messages).isEmpty();
    assertThat(net.member(1).ordering.counters().packets).isPositive();
    assertThat(net.change(net.members())).isTrue();
    assertThat(net.settle()).isTrue();
    for (Member member : net.members()) {
      assertThat(member.messages).hasSize(1);
      assertThat(member.log.getLast()).contains("900000 bytes");
    }
  }

  @Test
  void whoGoesOnTogetherDeliversTheSameInTheSamePlaces() {
    for (long seed = 1; seed <= 20; seed++) {
      OrderNet net = new OrderNet(seed, 4, SETTINGS);
      net.loss = 0.3;
      net.begin();
      load(net, seed, 60);
      net.member(3).isCut = true;
      load(net, seed + 100, 20);
      List<Member> together = net.members().subList(0, 3);
      assertThat(net.change(together)).as("seed %d", seed).isTrue();
      assertThat(net.settleOf(together)).isTrue();
      for (Member member : together) {
        assertThat(ordered(member)).isEqualTo(ordered(net.member(0)));
        assertThat(between(member)).isEqualTo(between(net.member(0)));
        assertThat(fifo(member)).isTrue();
      }
      // The member that is cut off delivers no ordered message in another place.
      assertThat(ordered(net.member(0)).subList(0, ordered(net.member(3)).size()))
          .isEqualTo(ordered(net.member(3)));
    }
  }

  /// What was delivered in each configuration, in no order.
  private static List<java.util.Set<String>> between(Member member) {
    List<java.util.Set<String>> sets = new ArrayList<>();
    for (String line : member.log) {
      if (line.startsWith("REG") || line.startsWith("TRANS")) {
        sets.add(new java.util.TreeSet<>());
        sets.getLast().add(line);
      } else if (!line.startsWith("UNRELIABLE")) {
        sets.getLast().add(line);
      }
    }
    return sets;
  }

  @Test
  void aPacketOfAMemberWithABetterPathIsRepairedByOneWithAWorse() {
    OrderNet net = new OrderNet(14, 3, SETTINGS);
    net.member(0).bodyBytes = 8_900;
    net.begin();
    net.member(2).isCut = true;
    net.member(0).ordering.submit(Service.FIFO, ByteBuffer.allocate(8_000));
    net.run(net.now + 5_000_000);
    net.member(0).isCut = true;
    net.member(2).isCut = false;
    assertThat(net.change(net.members().subList(1, 3))).isTrue();
    assertThat(net.member(2).messages).isEqualTo(net.member(1).messages).hasSize(1);
  }

  @Test
  void messagesThatNobodyCouldSendAreRefusedAtOnce() {
    OrderNet net = new OrderNet(15, 2, SETTINGS);
    net.begin();
    Ordering ordering = net.member(0).ordering;
    assertThatThrownBy(
            () ->
                ordering.submit(
                    Service.FIFO, ByteBuffer.allocate(Submission.MAX_MESSAGE_BYTES + 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                ordering.submit(
                    Service.UNRELIABLE, ByteBuffer.allocate(Submission.MAX_UNRELIABLE_BYTES + 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(
            ordering.submit(
                Service.UNRELIABLE, ByteBuffer.allocate(Submission.MAX_UNRELIABLE_BYTES)))
        .isTrue();
  }

  @Test
  void causalMessagesOfALargeConfigurationOnNarrowPathsArrive() {
    OrderNet net = new OrderNet(16, 12, SETTINGS);
    net.members().forEach(member -> member.bodyBytes = 160);
    net.begin();
    net.member(0).send(Service.CAUSAL, "cause");
    net.run(net.now + 1_000_000);
    net.member(5).send(Service.CAUSAL, "narrow");
    net.member(5).send(Service.CAUSAL, "x".repeat(300));
    assertThat(net.settle()).isTrue();
    for (Member member : net.members()) {
      assertThat(member.messages.get(0)).isEqualTo("CAUSAL m0/1 cause");
      assertThat(member.messages.get(1)).isEqualTo("CAUSAL m5/1 narrow");
      assertThat(member.messages).hasSize(3);
    }
  }
}
