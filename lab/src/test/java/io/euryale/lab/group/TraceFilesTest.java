package io.euryale.lab.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceJson;
import io.euryale.lab.Checker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFilesTest {

  private static final GroupRules RULES = GroupRules.real(Map.of("a", 1, "b", 1, "c", 1), 1);

  @TempDir Path directory;

  /// One file for each process, with clocks that have nothing to do with each other.
  private List<TraceFiles.Source> write(List<Trace> traces) throws IOException {
    Map<String, StringBuilder> texts = new TreeMap<>();
    for (Trace trace : traces) {
      StringBuilder text = texts.computeIfAbsent(trace.proc(), _ -> new StringBuilder());
      long skew = trace.proc().charAt(0) * 7_000_000L;
      TraceJson.append(
          text,
          new Trace(text.length(), trace.at() - skew, trace.proc(), trace.inc(), trace.body()));
    }
    List<TraceFiles.Source> sources = new ArrayList<>();
    for (Map.Entry<String, StringBuilder> text : texts.entrySet()) {
      Path file = directory.resolve(text.getKey() + ".jsonl");
      Files.writeString(file, text.getValue());
      sources.add(new TraceFiles.Source(file, false));
    }
    return sources;
  }

  private static List<Trace> merge(List<TraceFiles.Source> sources) throws IOException {
    List<Trace> merged = new ArrayList<>();
    TraceFiles.merge(sources, true, merged::add);
    return merged;
  }

  private static List<Trace> of(List<Trace> traces, String proc) {
    return traces.stream()
        .filter(trace -> trace.proc().equals(proc))
        .map(trace -> new Trace(0, 0, trace.proc(), trace.inc(), trace.body()))
        .toList();
  }

  @Test
  void ordersOfProcessesAreKeptAndSendingsComeFirst() throws IOException {
    for (long seed = 1; seed <= 20; seed++) {
      List<Trace> traces = Model.draw(seed);
      List<Trace> merged = merge(write(traces));
      assertThat(merged).extracting(Trace::step).isSorted().doesNotHaveDuplicates();
      for (String proc : List.of("a", "b", "c")) {
        assertThat(of(merged, proc)).isEqualTo(of(traces, proc));
      }
      assertThat(Script.check(merged, GroupRules.real(Model.rules().weights(), 1)))
          .as("seed %d", seed)
          .isEmpty();
    }
  }

  @Test
  void theSameCheckersFindABrokenOrder() throws IOException {
    Script script =
        new Script()
            .reg("a,b", "4/a#1")
            .send("a1", "AGREED", "4/a#1")
            .send("b1", "AGREED", "4/a#1")
            .deliver("a", "4/a#1", "a1", "b1")
            .deliver("b", "4/a#1", "b1", "a1");
    assertThat(Script.ids(Script.check(merge(write(script.traces())), RULES)))
        .containsExactly("EV-7a");
  }

  @Test
  void aSafeMessageNeedsTheInstallationOfAllSomewhereInTheRun() throws IOException {
    Script late =
        new Script().reg("a,b", "4/a#1").send("a1", "SAFE", "4/a#1").deliver("a,b", "4/a#1", "a1");
    assertThat(Script.ids(Script.check(merge(write(late.traces())), RULES))).isEmpty();
    Script never =
        new Script()
            .reg("a", "4/a#1", "a,b")
            .send("a1", "SAFE", "4/a#1")
            .deliver("a", "4/a#1", "a1")
            .crash("b");
    assertThat(Script.ids(Script.check(merge(write(never.traces())), RULES))).contains("EV-8b");
  }

  @Test
  void theEndOfAKilledProcessIsMissing() throws IOException {
    Script script =
        new Script()
            .reg("a,b", "4/a#1")
            .send("a1", "RELIABLE", "4/a#1")
            .deliver("a", "4/a#1", "a1")
            .send("a2", "RELIABLE", "4/a#1")
            .deliver("b", "4/a#1", "a1", "a2")
            .trans("b", "5/b#1/b#1", "4/a#1")
            .reg("b", "6/b#1");
    List<TraceFiles.Source> sources = write(script.traces());
    Path a = sources.getFirst().file();
    String whole = Files.readString(a);
    int second = whole.lastIndexOf("{\"step\"");
    Files.writeString(a, whole.substring(0, second + 25));
    List<Trace> merged = new ArrayList<>();
    TraceFiles.Merged result = TraceFiles.merge(sources, true, merged::add);
    assertThat(result.torn()).isEqualTo(1);
    assertThat(result.unsent()).isEqualTo(1);
    assertThat(merged).anyMatch(trace -> trace.body().text("torn").equals("true"));
    assertThat(Script.ids(Script.check(merged, RULES))).isEmpty();

    // A file that ends between two lines says nothing: only who killed the process knows.
    Files.writeString(a, whole.substring(0, second));
    assertThat(Script.ids(Script.check(merge(sources), RULES))).contains("EV-1a");
    sources.set(0, new TraceFiles.Source(a, true));
    assertThat(Script.ids(Script.check(merge(sources), RULES))).isEmpty();
  }

  @Test
  void livesOfOneNameFollowEachOther() throws IOException {
    Script first = new Script().at(500).reg("a", "2/a#1").send("a1", "FIFO", "2/a#1");
    Script second = new Script().reg("a#2", "4/a#2");
    Path one = directory.resolve("a.1");
    Path two = directory.resolve("a.2");
    StringBuilder text = new StringBuilder();
    first.traces().forEach(trace -> TraceJson.append(text, trace));
    Files.writeString(one, text);
    text.setLength(0);
    second.traces().forEach(trace -> TraceJson.append(text, trace));
    Files.writeString(two, text);
    List<Trace> merged =
        merge(List.of(new TraceFiles.Source(two, false), new TraceFiles.Source(one, true)));
    assertThat(merged).extracting(Trace::inc).containsExactly(1L, 1L, 1L, 2L, 0L, 0L);
  }

  @Test
  void membersMayBeAList() throws IOException {
    Path file = directory.resolve("a.jsonl");
    Files.writeString(
        file,
        """
        {"step":0,"at":1,"proc":"a","inc":1,"event":"INSTALL","x":"2/a#1","kind":"REG","members":["a#1"]}
        {"step":1,"at":2,"proc":"a","inc":1,"event":"SEND","m":"a/1/normal/1","class":"normal","svc":"FIFO","cfg":"2/a#1","digest":"cafe"}
        {"step":2,"at":3,"proc":"a","inc":1,"event":"DELIVER","m":"a/1/normal/1","x":"2/a#1","class":"normal","svc":"FIFO","digest":"cafe"}
        """);
    assertThat(Script.check(merge(List.of(new TraceFiles.Source(file, false))), RULES)).isEmpty();
  }

  @Test
  void aBrokenLineIsNamed() throws IOException {
    Path file = directory.resolve("a.jsonl");
    Files.writeString(file, "{\"step\":0,\"at\":1,\"proc\":\"a\",\"inc\":1,\"event\":\"BOOT\"}\n");
    for (String line : List.of("nonsense\n", "{}\n", "[1]\n", "{\"step\":1,\n", "{\"a\":[1\n")) {
      Path broken = directory.resolve("broken.jsonl");
      Files.writeString(broken, Files.readString(file) + line + Files.readString(file));
      assertThatThrownBy(() -> merge(List.of(new TraceFiles.Source(broken, false))))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "Line 2 of the trace file '%s' is no trace event: give the file as the process"
                  + " wrote it.",
              broken);
    }
    Files.write(file, new byte[TraceReader.MAX_LINE_BYTES + 1], StandardOpenOption.APPEND);
    assertThatThrownBy(() -> merge(List.of(new TraceFiles.Source(file, false))))
        .hasMessageContaining("is longer than 1048576 bytes");
    assertThatThrownBy(
            () -> merge(List.of(new TraceFiles.Source(directory.resolve("none"), false))))
        .hasMessageContaining("cannot be read (NoSuchFileException)");
  }

  @Test
  void checkersOfOneListSeeEachEventTogether() {
    List<Trace> traces = Model.draw(1);
    List<Checker> checkers = GroupCheckers.all(RULES);
    checkers.getFirst().accept(traces.get(0));
    checkers.getFirst().accept(traces.get(1));
    assertThatThrownBy(() -> checkers.getLast().accept(traces.get(0)))
        .isInstanceOf(IllegalStateException.class);
  }
}
