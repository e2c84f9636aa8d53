package io.euryale.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.console.source.PayloadSource;
import io.euryale.console.source.SocketSource;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.PublisherListener;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamPublisher;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamOffer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `sensor`, `client` and `stream` say and how they end, against one live peer.
@Timeout(60)
class EdgeCommandsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final Loops loops = new Loops();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private EuryalePeer peer;

  @BeforeEach
  void startPeer() throws InterruptedException {
    peer = EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT);
    peer.awaitMember(Duration.ofSeconds(30));
  }

  @AfterEach
  void stopPeer() {
    peer.kill();
    loops.close();
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--join", peer.self().endpoint().toString(), "--output", "json"));
    return Main.execute(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  private Path lines(String... lines) throws IOException {
    return Files.write(folder.resolve("lines.txt"), List.of(lines));
  }

  @Test
  void anAlarmThatNobodyReceivedIsReportedOpenAndEndsWithOne() throws IOException {
    String file = lines("fire").toString();
    assertThat(
            run("sensor", "--stream", "s", "--class", "alarm", "--file", file, "--drain", "300ms"))
        .isEqualTo(ExitCode.MISSED);
    JsonNode report = EuryaleProcess.json(out.toString());
    assertThat(report.path("published").asLong()).isEqualTo(1);
    assertThat(report.path("undelivered").asLong()).isEqualTo(1);
    assertThat(report.path("delivered").asLong()).isZero();
  }

  @Test
  void whatIsTooLargeForTheSettingsIsRefusedOrCounted() throws IOException {
    String file = lines("x".repeat(65_500), "short").toString();
    String settings =
        Files.writeString(
                folder.resolve("edge.yaml"), "name: small\nstreams:\n  storeBytes: 64KiB\n")
            .toString();
    assertThat(
            run("sensor", "--settings", settings, "--stream", "s", "--file", file, "--limit=64KiB"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("at most 65488 bytes", "--limit").doesNotContain("\tat ");
    assertThat(
            run("sensor", "--settings", settings, "--stream", "s", "--file", file, "--chunk=64KiB"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(
            run(
                "sensor",
                "--settings",
                settings,
                "--stream",
                "s",
                "--class",
                "alarm",
                "--file",
                file,
                "--drain",
                "100ms"))
        .isEqualTo(ExitCode.MISSED);
    JsonNode report = EuryaleProcess.json(out.toString());
    assertThat(report.path("published").asLong()).isEqualTo(1);
    assertThat(report.path("oversized").asLong()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--type=gauge/2, type gauge/2 is requested; gauge/1 is offered.",
    "--deadline=1s, deadline 1s is requested; none is offered.",
    "--last-value, history last value is requested; none is offered.",
  })
  void aStreamThatDoesNotFitEndsTheCommandWithBothValues(String option, String sentence)
      throws InterruptedException {
    try (Sensor sensor = Sensor.connect(edge("gate"), loops, null, PATIENCE)) {
      StreamOffer offer = StreamOffer.DEFAULT.withType("gauge/1");
      sensor.open("s", TrafficClass.NORMAL, offer, new PublisherListener() {});
      assertThat(run("client", "--subscribe", "s", option, "--duration", "20s"))
          .isEqualTo(ExitCode.MISSED);
      assertThat(out + err.toString())
          .contains("Stream s does not fit: " + sentence.replace(';', ','));
    }
  }

  private EdgeSettings edge(String name) {
    return EdgeSettings.named(name, List.of(peer.self().endpoint().toString()));
  }

  private static void post(SocketSource source) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), source.port())) {
      socket
          .getOutputStream()
          .write("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx".getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertThat(answer).contains(" 202 ");
    }
  }

  private static Thread running(Pump pump) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                pump.run();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatASocketHasTakenIsPublishedOrCountedWhenTheCommandIsToldToEnd(boolean wanted)
      throws Exception {
    try (Client client = Client.connect(edge("desk"), loops, null, PATIENCE);
        Sensor sensor = Sensor.connect(edge("gate"), loops, null, PATIENCE);
        SocketSource source = new SocketSource("127.0.0.1", 0, SocketSource.Framing.HTTP, 1 << 16);
        Shutdown shutdown = new Shutdown()) {
      StreamPublisher stream = sensor.open("s", TrafficClass.NORMAL);
      if (wanted) {
        client.subscribe("s", TrafficClass.NORMAL, Replication.ACTIVE, (_, _, _, _) -> {});
        assertThat(stream.awaitInterest(PATIENCE)).isTrue();
      }
      Pump pump = new Pump(source, stream, shutdown, null, 0.001);
      Thread running = running(pump);
      for (int i = 0; i < 5; i++) {
        post(source);
      }
      shutdown.request();
      running.join();
      assertThat(stream.counts().accepted()).isEqualTo(wanted ? 5 : 0);
      assertThat(pump.unwanted()).isEqualTo(wanted ? 0 : 5);
      assertThat(pump.abandoned()).isZero();
    }
  }

  /// Who has sent nothing yet does not wait in vain, and who posts does not go on.
  @ParameterizedTest
  @CsvSource({"LINES, NORMAL", "LINES, ALARM", "HTTP, NORMAL", "HTTP, ALARM"})
  void aSensorThatMayNotPublishEndsAndItsSendersFindNobody(
      SocketSource.Framing framing, TrafficClass trafficClass) throws Exception {
    peer.kill();
    PeerSettings settings =
        PeerSettings.named("a1").withRights(List.of("* a* join", "* door publish"));
    peer = EuryalePeer.start(settings, loops, null, PeerListener.SILENT);
    peer.awaitMember(PATIENCE);
    InetAddress here = InetAddress.getLoopbackAddress();
    SocketSource source = new SocketSource("127.0.0.1", 0, framing, 1 << 16);
    try (Sensor sensor = Sensor.connect(edge("gate"), loops, null, PATIENCE);
        Socket sender = new Socket(here, source.port());
        Shutdown shutdown = new Shutdown()) {
      sender.setSoTimeout((int) PATIENCE.toMillis());
      if (framing == SocketSource.Framing.HTTP) {
        post(source);
      }
      Pump pump = new Pump(source, sensor.open("s", trafficClass), shutdown, null, null);
      assertThatThrownBy(pump::run)
          .satisfies(e -> assertThat(Failures.exitCode(e)).isEqualTo(ExitCode.USAGE))
          .hasMessage("gate may not publish stream s: grant it in the table of rights.");
      source.close();
      assertThat(sender.getInputStream().readAllBytes()).isEmpty();
      assertThatThrownBy(
              () -> {
                while (true) { // The thread that accepts ends a moment later.
                  new Socket(here, source.port()).close();
                }
              })
          .isInstanceOf(SocketException.class); // Refused, or reset while the port closes.
    }
  }

  @Test
  void whatCannotBePublishedBeforeTheEndIsCounted() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    PayloadSource stuck =
        new PayloadSource() {
          @Override
          public @Nullable ByteBuffer next() throws InterruptedException {
            never.await();
            return null;
          }

          @Override
          public int taken() {
            return 2;
          }

          @Override
          public void close() {}
        };
    try (Sensor sensor = Sensor.connect(edge("gate"), loops, null, PATIENCE);
        Shutdown shutdown = new Shutdown()) {
      StreamPublisher stream = sensor.open("s", TrafficClass.ALARM);
      Pump pump = new Pump(stuck, stream, shutdown, null, null);
      Thread running = running(pump);
      shutdown.request();
      running.join();
      assertThat(pump.abandoned()).isEqualTo(2);
    } finally {
      never.countDown();
    }
  }

  @Test
  void waitingInVainForASubscriberEndsWithOne() throws IOException {
    String file = lines("x").toString();
    assertThat(run("sensor", "--stream", "s", "--file", file, "--wait", "100ms"))
        .isEqualTo(ExitCode.MISSED);
    assertThat(err.toString()).contains("Nobody subscribed to s");
  }

  @Test
  void fewerPacketsThanCountedOnEndWithOne() {
    assertThat(run("client", "--subscribe", "*", "--count", "1", "--duration", "200ms"))
        .isEqualTo(ExitCode.MISSED);
    assertThat(EuryaleProcess.json(out.toString()).path("packets").asLong()).isZero();
  }

  @Test
  void theStreamsOfNobodyAreAnEmptyList() {
    assertThat(run("stream", "list")).isZero();
    assertThat(EuryaleProcess.json(out.toString()).isEmpty()).isTrue();
  }

  @Test
  void aTraceShowsEachHopOfAPacket() throws InterruptedException {
    Thread sensor =
        new Thread(
            () ->
                Main.execute(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(new StringWriter()),
                    "sensor",
                    "--join",
                    peer.self().endpoint().toString(),
                    "--name",
                    "gate-7",
                    "--stream",
                    "s",
                    "--command",
                    "for n in 1 2 3 4 5 6 7 8; do echo $n; sleep 0.15; done"));
    sensor.start();
    assertThat(run("stream", "trace", "s", "--count", "2", "--duration", "30s")).isZero();
    sensor.join();
    JsonNode first = EuryaleProcess.json(out.toString().lines().findFirst().orElseThrow());
    assertThat(first.path("stream").asText()).isEqualTo("s");
    List<String> hops = new ArrayList<>();
    first.path("hops").forEach(hop -> hops.add(hop.path("who").asText()));
    assertThat(hops).containsExactly("gate-7", "a1");
  }

  @Test
  void aProgramThatFailsEndsTheSensorWithASentence() throws InterruptedException {
    Thread client =
        new Thread(
            () ->
                Main.execute(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(new StringWriter()),
                    "client",
                    "--join",
                    peer.self().endpoint().toString(),
                    "--subscribe",
                    "s",
                    "--count",
                    "1"));
    client.start();
    assertThat(run("sensor", "--stream", "s", "--command", "echo one; exit 3"))
        .isEqualTo(ExitCode.ENVIRONMENT);
    client.join();
    assertThat(EuryaleProcess.json(out.toString()).path("delivered").asLong()).isEqualTo(1);
    assertThat(err.toString()).contains("exit code 3").doesNotContain("\tat ");
  }

  /// A pipe whose reader takes nothing.
  private static final class BlockedWriter extends Writer {
    private final CountDownLatch never = new CountDownLatch(1);

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      try {
        never.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      never.countDown();
    }
  }

  @Test
  void outputThatTakesNothingEndsTheClientWithOneAndASentence() throws Exception {
    Thread sensor = new Thread(() -> run("sensor", "--stream", "s", "--command", "echo one"));
    sensor.start();
    StringWriter said = new StringWriter();
    try (BlockedWriter blocked = new BlockedWriter()) {
      int exitCode =
          Main.execute(
              new PrintWriter(blocked, true),
              new PrintWriter(said),
              "client",
              "--join",
              peer.self().endpoint().toString(),
              "--subscribe",
              "s",
              "--print",
              "--count",
              "1",
              "--duration",
              "30s");
      assertThat(exitCode).as("%s", said).isEqualTo(ExitCode.MISSED);
    }
    sensor.join();
    assertThat(said.toString()).contains("The output did not take all lines within 5 s");
  }
}
