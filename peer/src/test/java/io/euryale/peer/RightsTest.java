package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Rejection;
import io.euryale.platform.keys.CertificateAuthority;
import io.euryale.service.stream.Replication;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each right, granted and refused by pattern of authenticated names, with what is written down.
@Timeout(90)
class RightsTest {

  private static final List<String> TABLE =
      List.of(
          "euryale a* join",
          "line-d/* door-* publish",
          "line-d/* desk subscribe",
          "euryale ops administer");

  @TempDir Path directory;
  private Overlay overlay;
  private EuryalePeer first;

  @BeforeEach
  void twoPeers() throws InterruptedException {
    CertificateAuthority authority = CertificateAuthority.create(directory, Instant.now());
    for (String name : List.of("a1", "a2", "b1", "door-7", "gate", "desk", "ops")) {
      authority.issue(new PeerName(name), Instant.now(), Duration.ofDays(1));
    }
    overlay = new Overlay(directory.toString());
    first = overlay.start(PeerSettings.named("a1").withRights(TABLE));
    overlay.start(PeerSettings.named("a2").withRights(TABLE));
  }

  @AfterEach
  void close() {
    overlay.close();
  }

  private static void assertForbidden(String sentence, ThrowingCallable attempt) {
    assertThatThrownBy(attempt)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN))
        .hasMessage(sentence);
  }

  @Test
  void whoMayNotJoinIsNoPeerOfAnyClassAndReadsWhy() throws InterruptedException {
    assertThat(first.neighbourhood().siblings()).hasSize(1);
    assertThat(first.status().forbidden()).isZero();
    PeerSettings settings =
        PeerSettings.named("b1")
            .withContacts(overlay.contacts())
            .withKeyDirectory(directory.toString());
    EuryalePeer outside = EuryalePeer.start(settings, overlay.loops, null, PeerListener.SILENT);
    try {
      Overlay.await(
          "a refusal at b1",
          () -> {
            try {
              KeyStatus keys = outside.status().keys();
              return keys != null && keys.lastRefusal().contains("b1 may not join");
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertThatThrownBy(() -> outside.awaitMember(Duration.ofMillis(50)))
          .hasMessageContaining(
              "refused by the other side: b1 may not join overlay euryale: grant it in the table of"
                  + " rights.");
      assertThat(outside.neighbourhood()).isNull();
      assertThat(first.neighbourhood().siblings()).hasSize(1);
      assertThat(
              first.links(TrafficClass.CONTROL).rejected(Rejection.FORBIDDEN)
                  + overlay
                      .peers
                      .get("a2")
                      .links(TrafficClass.CONTROL)
                      .rejected(Rejection.FORBIDDEN))
          .isPositive();
      assertThat(first.status().lastForbidden() + overlay.peers.get("a2").status().lastForbidden())
          .contains("PEER on class control: b1 may not join overlay euryale");
    } finally {
      outside.kill();
    }
  }

  @Test
  void aSensorPublishesWhatItsNameMayAndReadsWhyNot() throws InterruptedException {
    Client client = overlay.client("desk");
    Received received = new Received();
    client.subscribe("line-d/*", TrafficClass.CRITICAL, Replication.ACTIVE, received);
    StreamPublisher allowed = overlay.sensor("door-7").open("line-d/door", TrafficClass.CRITICAL);
    assertThat(allowed.awaitInterest(PATIENCE)).isTrue();
    assertThat(allowed.publish(new byte[1], PATIENCE).isAccepted()).isTrue();
    Overlay.await("the packet", () -> received.texts.size() == 1);

    List<String> told = new CopyOnWriteArrayList<>();
    PublisherListener listener =
        new PublisherListener() {
          @Override
          public void forbidden(String sentence) {
            told.add(sentence);
          }
        };
    StreamPublisher refused =
        overlay.sensor("gate").open("line-d/gate", TrafficClass.CRITICAL, listener);
    String sentence = "gate may not publish stream line-d/gate: grant it in the table of rights.";
    assertForbidden(sentence, () -> refused.awaitInterest(PATIENCE));
    assertForbidden(sentence, () -> refused.publish(new byte[1]));
    Overlay.await("the listener", () -> !told.isEmpty());
    assertThat(told).containsExactly(sentence);
    assertThat(first.status().lastForbidden()).isEqualTo("SENSOR on class critical: " + sentence);
    assertThat(first.status().relays().get(TrafficClass.CRITICAL)).containsEntry("forbidden", 1L);
  }

  @Test
  void aClientSubscribesToWhatItsNameMayAndReadsWhyNot() throws InterruptedException {
    List<String> told = new CopyOnWriteArrayList<>();
    StreamHandler handler =
        new StreamHandler() {
          @Override
          public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {}

          @Override
          public void forbidden(String pattern, String sentence) {
            told.add(pattern + ": " + sentence);
          }
        };
    Client client = overlay.client("desk");
    client.subscribe("line-d/*", TrafficClass.NORMAL, Replication.ACTIVE, handler);
    client.subscribe("line-*", TrafficClass.NORMAL, Replication.ACTIVE, handler);
    Overlay.await("a refusal", () -> !told.isEmpty());
    assertThat(told)
        .containsExactly(
            "line-*: desk may not subscribe to line-*: grant it in the table of rights.");
    assertThat(first.status().lastForbidden())
        .isEqualTo(
            "CLIENT on class normal: desk may not subscribe to line-*: grant it in the table of"
                + " rights.");
    Client other = overlay.client("gate");
    other.subscribe("line-d/door", TrafficClass.NORMAL, Replication.ACTIVE, handler);
    Overlay.await("another refusal", () -> told.size() == 2);
    StreamPublisher stream = overlay.sensor("door-7").open("line-d/door", TrafficClass.NORMAL);
    assertThat(stream.awaitInterest(PATIENCE)).isTrue();
    assertThat(client.streams(TrafficClass.NORMAL, PATIENCE)).hasSize(1);
    assertThat(other.streams(TrafficClass.NORMAL, PATIENCE)).isEmpty();
  }

  @Test
  void whoMayAdministerSeesTheOverlayAndOthersReadWhyNot() throws InterruptedException {
    Client ops = overlay.client("ops");
    assertThat(ops.status(PATIENCE).cells()).isNotEmpty();
    assertThat(ops.arrivals(TrafficClass.NORMAL, PATIENCE)).isNotEmpty();
    Client desk = overlay.client("desk");
    String sentence = "desk may not administer overlay euryale: grant it in the table of rights.";
    assertForbidden(sentence, () -> desk.status(PATIENCE));
    assertThat(first.status().lastForbidden() + overlay.peers.get("a2").status().lastForbidden())
        .contains("CLIENT on class control: desk may not administer overlay euryale");
    assertForbidden(sentence, () -> desk.arrivals(TrafficClass.NORMAL, PATIENCE));
  }

  @Test
  void whoMayNotAdministerNeitherDrainsNorFindsPeersAndReadsWhy() throws InterruptedException {
    Client desk = overlay.client("desk");
    String sentence = "desk may not administer overlay euryale: grant it in the table of rights.";
    assertForbidden(sentence, () -> desk.find(Query.all(Resource.PEER, "*")));
    assertForbidden(sentence, () -> desk.find(Query.all(Resource.CAPACITY, "*")));
    assertForbidden(
        "desk may not subscribe to line-*: grant it in the table of rights.",
        () -> desk.find(Query.all(Resource.STREAM, "line-*")));
    assertThat(desk.find(Query.all(Resource.STREAM, "line-d/*")).forbidden()).isFalse();
    assertForbidden(sentence, () -> desk.events(first.self(), 0));
    assertThatThrownBy(() -> desk.drain(first.self()))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN))
        .hasMessage("Peer a1 does not drain: " + sentence);
    assertThat(first.isEnded()).isFalse();
    assertThat(first.status().lastForbidden()).isEqualTo("CLIENT on class control: " + sentence);

    Client ops = overlay.client("ops");
    assertThat(ops.find(Query.all(Resource.PEER, "*")).total()).isEqualTo(2);
    assertThat(ops.events(first.self(), 0)).isNotEmpty();
    EuryalePeer second = overlay.peers.get("a2");
    ops.drain(second.self());
    Overlay.await("the peer ends", second::isEnded);
  }

  @Test
  void anotherTableCountsAfterANewStartAndOneThatCannotBeReadNotAtAll()
      throws InterruptedException {
    PeerSettings open = first.settings().withRights(List.of("* * administer"));
    assertThat(first.reload(open.withAdvertise("127.0.0.1").withKeyDirectory("elsewhere")))
        .containsExactly("advertise", "keyDirectory", "rights");
    assertThat(first.settings().rights()).isEqualTo(TABLE);
    Client desk = overlay.client("desk");
    assertThatThrownBy(() -> desk.drain(first.self())).hasMessageContaining("may not administer");
    assertThatThrownBy(() -> first.reload(open.withRights(List.of("* * fly"))))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("'fly' is no right");
  }

  @Test
  void aTableThatCannotBeReadIsSaidAtTheStart() {
    assertThatThrownBy(() -> overlay.start(PeerSettings.named("a2").withRights(List.of("* * fly"))))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
        .hasMessageContaining("'* * fly' is no line of the table of rights ('fly' is no right)")
        .hasMessageContaining("STREAMS NAMES RIGHTS");
  }
}
