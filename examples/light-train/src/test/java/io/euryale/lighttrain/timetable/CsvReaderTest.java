package io.euryale.lighttrain.timetable;

import static io.euryale.lighttrain.timetable.TestFeed.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CsvReaderTest {

  private static List<List<String>> read(byte[] bytes) throws TimetableException {
    return read(new ByteArrayInputStream(bytes), GtfsLimits.DEFAULT);
  }

  private static List<List<String>> read(InputStream in, GtfsLimits limits)
      throws TimetableException {
    CsvReader reader = new CsvReader("f.txt", in, limits);
    List<List<String>> records = new ArrayList<>();
    while (reader.next()) {
      List<String> record = new ArrayList<>();
      for (int i = 0; i < reader.size(); i++) {
        record.add(reader.field(i));
      }
      records.add(record);
    }
    return records;
  }

  private static List<List<String>> read(String text) throws TimetableException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void plainFieldsAreSplitAtCommas() throws Exception {
    assertThat(read("a,b,c\n1,,3\n"))
        .containsExactly(List.of("a", "b", "c"), List.of("1", "", "3"));
  }

  @Test
  void aByteOrderMarkIsSkippedAndOnlyAtTheStart() throws Exception {
    assertThat(read("\uFEFFa\n\uFEFFb")).containsExactly(List.of("a"), List.of("\uFEFFb"));
  }

  @Test
  void recordsEndWithAnyKindOfLineEndOrNone() throws Exception {
    assertThat(read("a\r\nb\nc\rd"))
        .containsExactly(List.of("a"), List.of("b"), List.of("c"), List.of("d"));
  }

  @Test
  void quotedFieldsHoldCommasQuotesAndLineEnds() throws Exception {
    assertThat(read("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\r\nx\r\n"))
        .containsExactly(List.of("a,b", "say \"hi\"", "two\r\nlines"), List.of("x"));
  }

  @Test
  void emptyFieldsAndEmptyQuotedFieldsAreEmpty() throws Exception {
    assertThat(read(",\n\"\",\"\"\n\"\"\n"))
        .containsExactly(List.of("", ""), List.of("", ""), List.of(""));
  }

  @Test
  void blankLinesAreSkippedButCountAsLines() throws Exception {
    CsvReader reader = reader("\n\r\n  \t\na\n\n\"b\nb\"\n\nc");
    assertThat(reader.next()).isTrue();
    assertThat(reader.line()).isEqualTo(4);
    assertThat(reader.next()).isTrue();
    assertThat(reader.line()).isEqualTo(6);
    assertThat(reader.next()).isTrue();
    assertThat(reader.line()).isEqualTo(9);
    assertThat(reader.next()).isFalse();
    assertThat(reader.next()).isFalse();
  }

  private static CsvReader reader(String text) throws TimetableException {
    return new CsvReader(
        "f.txt",
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        GtfsLimits.DEFAULT);
  }

  @Test
  void fieldsThatARecordDoesNotHaveAreEmpty() throws Exception {
    CsvReader reader = reader("a,b");
    reader.next();
    assertThat(reader.field(2)).isEmpty();
  }

  @Test
  void lettersOfAllPlanesSurvive() throws Exception {
    assertThat(read("Póvoa de Varzim,日本,\"🚋,🚉\""))
        .containsExactly(List.of("Póvoa de Varzim", "日本", "🚋,🚉"));
  }

  @Test
  void aQuoteInTheMiddleOfAValueIsNamedWithItsPlace() {
    assertThat(refusal(() -> read("a,b\nx,12\" gauge\n")))
        .hasMessage(
            "f.txt, line 2, column 2: a quote inside a value without quotes around it;"
                + " put the whole value in quotes and double the ones inside")
        .returns("f.txt", TimetableException::file)
        .returns(2L, TimetableException::line)
        .returns("2", TimetableException::column);
  }

  @Test
  void textAfterAClosingQuoteIsNamedWithItsPlace() {
    assertThat(refusal(() -> read("\"a\"b")))
        .hasMessageStartingWith("f.txt, line 1, column 1: text after the closing quote");
  }

  @Test
  void aQuoteThatIsNeverClosedIsNamedWhereItOpens() {
    assertThat(refusal(() -> read("a\n\nb,\"c\n\n\n")))
        .hasMessageStartingWith("f.txt, line 3, column 2: the quote that opens the value is never");
  }

  @Test
  void malformedUtf8IsRefusedEvenInAColumnNobodyReads() throws Exception {
    CsvReader reader =
        new CsvReader(
            "f.txt",
            new ByteArrayInputStream("a,b\n1,P\u00F3voa\n".getBytes(StandardCharsets.ISO_8859_1)),
            GtfsLimits.DEFAULT);
    reader.next();
    assertThat(refusal(reader::next))
        .hasMessage(
            "f.txt, line 2, column 2: the value is not valid UTF-8; save the file with the encoding"
                + " UTF-8");
  }

  @Test
  void malformedUtf8AtASeparatorDoesNotSwallowIt() {
    assertThat(refusal(() -> read(new byte[] {'a', (byte) 0xC3, ',', 'b'})))
        .hasMessageStartingWith("f.txt, line 1, column 1: the value is not valid UTF-8");
  }

  @Test
  void aRecordOfTheLargestSizeIsReadAndOneByteMoreIsRefused() throws Exception {
    GtfsLimits limits = new GtfsLimits(1000, 10, 8, 1, 1);
    assertThat(read(stream("1234567\n\"12345\"\n"), limits)).hasSize(2);
    assertThat(refusal(() -> read(stream("a\n12345678\n"), limits)))
        .hasMessageStartingWith("f.txt, line 2: longer than 8 bytes");
    assertThat(refusal(() -> read(stream("a\n\"1\n2\n3\n4\n"), limits)))
        .hasMessageStartingWith("f.txt, line 2: longer than 8 bytes");
  }

  @Test
  void tooManyRowsAreRefusedAlsoIfTheyAreBlank() {
    GtfsLimits limits = new GtfsLimits(1000, 3, 8, 1, 1);
    assertThat(refusal(() -> read(stream("a\nb\nc\nd\n"), limits)))
        .hasMessage("f.txt, line 4: more than 3 rows; split the feed");
    assertThat(refusal(() -> read(stream("\n\n\n\n"), limits))).hasMessageContaining("3 rows");
  }

  @Test
  void anEndlessFileIsRefusedSoonAfterTheLimit() {
    AtomicLong given = new AtomicLong();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return given.incrementAndGet() % 10 == 0 ? '\n' : 'x';
          }
        };
    GtfsLimits limits = new GtfsLimits(100_000, Long.MAX_VALUE, 100, 1, 1);
    assertThat(refusal(() -> read(endless, limits)))
        .hasMessage("f.txt: more than 100000 bytes; split the feed");
    assertThat(given.get()).isLessThan(200_000);
  }

  @Test
  void aStreamThatFailsIsNamed() {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the disk is gone");
          }
        };
    assertThat(refusal(() -> read(failing, GtfsLimits.DEFAULT)))
        .hasMessage("f.txt: cannot be read to its end (the disk is gone); get the feed again");
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void recordsLargerThanTheReadBufferAreWhole() throws Exception {
    String large = "é,".repeat(9_000) + "\"" + "y\n".repeat(8_000) + "\"";
    List<List<String>> records = read(large + "\n" + large);
    assertThat(records).hasSize(2);
    assertThat(records.get(1)).hasSize(9_001).startsWith("é").endsWith("y\n".repeat(8_000));
  }

  @Test
  void whateverIsWrittenIsReadBack() throws Exception {
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      List<List<String>> records = records(random);
      String text = written(records, random);
      assertThat(read(text)).as("seed %d: %s", seed, text).isEqualTo(records);
    }
  }

  private static List<List<String>> records(Random random) {
    String[] pieces = {"a", "b ", ",", "\"", "\n", "\r", "\r\n", "é", "🚋", "12:00:00", " "};
    List<List<String>> records = new ArrayList<>();
    for (int rows = random.nextInt(6); rows > 0; rows--) {
      List<String> record = new ArrayList<>();
      for (int fields = 1 + random.nextInt(5); fields > 0; fields--) {
        StringBuilder field = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
          field.append(pieces[random.nextInt(pieces.length)]);
        }
        record.add(field.toString());
      }
      records.add(record);
    }
    return records;
  }

  private static String written(List<List<String>> records, Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
    for (int row = 0; row < records.size(); row++) {
      List<String> record = records.get(row);
      for (int i = 0; i < record.size(); i++) {
        String field = record.get(i);
        boolean looksBlank = record.size() == 1 && field.isBlank();
        boolean mustQuote = looksBlank || field.matches("(?s).*[,\"\r\n].*");
        boolean quotes = mustQuote || random.nextInt(4) == 0;
        text.append(i == 0 ? "" : ",");
        text.append(quotes ? '"' + field.replace("\"", "\"\"") + '"' : field);
      }
      boolean last = row == records.size() - 1;
      if (!last || random.nextBoolean()) {
        text.append(List.of("\n", "\r\n", "\r\n\r\n", "\n  \n").get(random.nextInt(4)));
      }
    }
    return text.toString();
  }

  @Test
  void anyTextIsReadOrRefusedAsTheOracleSays() {
    String[] pieces = {"x", "y", ",", ",", "\"", "\"", "\n", "\r\n", " ", "é", "\"\""};
    for (int seed = 0; seed < 30_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(14); i > 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      List<List<String>> expected = CsvOracle.records(text.toString());
      if (expected == null) {
        assertThatThrownBy(() -> read(text.toString()))
            .as("seed %d: %s", seed, text)
            .isInstanceOf(TimetableException.class);
      } else {
        assertThat(readOrNull(text.toString())).as("seed %d: %s", seed, text).isEqualTo(expected);
      }
    }
  }

  private static List<List<String>> readOrNull(String text) {
    try {
      return read(text);
    } catch (TimetableException _) {
      return null;
    }
  }

  @Test
  void anyBytesAreReadOrRefusedAndNothingElse() {
    byte[] likely = {',', '"', '\n', '\r', 'a', (byte) 0xC3, (byte) 0xA9, (byte) 0xFF, 0};
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(60)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            random.nextInt(3) == 0
                ? (byte) random.nextInt(256)
                : likely[random.nextInt(likely.length)];
      }
      try {
        read(bytes);
      } catch (TimetableException e) {
        assertThat(e.getMessage()).as("seed %d", seed).startsWith("f.txt, line ");
      }
    }
  }
}
