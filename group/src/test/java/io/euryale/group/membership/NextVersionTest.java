package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Members of a made-up next wire version in one configuration with members of this one. The next
/// version adds fields to every membership message and to every part of ordering datagrams, a kind
/// of parts, and a type of messages.
final class NextVersionTest {

  private static final int ORDER = 128;
  private static final int PIECE = 130;
  private static final int NEW_TYPE = 200;
  private static final int NEW_PART = 77;

  private int said;

  /// A body as the next version writes it.
  private byte[] next(byte[] body) {
    int type = body[0] & 0xFF;
    said++;
    if (type == PIECE || body.length > 1_000) {
      return body; // Would not fit any more; a real version knows how large its parts are.
    }
    if (type != ORDER) {
      return said % 10 == 0
          ? new byte[] {(byte) NEW_TYPE, 1, 2, 3}
          : ByteBuffer.allocate(body.length + 5).put(body).put(new byte[] {9, 0, -1, 3, 4}).array();
    }
    ByteBuffer in = ByteBuffer.wrap(body);
    ByteBuffer out = ByteBuffer.allocate(body.length * 2 + 100);
    byte[] header = new byte[34];
    in.get(header);
    header[33] |= (byte) 0x80; // a flag that only the next version knows
    out.put(header).put((byte) NEW_PART).putShort((short) 2).putShort((short) 4711);
    while (in.hasRemaining()) {
      byte kind = in.get();
      byte[] part = new byte[in.getShort() & 0xFFFF];
      in.get(part);
      out.put(kind).putShort((short) (part.length + 3)).put(part).put(new byte[] {1, 2, 3});
    }
    byte[] written = new byte[out.position()];
    out.flip().get(written);
    return written;
  }

  @Test
  void bothVersionsAreInOneConfigurationAndDeliverTheSame() {
    MemberNet net = new MemberNet(1, "a", "b", "c", "d");
    net.change("a", this::next); // The coordinator is of the next version,
    net.change("c", this::next);
    net.start(); // the others are of this one.
    net.simulation.runUntil(2 * MemberNet.SECOND);
    for (String name : List.of("a", "b", "c", "d")) {
      assertThat(net.member(name).installed.getLast())
          .startsWith("REG")
          .endsWith("[a#1, b#1, c#1, d#1]");
    }
    for (int i = 0; i < 20; i++) {
      for (Service service : Service.values()) {
        for (String name : List.of("a", "b", "c", "d")) {
          net.send(name, TrafficClass.CRITICAL, service, service + " " + i);
        }
      }
      net.simulation.runFor(MemberNet.SECOND / 100);
    }
    net.send("a", TrafficClass.NORMAL, Service.SAFE, "large " + "x".repeat(300_000));
    net.simulation.runFor(2 * MemberNet.SECOND);
    List<String> ordered = ordered(net, "a");
    assertThat(ordered).hasSize(20 * 2 * 4);
    for (String name : List.of("a", "b", "c", "d")) {
      MemberNet.Member member = net.member(name);
      assertThat(ordered(net, name)).isEqualTo(ordered);
      assertThat(member.delivered(TrafficClass.CRITICAL)).hasSize(20 * 6 * 4);
      assertThat(member.delivered(TrafficClass.NORMAL)).hasSize(1);
      assertThat(member.classes.get(TrafficClass.CRITICAL).counters().malformed).isZero();
      assertThat(member.classes.get(TrafficClass.CRITICAL).counters().skippedParts).isPositive();
      assertThat(member.core().counters().malformed).isZero();
      assertThat(member.core().counters().unknown).isPositive();
      assertThat(member.core().counters().skippedFields).isPositive();
      assertThat(member.installed).as("nobody was lost meanwhile").hasSize(1);
    }
  }

  private static List<String> ordered(MemberNet net, String name) {
    return net.member(name).delivered(TrafficClass.CRITICAL).stream()
        .filter(m -> m.contains("AGREED") || m.contains("SAFE"))
        .toList();
  }

  @Test
  void aChangeOfTheConfigurationWorksAcrossVersions() {
    MemberNet net = new MemberNet(2, "a", "b", "c");
    net.change("b", this::next);
    net.start();
    net.simulation.runUntil(2 * MemberNet.SECOND);
    net.send("c", TrafficClass.ALARM, Service.SAFE, "before");
    net.simulation.inject(io.euryale.simulation.FaultPlan.parse("crash(a)@2500ms+2s"));
    net.simulation.runUntil(8 * MemberNet.SECOND);
    for (String name : List.of("a", "b", "c")) {
      assertThat(net.member(name).installed.getLast()).endsWith("[a#2, b#1, c#1]");
    }
    net.send("a", TrafficClass.ALARM, Service.AGREED, "after");
    net.simulation.runFor(MemberNet.SECOND);
    assertThat(net.member("b").delivered(TrafficClass.ALARM))
        .isEqualTo(net.member("c").delivered(TrafficClass.ALARM))
        .containsExactly("c before", "a after");
  }
}
