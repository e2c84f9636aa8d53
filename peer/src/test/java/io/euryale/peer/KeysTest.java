package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Neighbourhood;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.LinkSettings;
import io.euryale.platform.Rejection;
import io.euryale.platform.keys.CertificateAuthority;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An overlay whose peers, sensors and clients have keys.
@Timeout(90)
class KeysTest {

  private static final String[] PEERS = {"a1", "a2", "b1", "b2"};

  @TempDir Path directory;
  private CertificateAuthority authority;

  @BeforeEach
  void create() {
    authority = CertificateAuthority.create(directory, Instant.now());
    issueAll();
  }

  private void issueAll() {
    for (String name : PEERS) {
      issue(name);
    }
    issue("door");
    issue("desk");
  }

  private void issue(String name) {
    authority.issue(new PeerName(name), Instant.now(), Duration.ofDays(365));
  }

  private static Map<TrafficClass, Long> rejected(EuryalePeer peer, Rejection reason) {
    Map<TrafficClass, Long> counts = new EnumMap<>(TrafficClass.class);
    for (TrafficClass trafficClass : TrafficClass.values()) {
      counts.put(trafficClass, peer.links(trafficClass).rejected(reason));
    }
    return counts;
  }

  private static List<Replication> replications() {
    return List.of(Replication.ACTIVE, Replication.ACTIVE_AGREED);
  }

  /// Packets flow in every class while all keys, and then the authority, are changed; nothing is
  /// lost, repeated or out of order, and at the end nobody believes the first authority.
  @ParameterizedTest
  @MethodSource("replications")
  void keysAndAuthorityAreChangedUnderRunningStreamsWithoutLoss(Replication replication)
      throws InterruptedException {
    try (Overlay overlay = new Overlay(directory.toString())) {
      for (String name : PEERS) {
        overlay.start(name);
      }
      Client client = overlay.client("desk");
      Sensor sensor = overlay.sensor("door");
      List<Received> received = new ArrayList<>();
      List<StreamPublisher> streams = new ArrayList<>();
      for (TrafficClass trafficClass :
          List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
        Received to = new Received();
        received.add(to);
        client.subscribe("*", trafficClass, replication, to);
        StreamPublisher stream = sensor.open("door", trafficClass);
        assertThat(stream.awaitInterest(PATIENCE)).isTrue();
        streams.add(stream);
      }
      String before = overlay.peers.get("a1").status().keys().fingerprint();
      int sent = publish(streams, 0);

      issueAll();
      sent = reloadOneByOne(overlay, client, sensor, streams, sent);
      authority = authority.renewed(Instant.now());
      sent = reloadOneByOne(overlay, client, sensor, streams, sent);
      issueAll();
      sent = reloadOneByOne(overlay, client, sensor, streams, sent);
      authority.dropOthers();
      sent = reloadOneByOne(overlay, client, sensor, streams, sent);
      sent = publish(streams, sent);

      assertThat(sensor.close(PATIENCE)).isTrue();
      List<String> expected = IntStream.range(0, sent).mapToObj(i -> "packet " + i).toList();
      for (Received to : received) {
        assertThat(to.texts).isEqualTo(expected);
        assertThat(to.sequences).isEqualTo(LongStream.rangeClosed(1, sent).boxed().toList());
        assertThat(to.gaps).isEmpty();
      }
      KeyStatus status = overlay.peers.get("a1").status().keys();
      assertThat(status.fingerprint()).isNotEqualTo(before);
      assertThat(status.names()).containsExactly("a1");
      assertThat(status.warnings()).isEmpty();
    }
  }

  private int reloadOneByOne(
      Overlay overlay, Client client, Sensor sensor, List<StreamPublisher> streams, int from)
      throws InterruptedException {
    int sent = from;
    for (EuryalePeer peer : overlay.peers.values()) {
      peer.reloadKeys();
      sent = publish(streams, sent);
    }
    client.reloadKeys();
    sensor.reloadKeys();
    return publish(streams, sent);
  }

  private static int publish(List<StreamPublisher> streams, int from) throws InterruptedException {
    int to = from + 40;
    for (int i = from; i < to; i++) {
      byte[] packet = ("packet " + i).getBytes(StandardCharsets.UTF_8);
      for (StreamPublisher stream : streams) {
        assertThat(stream.publish(packet, PATIENCE).isAccepted()).isTrue();
      }
    }
    return to;
  }

  @Test
  void whoHasNoKeysOrTheWrongOnesIsLeftOutside(@TempDir Path elsewhere)
      throws InterruptedException {
    CertificateAuthority other = CertificateAuthority.create(elsewhere, Instant.now());
    other.issue(new PeerName("door"), Instant.now(), Duration.ofDays(1));
    try (Overlay overlay = new Overlay(directory.toString())) {
      EuryalePeer first = overlay.start("a1");
      EdgeSettings plain = EdgeSettings.named("door", overlay.contacts());
      assertThatThrownBy(() -> Client.connect(plain, overlay.loops, null, Duration.ofMillis(500)))
          .isInstanceOf(RefusedException.class);
      assertThat(rejected(first, Rejection.NOT_TLS).get(TrafficClass.CONTROL)).isPositive();
      assertThatThrownBy(
              () ->
                  Client.connect(
                      plain.withKeyDirectory(elsewhere.toString()),
                      overlay.loops,
                      null,
                      Duration.ofSeconds(2)))
          .isInstanceOfSatisfying(
              RefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
          .hasMessageContaining("The last refusal: control link to 127.0.0.1")
          .hasMessageContaining("no certificate of an authority that is trusted here");
    }
  }

  /// Plain text, garbage, silence, a peer without keys and one of another authority: all are
  /// counted by reason and written down, and none changes who is a member.
  @Test
  void strangersChangeNoMembership(@TempDir Path elsewhere) throws Exception {
    CertificateAuthority.create(elsewhere, Instant.now())
        .issue(new PeerName("b1"), Instant.now(), Duration.ofDays(1));
    try (Overlay overlay = new Overlay(directory.toString())) {
      PeerSettings settings =
          PeerSettings.named("a1")
              .withLinks(LinkSettings.defaults().withHelloTimeout(Duration.ofMillis(500)));
      EuryalePeer first = overlay.start(settings);
      overlay.start("a2");
      Overlay.await("both", () -> first.neighbourhood().siblings().size() == 1);
      Neighbourhood before = first.neighbourhood();
      long terms = first.status().overlay().own().term().number();

      byte[][] words = {
        "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        {22, 3, 3, 0, 4, 99, 99, 99, 99}, // A record of TLS with no handshake in it.
        {}
      };
      for (TrafficClass trafficClass : TrafficClass.values()) {
        for (byte[] word : words) {
          try (Socket socket =
              new Socket("127.0.0.1", first.self().endpoint().port(trafficClass))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(word);
            assertThat(endsBefore(socket)).isTrue();
          }
        }
      }
      PeerSettings stranger = PeerSettings.named("b1").withContacts(overlay.contacts());
      try (Outsiders outsiders = new Outsiders()) {
        outsiders.peers.add(EuryalePeer.start(stranger, overlay.loops, null, PeerListener.SILENT));
        outsiders.peers.add(
            EuryalePeer.start(
                stranger.withKeyDirectory(elsewhere.toString()),
                overlay.loops,
                null,
                PeerListener.SILENT));
        Overlay.await(
            "refusals of another authority",
            () ->
                first.links(TrafficClass.CONTROL).rejected(Rejection.REFUSED_BY_REMOTE) > 0
                    || first.links(TrafficClass.CONTROL).rejected(Rejection.CERTIFICATE_UNTRUSTED)
                        > 0);
        assertThat(outsiders.peers).allMatch(peer -> peer.neighbourhood() == null);
      }
      for (TrafficClass trafficClass : TrafficClass.values()) {
        assertThat(first.links(trafficClass).rejected(Rejection.NOT_TLS)).isPositive();
        assertThat(first.links(trafficClass).rejected(Rejection.HANDSHAKE_FAILED)).isPositive();
        assertThat(first.links(trafficClass).rejected(Rejection.HELLO_TIMEOUT)).isPositive();
      }
      assertThat(first.status().keys().lastRefusal()).contains("control link from 127.0.0.1");
      assertThat(first.neighbourhood()).isEqualTo(before);
      assertThat(first.status().overlay().own().term().number()).isEqualTo(terms);
    }
  }

  /// Whether the other side ends the connection, by an end or a reset.
  private static boolean endsBefore(Socket socket) throws IOException {
    try {
      byte[] sink = new byte[1024];
      while (socket.getInputStream().read(sink) >= 0) {
        continue;
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  private static final class Outsiders implements AutoCloseable {
    final List<EuryalePeer> peers = new ArrayList<>();

    @Override
    public void close() {
      peers.forEach(EuryalePeer::kill);
    }
  }

  @Test
  void keysThatCannotBeUsedAreSaidAtTheStart() throws InterruptedException {
    try (Overlay overlay = new Overlay(directory.toString())) {
      assertThatThrownBy(() -> overlay.start("nobody"))
          .isInstanceOfSatisfying(
              RefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
          .hasMessageContaining("nobody.crt' does not exist");
      assertThatThrownBy(
              () ->
                  EuryalePeer.start(
                      PeerSettings.named("a1")
                          .withKeyDirectory(directory.toString())
                          .withAddress("0.0.0.0", 0, 0, 0, 0),
                      overlay.loops,
                      null,
                      PeerListener.SILENT))
          .hasMessageContaining("is not one address that others can reach");
    }
    try (Overlay overlay = new Overlay()) {
      EuryalePeer plain = overlay.start("a1");
      assertThatThrownBy(plain::reloadKeys).hasMessageContaining("started without keys");
      assertThat(plain.status().keys()).isNull();
    }
  }

  @Test
  void aWarningIsPartOfTheStatus() throws InterruptedException {
    authority.issue(
        new PeerName("a1"), Instant.now().minus(Duration.ofDays(80)), Duration.ofDays(90));
    try (Overlay overlay = new Overlay(directory.toString())) {
      EuryalePeer peer = overlay.start("a1");
      assertThat(peer.status().keys().warnings())
          .singleElement()
          .asString()
          .contains("expires in 9 days");
    }
  }

  /// Agreed streams go on while a member of a cell is killed and strangers flood its datagram ports
  /// with garbage, with the first messages of handshakes, and with what is not sealed.
  @Test
  void agreedStreamsLoseNothingWhenAMemberIsKilledAndStrangersSendDatagrams() throws Exception {
    try (Overlay overlay = new Overlay(directory.toString());
        Strangers strangers = new Strangers(overlay)) {
      for (String name : PEERS) {
        overlay.start(name);
      }
      Received received = new Received();
      overlay
          .client("desk")
          .subscribe("*", TrafficClass.CRITICAL, Replication.ACTIVE_AGREED, received);
      Sensor sensor = overlay.sensor("door");
      StreamPublisher stream = sensor.open("door", TrafficClass.CRITICAL);
      assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      awaitGroup(overlay, "a1", "a2");
      awaitGroup(overlay, "b1", "b2");
      int sent = publish(List.of(stream), 0);
      strangers.flood();
      sent = publish(List.of(stream), sent);
      long configurations = installed(overlay, "a1").size();
      overlay.peers.get("b2").kill();
      sent = publish(List.of(stream), sent);
      strangers.flood();
      sent = publish(List.of(stream), sent);

      assertThat(sensor.close(PATIENCE)).isTrue();
      assertThat(received.texts)
          .isEqualTo(IntStream.range(0, sent).mapToObj(i -> "packet " + i).toList());
      assertThat(received.gaps).isEmpty();
      assertThat(installed(overlay, "a1"))
          .as("strangers change nothing")
          .hasSize((int) configurations);
      assertThat(overlay.traces.stream().filter(trace -> trace.event().equals("STORE")))
          .isNotEmpty();
    }
  }

  /// A peer whose authority is dropped is in no group any more, though its process and its sessions
  /// live; when it has a new certificate it is in one again.
  @Test
  void whoIsBelievedNoMoreIsInNoGroup() throws InterruptedException {
    try (Overlay overlay = new Overlay(directory.toString())) {
      EuryalePeer first = overlay.start("a1");
      EuryalePeer second = overlay.start("a2");
      Received received = new Received();
      Client client = overlay.client("desk");
      client.subscribe("*", TrafficClass.CRITICAL, Replication.ACTIVE_AGREED, received);
      awaitGroup(overlay, "a1", "a2");

      authority = authority.renewed(Instant.now());
      issue("a1");
      issue("desk");
      first.reloadKeys();
      client.reloadKeys();
      authority.dropOthers();
      overlay.traces.clear();
      first.reloadKeys();
      Overlay.await(
          "a configuration without a2",
          () -> installed(overlay, "a1").stream().anyMatch(members -> !members.contains("a2")));
      client.reloadKeys();

      issue("a2");
      overlay.traces.clear();
      second.reloadKeys();
      awaitGroup(overlay, "a1", "a2");
    }
  }

  private static void awaitGroup(Overlay overlay, String... names) throws InterruptedException {
    Overlay.await(
        "a configuration of " + List.of(names),
        () ->
            installed(overlay, names[0]).stream()
                .anyMatch(members -> Arrays.stream(names).allMatch(members::contains)));
  }

  /// The members of the configurations that a peer has installed, in order.
  private static List<String> installed(Overlay overlay, String name) {
    return overlay.traces.stream()
        .filter(trace -> trace.event().equals("INSTALL") && trace.proc().equals(name))
        .map(trace -> trace.body().fields().toString())
        .toList();
  }

  /// Sends datagrams to every port of every peer.
  private static final class Strangers implements AutoCloseable {
    private static final int DATAGRAMS = 500;

    private final Overlay overlay;
    private final DatagramSocket socket;
    private final SplittableRandom random = new SplittableRandom(11);

    private Strangers(Overlay overlay) throws IOException {
      this.overlay = overlay;
      socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
    }

    private void flood() throws IOException {
      for (int i = 0; i < DATAGRAMS; i++) {
        byte[] bytes = new byte[1 + random.nextInt(1_200)];
        random.nextBytes(bytes);
        bytes[0] = (byte) (i % 24); // Every kind of envelope, sealed and not.
        if (bytes.length > 1) {
          bytes[1] = 1;
        }
        for (EuryalePeer peer : overlay.peers.values()) {
          for (TrafficClass trafficClass : TrafficClass.values()) {
            int port = peer.self().endpoint().port(trafficClass);
            socket.send(
                new DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral("127.0.0.1"), port));
          }
        }
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
