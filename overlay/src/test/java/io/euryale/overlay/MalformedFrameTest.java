package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A frame that cannot be read costs the link it came by, and nothing more.
class MalformedFrameTest {

  private final TestNet net = new TestNet();
  private int findsOnTheWayUp;

  private static OverlaySettings settings(OverlayKind kind) {
    return OverlaySettings.defaults().withKind(kind);
  }

  private void grow(OverlayKind kind, int peers) {
    for (int i = 1; i <= peers; i++) {
      net.peer("p" + i, 1, settings(kind), i == 1 ? new String[0] : new String[] {"p1"});
      net.run(500);
    }
    net.run(2_000);
  }

  /// As if `from` had sent a message that ends after its type.
  private void malformed(String to, String from) {
    byte[] type = {CellCodec.encode(new WireWriter(), new CellMessage.Redirect(List.of())).get(0)};
    assertThat(CellCodec.decode(new WireReader(), ByteBuffer.wrap(type)))
        .isInstanceOf(Decoded.Malformed.class);
    net.nodes.get(to).core.frame(net.now(), net.link(to, from), ByteBuffer.wrap(type));
  }

  @Test
  void a_client_asks_its_only_contact_again() {
    grow(OverlayKind.CELLS, 1);
    TestNet.Node desk =
        net.boot(
            "desk",
            1,
            Role.CLIENT,
            node ->
                new Attachment(
                    Role.CLIENT,
                    node.ref,
                    List.of(Endpoint.contact("p1", 7000)),
                    node,
                    points -> node.points = points));
    net.run(2);
    malformed("desk", "p1");
    net.run(5_000);
    assertThat(desk.points).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void a_peer_joins_by_its_only_contact_all_the_same(OverlayKind kind) {
    grow(kind, 1);
    TestNet.Node late = net.peer("p2", 1, settings(kind), "p1");
    net.run(2);
    malformed("p2", "p1");
    assertThat(net.runUntil(() -> late.place != null, 5_000)).isTrue();
    assertThat(late.place.siblings()).containsExactly(net.nodes.get("p1").ref);
  }

  @ParameterizedTest
  @EnumSource
  void what_was_watched_over_the_link_is_not_asked_for_any_longer(OverlayKind kind) {
    grow(kind, 2);
    TestNet.Node desk = net.boot("desk", 1, Role.CLIENT, _ -> new SilentCore());
    desk.connect(net.nodes.get("p2").ref.endpoint());
    net.run(10);
    ByteBuffer find =
        CellCodec.encode(
            new WireWriter(),
            new CellMessage.Find(1, Query.all(Resource.SERVICE, "*"), 60_000, 0, List.of()));
    net.nodes.get("p2").core.frame(net.now(), net.link("p2", "desk"), find);
    net.tap =
        (node, bytes) -> {
          if (node.name.equals("p2")
              && CellCodec.decode(new WireReader(), ByteBuffer.wrap(bytes))
                  instanceof Decoded.Ok<CellMessage>(CellMessage.Find _)) {
            findsOnTheWayUp++;
          }
        };
    long renewal = 10 * settings(kind).reportPeriod().toMillis();
    net.run(renewal + 1_000);
    assertThat(findsOnTheWayUp).isEqualTo(1);
    malformed("p2", "desk");
    net.run(2 * renewal);
    assertThat(findsOnTheWayUp).isEqualTo(1);
  }
}
