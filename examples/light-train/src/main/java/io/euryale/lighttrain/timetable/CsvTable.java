package io.euryale.lighttrain.timetable;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// One file of a feed: named columns in any order and a cursor over the rows below the header.
///
/// Values are given without the spaces around them. A column that the file does not have, or that a
/// short row leaves out, reads as empty. Not thread-safe.
final class CsvTable implements AutoCloseable {

  /// A column of the header; `index` is -1 for an optional one that is not there.
  record Column(String name, int index) {}

  private final String file;
  private final InputStream in;
  private final CsvReader reader;
  private final Map<String, Integer> header = new HashMap<>();
  private final long headerLine;
  private final int columns;

  private CsvTable(String file, InputStream in, GtfsLimits limits) throws TimetableException {
    this.file = file;
    this.in = in;
    this.reader = new CsvReader(file, in, limits);
    if (!reader.next()) {
      throw TimetableException.inFile(
          file, "the file is empty; its first line must name the columns");
    }
    headerLine = reader.line();
    columns = reader.size();
    for (int i = 0; i < columns; i++) {
      String name = reader.field(i).strip();
      if (!name.isEmpty() && header.put(name, i) != null) {
        throw TimetableException.inColumn(
            file, headerLine, name, "the header names this column twice; remove one of them");
      }
    }
  }

  /// Opens a file that every feed has.
  static CsvTable open(GtfsSource source, String file, GtfsLimits limits)
      throws TimetableException {
    CsvTable table = openIfPresent(source, file, limits);
    if (table == null) {
      throw TimetableException.inFile(
          source.label(), "there is no " + file + ", which every GTFS feed must have; add it");
    }
    return table;
  }

  /// Opens a file that a feed may leave out; null if it does.
  static @Nullable CsvTable openIfPresent(GtfsSource source, String file, GtfsLimits limits)
      throws TimetableException {
    InputStream in = source.open(file, limits);
    if (in == null) {
      return null;
    }
    try {
      return new CsvTable(file, in, limits);
    } catch (TimetableException | RuntimeException e) {
      closeQuietly(in);
      throw e;
    }
  }

  /// A column that the file must have.
  Column required(String name) throws TimetableException {
    Column column = optional(name);
    if (column.index() < 0) {
      throw TimetableException.inColumn(
          file,
          headerLine,
          name,
          "the header does not name this column, which every feed must have; add it");
    }
    return column;
  }

  /// A column that the file may leave out.
  Column optional(String name) {
    return new Column(name, header.getOrDefault(name, -1));
  }

  /// Moves to the next row; false at the end of the file.
  boolean next() throws TimetableException {
    if (!reader.next()) {
      return false;
    }
    for (int i = columns; i < reader.size(); i++) {
      if (!reader.field(i).isBlank()) {
        throw TimetableException.inColumn(
            file,
            line(),
            Integer.toString(i + 1),
            "more values than the header has columns; put values with a comma in quotes");
      }
    }
    return true;
  }

  /// The line of the current row, counted from 1.
  long line() {
    return reader.line();
  }

  /// The value in `column`; empty when it is not there.
  String text(Column column) throws TimetableException {
    return column.index() < 0 ? "" : reader.field(column.index()).strip();
  }

  /// The value in `column`, which must not be empty.
  String needed(Column column) throws TimetableException {
    String value = text(column);
    if (value.isEmpty()) {
      throw error(column, "there is no value, and every row must have one; fill it in");
    }
    return value;
  }

  /// The whole number from 0 to `max` in `column`, which must not be empty.
  int number(Column column, int max) throws TimetableException {
    String value = needed(column);
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      int digit = value.charAt(i) - '0';
      number = number * 10 + digit;
      if (digit < 0 || digit > 9 || number > max) {
        throw error(
            column,
            TimetableException.quoted(value)
                + " is not a whole number from 0 to "
                + max
                + "; write it in digits alone");
      }
    }
    return (int) number;
  }

  /// The time in `column`, in seconds after the start of the service day; empty when there is none.
  OptionalInt time(Column column) throws TimetableException {
    String value = text(column);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    int seconds = GtfsTime.parse(value);
    if (seconds < 0) {
      throw error(
          column,
          TimetableException.quoted(value)
              + " is not a time; write hours, minutes and seconds as 7:05:00 or 25:05:00");
    }
    return OptionalInt.of(seconds);
  }

  /// The time in `column`, which must not be empty, in seconds after the start of the service day.
  int neededTime(Column column) throws TimetableException {
    needed(column);
    return time(column).orElseThrow();
  }

  /// What is wrong with the value of the current row in `column`.
  TimetableException error(Column column, String problem) {
    return TimetableException.inColumn(file, line(), column.name(), problem);
  }

  @Override
  public void close() {
    closeQuietly(in);
  }

  /// What was read stays good whether or not its stream closes well.
  private static void closeQuietly(InputStream in) {
    try {
      in.close();
    } catch (IOException _) {
      // Nothing was written that could be lost.
    }
  }
}
