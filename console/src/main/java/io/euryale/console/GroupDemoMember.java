package io.euryale.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.euryale.platform.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A member of the demo: `euryale group peer` in a process of its own, life after life.
final class GroupDemoMember {

  private static final long PATIENCE_SECONDS = 10;
  private static final int PORT = 7400;

  private static final List<String> JVM =
      List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final String name;
  private final List<String> declared;
  private final Path folder;
  private final PrintWriter out;
  private @Nullable Process process;
  private volatile int primaryMembers = -1;
  private volatile boolean hasVerdict;

  GroupDemoMember(String name, List<String> declared, Path folder, PrintWriter out) {
    this.name = name;
    this.declared = declared;
    this.folder = folder;
    this.out = out;
  }

  /// Addresses of loopback, one for each member: what else runs on this machine, other
  /// demonstrations included, has other addresses, so that nobody takes a port while its member is
  /// down.
  static List<String> declare(List<String> names) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String network = "127." + (1 + random.nextInt(254)) + "." + random.nextInt(256) + ".";
    List<String> declared = new ArrayList<>();
    for (String name : names) {
      declared.add(name + "=" + network + (declared.size() + 1) + ":" + PORT);
    }
    return declared;
  }

  String name() {
    return name;
  }

  Path socket() {
    return folder.resolve(name + ".sock");
  }

  boolean hasPrimaryOf(int members) {
    return primaryMembers == members;
  }

  /// Whether the vote of the present members came to none.
  boolean hasNoPrimary() {
    return primaryMembers == 0 && hasVerdict;
  }

  void start() throws IOException {
    primaryMembers = -1;
    Process started =
        new ProcessBuilder(JavaCommand.of(JVM, Main.class.getName(), arguments()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process = started;
    Thread.ofPlatform().daemon().name("demo-" + name).start(() -> read(started));
  }

  private List<String> arguments() {
    return List.of(
        "group",
        "peer",
        "--name",
        name,
        "--members",
        String.join(",", declared),
        "--data",
        folder.resolve(name).toString(),
        "--socket",
        socket().toString(),
        "--output",
        "json");
  }

  private void read(Process from) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(line -> show(GroupWatch.parse(line)));
    } catch (IOException | UncheckedIOException _) {
      // It was killed.
    }
  }

  private void show(JsonNode event) {
    String text =
        switch (event.path("event").asText()) {
          case "configuration" ->
              event.path("kind").asText().equals("regular")
                  ? "configuration of " + GroupWatch.texts(event.path("members")).size()
                  : "";
          case "primary" -> {
            boolean isPrimary = event.path("primary").asBoolean();
            List<String> members = GroupWatch.texts(event.path("members"));
            hasVerdict = false;
            primaryMembers = isPrimary ? members.size() : 0;
            yield isPrimary
                ? "primary component %d: %s"
                    .formatted(event.path("index").asLong(), GroupText.names(members))
                : "no primary component";
          }
          case "verdict" -> {
            hasVerdict = true;
            yield "";
          }
          default -> "";
        };
    if (!text.isEmpty()) {
      out.println("  " + name + "  " + text);
      out.flush();
    }
  }

  /// As a crash.
  void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  /// In order.
  void end() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroy();
      boolean _ = running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
