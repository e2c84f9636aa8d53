package io.euryale.group.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.Service;
import io.euryale.group.order.OrderNet.Member;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What members that have fallen silent say of their lines to one that has not.
final class FrozenLineTest {

  private static final long SOON = 500_000;
  private static final int D = 3;

  private final OrderNet net = new OrderNet(1, 4, OrderSettings.standard());
  private final Configuration old = net.begin();
  private final Member a = net.member(0);
  private final Member b = net.member(1);
  private final Member c = net.member(2);
  private final Member d = net.member(D);

  /// Gives a member a datagram of another one that nobody else gets.
  private void give(Member to, Member from, long clock, long count, ByteBuffer parts) {
    ByteBuffer body = ByteBuffer.allocate(PacketCodec.DATAGRAM_HEADER_BYTES + parts.remaining());
    body.position(PacketCodec.DATAGRAM_HEADER_BYTES);
    body.put(parts.duplicate());
    PacketCodec.header(body, old.id().tag(), clock, count, clock, false);
    to.ordering.datagram(net.now, from.id, body.flip());
  }

  private static ByteBuffer nothing() {
    return ByteBuffer.allocate(0);
  }

  private static ByteBuffer ofD(long sequence, long time) {
    byte[] body = {0, 0, 0, 1, 'x'};
    Packet packet =
        new Packet(
            D,
            sequence,
            time,
            Service.AGREED,
            Packet.WHOLE,
            sequence,
            new long[0],
            body,
            body.length);
    ByteBuffer part = ByteBuffer.allocate(packet.wireBytes());
    PacketCodec.packet(part, packet);
    return part.flip();
  }

  private static ByteBuffer request() {
    List<Range> ranges = List.of(new Range(1, 1));
    ByteBuffer part = ByteBuffer.allocate(PacketCodec.requestBytes(ranges));
    PacketCodec.request(part, D, ranges);
    return part.flip();
  }

  /// Of the two packets of d, a lacks the second and b the first, and both know that d has sent no
  /// other before its time 30. When each has got what it lacks from the other they hold everything
  /// up to there; but neither had when it reported, so the merged knowledge ends at the second
  /// packet, and a later one of c, who stays behind, may depend on what nobody has. It is dropped.
  @Test
  void whatRecoveryBringsIsNotTakenForHeldByThoseWhoStayBehind() {
    d.isCut = true;
    give(c, d, 5, 1, ofD(1, 5));
    give(c, d, 6, 2, ofD(2, 6));
    c.send(Service.SAFE, "of c");
    net.run(net.now + SOON);
    give(a, d, 5, 1, ofD(1, 5));
    give(b, d, 6, 2, ofD(2, 6));
    for (Member member : List.of(a, b, c)) {
      give(member, d, 30, 2, nothing());
    }
    net.run(net.now + SOON);

    c.isCut = true;
    Configuration next = net.configuration(List.of(a, b));
    assertThat(net.recover(List.of(a, b), next)).isTrue();
    c.isCut = false;
    for (Member silent : List.of(a, b)) {
      give(silent, c, 30, 1, request());
    }
    net.run(net.now + SOON);
    for (Member member : List.of(a, b)) {
      member.ordering.deliverOld(net.now);
      member.ordering.transitional(
          net.now, new Configuration(next.id().transitional(a.id), next.members(), old.id()));
      assertThat(member.messages(Service.AGREED)).hasSize(2);
      assertThat(member.messages(Service.SAFE)).isEmpty();
    }
    assertThat(c.ordering.counters().repeated).as("both answered").isGreaterThanOrEqualTo(2);
    assertThat(c.messages(Service.SAFE)).as("not held by all").isEmpty();
  }
}
