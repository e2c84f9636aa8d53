package io.euryale.lighttrain.timetable;

import static io.euryale.lighttrain.timetable.TestFeed.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GtfsSourceTest {

  private static final GtfsLimits SMALL = new GtfsLimits(10_000, 1_000, 1_000, 20, 1_000);

  @TempDir Path folder;

  @Test
  void folderAndArchiveGiveTheSameFeed() throws Exception {
    GtfsFeed fromFolder = TestFeed.minimal().read(folder.resolve("feed"));
    GtfsFeed fromZip = GtfsFeed.read(TestFeed.minimal().zipTo(folder.resolve("feed.zip"), ""));
    assertThat(fromZip.stations()).isEqualTo(fromFolder.stations()).hasSize(3);
    assertThat(Timetable.ofBusiestDay(fromZip).calls())
        .isEqualTo(Timetable.ofBusiestDay(fromFolder).calls())
        .hasSize(4);
  }

  @Test
  void aFeedInOneFolderOfAnArchiveOrAFolderIsFound() throws Exception {
    Path zip = TestFeed.minimal().zipTo(folder.resolve("feed.zip"), "city/gtfs-2026/");
    assertThat(GtfsFeed.read(zip).stations()).hasSize(3);
    TestFeed.minimal().writeTo(folder.resolve("outer/gtfs-2026"));
    Files.createDirectories(folder.resolve("outer/notes"));
    assertThat(GtfsFeed.read(folder.resolve("outer")).stations()).hasSize(3);
  }

  @Test
  void theResourceForksOfAMacArchiveAreNoFeed() throws Exception {
    Path zip = folder.resolve("feed.zip");
    TestFeed feed = new TestFeed(Map.of());
    for (var file : TestFeed.minimal().files().entrySet()) {
      feed = feed.with("feed/" + file.getKey(), file.getValue());
    }
    feed.with("__MACOSX/feed/stops.txt", "fork").zipTo(zip, "");
    assertThat(GtfsFeed.read(zip).stations()).hasSize(3);
  }

  @Test
  void twoFeedsInOneArchiveOrFolderAreRefused() throws Exception {
    Path zip = folder.resolve("two.zip");
    new TestFeed(Map.of())
        .with("a/stops.txt", "stop_id")
        .with("b/stops.txt", "stop_id")
        .zipTo(zip, "");
    assertThat(refusal(() -> GtfsFeed.read(zip))).hasMessageContaining("several folders");
    TestFeed.minimal().writeTo(folder.resolve("two/a"));
    TestFeed.minimal().writeTo(folder.resolve("two/b"));
    assertThat(refusal(() -> GtfsFeed.read(folder.resolve("two"))))
        .hasMessageContaining("several folders");
  }

  @Test
  void aPathWithNothingThereIsNamed() {
    Path nothing = folder.resolve("nothing.zip");
    assertThat(refusal(() -> GtfsFeed.read(nothing)))
        .hasMessage(nothing + ": there is no such file or folder; check the path of the feed")
        .returns(nothing.toString(), TimetableException::file);
  }

  @Test
  void aFileThatIsNoArchiveIsNamed() throws Exception {
    Path text = Files.writeString(folder.resolve("stops.txt"), "stop_id,stop_name\n");
    assertThat(refusal(() -> GtfsFeed.read(text)))
        .hasMessageStartingWith(text + ": not a readable zip archive (")
        .hasMessageEndingWith("; give a feed's folder or an intact .zip of it");
    Path empty = Files.createFile(folder.resolve("empty.zip"));
    assertThat(refusal(() -> GtfsFeed.read(empty))).hasMessageContaining("not a readable zip");
  }

  @Test
  void anEmptyFolderAndAnEmptyArchiveLackTheirFiles() throws Exception {
    assertThat(refusal(() -> GtfsFeed.read(folder))).hasMessageContaining("there is no agency.txt");
    Path zip = new TestFeed(Map.of()).with("README", "hi").zipTo(folder.resolve("z"), "");
    assertThat(refusal(() -> GtfsFeed.read(zip))).hasMessageContaining("there is no agency.txt");
  }

  @Test
  void aFolderInThePlaceOfAFileIsRefused() throws Exception {
    Path feed = TestFeed.minimal().without("routes.txt").writeTo(folder);
    Files.createDirectory(feed.resolve("routes.txt"));
    assertThat(refusal(() -> GtfsFeed.read(feed))).hasMessageContaining("not a regular file");
  }

  @Test
  void aDeviceIsNoFeed() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    assertThat(refusal(() -> GtfsFeed.read(device)))
        .hasMessageContaining("neither a folder nor a file");
  }

  @Test
  void anArchiveThatDeclaresALargeFileIsRefusedUnread() throws Exception {
    Path zip =
        TestFeed.minimal()
            .with("stops.txt", new byte[10_001])
            .zipTo(folder.resolve("large.zip"), "");
    assertThat(refusal(() -> GtfsFeed.read(zip, SMALL)))
        .hasMessage("stops.txt: more than 10000 bytes; split the feed");
  }

  @Test
  void anArchiveThatLiesAboutASizeIsRefusedAtTheLimit() throws Exception {
    String stops = "stop_id,stop_name\n" + "a,A\n".repeat(100_000);
    Path zip = TestFeed.minimal().with("stops.txt", stops).zipTo(folder.resolve("bomb.zip"), "");
    byte[] bytes = Files.readAllBytes(zip);
    int patched = declareSize(bytes, stops.length(), 100);
    assertThat(patched).as("places with the size").isPositive();
    Files.write(zip, bytes);
    GtfsLimits manyRows = new GtfsLimits(10_000, 1_000_000, 1_000, 20, 1_000);
    assertThat(refusal(() -> GtfsFeed.read(zip, manyRows)))
        .hasMessage("stops.txt: more than 10000 bytes; split the feed");
  }

  /// Puts another uncompressed size into every record of the archive that has `actual`.
  private static int declareSize(byte[] zip, int actual, int declared) {
    int patched = 0;
    for (int i = 0; i + 4 <= zip.length; i++) {
      if (littleEndian(zip, i) == actual) {
        for (int b = 0; b < 4; b++) {
          zip[i + b] = (byte) (declared >>> (8 * b));
        }
        patched++;
      }
    }
    return patched;
  }

  private static int littleEndian(byte[] bytes, int at) {
    return (bytes[at] & 0xFF)
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | (bytes[at + 3] & 0xFF) << 24;
  }

  @Test
  void aLargeFileInAFolderIsRefused() throws Exception {
    Path feed =
        TestFeed.minimal().with("trips.txt", "x".repeat(10_001)).writeTo(folder.resolve("feed"));
    assertThat(refusal(() -> GtfsFeed.read(feed, SMALL)))
        .hasMessage("trips.txt: more than 10000 bytes; split the feed");
  }

  @Test
  void anArchiveOfVeryManyEntriesIsRefused() throws Exception {
    Path zip = folder.resolve("many.zip");
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream entries = new ZipOutputStream(out)) {
      for (int i = 0; i < 21; i++) {
        entries.putNextEntry(new ZipEntry("e" + i));
      }
    }
    assertThat(refusal(() -> GtfsFeed.read(zip, SMALL)))
        .hasMessageContaining("more than 20 entries");
  }

  @Test
  void aDamagedArchiveIsReadOrRefusedAndNothingElse() throws Exception {
    byte[] whole = Files.readAllBytes(TestFeed.minimal().zipTo(folder.resolve("z.zip"), "feed/"));
    Path damaged = folder.resolve("damaged.zip");
    for (int seed = 0; seed < 1_500; seed++) {
      Random random = new Random(seed);
      byte[] bytes = whole.clone();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(damaged, bytes);
      try {
        GtfsFeed.read(damaged);
      } catch (TimetableException e) {
        assertThat(e.getMessage()).as("seed %d", seed).contains(";");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void aTruncatedArchiveIsRefused() throws Exception {
    Path zip = TestFeed.minimal().zipTo(folder.resolve("z.zip"), "");
    byte[] bytes = Files.readAllBytes(zip);
    Files.write(zip, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(refusal(() -> GtfsFeed.read(zip))).hasMessageContaining("intact");
  }

  @Test
  void latin1TextIsRefusedWithItsPlace() throws Exception {
    byte[] stops = "stop_id,stop_name\na,S\u00E3o\n".getBytes(StandardCharsets.ISO_8859_1);
    Path feed = TestFeed.minimal().with("stops.txt", stops).writeTo(folder.resolve("feed"));
    assertThat(refusal(() -> GtfsFeed.read(feed)))
        .hasMessage(
            "stops.txt, line 2, column 2: the value is not valid UTF-8; save the file with the"
                + " encoding UTF-8");
  }
}
