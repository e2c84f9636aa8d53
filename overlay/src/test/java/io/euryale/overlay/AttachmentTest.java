package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.wire.Decoded;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How sensors, clients and observers find peers when those they know are gone.
class AttachmentTest {

  private static final OverlaySettings CELLS = OverlaySettings.defaults();

  private final TestNet net = new TestNet();

  // ---- in an overlay

  private void grow(OverlaySettings settings, int count) {
    for (int i = 1; i <= count; i++) {
      String[] contacts = i == 1 ? new String[0] : new String[] {"p1", "p2"};
      net.peer("p" + i, 1, settings, contacts);
      net.run(500);
    }
    net.run(5_000);
    assertThat(net.nodes.values()).allMatch(node -> node.place != null);
  }

  private TestNet.Node attach(String name, Role role, String... contacts) {
    TestNet.Node edge =
        net.boot(
            name,
            1,
            role,
            node ->
                new Attachment(
                    role,
                    node.ref,
                    List.of(contacts).stream()
                        .map(contact -> Endpoint.contact(contact, 7000))
                        .toList(),
                    node,
                    points -> node.points = points));
    net.run(3_000);
    assertThat(edge.points).isNotEmpty();
    return edge;
  }

  private Set<String> of(CellId cell) {
    return net.nodes.values().stream()
        .filter(node -> node.alive && node.place != null && node.place.cell().equals(cell))
        .map(node -> node.name)
        .collect(Collectors.toSet());
  }

  private static Set<String> names(List<PeerRef> peers) {
    return peers.stream().map(peer -> peer.name().value()).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource(names = {"CLIENT", "OBSERVER"})
  void a_client_finds_the_new_root_cell_when_the_old_one_and_its_contact_are_gone(Role role) {
    grow(CELLS, 14);
    TestNet.Node desk = attach("desk", role, "p1");
    Set<String> gone = of(CellId.ROOT);
    assertThat(gone).contains("p1").isEqualTo(names(desk.points));
    gone.forEach(net::crash);
    boolean found =
        net.runUntil(
            () -> !of(CellId.ROOT).isEmpty() && names(desk.points).equals(of(CellId.ROOT)), 20_000);
    assertThat(found).as("%s instead of %s", desk.points, of(CellId.ROOT)).isTrue();
    List<OverlayStatus> got = new ArrayList<>();
    ((Attachment) desk.core).requestStatus(got::add);
    net.run(3_500);
    assertThat(got).hasSize(1).allMatch(OverlayStatus::complete);
  }

  @Test
  void a_sensor_finds_peers_elsewhere_when_its_contact_and_all_of_that_cell_are_gone() {
    grow(CELLS, 14);
    CellId leaf = net.nodes.get("p14").place.cell();
    assertThat(leaf.level()).isEqualTo(2);
    TestNet.Node sensor = attach("gauge", Role.SENSOR, "p14");
    Set<String> gone = of(leaf);
    assertThat(names(sensor.points)).isEqualTo(gone).hasSize(2);
    gone.forEach(net::crash);
    boolean found =
        net.runUntil(() -> names(sensor.points).stream().noneMatch(gone::contains), 10_000);
    assertThat(found).as("attached to %s", sensor.points).isTrue();
    PeerRef first = sensor.points.getFirst();
    assertThat(names(sensor.points))
        .isEqualTo(of(net.nodes.get(first.name().value()).place.cell()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"p14", "p1"})
  void a_sensor_stays_in_its_cell_when_its_peer_is_gone_and_other_contacts_are_elsewhere(
      String first) {
    grow(CELLS, 14);
    Set<String> leaf = of(net.nodes.get("p14").place.cell());
    if (first.equals("p1")) {
      net.split(Set.of("p1"), Set.of("gauge"));
    }
    TestNet.Node sensor = attach("gauge", Role.SENSOR, first, "p14", "p2");
    net.cut(Set.of());
    assertThat(names(sensor.points)).isEqualTo(leaf);
    net.crash("p14");
    net.run(5_000);
    assertThat(names(sensor.points)).isNotEmpty().isSubsetOf(leaf).doesNotContain("p14");
  }

  @Test
  void a_client_finds_the_other_half_of_a_mesh_when_its_own_is_gone() {
    grow(OverlaySettings.defaults().withKind(OverlayKind.MESH), 4);
    net.split(Set.of("p1", "p2"), Set.of("p3", "p4"));
    net.run(5_000);
    TestNet.Node desk = attach("desk", Role.CLIENT, "p1");
    assertThat(names(desk.points)).containsExactlyInAnyOrder("p1", "p2");
    net.crash("p1");
    net.crash("p2");
    assertThat(net.runUntil(() -> names(desk.points).equals(Set.of("p3", "p4")), 10_000)).isTrue();
  }

  // ---- with peers that the test speaks for

  /// A peer that answers by a rule; null is silence.
  private static final class Scripted implements Core {
    private final TestNet.Node node;
    private final Function<CellMessage, @Nullable CellMessage> rule;

    Scripted(TestNet.Node node, Function<CellMessage, @Nullable CellMessage> rule) {
      this.node = node;
      this.rule = rule;
    }

    @Override
    public void start(long now) {}

    @Override
    public void linkUp(long now, int link, Hello remote) {}

    @Override
    public void linkDown(long now, int link, String reason) {}

    @Override
    public void dialFailed(long now, int link, String reason) {}

    @Override
    public void timerDue(long now) {}

    @Override
    public void frame(long now, int link, ByteBuffer frame) {
      if (CellCodec.decode(new WireReader(), frame)
          instanceof Decoded.Ok<CellMessage>(CellMessage message)) {
        CellMessage answer = rule.apply(message);
        if (answer != null) {
          node.send(link, CellCodec.encode(new WireWriter(), answer));
        }
      }
    }
  }

  private void scripted(String name, Function<CellMessage, @Nullable CellMessage> rule) {
    net.boot(name, 1, Role.PEER, node -> new Scripted(node, rule));
  }

  private static PeerRef ref(String name) {
    return new PeerRef(PeerId.of(name, 1), new Endpoint(name, 7000, 7000, 7000, 7000));
  }

  private static List<PeerRef> refs(String... names) {
    return List.of(names).stream().map(AttachmentTest::ref).toList();
  }

  /// The contact of these tests, which knows a root cell.
  private static @Nullable CellMessage contact(CellMessage asked, String... rootCell) {
    return switch (asked) {
      case CellMessage.Attach _ ->
          new CellMessage.AttachReply(refs("c"), refs(rootCell), List.of());
      case CellMessage.StatusRequest _ -> status(0, 1, false, "c");
      default -> null;
    };
  }

  private static CellMessage status(int page, int pages, boolean complete, String member) {
    PeerRef peer = ref(member);
    CellView view =
        new CellView(
            CellId.ROOT, new Term(1, peer.id()), 1, List.of(new CellView.Member(peer, null)));
    return new CellMessage.StatusReply(page, pages, complete, "MEMBER", view, null, List.of(view));
  }

  private OverlayStatus statusOf(TestNet.Node desk) {
    List<OverlayStatus> got = new ArrayList<>();
    ((Attachment) desk.core).requestStatus(got::add);
    net.run(3_500);
    assertThat(got).hasSize(1);
    return got.getFirst();
  }

  @Test
  void a_status_is_asked_of_the_next_of_the_root_cell_when_the_first_is_dead() {
    scripted("c", asked -> contact(asked, "dead", "gone", "r"));
    scripted(
        "r", asked -> asked instanceof CellMessage.StatusRequest ? status(0, 1, true, "r") : null);
    OverlayStatus status = statusOf(attach("desk", Role.OBSERVER, "c"));
    assertThat(status.complete()).isTrue();
    assertThat(status.from()).isEqualTo(ref("r"));
  }

  @Test
  void a_status_comes_from_whom_the_client_is_attached_by_when_all_the_root_cell_is_dead() {
    scripted("c", asked -> contact(asked, "dead", "gone"));
    OverlayStatus status = statusOf(attach("desk", Role.OBSERVER, "c"));
    assertThat(status.complete()).isFalse();
    assertThat(status.from()).isEqualTo(ref("c"));
  }

  @Test
  void a_status_has_no_pages_of_two_peers() {
    scripted("c", asked -> contact(asked, "half", "r"));
    scripted(
        "half",
        asked ->
            asked instanceof CellMessage.StatusRequest request && request.page() == 0
                ? status(0, 2, true, "half")
                : null);
    scripted(
        "r",
        asked ->
            asked instanceof CellMessage.StatusRequest request
                ? status(request.page(), 2, true, "r")
                : null);
    OverlayStatus status = statusOf(attach("desk", Role.OBSERVER, "c"));
    assertThat(status.complete()).isTrue();
    assertThat(status.cells())
        .hasSize(2)
        .allSatisfy(cell -> assertThat(names(cell.peers())).containsExactly("r"));
  }

  private static @Nullable CellMessage noMember(CellMessage asked) {
    return asked instanceof CellMessage.Attach
        ? new CellMessage.AttachReply(List.of(), List.of(), List.of())
        : null;
  }

  /// What it was refused before is refused at once again, though its dials pause.
  @Test
  void who_is_left_is_found_at_once_though_others_are_still_dialled() {
    scripted("c", asked -> contact(asked, "x", "y", "z", "r"));
    scripted("r", asked -> contact(asked, "s"));
    TestNet.Node desk = attach("desk", Role.CLIENT, "x", "y", "z", "c");
    net.crash("c");
    assertThat(net.runUntil(() -> names(desk.points).equals(Set.of("s")), 30)).isTrue();
  }

  @Test
  void who_is_no_member_yet_keeps_nobody_waiting() {
    scripted("c", asked -> contact(asked, "m", "n", "r"));
    scripted("m", AttachmentTest::noMember);
    scripted("n", AttachmentTest::noMember);
    scripted("r", asked -> contact(asked, "s"));
    TestNet.Node desk = attach("desk", Role.CLIENT, "c");
    net.crash("c");
    assertThat(net.runUntil(() -> names(desk.points).equals(Set.of("s")), 50)).isTrue();
  }

  @Test
  void who_finds_nobody_asks_no_faster_than_dials_and_answers_allow() {
    int[] asked = {0};
    int[] dials = {0};
    scripted("c", message -> contact(message, "m", "x", "y"));
    scripted(
        "m",
        message -> {
          asked[0]++;
          return noMember(message);
        });
    TestNet.Node _ = attach("desk", Role.CLIENT, "c");
    net.dialled = _ -> dials[0]++;
    net.crash("c");
    net.run(20_000);
    assertThat(asked[0]).isBetween(10, 35);
    assertThat(dials[0]).isLessThan(20);
  }

  /// The one asked first is cut off from the others and knows itself only.
  @Test
  void who_serves_is_asked_for_peers_and_nobody_else() {
    scripted(
        "c",
        asked ->
            asked instanceof CellMessage.Attach
                ? new CellMessage.AttachReply(refs("c", "d"), refs("r"), List.of())
                : null);
    scripted(
        "d",
        asked ->
            asked instanceof CellMessage.Attach
                ? new CellMessage.AttachReply(refs("d", "e"), refs("r"), List.of())
                : null);
    TestNet.Node near =
        net.boot(
            "display",
            1,
            Role.CLIENT,
            node ->
                new Attachment(
                    Role.CLIENT,
                    true,
                    node.ref,
                    List.of(Endpoint.contact("c", 7000)),
                    node,
                    points -> node.points = points));
    net.run(3_000);
    assertThat(names(near.points)).containsExactlyInAnyOrder("c", "d");
    ((Attachment) near.core).servedBy(net.now(), ref("d"));
    net.run(100);
    assertThat(names(near.points)).containsExactlyInAnyOrder("d", "e");
    net.run(5_000);
    assertThat(names(near.points)).containsExactlyInAnyOrder("d", "e");
    ((Attachment) near.core).unserved(net.now());
    ((Attachment) near.core)
        .unserved(net.now()); // Another class, while the question is on its way.
    net.run(100);
    assertThat(names(near.points)).as("somebody else").containsExactlyInAnyOrder("c", "d");
    ((Attachment) near.core).servedBy(net.now(), ref("d"));
    net.crash("d");
    assertThat(net.runUntil(() -> names(near.points).contains("c"), 10_000)).isTrue();
  }

  @Test
  void a_peer_that_names_others_without_end_makes_its_client_remember_some() {
    int[] told = {0};
    Set<String> dialled = new HashSet<>();
    scripted(
        "c",
        asked -> {
          List<PeerRef> lies =
              IntStream.range(0, CellMessage.MAX_SPARES)
                  .mapToObj(_ -> ref("lie" + told[0]++))
                  .toList();
          return asked instanceof CellMessage.Attach
              ? new CellMessage.AttachReply(refs("c"), refs("c"), lies)
              : null;
        });
    TestNet.Node desk = attach("desk", Role.CLIENT, "c");
    net.run(60_000);
    assertThat(told[0]).isGreaterThan(400);
    net.dialled = dialled::add;
    net.crash("c");
    net.run(30_000);
    assertThat(dialled).hasSizeBetween(30, 33);
    net.boot("c", 2, Role.PEER, node -> new Scripted(node, asked -> contact(asked, "r")));
    assertThat(net.runUntil(() -> names(desk.points).equals(Set.of("r")), 30_000)).isTrue();
  }
}
