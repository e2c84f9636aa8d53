package io.euryale.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What processes that are not peers may ask of peers with a table of rights, in each kind of
/// overlay.
class OutsidersTest {

  private static final List<String> TABLE =
      List.of("test ops administer", "line-a/* desk subscribe");

  private final TestNet net = new TestNet();
  private final List<String> audit = new ArrayList<>();

  private void grow(OverlayKind kind) {
    OverlaySettings settings = OverlaySettings.defaults().withKind(kind);
    OverlayRights rights = OverlayRights.parse(TABLE, audit::add);
    for (int i = 1; i <= 4; i++) {
      String[] contacts = i == 1 ? new String[0] : new String[] {"p1"};
      net.peer("p" + i, 1, settings, contacts).member().guardedBy(rights);
      net.run(500);
    }
    Advert door = new Advert(Resource.STREAM, "line-a/door", 1);
    Advert clock = new Advert(Resource.SERVICE, "clock", 0);
    net.nodes.get("p4").member().advertise(net.now(), List.of(door, clock));
    net.run(3_000);
  }

  @ParameterizedTest
  @EnumSource
  void whom_all_turn_away_founds_no_overlay_of_its_own_and_joins_when_they_let_it_in(
      OverlayKind kind) {
    grow(kind);
    net.turnedAway = Set.of("b1");
    OverlaySettings settings = OverlaySettings.defaults().withKind(kind);
    TestNet.Node late = net.peer("b1", 1, settings, "p1", "p2");
    net.run(5 * settings.foundingPatience().toMillis());
    assertThat(late.place).isNull();
    net.turnedAway = Set.of();
    assertThat(net.runUntil(() -> late.place != null, 10_000)).isTrue();
    assertThat(late.place.parent() != null || !late.place.siblings().isEmpty()).isTrue();
  }

  private Attachment attach(String name, Role role) {
    Attachment[] made = new Attachment[1];
    net.boot(
        name,
        1,
        role,
        node -> {
          made[0] =
              new Attachment(
                  role,
                  node.ref,
                  List.of(Endpoint.contact("p1", 7000)),
                  node,
                  points -> node.points = points);
          return made[0];
        });
    net.run(1_500);
    assertThat(net.nodes.get(name).points).isNotEmpty();
    return made[0];
  }

  private Findings find(Attachment who, Resource what, String pattern) {
    List<Findings> answers = new ArrayList<>();
    who.find(Query.all(what, pattern), answers::add);
    net.run(3_500);
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private DrainAnswer drain(Attachment who) {
    List<DrainAnswer> answers = new ArrayList<>();
    who.requestDrain(net.nodes.get("p4").ref, answers::add);
    net.run(3_500);
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private LoggedEvents events(Attachment who) {
    List<LoggedEvents> answers = new ArrayList<>();
    who.requestEvents(net.nodes.get("p4").ref, 0, answers::add);
    net.run(3_500);
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private String phase(Attachment who) {
    List<OverlayStatus> answers = new ArrayList<>();
    who.requestStatus(answers::add);
    net.run(3_500);
    assertThat(answers).hasSize(1);
    return answers.getFirst().phase();
  }

  private Stream<MemberEvent> drainsAsked() {
    return net.nodes.values().stream()
        .flatMap(node -> node.events.stream())
        .filter(event -> event instanceof MemberEvent.DrainAsked);
  }

  @ParameterizedTest
  @EnumSource
  void who_may_administer_sees_the_overlay_and_drains_peers(OverlayKind kind) {
    grow(kind);
    Attachment ops = attach("ops", Role.CLIENT);
    assertThat(phase(ops)).isEqualTo("MEMBER");
    assertThat(find(ops, Resource.PEER, "*").total()).isEqualTo(4);
    assertThat(find(ops, Resource.SERVICE, "*").total()).isEqualTo(1);
    assertThat(events(ops).events()).isNotEmpty();
    assertThat(audit).isEmpty();
    assertThat(drain(ops)).isEqualTo(DrainAnswer.ACCEPTED);
    assertThat(drainsAsked()).hasSize(1);
    assertThat(find(ops, Resource.STREAM, "line-a/*").forbidden()).isTrue();
    assertThat(audit)
        .containsExactly(
            "CLIENT on class control: ops may not subscribe to line-a/*: grant it in the table of"
                + " rights.");
  }

  @ParameterizedTest
  @EnumSource
  void who_may_subscribe_finds_those_streams_and_services_only(OverlayKind kind) {
    grow(kind);
    Attachment desk = attach("desk", Role.CLIENT);
    assertThat(find(desk, Resource.STREAM, "line-a/*").total()).isEqualTo(1);
    assertThat(find(desk, Resource.STREAM, "line-a/d?or").total()).isEqualTo(1);
    assertThat(find(desk, Resource.SERVICE, "*").total()).isEqualTo(1);
    assertThat(audit).isEmpty();
    for (Findings refused :
        List.of(
            find(desk, Resource.STREAM, "line-?/*"),
            find(desk, Resource.STREAM, "*"),
            find(desk, Resource.PEER, "*"),
            find(desk, Resource.CAPACITY, "*"))) {
      assertThat(refused).isEqualTo(Findings.FORBIDDEN);
    }
    List<Findings> told = new ArrayList<>();
    desk.watch(Query.all(Resource.STREAM, "*"), told::add);
    net.run(10_000);
    assertThat(told).containsExactly(Findings.FORBIDDEN);
    assertThat(audit).allMatch(line -> line.startsWith("CLIENT on class control: desk may not "));
  }

  @ParameterizedTest
  @EnumSource
  void nobody_else_sees_the_overlay_or_drains_a_peer(OverlayKind kind) {
    grow(kind);
    String refusal = "desk may not administer overlay test: grant it in the table of rights.";
    for (Role role : List.of(Role.CLIENT, Role.SENSOR, Role.OBSERVER)) {
      audit.clear();
      Attachment desk = attach("desk", role);
      assertThat(phase(desk)).isEqualTo(OverlayStatus.FORBIDDEN);
      assertThat(events(desk)).isEqualTo(LoggedEvents.FORBIDDEN);
      assertThat(drain(desk)).isEqualTo(new DrainAnswer(DrainAnswer.Kind.FORBIDDEN, refusal));
      assertThat(audit)
          .hasSizeGreaterThanOrEqualTo(3)
          .containsOnly(role + " on class control: " + refusal);
      net.crash("desk");
    }
    assertThat(drainsAsked()).isEmpty();
    net.run(5_000);
    assertThat(net.nodes.get("p4").place).isNotNull();
  }
}
