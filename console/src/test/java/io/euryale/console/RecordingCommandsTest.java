package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.peer.EdgeSettings;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerListener;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.Sensor;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.StreamPublisher;
import io.euryale.peer.recording.Recorder;
import io.euryale.peer.recording.RecordingLimits;
import io.euryale.platform.Loops;
import io.euryale.service.stream.Replication;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `stream record`, `stream replay`, `top` and `dashboard` against one live peer.
@Timeout(90)
class RecordingCommandsTest {

  private static final long PATIENCE_NANOS = 30_000_000_000L;

  @TempDir Path folder;

  private final Loops loops = new Loops();
  private final ExecutorService commands = Executors.newCachedThreadPool();
  private EuryalePeer peer;

  private record Ended(int exitCode, String out, String err) {}

  @BeforeEach
  void startPeer() throws InterruptedException {
    peer = EuryalePeer.start(PeerSettings.named("a1"), loops, null, PeerListener.SILENT);
    peer.awaitMember(Duration.ofSeconds(30));
  }

  @AfterEach
  void stopPeer() {
    commands.shutdownNow();
    peer.kill();
    loops.close();
  }

  private Ended run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.execute(new PrintWriter(out), new PrintWriter(err), args);
    return new Ended(exitCode, out.toString(), err.toString());
  }

  private Ended join(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--join", peer.self().endpoint().toString(), "--output", "json"));
    return run(all.toArray(String[]::new));
  }

  private Future<Ended> beside(Callable<Ended> command) {
    return commands.submit(command);
  }

  private void record() throws Exception {
    Path lines = folder.resolve("lines.txt");
    Files.write(lines, List.of("one", "two", "three"));
    Future<Ended> recording =
        beside(
            () ->
                join(
                    "stream",
                    "record",
                    "a/*",
                    "--into",
                    folder.resolve("ride").toString(),
                    "--duration",
                    "6s"));
    Ended sensor = join("sensor", "--stream", "a/b", "--file", lines.toString(), "--wait", "20s");
    assertThat(sensor.exitCode()).as(sensor.err()).isZero();
    Ended ended = recording.get();
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(EuryaleProcess.json(ended.out()).path("packets").asLong()).isEqualTo(3);
  }

  @Test
  void what_was_recorded_is_printed_and_published_again() throws Exception {
    record();
    String ride = folder.resolve("ride").toString();
    Ended printed = run("stream", "replay", ride, "--print");
    assertThat(printed.exitCode()).isZero();
    assertThat(printed.out()).contains("a/b 1 one", "a/b 2 two", "a/b 3 three", "3 packets of 1");

    Future<Ended> client =
        beside(
            () -> join("client", "--subscribe", "replay/*", "--count", "3", "--duration", "40s"));
    Ended replayed = join("stream", "replay", ride, "--speed", "0", "--wait", "20s");
    assertThat(replayed.exitCode()).as(replayed.err()).isZero();
    assertThat(client.get().exitCode()).isZero();
    JsonNode summary = EuryaleProcess.json(replayed.out());
    assertThat(summary.path("packets").asLong()).isEqualTo(3);
    assertThat(summary.path("unwanted").asLong()).isZero();
  }

  @Test
  void what_is_recorded_during_a_replay_is_not_part_of_it() throws Exception {
    Path ride = folder.resolve("ride");
    EdgeSettings desk = EdgeSettings.named("desk", List.of(peer.self().endpoint().toString()));
    try (Recorder recorder = Recorder.open(ride, RecordingLimits.DEFAULTS);
        Client client = Client.connect(desk, loops, null, Duration.ofSeconds(20))) {
      StreamHandler recorded = recorder.of(TrafficClass.NORMAL);
      recorded.packet("a", 1, 1, ByteBuffer.allocate(8));
      Thread.sleep(500); // In the replay 1 s, in which more is recorded.
      recorded.packet("a", 1, 2, ByteBuffer.allocate(8));
      StreamHandler more =
          (_, _, _, _) -> {
            recorded.packet("a", 1, 3, ByteBuffer.allocate(8));
            recorded.packet("b", 1, 1, ByteBuffer.allocate(8));
            recorded.packet("a", 1, 4, ByteBuffer.allocate(8));
          };
      var _ = client.subscribe("replay/*", TrafficClass.NORMAL, Replication.ACTIVE, more);
      Ended replayed = join("stream", "replay", ride.toString(), "--speed", "0.5");
      assertThat(replayed.exitCode()).as(replayed.err()).isZero();
      assertThat(EuryaleProcess.json(replayed.out()).path("packets").asLong()).isEqualTo(2);
      Ended all = run("stream", "replay", ride.toString(), "--print");
      assertThat(all.out()).contains("5 packets of 2 streams");
    }
  }

  @Test
  void a_replay_that_nobody_wants_says_so() throws Exception {
    record();
    Ended ended = join("stream", "replay", folder.resolve("ride").toString(), "--wait", "100ms");
    assertThat(ended.exitCode()).isEqualTo(ExitCode.MISSED);
    assertThat(ended.err()).contains("Nobody subscribed to 'replay/*'");
  }

  @Test
  void what_the_rights_forbid_to_record_is_said_in_one_sentence() throws Exception {
    peer.kill();
    List<String> rights = List.of("euryale * join", "a/* * subscribe");
    peer =
        EuryalePeer.start(
            PeerSettings.named("a2").withRights(rights), loops, null, PeerListener.SILENT);
    peer.awaitMember(Duration.ofSeconds(30));
    Ended ended = join("stream", "record", "b/*", "--into", folder.resolve("no").toString());
    assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.USAGE);
    assertThat(ended.err()).contains("subscribe", "b/*").doesNotContain("\tat ");
  }

  @Test
  void what_cannot_be_replayed_or_recorded_is_said_in_one_sentence() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    for (String where : List.of(folder.toString(), "/nowhere/at/all", file.toString())) {
      Ended replay = run("stream", "replay", where, "--print");
      assertThat(replay.exitCode()).as(replay.err()).isEqualTo(ExitCode.USAGE);
      assertThat(replay.err()).contains("no recording").doesNotContain("\tat ");
    }
    Ended into = join("stream", "record", "*", "--into", file.toString());
    assertThat(into.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(into.err()).contains("Nothing can be recorded").doesNotContain("\tat ");
    Ended small = join("stream", "record", "*", "--into", "x", "--max-size", "1KiB");
    assertThat(small.exitCode()).isEqualTo(ExitCode.USAGE);
    Ended pattern = run("stream", "replay", folder.toString(), "(", "--print");
    assertThat(pattern.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void names_and_payloads_of_a_recording_do_not_steer_the_terminal() throws IOException {
    Path ride = folder.resolve("ride");
    try (Recorder recorder = Recorder.open(ride, RecordingLimits.DEFAULTS)) {
      recorder
          .of(TrafficClass.NORMAL)
          .packet("\u001b[2J", 1, 1, StandardCharsets.UTF_8.encode("a\u009b31mb\u202ec"));
    }
    Ended printed = run("stream", "replay", ride.toString(), "--print");
    assertThat(printed.out()).contains("\uFFFD[2J 1 a\uFFFD31mb\uFFFDc");
  }

  @Test
  void damage_ends_a_replay_with_one_and_an_end_that_was_torn_off_does_not() throws IOException {
    Path ride = folder.resolve("ride");
    try (Recorder recorder = Recorder.open(ride, RecordingLimits.DEFAULTS)) {
      for (int i = 1; i <= 2; i++) {
        recorder.of(TrafficClass.NORMAL).packet("s", 1, i, ByteBuffer.wrap(new byte[] {'x'}));
      }
    }
    Path segment = ride.resolve("00000000000000000001.rec");
    byte[] whole = Files.readAllBytes(segment);
    Files.write(segment, Arrays.copyOf(whole, whole.length - 1));
    Ended torn = run("stream", "replay", ride.toString(), "--print");
    assertThat(torn.exitCode()).isZero();
    assertThat(torn.out()).contains("1 segments have a torn end, 0 are damaged");
    whole[whole.length - 1]++;
    Files.write(segment, whole);
    Ended damaged = run("stream", "replay", ride.toString(), "--print");
    assertThat(damaged.exitCode()).isEqualTo(ExitCode.MISSED);
    assertThat(damaged.out()).contains("0 segments have a torn end, 1 are damaged");
  }

  @Test
  void a_stream_that_does_not_fit_is_told_and_ends_the_recording_with_one() throws Exception {
    String ride = folder.resolve("ride").toString();
    Future<Ended> recording =
        beside(() -> join("stream", "record", "a/*", "--into", ride, "--duration", "6s"));
    String lines = Files.write(folder.resolve("lines.txt"), List.of("one")).toString();
    Ended _ = join("sensor", "--stream", "a/b", "--best-effort", "--file", lines, "--wait", "4s");
    Ended ended = recording.get();
    assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.MISSED);
    assertThat(ended.err()).contains("Stream a/b does not fit: replication active is requested");
    assertThat(EuryaleProcess.json(ended.out()).path("refused").asLong()).isEqualTo(1);
  }

  @Test
  void what_the_disk_was_too_slow_for_is_said() {
    StreamRecordCommand command = new StreamRecordCommand();
    var _ = new CommandLine(command).setOut(new PrintWriter(new StringWriter()));
    assertThatThrownBy(() -> command.report(new Recorder.State(7, 0, 700, 0, "", ""), false))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.MISSED))
        .hasMessageContaining("not recorded");
  }

  @Test
  void top_prints_one_picture_where_there_is_no_terminal() throws InterruptedException {
    String at = peer.self().endpoint().toString();
    Ended text = run("top", "--once", "--join", at);
    assertThat(text.exitCode()).as(text.err()).isZero();
    assertThat(text.out()).contains("1 peers in 1 cells", "a1 leads").doesNotContain("\u001b");
    JsonNode state = EuryaleProcess.json(join("top").out());
    assertThat(state.at("/overlay/body/cells/0/coordinator").asText()).isEqualTo("a1");
    assertThat(state.at("/overlay/ageMillis").isNumber()).isTrue();
  }

  @Test
  void the_dashboard_of_any_overlay_is_read_by_top_and_has_no_buttons() throws Exception {
    try (EuryaleProcess dashboard =
        EuryaleProcess.start("dashboard", "--join", peer.self().endpoint().toString())) {
      dashboard.await("its address", () -> !dashboard.out.isEmpty());
      String address = dashboard.out.getFirst().replace("Dashboard: ", "");
      assertThat(address).doesNotContain("token");
      Ended top = run("top", address, "--once");
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (!top.out().contains("a1 leads")) {
        assertThat(System.nanoTime()).as(top.out()).isLessThan(deadline);
        Thread.sleep(100);
        top = run("top", address, "--once");
      }
      assertThat(top.exitCode()).as(top.err()).isZero();
    }
  }

  @Test
  void the_dashboard_of_any_overlay_measures_what_arrives_for_others() throws Exception {
    String at = peer.self().endpoint().toString();
    EdgeSettings door = EdgeSettings.named("door", List.of(at));
    EdgeSettings desk = EdgeSettings.named("desk", List.of(at));
    Duration patience = Duration.ofSeconds(20);
    try (EuryaleProcess dashboard = EuryaleProcess.start("dashboard", "--join", at);
        Sensor sensor = Sensor.connect(door, loops, null, patience);
        Client client = Client.connect(desk, loops, null, patience)) {
      var _ = client.subscribe("a/*", TrafficClass.ALARM, Replication.ACTIVE, (_, _, _, _) -> {});
      dashboard.await("its address", () -> !dashboard.out.isEmpty());
      String address = dashboard.out.getFirst().replace("Dashboard: ", "");
      StreamPublisher alarms = sensor.open("a/door", TrafficClass.ALARM);
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      JsonNode alarm = EuryaleProcess.json("{}");
      while (alarm.path("received").asLong() < 3) {
        assertThat(System.nanoTime()).as(alarm.toString()).isLessThan(deadline);
        assertThat(alarms.publish(ByteBuffer.allocate(8)).isAccepted()).isTrue();
        Thread.sleep(200);
        String state = run("top", address, "--once", "--output", "json").out();
        alarm = EuryaleProcess.json(state).at("/classes/body/0");
      }
      assertThat(alarm.path("class").asText()).isEqualTo("alarm");
      assertThat(alarm.path("totalP999").asDouble()).isBetween(0.001, 1000.0);
      assertThat(alarm.path("missing").asLong()).isZero();
    }
  }

  @Test
  void the_dashboard_of_any_overlay_tells_where_the_time_of_a_packet_went() throws Exception {
    String at = peer.self().endpoint().toString();
    Duration patience = Duration.ofSeconds(20);
    try (EuryaleProcess dashboard = EuryaleProcess.start("dashboard", "--join", at);
        Sensor sensor =
            Sensor.connect(EdgeSettings.named("door", List.of(at)), loops, null, patience);
        HttpClient browser = HttpClient.newHttpClient()) {
      dashboard.await("its address", () -> !dashboard.out.isEmpty());
      String way = dashboard.out.getFirst().replace("Dashboard: ", "") + "way.json?stream=";
      StreamPublisher door = sensor.open("a/door", TrafficClass.NORMAL);
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      JsonNode packet = EuryaleProcess.json("null");
      while (packet.isNull()) {
        assertThat(System.nanoTime()).as("no packet was traced").isLessThan(deadline);
        var _ = door.publish(ByteBuffer.allocate(8)); // Nobody wants it before somebody asks.
        packet = asked(browser, way + "a/door");
      }
      assertThat(packet.at("/hops/0/who").asText()).isEqualTo("door");
      assertThat(packet.at("/hops/1/who").asText()).isEqualTo("a1");
      assertThat(packet.path("tookMillis").asDouble()).isPositive();

      StreamPublisher fire = sensor.open("a/fire", TrafficClass.ALARM);
      assertThat(fire.publish(ByteBuffer.allocate(8)).isAccepted()).isTrue();
      JsonNode alarm = EuryaleProcess.json("null");
      while (alarm.isNull()) {
        assertThat(System.nanoTime()).as("nothing is said").isLessThan(deadline);
        alarm = asked(browser, way + "a/fire");
      }
      assertThat(alarm.path("refused").asText()).contains("class alarm");
      CountDownLatch burns = new CountDownLatch(1);
      try (Client centre =
          Client.connect(EdgeSettings.named("centre", List.of(at)), loops, null, patience)) {
        var _ =
            centre.subscribe(
                "a/fire",
                TrafficClass.ALARM,
                Replication.ACTIVE,
                (_, _, _, _) -> burns.countDown());
        assertThat(burns.await(20, TimeUnit.SECONDS)).as("the alarm waited for it").isTrue();
      }
    }
  }

  /// Null when the dashboard has nothing to say yet.
  private static JsonNode asked(HttpClient browser, String way)
      throws IOException, InterruptedException {
    Thread.sleep(100);
    HttpResponse<String> reply =
        browser.send(
            HttpRequest.newBuilder(URI.create(way)).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isIn(200, 503);
    return EuryaleProcess.json(reply.statusCode() == 200 ? reply.body() : "null");
  }

  @Test
  void top_says_when_there_is_no_dashboard() {
    Ended none = run("top", "http://localhost:1/", "--once");
    assertThat(none.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(none.err()).contains("No dashboard answers").doesNotContain("\tat ");
    for (String no : List.of("ftp://localhost/", "localhost", "http:///", "https://localhost:1/")) {
      assertThat(run("top", no).exitCode()).as(no).isEqualTo(ExitCode.USAGE);
    }
  }
}
