package io.euryale.lab.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.trace.TraceJson;
import io.euryale.lab.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFolderTest {

  @TempDir Path folder;

  private final Map<String, StringBuilder> files = new TreeMap<>();

  /// What members deliver before they leave primary 1.
  private final Map<String, Object[]> late = new TreeMap<>();

  private void at(long at, String proc, String event, Object... fields) {
    life(1, at, proc, event, fields);
  }

  private void life(long inc, long at, String proc, String event, Object... fields) {
    StringBuilder text = files.computeIfAbsent(proc + "." + inc, _ -> new StringBuilder());
    TraceJson.append(text, new Trace(text.length(), at, proc, inc, TraceEvent.of(event, fields)));
  }

  private void install(long at, String proc, String x, String members, String origin) {
    if (origin.isEmpty()) {
      at(at, proc, "INSTALL", "x", x, "kind", "REG", "members", members);
    } else {
      at(at, proc, "INSTALL", "x", x, "kind", "TRANS", "members", members, "origin", origin);
    }
  }

  /// Members a, b and c are primary 1; a is killed; b and c become primary 2.
  ///
  /// @param leaves when c leaves primary 1
  private TraceFolder handOver(boolean commonClock, long leaves) throws IOException {
    String all = "a#1,b#1,c#1";
    for (String proc : new String[] {"a", "b", "c"}) {
      at(1, proc, "BOOT", "role", "PEER");
      install(2, proc, "2/a#1", all, "");
      at(3, proc, "ATTEMPT", "primaryIndex", 1L, "attempt", 1L, "members", "a,b,c");
      at(4, proc, "PRIMARY", "x", "2/a#1", "primaryIndex", 1L, "members", all);
    }
    at(
        5,
        "b",
        "SEND",
        "m",
        "b/1/normal/1",
        "class",
        "normal",
        "svc",
        "UNRELIABLE",
        "cfg",
        "2/a#1",
        "digest",
        7L);
    for (String proc : new String[] {"b", "c"}) {
      long left = proc.equals("c") ? leaves : 10;
      if (late.containsKey(proc)) {
        at(9, proc, "DELIVER", late.get(proc));
      }
      install(left, proc, "3/b#1/b#1", "b#1,c#1", "2/a#1");
      install(left + 1, proc, "4/b#1", "b#1,c#1", "");
      at(left + 2, proc, "ATTEMPT", "primaryIndex", 2L, "attempt", 1L, "members", "b,c");
      at(left + 3, proc, "PRIMARY", "x", "4/b#1", "primaryIndex", 2L, "members", "b#1,c#1");
    }
    Map<String, Boolean> traces = new TreeMap<>();
    for (Map.Entry<String, StringBuilder> file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey() + ".jsonl"), file.getValue());
      traces.put(file.getKey() + ".jsonl", file.getKey().equals("a.1"));
    }
    Map<String, Integer> weights = new TreeMap<>(Map.of("a", 1, "b", 1, "c", 1));
    return new TraceFolder(true, commonClock, 1, weights, traces);
  }

  @Test
  void anOrderlyHandOverKeepsEveryPromise() throws IOException {
    TraceFolder.Judgement judgement = handOver(true, 10).check(folder);
    assertThat(judgement.violations()).isEmpty();
    assertThat(judgement.passed()).isTrue();
    assertThat(judgement.torn()).isEqualTo(1);
    assertThat(judgement.primaries()).isEqualTo(2);
  }

  @Test
  void whoLeavesAPrimaryAfterTheNextExistsIsSeenByTheCommonClock() throws IOException {
    assertThat(handOver(true, 100).check(folder).violations())
        .extracting(Violation::checker)
        .containsOnly("PC-4");
  }

  /// The end of the killed a's file is missing, and with it the sending of a message.
  @Test
  void aMessageWithoutItsSendingDoesNotWaitForTheNextLifeOfItsSender() throws IOException {
    late.put(
        "c",
        new Object[] {
          "m", "a/1/normal/1", "x", "2/a#1", "class", "normal", "svc", "UNRELIABLE", "digest", 1L
        });
    life(9, 50, "a", "BOOT", "role", "PEER");
    life(9, 60, "a", "INSTALL", "x", "2002/a#9", "kind", "REG", "members", "a#9");
    life(9, 300, "a", "HEARD", "peer", "b#1");
    TraceFolder.Judgement judgement = handOver(true, 10).check(folder);
    assertThat(judgement.delivered()).isEqualTo(1);
    assertThat(judgement.violations()).isEmpty();
  }

  @Test
  void clocksThatHaveNothingToDoWithEachOtherAreNotCompared() throws IOException {
    assertThat(handOver(false, 100).check(folder).passed()).isTrue();
  }

  @Test
  void tracesThatAreNotWholeDoNotPass() throws IOException {
    TraceFolder traces = handOver(true, 10);
    at(200, "b", "LOST", "count", 3L);
    Files.writeString(folder.resolve("b.1.jsonl"), String.valueOf(files.get("b.1")));
    assertThat(traces.check(folder).lost()).isEqualTo(3);
    assertThat(traces.check(folder).passed()).isFalse();
  }

  @Test
  void whatWasWrittenIsReadAgain() throws IOException {
    TraceFolder traces = handOver(true, 10);
    traces.write(folder);
    assertThat(TraceFolder.read(folder)).isEqualTo(traces);
  }

  @Test
  void aFolderThatIsNoRunIsExplained() throws IOException {
    assertThatThrownBy(() -> TraceFolder.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("run.txt");
    Files.writeString(folder.resolve("run.txt"), "euryale group traces 1\nmember a many\n");
    assertThatThrownBy(() -> TraceFolder.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Line 2");
  }
}
