package io.euryale.group.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.LinkSettings;
import io.euryale.simulation.SimProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A group whose universe is told from outside, and changes.
final class UniverseTest {

  private final MemberNet net = new MemberNet(1, "a", "b", "c");

  private void universe(String at, String... names) {
    List<Contact> contacts = new ArrayList<>();
    for (String name : names) {
      SimProcess peer = net.simulation.process(name);
      contacts.add(new Contact(new PeerName(name), peer.endpoint()));
    }
    net.simulation
        .process(at)
        .execute(TrafficClass.CONTROL, now -> net.member(at).core().universe(now, contacts));
  }

  private List<PeerId> members(String at) {
    return Objects.requireNonNull(net.member(at).core().current()).members();
  }

  @Test
  void whoIsNoLongerInItIsLeftOutAtOnceAndComesBackWithIt() {
    net.start();
    net.simulation.runUntil(3 * MemberNet.SECOND);
    assertThat(members("a")).hasSize(3);

    universe("a", "b");
    universe("b", "a");
    // Sooner than who is only doubted would have had to answer.
    net.simulation.runUntil(3 * MemberNet.SECOND + 15 * MemberNet.SECOND / 1_000);
    assertThat(members("a")).containsExactly(PeerId.of("a", 1), PeerId.of("b", 1));
    assertThat(members("b")).isEqualTo(members("a"));
    net.simulation.runUntil(6 * MemberNet.SECOND);
    assertThat(members("a")).hasSize(2);
    assertThat(members("c")).containsExactly(PeerId.of("c", 1));

    universe("a", "b", "c");
    universe("b", "a", "c");
    net.simulation.runUntil(9 * MemberNet.SECOND);
    assertThat(members("a")).hasSize(3).isEqualTo(members("c"));
  }

  private static LinkSettings renewedEachSecond() {
    LinkSettings d = LinkSettings.defaults();
    return new LinkSettings(
        d.handshakeRetry(),
        d.handshakeRetryMax(),
        d.handshakeTimeout(),
        d.handshakesPerSecond(),
        d.maxHalfOpen(),
        d.maxPeers(),
        Duration.ofSeconds(1),
        d.rekeyPackets(),
        d.rekeyOverlap(),
        d.rekeySettle(),
        d.silence(),
        d.reassemblyBytes(),
        d.reassemblyMessages(),
        d.reassemblyTimeout());
  }

  @Test
  void nothingIsKeptOfWhoIsNoLongerInItAndSaysNothing() {
    net.link = renewedEachSecond();
    net.start();
    net.simulation.runUntil(3 * MemberNet.SECOND);
    assertThat(members("a")).hasSize(3);
    net.crash("c");
    universe("a", "b");
    universe("b", "a");
    net.simulation.runUntil(10 * MemberNet.SECOND);
    assertThat(members("a")).hasSize(2);
    assertThat(net.member("a").core().remotes())
        .extracting(Remote::id)
        .containsExactly(PeerId.of("b", 1));
  }

  @Test
  void onePeerThatDoesNotHearAnotherIsEnough() {
    net.start();
    net.simulation.runUntil(2 * MemberNet.SECOND);
    universe("a", "c");
    net.simulation.runUntil(5 * MemberNet.SECOND);
    assertThat(members("a")).containsExactly(PeerId.of("a", 1), PeerId.of("c", 1));
    assertThat(members("b")).containsExactly(PeerId.of("b", 1));
  }
}
