package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.euryale.kernel.Core;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.keys.CertificateAuthority;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Links with keys on real sockets: who gets in, who does not and why, and what a change of keys
/// does to what is under way.
@Timeout(60)
class TlsLinkTest {

  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir Path directory;

  private final Peers peers = new Peers();
  private final List<LinkKeys> opened = new ArrayList<>();
  private final ToyCore core = new ToyCore();
  private CertificateAuthority authority;
  private LinkKeys keys;
  private NettyHome home;
  private int port;

  @BeforeEach
  void start() {
    authority = CertificateAuthority.create(directory, Instant.now());
    issue("server", "friend");
    keys = open(directory, "server");
    home = peers.home(keys, LinkSettings.defaults().withHelloTimeout(Duration.ofSeconds(1)));
    port = peers.start(home, core, "server");
  }

  @AfterEach
  void nothingFailed() {
    opened.forEach(LinkKeys::close);
    peers.close();
    assertThat(peers.failures).isEmpty();
  }

  private void issue(String... names) {
    for (String name : names) {
      authority.issue(new PeerName(name), Instant.now(), YEAR);
    }
  }

  private LinkKeys open(Path from, String name) {
    LinkKeys keysOfName = LinkKeys.open(from, new PeerName(name));
    opened.add(keysOfName);
    return keysOfName;
  }

  private void expect(Rejection reason, NettyHome at) {
    Peers.await(reason.text(), () -> at.counters().rejected(reason) > 0);
    if (at == home && reason.isAudited()) {
      Peers.await("the audit of " + reason, () -> keys.lastRefusal().contains(reason.text()));
    }
  }

  /// A home that dials the server.
  private NettyHome dial(LinkKeys with, String name, ToyCore dialling) {
    NettyHome dialler = peers.home(with, LinkSettings.defaults());
    peers.start(dialler, dialling, name);
    assertThat(Peers.connect(dialler, port)).isPositive();
    return dialler;
  }

  // ---------------------------------------------------------------- who gets in

  @Test
  void theRightNameGetsInAndFramesOfEverySizePassBothWays() {
    ToyCore friend = new ToyCore();
    NettyHome friendHome = dial(open(directory, "friend"), "friend", friend);
    Peers.awaitEvent(core, "up 1 friend#1");
    Peers.awaitEvent(friend, "up 1 server#1");
    List<byte[]> sent = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int size : new int[] {1, 100, 16_376, 16_384, 16_385, 70_000, 1 << 20}) {
      byte[] body = new byte[size];
      random.nextBytes(body);
      sent.add(body);
    }
    for (byte[] body : sent) {
      assertThat(Peers.ask(friendHome, () -> friendHome.send(1, ByteBuffer.wrap(body)))).isTrue();
      assertThat(Peers.ask(home, () -> home.send(1, ByteBuffer.wrap(body)))).isTrue();
    }
    Peers.await("frames there", () -> core.frames.size() == sent.size());
    Peers.await("frames back", () -> friend.frames.size() == sent.size());
    for (int i = 0; i < sent.size(); i++) {
      assertThat(core.frames.get(i)).isEqualTo(sent.get(i));
      assertThat(friend.frames.get(i)).isEqualTo(sent.get(i));
    }
  }

  @Test
  void theAcceptingSideChoosesTheCipherAlthoughTheOtherPrefersAes() throws Exception {
    try (TlsClient client = new TlsClient(port, directory, "friend", "TLSv1.3")) {
      assertThat(client.cipher()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
    }
  }

  @Test
  void aBurstBeyondTheSocketsBuffersArrivesWholeAndInOrder() {
    ToyCore friend = new ToyCore();
    NettyHome friendHome = dial(open(directory, "friend"), "friend", friend);
    Peers.awaitEvent(friend, "up 1 server#1");
    List<String> expected = new ArrayList<>();
    int frames = 3000;
    String filling = "x".repeat(1000);
    for (int i = 0; i < frames; i++) {
      expected.add(i + filling);
    }
    assertThat(
            Peers.ask(
                friendHome,
                () -> expected.stream().allMatch(text -> friendHome.send(1, Peers.text(text)))))
        .isTrue();
    Peers.await("all frames", () -> core.frames.size() == frames);
    assertThat(core.texts()).isEqualTo(expected);
  }

  @Test
  void whoReadsSlowlyCostsNoMoreThanTheQueueOfItsLink() throws Exception {
    try (TlsClient slow = new TlsClient(port, directory, "friend", "TLSv1.3")) {
      slow.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "friend"));
      Peers.awaitEvent(core, "up 1 friend#1");
      ByteBuffer frame = ByteBuffer.allocate(64 << 10);
      Peers.await("a full queue", () -> !Peers.ask(home, () -> home.send(1, frame)));
      assertThat(home.counters().queueFull()).isPositive();
      long accepted = home.counters().framesOut();
      slow.readFrame();
      for (int i = 0; i < accepted; i++) {
        assertThat(slow.readFrame()).hasSize(64 << 10);
      }
    }
  }

  @Test
  void aCertificateForAnotherNameIsRefusedOnBothSides() {
    issue("liar");
    ToyCore liar = new ToyCore();
    dial(open(directory, "liar"), "friend", liar);
    expect(Rejection.OTHER_NAME, home);
    assertThat(core.events).noneMatch(event -> event.startsWith("up"));
    assertThat(keys.lastRefusal())
        .contains("from 127.0.0.1, certified as [liar]")
        .contains("friend");

    NettyHome false_ = peers.home(open(directory, "liar"), LinkSettings.defaults());
    int falsePort = peers.start(false_, new ToyCore(), "server");
    ToyCore friend = new ToyCore();
    NettyHome friendHome = peers.home(open(directory, "friend"), LinkSettings.defaults());
    peers.start(friendHome, friend, "friend");
    Peers.connect(friendHome, falsePort);
    expect(Rejection.OTHER_NAME, friendHome);
    assertThat(friend.events).noneMatch(event -> event.startsWith("up"));
  }

  @Test
  void anUnknownAuthorityIsRefusedBothWays(@TempDir Path elsewhere) {
    CertificateAuthority other = CertificateAuthority.create(elsewhere, Instant.now());
    other.issue(new PeerName("friend"), Instant.now(), YEAR);
    NettyHome stranger = dial(open(elsewhere, "friend"), "friend", new ToyCore());
    expect(Rejection.CERTIFICATE_UNTRUSTED, stranger);
    expect(Rejection.REFUSED_BY_REMOTE, home);
    assertThat(core.events).noneMatch(event -> event.startsWith("up"));
  }

  @Test
  void aStrangerWhoBelievesEverybodyGetsNoHello(@TempDir Path elsewhere) throws Exception {
    CertificateAuthority other = CertificateAuthority.create(elsewhere, Instant.now());
    other.issue(new PeerName("friend"), Instant.now(), YEAR);
    expectEnd(elsewhere, "friend", "TLSv1.3");
    expect(Rejection.CERTIFICATE_UNTRUSTED, home);
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    authority.issue(
        new PeerName("late"), Instant.now().minus(Duration.ofDays(9)), Duration.ofDays(8));
    expectEnd(directory, "late", "TLSv1.3");
    expect(Rejection.CERTIFICATE_EXPIRED, home);
  }

  @Test
  void aCertificateOfTheFutureIsRefused() throws Exception {
    authority.issue(new PeerName("early"), Instant.now().plus(Duration.ofDays(2)), YEAR);
    expectEnd(directory, "early", "TLSv1.3");
    expect(Rejection.CERTIFICATE_EXPIRED, home);
  }

  @Test
  void noCertificateAndOldVersionsAreRefused() throws Exception {
    expectEnd(directory, null, "TLSv1.3");
    expect(Rejection.CERTIFICATE_UNTRUSTED, home);
    expectEnd(directory, "friend", "TLSv1.2");
    expect(Rejection.HANDSHAKE_FAILED, home);
  }

  private void expectEnd(Path from, String name, String protocol)
      throws IOException, GeneralSecurityException {
    try (TlsClient client = new TlsClient(port, from, name, protocol)) {
      try {
        client.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "friend"));
      } catch (IOException _) {
        // Refused before it could write.
      }
      assertThat(client.isEnded()).isTrue();
    }
    assertThat(core.events).noneMatch(event -> event.startsWith("up"));
  }

  /// Files as another authority makes them: intermediate, keys of other kinds, names in the
  /// subject.
  @Test
  void anAuthorityOfSomebodyElseIsAsGood(@TempDir Path theirs) throws Exception {
    String script =
        """
        set -e
        req() { openssl req -newkey $1 -nodes -keyout $2.key -out $2.csr -subj /O=Them/CN=$2; }
        sign() { openssl x509 -req -in $1.csr -CA $2.crt -CAkey $2.key -days 9 -out $1.crt \
                 -extfile $3; }
        printf 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n' > ca.ext
        printf 'basicConstraints=CA:FALSE\n' > leaf.ext
        openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.crt -days 9 \
          -subj /O=Them/CN=Root
        req 'ec -pkeyopt ec_paramgen_curve:P-384' middle; sign middle root ca.ext
        req ed25519 server; sign server middle leaf.ext; cat middle.crt >> server.crt
        req rsa:2048 friend; sign friend middle leaf.ext; cat middle.crt >> friend.crt
        cp root.crt ca.crt; chmod 600 *.key; chmod 644 *.crt
        """;
    Process made;
    try {
      made =
          new ProcessBuilder("sh", "-c", script)
              .directory(theirs.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException _) {
      Assumptions.abort("There is no shell");
      return;
    }
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(!said.contains("openssl: not found"), "There is no openssl");
    assertThat(made.waitFor()).as(said).isZero();
    ToyCore server = new ToyCore();
    NettyHome serverHome = peers.home(open(theirs, "server"), LinkSettings.defaults());
    int serverPort = peers.start(serverHome, server, "server");
    ToyCore friend = new ToyCore();
    NettyHome friendHome = peers.home(open(theirs, "friend"), LinkSettings.defaults());
    peers.start(friendHome, friend, "friend");
    Peers.connect(friendHome, serverPort);
    Peers.awaitEvent(server, "up 1 friend#1");
    Peers.awaitEvent(friend, "up 1 server#1");
  }

  @Test
  void aHelloOfAnotherOverlayOrClassIsRefusedBehindTlsToo() throws Exception {
    for (byte[] hello :
        List.of(
            Peers.hello("elsewhere", TrafficClass.ALARM, "friend"),
            Peers.hello(Peers.OVERLAY, TrafficClass.NORMAL, "friend"),
            Peers.wire(new byte[] {9, 1, 2, 3}))) {
      try (TlsClient client = new TlsClient(port, directory, "friend", "TLSv1.3")) {
        client.write(hello);
        assertThat(client.isEnded()).isTrue();
      }
    }
    assertThat(home.counters().rejected(Rejection.OTHER_OVERLAY)).isEqualTo(1);
    assertThat(home.counters().rejected(Rejection.OTHER_CLASS)).isEqualTo(1);
    assertThat(home.counters().rejected(Rejection.HELLO_MALFORMED)).isEqualTo(1);
  }

  // ---------------------------------------------------------------- who does not speak TLS

  @Test
  void plaintextAtAPortWithKeysAndKeysAtAPlaintextPort() {
    ToyCore plain = new ToyCore();
    NettyHome plainHome = peers.home();
    int plainPort = peers.start(plainHome, plain, "plain");
    Peers.connect(plainHome, port);
    expect(Rejection.NOT_TLS, home);
    // Whoever waits for somebody to answer must hear that somebody did.
    expect(Rejection.REFUSED_BY_REMOTE, plainHome);
    Peers.await("why", () -> plain.events.stream().anyMatch(e -> e.contains(Core.TURNED_AWAY)));
    ToyCore friend = new ToyCore();
    NettyHome friendHome = peers.home(open(directory, "friend"), LinkSettings.defaults());
    peers.start(friendHome, friend, "friend");
    Peers.connect(friendHome, plainPort);
    expect(Rejection.NOT_TLS, friendHome);
    expect(Rejection.FRAME_LENGTH, plainHome);
    assertThat(core.events).noneMatch(event -> event.startsWith("up"));
    assertThat(plain.events).noneMatch(event -> event.startsWith("up"));
    assertThat(friend.events).noneMatch(event -> event.startsWith("up"));
  }

  @Test
  void garbageIsEndedWithACountedReasonWhateverItBeginsWith() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    int rounds = 60;
    for (int i = 0; i < rounds; i++) {
      byte[] garbage = new byte[4096];
      random.nextBytes(garbage);
      if (i % 2 == 0) { // A record of TLS, by its header.
        garbage[0] = (byte) (20 + i % 4);
        garbage[1] = 3;
        garbage[2] = 3;
        garbage[3] = 0;
      }
      try (RawLink raw = new RawLink(port)) {
        raw.write(garbage);
        assertThat(raw.isEnded()).isTrue();
      } catch (IOException _) {
        // Ended before all was written.
      }
    }
    Peers.await(
        "all counted",
        () -> home.counters().rejected().values().stream().mapToLong(n -> n).sum() == rounds);
  }

  @Test
  void moreThan16KiBBeforeTheHandshakeEndsTheLink() throws IOException {
    try (RawLink raw = new RawLink(port)) {
      byte[] record = new byte[16 << 10];
      record[0] = 22;
      record[1] = 3;
      record[2] = 3;
      record[3] = 0x3F; // Longer than what is sent.
      record[4] = (byte) 0xFF;
      raw.write(record);
      raw.write(new byte[] {0});
      assertThat(raw.isEnded()).isTrue();
    }
    assertThat(home.counters().rejected(Rejection.HANDSHAKE_TOO_LONG)).isEqualTo(1);
  }

  @Test
  void aSlowHandshakeEndsInTime() throws Exception {
    try (RawLink silent = new RawLink(port);
        RawLink half = new RawLink(port);
        TlsClient mute = new TlsClient(port, directory, "friend", "TLSv1.3")) {
      half.write(new byte[] {22, 3, 1});
      mute.write(new byte[] {0, 0}); // The handshake, and no whole hello behind it.
      assertThat(silent.isEnded()).isTrue();
      assertThat(half.isEnded()).isTrue();
      assertThat(mute.isEnded()).isTrue();
    }
    Peers.await("three", () -> home.counters().rejected(Rejection.HELLO_TIMEOUT) == 3);
  }

  @Test
  void strangersBeyondTheLimitAreClosedAtOnceAndFriendsStay() throws IOException {
    ToyCore friend = new ToyCore();
    NettyHome friendHome = dial(open(directory, "friend"), "friend", friend);
    Peers.awaitEvent(friend, "up 1 server#1");
    List<RawLink> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        strangers.add(new RawLink(port));
      }
      Peers.await(
          "eight refused", () -> home.counters().rejected(Rejection.TOO_MANY_STRANGERS) == 8);
      Peers.ask(friendHome, () -> friendHome.send(1, Peers.text("still here")));
      Peers.await("the friend's frame", () -> core.texts().contains("still here"));
    } finally {
      for (RawLink stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  void damageInARecordEndsTheLink() throws Exception {
    try (Meddler meddler = new Meddler(port)) {
      ToyCore friend = new ToyCore();
      NettyHome friendHome = peers.home(open(directory, "friend"), LinkSettings.defaults());
      peers.start(friendHome, friend, "friend");
      Peers.connect(friendHome, meddler.port());
      Peers.awaitEvent(friend, "up 1 server#1");
      meddler.spoilNext();
      Peers.ask(friendHome, () -> friendHome.send(1, Peers.text("spoilt")));
      Peers.awaitEvent(core, "down 1 " + Rejection.HANDSHAKE_FAILED.linkReason());
      assertThat(core.texts()).isEmpty();
    }
  }

  // ---------------------------------------------------------------- change of keys

  @Test
  void newKeysDoNotDisturbLinksThatAreUpAndServeNewOnes() {
    LinkKeys friendKeys = open(directory, "friend");
    ToyCore friend = new ToyCore();
    NettyHome friendHome = dial(friendKeys, "friend", friend);
    Peers.awaitEvent(friend, "up 1 server#1");
    for (int round = 0; round < 5; round++) {
      int from = round * 100;
      issue("server", "friend");
      keys.reload();
      friendKeys.reload();
      for (int i = 0; i < 100; i++) {
        String text = "frame " + (from + i);
        assertThat(Peers.ask(friendHome, () -> friendHome.send(1, Peers.text(text)))).isTrue();
      }
    }
    Peers.await("all frames", () -> core.frames.size() == 500);
    assertThat(core.texts())
        .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "frame " + i).toList());
    assertThat(core.events).noneMatch(event -> event.startsWith("down"));
    dial(friendKeys, "friend", new ToyCore());
    Peers.awaitEvent(core, "up 2 friend#1");
  }

  @Test
  void anAuthorityIsChangedStepByStepWithoutALinkGoingDown() {
    LinkKeys friendKeys = open(directory, "friend");
    ToyCore friend = new ToyCore();
    dial(friendKeys, "friend", friend);
    Peers.awaitEvent(core, "up 1 friend#1");
    authority = authority.renewed(Instant.now());
    keys.reload();
    friendKeys.reload();
    issue("server", "friend");
    keys.reload(); // One side of the new authority, the other of the old one.
    dial(friendKeys, "friend", new ToyCore());
    Peers.awaitEvent(core, "up 2 friend#1");
    friendKeys.reload();
    dial(friendKeys, "friend", new ToyCore());
    Peers.awaitEvent(core, "up 3 friend#1");
    assertThat(core.events).noneMatch(event -> event.startsWith("down"));

    // The end of the old authority is the end of what still stands on it.
    authority.dropOthers();
    keys.reload();
    Peers.awaitEvent(core, "down 1 " + Rejection.CERTIFICATE_UNTRUSTED.linkReason());
    Peers.awaitEvent(core, "down 2 " + Rejection.CERTIFICATE_UNTRUSTED.linkReason());
    assertThat(core.events).noneMatch(event -> event.startsWith("down 3"));
    // And they are dialled anew, with what is trusted now.
    Peers.awaitEvent(core, "up 4 friend#1");
  }

  @Test
  void whoKeepsItsHelloBackUntilTheKeysChangeIsComparedWithTheNewOnes() throws Exception {
    try (TlsClient thief = new TlsClient(port, directory, "friend", "TLSv1.3")) {
      thief.handshake();
      thief.readFrame(); // Both sides have proved their names.
      authority = authority.renewed(Instant.now());
      authority.dropOthers();
      issue("server");
      keys.reload();
      thief.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "friend"));
      assertThat(thief.isEnded()).isTrue();
    }
    expect(Rejection.CERTIFICATE_UNTRUSTED, home);
    assertThat(core.events).noneMatch(event -> event.startsWith("up"));
  }

  @Test
  void whoChangesTheKeysOfALinkWithoutEndIsEnded() throws Exception {
    try (TlsClient client = new TlsClient(port, directory, "friend", "TLSv1.3")) {
      client.write(Peers.hello(Peers.OVERLAY, TrafficClass.ALARM, "friend"));
      Peers.awaitEvent(core, "up 1 friend#1");
      for (int i = 0; i < 10; i++) {
        client.handshake();
      }
      client.write(Peers.wire("still here".getBytes(StandardCharsets.UTF_8)));
      Peers.await("its frame", () -> core.texts().contains("still here"));
      for (int i = 0; i < 100; i++) {
        client.handshake();
      }
      assertThat(client.isEnded()).isTrue(); // Closing first would reset what was not read yet.
    } catch (IOException _) {
      // Ended before all was written.
    }
    expect(Rejection.TOO_MANY_KEY_CHANGES, home);
    Peers.awaitEvent(core, "down 1 " + Rejection.TOO_MANY_KEY_CHANGES.linkReason());
  }

  @Test
  void filesThatWereMendedWithoutBeingChangedAreReadAtLast() throws IOException {
    var first = keys.certificate();
    Path key = directory.resolve("server.key");
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    for (String file : List.of("ca.key", "ca.crt")) {
      Files.copy(
          directory.resolve(file), elsewhere.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    CertificateAuthority.open(elsewhere).issue(new PeerName("server"), Instant.now(), YEAR);
    Files.setPosixFilePermissions(
        elsewhere.resolve("server.key"), PosixFilePermissions.fromString("rw-r--r--"));
    for (String file : List.of("server.key", "server.crt")) {
      Files.move(
          elsewhere.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    for (int i = 0; i < 3; i++) {
      keys.look();
    }
    assertThat(keys.warnings()).anyMatch(warning -> warning.contains("chmod 600"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    keys.look();
    assertThat(keys.certificate()).isNotEqualTo(first);
    assertThat(keys.warnings()).isEmpty();
  }

  @Test
  void filesThatCannotBeUsedLeaveTheKeysAsTheyAre() throws IOException {
    Path certificate = directory.resolve("server.crt");
    Path before = directory.resolve("before");
    Files.copy(certificate, before);
    Files.writeString(certificate, "nonsense");
    assertThatThrownBy(keys::reload).isInstanceOf(PlatformException.class);
    assertThat(keys.warnings()).anyMatch(w -> w.contains("keys from before are still in use"));
    dial(open(directory, "friend"), "friend", new ToyCore());
    Peers.awaitEvent(core, "up 1 friend#1");
    Files.move(before, certificate, StandardCopyOption.REPLACE_EXISTING);
    keys.reload();
    assertThat(keys.warnings()).isEmpty();
  }

  @Test
  void changedFilesAreReadAgainByThemselves() {
    var first = keys.certificate();
    issue("server");
    Peers.await("the new certificate", () -> !keys.certificate().equals(first));
  }

  /// Whoever may not be here has no link; he reads why, and it is counted on both sides.
  @Test
  void whoIsNotAdmittedIsToldWhy() {
    LinkKeys friend = open(directory, "friend");
    NettyHome strict = peers.home(keys, LinkSettings.defaults());
    strict.admitBy(
        remote -> remote.self().name().value().equals("friend") ? "friend may not come in." : null);
    ToyCore inside = new ToyCore();
    int door = peers.start(strict, inside, "server");
    NettyHome dialling = peers.home(friend, LinkSettings.defaults());
    peers.start(dialling, new ToyCore(), "friend");
    int _ = Peers.connect(dialling, door);
    expect(Rejection.FORBIDDEN, strict);
    expect(Rejection.REFUSED_BY_REMOTE, dialling);
    Peers.await("the reason", () -> friend.lastRefusal().contains("friend may not come in."));
    assertThat(inside.events).noneMatch(event -> event.startsWith("up"));
  }

  @Test
  void keysAllowOtherAddressesThanLoopbackAndNoKeysDoNot() {
    NettyHome keyed = peers.home(keys, LinkSettings.defaults());
    assertThatThrownBy(() -> keyed.listen("224.0.0.1", 0)).hasMessageContaining("one address");
    assertThat(peers.home(keys, LinkSettings.defaults()).listen("0.0.0.0", 0)).isPositive();
    assertThatThrownBy(() -> keyed.listen("192.0.2.1", 0)).hasMessageContaining("cannot listen");
    NettyHome plain = peers.home();
    assertThatThrownBy(() -> plain.listen("192.0.2.1", 0)).hasMessageContaining("need keys");
    assertThatThrownBy(() -> plain.listen("0.0.0.0", 0)).hasMessageContaining("need keys");
  }
}
