package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Configuration;
import io.euryale.group.ConfigurationId;
import io.euryale.group.Service;
import io.euryale.group.order.Merged;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.simulation.FaultPlan;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What members with sessions, and strangers, can do to live members with datagrams that no member
/// would send.
final class HostileMemberTest {

  private static final PeerId A = PeerId.of("a", 1);
  private static final PeerId C = PeerId.of("c", 1);
  private static final int ORDER = 128;
  private static final int PIECE = 130;

  private final Random random = new Random(4);

  /// Every fifth body is damaged in a way that no checksum would find.
  private byte[] damaged(byte[] body) {
    if (random.nextInt(5) != 0 || (body[0] & 0xFF) == PIECE) {
      return body;
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(body, 1 + random.nextInt(body.length));
      }
      case 1 -> {
        byte[] noise = new byte[1 + random.nextInt(200)];
        random.nextBytes(noise);
        noise[0] = body[0];
        Arrays.fill(noise, 1, Math.min(noise.length, 34), (byte) -1);
        return noise;
      }
      case 2 -> {
        byte[] noise = new byte[1 + random.nextInt(200)];
        random.nextBytes(noise);
        noise[0] = (byte) (150 + random.nextInt(100));
        return noise;
      }
      default -> {
        if ((body[0] & 0xFF) != ORDER) {
          return new byte[] {body[0]};
        }
        byte[] noise = Arrays.copyOf(body, body.length + 3);
        noise[body.length] = (byte) (1 + random.nextInt(3));
        noise[body.length + 1] = -1; // a part that is longer than the datagram
        return noise;
      }
    }
  }

  private static void load(MemberNet net, int from, int to) {
    for (int i = from; i < to; i++) {
      for (String name : List.of("a", "b", "c")) {
        net.send(name, TrafficClass.NORMAL, Service.AGREED, "m" + i);
        net.send(name, TrafficClass.ALARM, Service.SAFE, "m" + i);
      }
      net.simulation.runFor(MemberNet.SECOND / 50);
    }
  }

  @Test
  void aMemberWhoseBodiesAreDamagedIsLikeOneOnALossyLink() {
    MemberNet net = new MemberNet(1, "a", "b", "c");
    net.change("c", this::damaged);
    net.start();
    net.simulation.runUntil(4 * MemberNet.SECOND);
    List<Integer> installed = installs(net);
    load(net, 0, 100);
    net.simulation.runFor(3 * MemberNet.SECOND);
    assertThat(installs(net)).isEqualTo(installed);
    for (String name : List.of("a", "b", "c")) {
      MemberNet.Member member = net.member(name);
      assertThat(member.installed.getLast()).startsWith("REG").endsWith("[a#1, b#1, c#1]");
      for (TrafficClass each : List.of(TrafficClass.NORMAL, TrafficClass.ALARM)) {
        assertThat(member.delivered(each)).hasSize(300).isEqualTo(net.member("a").delivered(each));
      }
      if (!name.equals("c")) {
        assertThat(member.core().counters().malformed).isPositive();
        assertThat(member.core().counters().unknown).isPositive();
        assertThat(member.classes.get(TrafficClass.NORMAL).counters().malformed).isPositive();
      }
    }
  }

  private static List<Integer> installs(MemberNet net) {
    return List.of("a", "b", "c").stream().map(n -> net.member(n).installed.size()).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void damagedBodiesInEveryPhaseDoNotKeepMembersApart(long seed) {
    MemberNet net = new MemberNet(seed, "a", "b", "c");
    net.change("b", this::damaged);
    net.change("c", this::damaged);
    net.start();
    net.simulation.inject(
        FaultPlan.parse("crash(a)@2s+1s;crash(b)@4s+500ms;crash(c)@5s+1s;crash(a)@5100ms+1s"));
    net.simulation.runUntil(15 * MemberNet.SECOND);
    for (String name : List.of("a", "b", "c")) {
      assertThat(net.member(name).installed.getLast())
          .startsWith("REG")
          .endsWith("[a#3, b#2, c#2]");
    }
  }

  @Test
  void whatOnlyACoordinatorSaysIsNotTakenFromAnotherMember() {
    MemberNet net = new MemberNet(2, "a", "b", "c");
    MemberCodec codec = new MemberCodec();
    boolean[] lies = new boolean[1];
    int[] said = new int[1];
    ConfigurationId[] present = new ConfigurationId[1];
    net.change(
        "c",
        body -> {
          if (!lies[0] || (body[0] & 0xFF) == ORDER || ++said[0] % 3 != 0) {
            return body;
          }
          List<MemberMessage> menu = lies(present[0]);
          ByteBuffer encoded = codec.encode(menu.get(random.nextInt(menu.size())));
          byte[] lie = new byte[encoded.remaining()];
          encoded.get(lie);
          return lie;
        });
    net.start();
    net.simulation.runUntil(2 * MemberNet.SECOND);
    Configuration current = net.member("a").core().current();
    assertThat(current).isNotNull();
    present[0] = current.id();
    List<Integer> installed = installs(net);
    lies[0] = true;
    load(net, 0, 250);
    net.simulation.runFor(10 * MemberNet.SECOND);
    assertThat(installs(net)).isEqualTo(installed);
    assertThat(net.member("a").core().counters().implausible).isGreaterThan(20);
    lies[0] = false;
    // Numbers were not driven up: the group still changes its configuration.
    net.simulation.inject(FaultPlan.parse("crash(a)@18s+1s"));
    net.simulation.runUntil(25 * MemberNet.SECOND);
    assertThat(net.member("b").installed.getLast()).endsWith("[a#2, b#1, c#1]");
    assertThat(net.member("b").core().current().id().number()).isLessThan(10_000);
  }

  private static List<MemberMessage> lies(ConfigurationId present) {
    BitSet wide = new BitSet();
    wide.set(0, 256);
    Merged merged =
        new Merged(
            Collections.nCopies(3, new Merged.OfOrigin(1L << 50, List.of(), 1, 1)), new BitSet());
    ConfigurationId leap = ConfigurationId.regular(1L << 61, C);
    return List.of(
        new MemberMessage.Install(present),
        new MemberMessage.Enter(present),
        new MemberMessage.Commit(present, List.of(A, C), wide, Collections.nCopies(4, merged)),
        new MemberMessage.Commit(present, List.of(C), new BitSet(), List.of()),
        new MemberMessage.Propose(leap, List.of(A, C)),
        new MemberMessage.Refuse(present, 1L << 61),
        new MemberMessage.Refuse(present, 0),
        new MemberMessage.Heartbeat(1L << 40, 1L << 61, 0, false, 1L << 40, List.of()),
        new MemberMessage.Accept(present, null, List.of(), List.of()),
        new MemberMessage.Accept(leap, null, List.of(), List.of()),
        new MemberMessage.Recovered(present),
        new MemberMessage.Left(present),
        new MemberMessage.Pong(0));
  }

  @Test
  void strangersDatagramsInEveryPhaseChangeNothingButCounters() {
    MemberNet net = new MemberNet(3, "a", "b", "c");
    net.start();
    net.simulation.inject(FaultPlan.parse("crash(b)@2s+1s"));
    int[] rounds = new int[1];
    net.simulation.every(
        MemberNet.SECOND / 100,
        MemberNet.SECOND / 500,
        6 * MemberNet.SECOND,
        () -> {
          rounds[0]++;
          for (String name : List.of("a", "c")) {
            MemberNet.Member member = net.member(name);
            net.simulation
                .process(name)
                .execute(TrafficClass.CONTROL, now -> member.core().datagram(now, garbage()));
            for (TrafficClass each : List.of(TrafficClass.ALARM, TrafficClass.NORMAL)) {
              net.simulation
                  .process(name)
                  .execute(each, now -> member.classes.get(each).datagram(now, garbage()));
            }
          }
        });
    net.simulation.runUntil(8 * MemberNet.SECOND);
    MemberNet.Member a = net.member("a");
    assertThat(a.installed.getLast()).endsWith("[a#1, b#2, c#1]");
    assertThat(a.installed).as("all; without b; with b again").hasSizeLessThanOrEqualTo(6);
    assertThat(a.core().linkCounters().rejected()).isGreaterThanOrEqualTo(rounds[0]);
    assertThat(a.classes.get(TrafficClass.ALARM).linkCounters().rejected())
        .isGreaterThanOrEqualTo(rounds[0]);
    assertThat(a.core().counters().malformed).isZero();
  }

  private ByteBuffer garbage() {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    if (bytes.length > 2) {
      bytes[0] = (byte) (random.nextInt(8) + 16 * random.nextInt(2));
      bytes[1] = 1;
    }
    return ByteBuffer.wrap(bytes);
  }
}
