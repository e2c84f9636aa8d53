package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.OverlayRight;
import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.service.stream.Replication;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every set of rights, granted to the one who asks or to somebody or something else: each deed
/// needs its own right and no other.
@Timeout(120)
class RightsMatrixTest {

  private enum Grant {
    TO_ITS_NAME("* %s %s"),
    TO_NAMES_LIKE_IT("* %s* %s"),
    TO_ANOTHER_NAME("* x%s %s"),
    FOR_SOMETHING_ELSE("other/* %s %s");

    private final String line;

    Grant(String line) {
      this.line = line;
    }
  }

  /// Somebody and what it may.
  private record Asker(String name, Grant grant, Set<OverlayRight> rights) {
    boolean may(OverlayRight right) {
      return rights.contains(right)
          && (grant == Grant.TO_ITS_NAME || grant == Grant.TO_NAMES_LIKE_IT);
    }

    String line() {
      return grant.line.formatted(
          name,
          rights.stream()
              .map(right -> right.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(",")));
    }
  }

  private interface Deed {
    void ask() throws InterruptedException;
  }

  private final List<Asker> askers = new ArrayList<>();
  private final Overlay overlay = new Overlay();
  private EuryalePeer first;

  @BeforeEach
  void start() throws InterruptedException {
    List<String> table = new ArrayList<>(List.of("* root join,publish,subscribe"));
    OverlayRight[] all = OverlayRight.values();
    for (Grant grant : Grant.values()) {
      for (int set = 0; set < 1 << all.length; set++) {
        Set<OverlayRight> rights = EnumSet.noneOf(OverlayRight.class);
        for (OverlayRight right : all) {
          if ((set >> right.ordinal() & 1) == 1) {
            rights.add(right);
          }
        }
        askers.add(new Asker("n" + grant.ordinal() + "-" + set + "-", grant, rights));
        if (!rights.isEmpty()) {
          table.add(askers.getLast().line());
        }
      }
    }
    first = overlay.start(PeerSettings.named("root").withRights(table));
  }

  @AfterEach
  void close() {
    overlay.close();
  }

  private static void assertNeeds(OverlayRight right, Asker asker, Deed deed)
      throws InterruptedException {
    boolean refused = false;
    try {
      deed.ask();
    } catch (RefusedException e) {
      refused = e.reason() == Reason.FORBIDDEN;
      assertThat(refused).as(asker + ": " + e.getMessage()).isTrue();
      assertThat(e.getMessage()).contains(asker.name() + " may not ");
    }
    assertThat(refused).as("%s of %s", right, asker).isNotEqualTo(asker.may(right));
  }

  @Test
  void sensorsNeedTheRightToPublish() throws InterruptedException {
    Client root = overlay.client("root");
    root.subscribe("line/*", TrafficClass.NORMAL, Replication.ACTIVE, (_, _, _, _) -> {});
    for (Asker asker : askers) {
      StreamPublisher stream =
          overlay.sensor(asker.name()).open("line/" + asker.name(), TrafficClass.NORMAL);
      assertNeeds(
          OverlayRight.PUBLISH,
          asker,
          () -> {
            assertThat(stream.awaitInterest(PATIENCE)).isTrue();
            assertThat(stream.publish(new byte[1]).isAccepted()).isTrue();
          });
    }
  }

  /// What operators' commands ask is what clients ask.
  @Test
  void clientsAndOperatorsNeedTheRightsToSubscribeAndToAdminister() throws InterruptedException {
    StreamPublisher stream = overlay.sensor("root").open("line/1", TrafficClass.NORMAL);
    overlay
        .client("root")
        .subscribe("line/*", TrafficClass.NORMAL, Replication.ACTIVE, (_, _, _, _) -> {});
    assertThat(stream.awaitInterest(PATIENCE)).isTrue();
    for (Asker asker : askers) {
      Client client = overlay.client(asker.name());
      assertThat(client.streams(TrafficClass.NORMAL, PATIENCE))
          .as(asker.toString())
          .hasSize(asker.may(OverlayRight.SUBSCRIBE) ? 1 : 0);
      assertNeeds(
          OverlayRight.SUBSCRIBE, asker, () -> client.find(Query.all(Resource.STREAM, "line/*")));
      assertNeeds(OverlayRight.ADMINISTER, asker, () -> client.status(PATIENCE));
      assertNeeds(OverlayRight.ADMINISTER, asker, () -> client.find(Query.all(Resource.PEER, "*")));
      assertNeeds(OverlayRight.ADMINISTER, asker, () -> client.events(first.self(), 0));
      if (!asker.may(OverlayRight.ADMINISTER)) { // Who may would end the peer.
        assertNeeds(OverlayRight.ADMINISTER, asker, () -> client.drain(first.self()));
      }
    }
  }

  private String lastForbidden() {
    try {
      return first.status().lastForbidden();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void peersNeedTheRightToJoin() throws InterruptedException {
    for (Asker asker : askers) {
      PeerSettings settings = PeerSettings.named(asker.name()).withContacts(overlay.contacts());
      EuryalePeer peer = EuryalePeer.start(settings, overlay.loops, null, PeerListener.SILENT);
      try {
        if (asker.may(OverlayRight.JOIN)) {
          peer.awaitMember(PATIENCE);
        } else {
          String refusal = asker.name() + " may not join overlay euryale";
          Overlay.await(refusal, () -> lastForbidden().contains(refusal));
          assertThat(peer.neighbourhood()).isNull();
        }
      } finally {
        peer.kill();
      }
    }
  }
}
