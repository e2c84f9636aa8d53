package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.Service;
import io.euryale.group.order.OrderNet.Member;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What peers with a session can do to a live ordering with bodies that no member would send.
final class HostileOrderingTest {

  enum Phase {
    NONE,
    REGULAR,
    FROZEN,
    RECOVERING,
    RECOVERED
  }

  private OrderNet net = new OrderNet(1, 3, OrderSettings.standard());
  private long tag;

  @BeforeEach
  void fresh() {
    net = new OrderNet(1, 3, OrderSettings.standard());
  }

  private Member target(Phase phase) {
    Member target = net.member(0);
    if (phase == Phase.NONE) {
      return target;
    }
    tag = net.begin().id().tag();
    net.member(1).send(Service.AGREED, "good");
    net.member(2).send(Service.CAUSAL, "good as well");
    assertThat(net.settle()).isTrue();
    if (phase == Phase.REGULAR) {
      return target;
    }
    if (phase == Phase.RECOVERING) {
      net.member(0).isCut = true;
      net.member(1).send(Service.AGREED, "missing at the target");
      net.run(net.now + 5_000_000);
    }
    Configuration old = target.configuration();
    var reports = new java.util.TreeMap<Integer, Holdings>();
    for (Member member : net.members()) {
      reports.put(old.rank(member.id), java.util.Objects.requireNonNull(member.ordering.freeze()));
    }
    BitSet all = new BitSet();
    all.set(0, 3);
    if (phase != Phase.FROZEN) {
      target.ordering.recover(net.now, 77, Merged.of(reports), all);
      assertThat(target.ordering.isRecovered()).isEqualTo(phase == Phase.RECOVERED);
    }
    return target;
  }

  private ByteBuffer datagram(long clock, long count, long line, byte[]... parts) {
    int bytes = 0;
    for (byte[] part : parts) {
      bytes += part.length;
    }
    ByteBuffer body = ByteBuffer.allocate(PacketCodec.DATAGRAM_HEADER_BYTES + bytes);
    PacketCodec.header(body, tag, clock, count, line, false);
    body.position(PacketCodec.DATAGRAM_HEADER_BYTES);
    for (byte[] part : parts) {
      body.put(part);
    }
    return body.flip();
  }

  private static byte[] packet(int origin, long sequence, long time, Service service, int pieces) {
    byte[] body =
        pieces == Packet.WHOLE ? new byte[] {0, 0, 0, 1, 'x'} : new byte[] {1, 2, 3, 4, 5};
    return part(
        new Packet(
            origin, sequence, time, service, pieces, sequence, new long[0], body, body.length));
  }

  private static byte[] part(Packet packet) {
    ByteBuffer out = ByteBuffer.allocate(packet.wireBytes());
    PacketCodec.packet(out, packet);
    return out.array();
  }

  private static byte[] request(int origin, List<Range> ranges) {
    ByteBuffer out = ByteBuffer.allocate(PacketCodec.requestBytes(ranges));
    PacketCodec.request(out, origin, ranges);
    return out.array();
  }

  private long rejected(Member target) {
    OrderCounters counters = target.ordering.counters();
    return counters.malformed
        + counters.tooFar
        + counters.stranger
        + counters.repeated
        + counters.otherConfiguration
        + counters.skippedParts;
  }

  private void give(Member target, ByteBuffer body) {
    target.ordering.datagram(net.now, net.member(1).id, body);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void prefixesFlippedBitsAndNoiseNeverThrow(Phase phase) {
    Member target = target(phase);
    byte[][] samples = {
      datagram(3, 1, 3).array(),
      datagram(9, 2, 3, packet(1, 2, 9, Service.AGREED, Packet.WHOLE)).array(),
      datagram(9, 2, 3, request(1, List.of(new Range(1, 3), new Range(5, 9)))).array(),
      datagram(9, 1, 3, new byte[] {3, 0, 11, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 'u'}).array()
    };
    List<String> before = List.copyOf(target.log.stream().filter(OrderNet::isInstall).toList());
    for (byte[] sample : samples) {
      for (int length = 0; length < sample.length; length++) {
        give(target, ByteBuffer.wrap(sample, 0, length).slice());
      }
      for (int bit = 0; bit < 8 * sample.length; bit++) {
        byte[] flipped = sample.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        give(target, ByteBuffer.wrap(flipped));
      }
    }
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(120)];
      random.nextBytes(noise);
      byte[] head = datagram(random.nextInt(50), random.nextInt(5), 2).array();
      give(target, ByteBuffer.allocate(head.length + noise.length).put(head).put(noise).flip());
    }
    assertThat(rejected(target)).isPositive();
    assertThat(target.log.stream().filter(OrderNet::isInstall).toList()).isEqualTo(before);
    for (int i = 0; i < 100; i++) {
      target.ordering.idle(net.now);
      target.ordering.due(net.now);
      net.now += 50_000_000;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"REGULAR", "FROZEN", "RECOVERING", "RECOVERED"})
  void numbersThatNoMemberHasAreCountedAndChangeNothing(Phase phase) {
    Member target = target(phase);
    Holdings before = phase == Phase.REGULAR ? null : target.ordering.freeze();
    long leap = 1L << 41;
    List<ByteBuffer> bad = new ArrayList<>();
    for (long number : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, leap}) {
      bad.add(datagram(number, 1, 1));
      bad.add(datagram(3, 1, number));
      bad.add(datagram(3, number, 1));
      bad.add(datagram(number, 1, 1, packet(1, 2, 9, Service.FIFO, Packet.WHOLE)));
    }
    bad.add(datagram(3, 1 + Origin.MOST_PACKETS + 1, 1));
    bad.add(datagram(3, 1 << 20, 1));
    bad.add(datagram(3, 1, 1, packet(1, 2, leap, Service.FIFO, Packet.WHOLE)));
    bad.add(datagram(3, 1, 1, new byte[] {1, -1, -1}));
    bad.add(datagram(3, 1, 1, new byte[] {1}));
    bad.add(datagram(3, 1, 1, new byte[] {0}));
    int messages = target.messages.size();
    long malformed = target.ordering.counters().malformed;
    for (ByteBuffer each : bad) {
      give(target, each);
    }
    assertThat(target.ordering.counters().malformed - malformed).isEqualTo(bad.size());
    assertThat(target.messages).hasSize(messages);
    if (before != null) {
      assertThat(target.ordering.freeze()).isEqualTo(before);
    } else {
      assertThat(target.ordering.isSettled()).isTrue();
      target.send(Service.AGREED, "still alive");
      assertThat(net.settle()).isTrue();
      assertThat(net.member(2).messages).hasSize(3);
    }
  }

  @Test
  void packetsBeyondAnyWindowAreNotKept() {
    Member target = target(Phase.REGULAR);
    for (long far : new long[] {20_000, 1L << 31, 1L << 40, PacketCodec.MOST}) {
      give(target, datagram(5, 1, 1, packet(1, far, 5, Service.FIFO, Packet.WHOLE)));
    }
    assertThat(target.ordering.counters().tooFar).isEqualTo(4);
    assertThat(target.ordering.isSettled()).isTrue();
  }

  @Test
  void strangersAndForgersAreCounted() {
    Member target = target(Phase.REGULAR);
    target.ordering.datagram(net.now, PeerId.of("m1", 2), datagram(3, 1, 1));
    target.ordering.datagram(net.now, PeerId.of("x", 1), datagram(3, 1, 1));
    target.ordering.datagram(net.now, target.id, datagram(3, 1, 1));
    assertThat(target.ordering.counters().stranger).isEqualTo(3);
    tag = 99;
    give(target, datagram(3, 1, 1));
    tag = 0;
    give(target, datagram(3, 1, 1));
    assertThat(target.ordering.counters().otherConfiguration).isEqualTo(2);
  }

  @Test
  void oneDatagramOfRequestsDoesNotBringMoreThanAWindowOfAnswers() {
    Member target = target(Phase.REGULAR);
    net.member(1).isCut = true;
    net.member(2).isCut = true;
    for (int i = 0; i < 300; i++) {
      target.ordering.submit(Service.FIFO, ByteBuffer.allocate(1_000));
    }
    net.run(net.now + 2_000_000);
    target.windowBytes = 50_000;
    List<Range> greedy = Collections.nCopies(64, new Range(1, Origin.MOST_PACKETS));
    byte[][] parts = new byte[80][];
    java.util.Arrays.fill(parts, request(0, greedy));
    long flown = net.flown();
    give(target, datagram(3, 1, 1, parts));
    assertThat(net.flown() - flown).isBetween(1L, 60L);
  }

  @Test
  void piecesWithoutEndAreNotGatheredWithoutEnd() {
    Member target = target(Phase.REGULAR);
    int messages = target.messages.size();
    byte[] body = new byte[60_000];
    for (int i = 2; i < 60; i++) {
      int pieces = i == 2 ? Packet.FIRST_PIECE : 0;
      give(
          target,
          datagram(
              100,
              i,
              1,
              part(
                  new Packet(
                      1, i, 10 + i, Service.FIFO, pieces, 2, new long[0], body, body.length))));
    }
    // A piece in the middle without a beginning, and the end of what was too large.
    give(
        target,
        datagram(
            100,
            60,
            1,
            part(
                new Packet(
                    1, 60, 90, Service.FIFO, Packet.LAST_PIECE, 2, new long[0], new byte[9], 9))));
    assertThat(target.messages).hasSize(messages);
    assertThat(target.ordering.counters().brokenMessages).isPositive();
  }

  @Test
  void reliablePiecesThatDoNotBelongTogetherAreNotJoined() {
    Member target = target(Phase.REGULAR);
    int messages = target.messages.size();
    give(target, datagram(9, 2, 1, packet(1, 2, 5, Service.FIFO, Packet.WHOLE)));
    give(target, datagram(9, 3, 1, packet(1, 3, 6, Service.RELIABLE, Packet.LAST_PIECE)));
    give(target, datagram(9, 5, 1, packet(1, 5, 8, Service.RELIABLE, 0)));
    give(target, datagram(9, 4, 1, packet(1, 4, 7, Service.RELIABLE, Packet.FIRST_PIECE)));
    assertThat(target.messages).hasSize(messages + 1);
  }

  @Test
  void aUnionThatNobodyCanHoldIsNotWaitedForInAnEndlessSearch() {
    for (long top : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 40, 30_000}) {
      fresh();
      Member target = target(Phase.FROZEN);
      List<Merged.OfOrigin> origins = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        origins.add(new Merged.OfOrigin(top, List.of(), 5, 5));
      }
      BitSet all = new BitSet();
      all.set(0, 3);
      target.ordering.recover(net.now, 77, new Merged(origins, all), all);
      assertThat(target.ordering.isRecovered()).isFalse();
      assertThat(target.ordering.counters().malformed).isEqualTo(1);
      // The next attempt finds everything as it was.
      assertThat(net.change(net.members())).isTrue();
    }
  }

  @Test
  void aUnionOfAnotherNumberOfMembersIsRefused() {
    Member target = target(Phase.FROZEN);
    BitSet all = new BitSet();
    all.set(0, 3);
    target.ordering.recover(
        net.now, 77, new Merged(List.of(new Merged.OfOrigin(1, List.of(), 5, 5)), all), all);
    assertThat(target.ordering.isRecovered()).isFalse();
    assertThat(target.ordering.counters().malformed).isEqualTo(1);
  }

  @Test
  void whatComesTooEarlyIsKeptWithinBounds() {
    Member target = target(Phase.FROZEN);
    target.ordering.expect(4711);
    tag = 4711;
    for (int i = 0; i < 1_000; i++) {
      give(target, datagram(3, 1, 1, new byte[60_000]));
    }
    // 1 MiB holds 17 of them.
    assertThat(target.ordering.counters().otherConfiguration).isEqualTo(1_000 - 17);
  }
}
