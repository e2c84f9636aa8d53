package io.euryale.lighttrain.timetable;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says what a CSV text means, by a regular expression and slowly; shares nothing with `CsvReader`.
final class CsvOracle {

  private static final Pattern FIELD =
      Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^\",\r\n]*))(,|\r\n|\n|\r|\\z)");

  private CsvOracle() {}

  /// The records without blank lines; null if `text` is no CSV.
  static List<List<String>> records(String text) {
    List<List<String>> records = new ArrayList<>();
    List<String> record = new ArrayList<>();
    boolean blank = true;
    Matcher field = FIELD.matcher(text);
    int at = 0;
    while (at < text.length() || !record.isEmpty()) {
      if (!field.region(at, text.length()).lookingAt()) {
        return null;
      }
      boolean quoted = field.group(1) != null;
      record.add(quoted ? field.group(1).replace("\"\"", "\"") : field.group(2));
      blank &= !quoted && field.group(2).isBlank();
      at = field.end();
      if (!field.group(3).equals(",")) {
        if (!blank || record.size() > 1) {
          records.add(record);
        }
        record = new ArrayList<>();
        blank = true;
      }
    }
    return records;
  }
}
