package io.euryale.lab.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.StreamHandler;
import io.euryale.peer.recording.Recorder;
import io.euryale.peer.recording.RecordingLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Inputs that a fuzzer makes of one example of each message, led by the code that they reach:
/// whatever they are, nothing is thrown, nothing takes long, and little is needed.
///
/// Nearly the same inputs in each run; with `-Deuryale.fuzz.seconds=N` others, for so long with
/// each target. The report has the input that broke something.
@EnabledOnOs(
    value = OS.LINUX,
    architectures = "amd64",
    disabledReason = "the fuzzer's native part was tried there only")
class FuzzTest {

  private static final int RUNS = 20_000;

  /// Of members of groups, each of which begins with a handshake.
  private static final int MEMBER_RUNS = 4_000;
  private static final int MOST_INPUT_BYTES = 8_192;
  private static final int SLOW_SECONDS = 20;

  /// For all inputs of a target, where it is not told how long.
  private static final int MOST_SECONDS = 300;

  /// The fuzzer's exit code when something was thrown.
  private static final int FOUND = 77;

  private static final int SECONDS = Integer.getInteger("euryale.fuzz.seconds", 0);

  private static final String SETTINGS =
      """
      name: ${NAME:a1}
      join: ["127.0.0.1:7400"]
      rights:
        - "* * publish,subscribe"
      overlay: {depth: 3, peersPerCell: [2, 3]}
      streams: {stallTimeout: 300ms, storeBytes: 64MiB}
      http: {listen: "[::1]:7480"}
      """;

  private record Outcome(int status, String log) {}

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PLANTED")
  void any_bytes_are_taken_or_refused(FuzzTarget target, @TempDir Path folder)
      throws IOException, InterruptedException {
    int runs = target == FuzzTarget.GROUP_MEMBER ? MEMBER_RUNS : RUNS;
    Outcome outcome = fuzz(target, runs, folder);
    assertThat(outcome.status()).as("%s", outcome.log()).isZero();
    assertThat(outcome.log()).contains("Done ");
  }

  @Test
  void a_planted_bug_is_found(@TempDir Path folder) throws IOException, InterruptedException {
    Outcome outcome = fuzz(FuzzTarget.PLANTED, 10 * RUNS, folder);
    assertThat(outcome.status()).isEqualTo(FOUND);
    assertThat(outcome.log()).contains("the planted bug").contains("The input, in hex: ");
  }

  @Test
  void members_form_a_configuration_in_the_examples() {
    List<byte[]> scripts = MemberExamples.scripts();
    for (int i = 0; i < scripts.size(); i++) {
      PeerRef friend = MemberTalk.FRIENDS.get(i);
      assertThat(new MemberTalk(scripts.get(i)).play())
          .as("with %s", friend.name())
          .anyMatch(each -> each.members().size() == 2 && each.members().contains(friend.id()));
    }
  }

  private static Outcome fuzz(FuzzTarget target, int runs, Path folder)
      throws IOException, InterruptedException {
    Path examples = Files.createDirectory(folder.resolve("examples"));
    int number = 0;
    for (byte[] example : examples(target, folder)) {
      Files.write(examples.resolve("%04d".formatted(number++)), example);
    }
    assertThat(number).isPositive();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + Fuzzed.class.getName());
    command.add("--target_args=" + target.name());
    command.add("--instrumentation_includes=io.euryale.**");
    command.add("--reproducer_path=" + folder);
    command.add("-artifact_prefix=" + folder + "/");
    command.add("-max_len=" + MOST_INPUT_BYTES);
    command.add("-timeout=" + SLOW_SECONDS);
    command.add("-rss_limit_mb=0"); // It counts what the process had that started it.
    command.addAll(
        SECONDS == 0 ? List.of("-runs=" + runs, "-seed=1") : List.of("-max_total_time=" + SECONDS));
    command.add(Files.createDirectory(folder.resolve("found")).toString());
    command.add(examples.toString());
    Path log = folder.resolve("log");
    Process fuzzer =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      boolean ended = fuzzer.waitFor(SECONDS + MOST_SECONDS, TimeUnit.SECONDS);
      assertThat(ended).as("%s", report(folder, log)).isTrue();
      return new Outcome(fuzzer.exitValue(), report(folder, log));
    } finally {
      fuzzer.destroyForcibly();
    }
  }

  /// Messages as they are, or each of them in a conversation.
  private static List<byte[]> examples(FuzzTarget target, Path folder) throws IOException {
    return switch (target) {
      case HELLO -> messages("kernel");
      case CELL_MEMBER, MESH_MEMBER, ATTACHMENT -> conversations(messages("overlay"));
      case ROOT_RELAY, LEAF_RELAY, PUBLISHER, SUBSCRIBER -> conversations(messages("service"));
      case PLANTED -> List.of("here".getBytes(StandardCharsets.UTF_8));
      case SETTINGS -> List.of(SETTINGS.getBytes(StandardCharsets.UTF_8));
      case GROUP_MEMBER -> talks();
      case MEMBER_MESSAGE -> MemberExamples.bodies();
      case GROUP_FRAME, PRIMARY_MESSAGE -> messages("group");
      case SESSION_FRAME -> sessions();
      case RECORDING -> recorded(folder.resolve("recorded"));
    };
  }

  /// What follows a segment's beginning, and the body of each record in it.
  private static List<byte[]> recorded(Path folder) throws IOException {
    try (Recorder recorder = Recorder.open(folder, RecordingLimits.DEFAULTS)) {
      StreamHandler alarms = recorder.of(TrafficClass.ALARM);
      alarms.packet("fire/kitchen", 7, 1, StandardCharsets.UTF_8.encode("smoke"));
      alarms.gap("fire/kitchen", 7, 2, 4);
      recorder.of(TrafficClass.NORMAL).packet("gauge", 1, 5, ByteBuffer.allocate(300));
    }
    ByteBuffer segment = ByteBuffer.wrap(files(folder, ".rec").getFirst()).position(8).slice();
    List<byte[]> examples = new ArrayList<>();
    examples.add(bytes(segment.duplicate()));
    while (segment.hasRemaining()) {
      int length = segment.getInt();
      segment.position(segment.position() + 4);
      examples.add(bytes(segment.slice(segment.position(), length)));
      segment.position(segment.position() + length);
    }
    return examples;
  }

  private static byte[] bytes(ByteBuffer from) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    return bytes;
  }

  private static List<byte[]> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<byte[]> found = new ArrayList<>();
      for (Path file : files.filter(file -> file.toString().endsWith(ending)).sorted().toList()) {
        found.add(Files.readAllBytes(file));
      }
      return found;
    }
  }

  private static List<byte[]> messages(String module) throws IOException {
    return golden(module).stream().map(FuzzTest::parsed).toList();
  }

  /// Members that form a configuration, and handshakes of strangers.
  private static List<byte[]> talks() throws IOException {
    List<byte[]> talks = new ArrayList<>(MemberExamples.scripts());
    for (byte[] handshake : messages("link")) {
      int length = handshake.length - Integer.BYTES;
      ByteArrayOutputStream script = new ByteArrayOutputStream();
      script.writeBytes(new byte[] {0, 2, (byte) length, (byte) (length >> 8)});
      script.write(handshake, 0, length);
      talks.add(script.toByteArray());
    }
    return talks;
  }

  /// Frames of applications and peers, one in each line, without their lengths.
  private static List<byte[]> sessions() throws IOException {
    return golden("client").stream()
        .flatMap(String::lines)
        .map(FuzzTest::parsed)
        .map(frame -> Arrays.copyOfRange(frame, Integer.BYTES, frame.length))
        .toList();
  }

  private static List<String> golden(String module) throws IOException {
    return files(Path.of("..", module, "src", "test", "resources", "golden"), ".hex").stream()
        .map(hex -> new String(hex, StandardCharsets.US_ASCII))
        .toList();
  }

  private static byte[] parsed(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }

  /// Somebody of every role connects, or is answered, and says it; then a second passes.
  private static List<byte[]> conversations(List<byte[]> messages) {
    List<byte[]> conversations = new ArrayList<>();
    for (byte[] message : messages) {
      for (int role = 0; role < 5; role++) {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.writeBytes(role == 4 ? new byte[] {1, 0} : new byte[] {0, (byte) role, 1});
        script.writeBytes(new byte[] {5, 0, (byte) message.length, (byte) (message.length >> 8)});
        script.writeBytes(message);
        script.writeBytes(new byte[] {3, (byte) 0xE8, 3});
        conversations.add(script.toByteArray());
      }
    }
    return conversations;
  }

  /// The end of the log, and what broke it.
  private static String report(Path folder, Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    StringBuilder text = new StringBuilder();
    lines
        .subList(Math.max(0, lines.size() - 60), lines.size())
        .forEach(line -> text.append(line).append('\n'));
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.filter(FuzzTest::isInput).toList()) {
        text.append("The input, in hex: ");
        text.append(HexFormat.of().formatHex(Files.readAllBytes(file))).append('\n');
      }
    }
    return text.toString();
  }

  private static boolean isInput(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith("crash-") || name.startsWith("timeout-") || name.startsWith("oom-");
  }
}
