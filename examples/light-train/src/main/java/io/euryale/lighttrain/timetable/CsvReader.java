package io.euryale.lighttrain.timetable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Splits UTF-8 bytes into records of fields as RFC 4180 says, one record at a time.
///
/// A byte order mark is skipped; a record ends with LF, CRLF, CR or the end of the file; lines with
/// nothing but spaces are skipped. Unlike RFC 4180, records may have different numbers of fields: a
/// field that is not there reads as empty.
///
/// Separators are ASCII and never part of a longer UTF-8 sequence, so it splits bytes and decodes
/// only the fields that are asked for. Every field with a non-ASCII byte is still checked:
/// malformed UTF-8 in a column that nobody reads is an error too.
///
/// Not thread-safe; does not close the stream.
final class CsvReader {

  private static final int END = -1;

  private final String file;
  private final InputStream in;
  private final GtfsLimits limits;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  private final byte[] buffer = new byte[16 << 10];
  private int position;
  private int limit;
  private long fileBytes;

  private long nextLine = 1;
  private int previous = END;
  private long records;

  private long line;
  private int recordBytes;
  private boolean hasQuotes;
  private int allBits;
  private byte[] content = new byte[256];
  private int contentBytes;
  private int[] fieldEnds = new int[16];
  private int fieldCount;

  /// @param file the name to use in messages
  CsvReader(String file, InputStream in, GtfsLimits limits) throws TimetableException {
    this.file = file;
    this.in = in;
    this.limits = limits;
    fill();
    if (limit >= 3
        && buffer[0] == (byte) 0xEF
        && buffer[1] == (byte) 0xBB
        && buffer[2] == (byte) 0xBF) {
      position = 3;
    }
  }

  /// Moves to the next record that is not blank; false at the end of the file.
  boolean next() throws TimetableException {
    do {
      if (!readRecord()) {
        return false;
      }
    } while (isBlank());
    if (allBits < 0) {
      for (int i = 0; i < fieldCount; i++) {
        field(i);
      }
    }
    return true;
  }

  /// The number of fields of the current record.
  int size() {
    return fieldCount;
  }

  /// The line on which the current record starts, counted from 1.
  long line() {
    return line;
  }

  /// Field `index` of the current record, as it is written but without its quotes; empty when the
  /// record has fewer fields.
  String field(int index) throws TimetableException {
    if (index >= fieldCount) {
      return "";
    }
    int start = index == 0 ? 0 : fieldEnds[index - 1];
    int bytes = fieldEnds[index] - start;
    if (allBits >= 0) {
      return new String(content, start, bytes, StandardCharsets.US_ASCII);
    }
    try {
      return decoder.decode(ByteBuffer.wrap(content, start, bytes)).toString();
    } catch (CharacterCodingException e) {
      throw TimetableException.inColumn(
          file,
          line,
          Integer.toString(index + 1),
          "the value is not valid UTF-8; save the file with the encoding UTF-8");
    }
  }

  private boolean readRecord() throws TimetableException {
    recordBytes = 0;
    contentBytes = 0;
    fieldCount = 0;
    allBits = 0;
    hasQuotes = false;
    line = nextLine;
    int b = read();
    if (b == END) {
      return false;
    }
    if (++records > limits.maxRows()) {
      throw TimetableException.inLine(
          file, line, "more than " + limits.maxRows() + " rows; split the feed");
    }
    while (true) {
      b = b == '"' ? quotedField() : plainField(b);
      endField();
      if (b != ',') {
        break;
      }
      b = read();
    }
    if (b == '\r' && peek() == '\n') {
      read();
    }
    return true;
  }

  /// Takes the rest of a field whose first byte is `first`; gives the byte after the field.
  private int plainField(int first) throws TimetableException {
    int b = first;
    while (!isFieldEnd(b)) {
      if (b == '"') {
        throw badField(
            "a quote inside a value without quotes around it;"
                + " put the whole value in quotes and double the ones inside");
      }
      append(b);
      b = read();
    }
    return b;
  }

  /// Takes the rest of a field after its opening quote; gives the byte after the field.
  private int quotedField() throws TimetableException {
    hasQuotes = true;
    while (true) {
      int b = read();
      if (b == END) {
        throw badField("the quote that opens the value is never closed; add a quote at its end");
      }
      if (b == '"') {
        b = read();
        if (isFieldEnd(b)) {
          return b;
        }
        if (b != '"') {
          throw badField(
              "text after the closing quote; double each quote that belongs to the value");
        }
      }
      append(b);
    }
  }

  private TimetableException badField(String problem) {
    return TimetableException.inColumn(file, line, Integer.toString(fieldCount + 1), problem);
  }

  private static boolean isFieldEnd(int b) {
    return b == ',' || b == '\n' || b == '\r' || b == END;
  }

  private boolean isBlank() {
    if (fieldCount != 1 || hasQuotes) {
      return false;
    }
    for (int i = 0; i < contentBytes; i++) {
      if (content[i] != ' ' && content[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  private void append(int b) {
    if (contentBytes == content.length) {
      content = Arrays.copyOf(content, contentBytes * 2);
    }
    content[contentBytes++] = (byte) b;
    allBits |= (byte) b;
  }

  private void endField() {
    if (fieldCount == fieldEnds.length) {
      fieldEnds = Arrays.copyOf(fieldEnds, fieldCount * 2);
    }
    fieldEnds[fieldCount++] = contentBytes;
  }

  private int read() throws TimetableException {
    int b = peek();
    if (b == END) {
      return END;
    }
    position++;
    if (++recordBytes > limits.maxLineBytes()) {
      throw TimetableException.inLine(
          file,
          line,
          "longer than " + limits.maxLineBytes() + " bytes; look for a quote that is not closed");
    }
    if (b == '\r' || (b == '\n' && previous != '\r')) {
      nextLine++;
    }
    previous = b;
    return b;
  }

  private int peek() throws TimetableException {
    if (position == limit) {
      fill();
    }
    return position == limit ? END : buffer[position] & 0xFF;
  }

  private void fill() throws TimetableException {
    try {
      position = 0;
      limit = in.readNBytes(buffer, 0, buffer.length);
    } catch (IOException e) {
      limit = 0;
      throw TimetableException.inFile(
          file, "cannot be read to its end (" + e.getMessage() + "); get the feed again");
    }
    fileBytes += limit;
    if (fileBytes > limits.maxFileBytes()) {
      throw GtfsSource.tooLarge(file, limits);
    }
  }
}
