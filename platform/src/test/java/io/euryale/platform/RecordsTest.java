package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.TrafficClass;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsTest {

  private final Peers peers = new Peers();
  private final ToyDatagramCore core = new ToyDatagramCore();
  private final List<Records> opened = new ArrayList<>();
  @TempDir private Path temporary = Path.of("");

  @AfterEach
  void close() {
    peers.close();
    opened.forEach(Records::close);
  }

  @Test
  void recordsOutliveTheirProcessAndBelongToOneClass() {
    Path directory = temporary.resolve("deep/down");
    Records first = open(directory);
    NettyHome home = start(first, core);
    assertThat(Peers.ask(home, () -> home.recorded(3)).remaining()).isZero();
    ByteBuffer value = Peers.text("three");
    home.execute(_ -> home.persist(3, value));
    home.execute(_ -> home.persist(0, ByteBuffer.allocate(0)));
    home.execute(_ -> home.persist(15, ByteBuffer.allocate(65_536)));
    Peers.await("persisted", () -> core.persisted.size() == 3);
    assertThat(core.persisted).containsExactly(3, 0, 15);
    assertThat(value.remaining()).isEqualTo(5);
    // As it was when this life began.
    assertThat(Peers.ask(home, () -> home.recorded(3)).remaining()).isZero();
    home.kill();
    first.close();

    Records second = open(directory);
    NettyHome next = start(second, new ToyDatagramCore());
    assertThat(text(Peers.ask(next, () -> next.recorded(3)))).isEqualTo("three");
    assertThat(Peers.ask(next, () -> next.recorded(0)).remaining()).isZero();
    assertThat(Peers.ask(next, () -> next.recorded(15)).remaining()).isEqualTo(65_536);
    assertThat(second.atStart(TrafficClass.CONTROL, 3).remaining()).isZero();
  }

  @Test
  void manyWritesOfOneRecordAreConfirmedEachAndEndWithTheLastValue() {
    Records records = open(temporary);
    NettyHome home = start(records, core);
    for (int i = 0; i < 500; i++) {
      int number = i;
      home.execute(_ -> home.persist(number % 2, Peers.text("value " + number)));
    }
    Peers.await("500 confirmations", () -> core.persisted.size() == 500);
    for (int i = 0; i < 500; i++) {
      assertThat(core.persisted.get(i)).isEqualTo(i % 2);
    }
    home.kill();
    records.close();
    Records again = open(temporary);
    assertThat(text(again.atStart(TrafficClass.ALARM, 0))).isEqualTo("value 498");
    assertThat(text(again.atStart(TrafficClass.ALARM, 1))).isEqualTo("value 499");
  }

  @Test
  void whatIsConfirmedIsInTheFileAtThatMoment() {
    Records records = open(temporary);
    List<String> seen = new ArrayList<>();
    ToyDatagramCore looks =
        new ToyDatagramCore() {
          @Override
          public void persisted(long nowNanos, int record) {
            try {
              byte[] bytes = Files.readAllBytes(temporary.resolve("alarm-07.record"));
              seen.add(new String(bytes, 20, bytes.length - 20, StandardCharsets.UTF_8));
            } catch (IOException e) {
              seen.add(e.toString());
            }
            super.persisted(nowNanos, record);
          }
        };
    NettyHome home = start(records, looks);
    home.execute(_ -> home.persist(7, Peers.text("seven")));
    Peers.await("confirmed", () -> looks.persisted.size() == 1);
    assertThat(seen).containsExactly("seven");
  }

  @Test
  void valuesGivenJustBeforeTheEndAreWritten() {
    Records records = open(temporary);
    NettyHome home = start(records, core);
    assertThat(
            Peers.ask(
                home,
                () -> {
                  home.persist(1, Peers.text("last words"));
                  return true;
                }))
        .isTrue();
    home.kill();
    records.close();
    assertThat(text(open(temporary).atStart(TrafficClass.ALARM, 1))).isEqualTo("last words");
  }

  @Test
  void unfinishedFileOfACrashIsRemovedAndTheOldValueStands() throws IOException {
    write("alarm-01.record", "kept");
    Files.writeString(temporary.resolve("alarm-01.record.new"), "torn");
    Records records = open(temporary);
    assertThat(text(records.atStart(TrafficClass.ALARM, 1))).isEqualTo("kept");
    assertThat(temporary.resolve("alarm-01.record.new")).doesNotExist();
  }

  @Test
  void everyCutAndEveryFlippedBitOfARecordIsRefused() throws IOException {
    write("alarm-01.record", "a value");
    Path file = temporary.resolve("alarm-01.record");
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 0; cut < whole.length; cut++) {
      Files.write(file, Arrays.copyOf(whole, cut));
      refused().hasMessageContaining(file.toString());
    }
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, flipped);
      refused().hasMessageContaining("is damaged");
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    refused()
        .hasMessage(
            "The record '%s' is damaged (its length is wrong): restore its directory from a copy"
                + " made while the peer was stopped, or remove the directory and start under a new"
                + " name, because a peer that forgot what it promised can make the others"
                + " disagree.",
            file);
    Files.write(file, new byte[1 << 20]);
    refused().hasMessageContaining("it is too long");
    Files.write(file, whole);
    assertThat(text(open(temporary).atStart(TrafficClass.ALARM, 1))).isEqualTo("a value");
  }

  @Test
  void recordCopiedToAnothersNameIsRefused() throws IOException {
    write("alarm-01.record", "one");
    Files.move(temporary.resolve("alarm-01.record"), temporary.resolve("alarm-02.record"));
    refused().hasMessageContaining("it is another record's");
    Files.move(temporary.resolve("alarm-02.record"), temporary.resolve("normal-01.record"));
    refused().hasMessageContaining("it is another record's");
  }

  @Test
  void directoryInUseIsRefusedInThisProcessAndFreeAfterwards() {
    Records first = open(temporary);
    assertThatThrownBy(() -> Records.open(temporary.resolve("../" + temporary.getFileName())))
        .isInstanceOfSatisfying(PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
        .hasMessageContaining("is in use by another peer: stop that one");
    first.close();
    first.close();
    open(temporary);
  }

  /// The second try of this process must not have let go of the lock.
  @Test
  void directoryInUseIsRefusedToOtherProcesses() throws Exception {
    open(temporary);
    refused().hasMessageContaining("is in use");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OpenRecords.class.getName(),
                temporary.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains("is in use by another peer");
    assertThat(other.exitValue()).isEqualTo(3);
  }

  @Test
  void directoryThatCannotBeMadeIsOneSentence() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    for (Path impossible : List.of(file, file.resolve("below"), Path.of("/proc/euryale"))) {
      assertThatThrownBy(() -> Records.open(impossible))
          .isInstanceOfSatisfying(
              PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
          .hasMessageStartingWith("The directory '" + impossible + "' cannot hold records (")
          .hasMessageEndingWith(
              "): name a directory that this process may create, read and write.");
    }
  }

  /// What stands for a full or broken disk: a directory where the new file must go.
  @Test
  void diskThatFailsStopsTheHomesAndConfirmsNothing() throws IOException {
    Records records = open(temporary);
    NettyHome home = start(records, core);
    home.execute(_ -> home.persist(1, Peers.text("good")));
    Peers.await("confirmed", () -> core.persisted.size() == 1);
    Files.createDirectory(temporary.resolve("alarm-02.record.new"));
    home.execute(
        _ -> {
          // First, since the writer may already be at it when the other comes.
          home.persist(2, Peers.text("bad"));
          home.persist(1, Peers.text("with the other"));
        });
    Peers.await("failure", home::isStopped);
    assertThat(home.failure())
        .isInstanceOfSatisfying(PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
        .hasMessageStartingWith("Records cannot be written to '" + temporary + "' any more (")
        .hasMessageContaining("so this peer stops: make room there or mend the disk");
    Peers.await("told", () -> !peers.failures.isEmpty());
    assertThat(peers.failures).containsExactly(home.failure());
    assertThat(records.failure()).isPresent();
    assertThat(core.persisted).containsExactly(1);
  }

  @Test
  void recordsOfOtherNumbersOrTooLargeAreOurBug() {
    Records records = open(temporary);
    ByteBuffer large = ByteBuffer.allocate(65_537);
    assertThatThrownBy(() -> records.persist(TrafficClass.ALARM, 1, large))
        .hasMessageContaining("at most 64 KiB");
    assertThatThrownBy(() -> records.persist(TrafficClass.ALARM, 16, Peers.text("x")))
        .hasMessageContaining("0 to 15");
    assertThatThrownBy(() -> records.atStart(TrafficClass.ALARM, -1))
        .hasMessageContaining("0 to 15");
  }

  private Records open(Path directory) {
    Records records = Records.open(directory);
    opened.add(records);
    return records;
  }

  private NettyHome start(Records records, ToyDatagramCore started) {
    NettyHome home = peers.home(Reach.LOOPBACK, records, LinkSettings.defaults());
    peers.startWithDatagrams(home, started, "one", 0);
    Peers.awaitEvent(started, "start");
    return home;
  }

  private void write(String file, String value) throws IOException {
    try (Records records = Records.open(temporary)) {
      records.persist(TrafficClass.ALARM, 1, Peers.text(value));
    }
    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(file, "lock");
    }
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused() {
    return assertThatThrownBy(() -> Records.open(temporary))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.exitCode()).isEqualTo(3));
  }

  private static String text(ByteBuffer value) {
    return StandardCharsets.UTF_8.decode(value).toString();
  }

  /// Another process that wants the directory.
  static final class OpenRecords {
    private OpenRecords() {}

    static void main(String[] args) {
      try {
        Records.open(Path.of(args[0]));
      } catch (PlatformException e) {
        System.out.println(e.getMessage());
        System.exit(e.exitCode());
      }
    }
  }
}
