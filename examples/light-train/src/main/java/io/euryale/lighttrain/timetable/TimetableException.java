package io.euryale.lighttrain.timetable;

/// A feed or a request for a day of it that cannot be used. The message is one sentence for a user:
/// what is wrong, where, and what to do.
public final class TimetableException extends Exception {

  private static final long serialVersionUID = 1L;

  private static final int SHOWN_CHARS = 60;

  private final String file;
  private final long line;
  private final String column;

  private TimetableException(String file, long line, String column, String message) {
    super(message);
    this.file = file;
    this.line = line;
    this.column = column;
  }

  /// Something wrong with the request or the feed as a whole.
  static TimetableException of(String problem) {
    return new TimetableException("", 0, "", problem);
  }

  /// Something wrong with a whole file, or with the path of a feed.
  static TimetableException inFile(String file, String problem) {
    return new TimetableException(file, 0, "", file + ": " + problem);
  }

  /// Something wrong with a whole line; `line` counts from 1.
  static TimetableException inLine(String file, long line, String problem) {
    return new TimetableException(file, line, "", file + ", line " + line + ": " + problem);
  }

  /// Something wrong with one value. `column` is the name in the header, or the number from 1 where
  /// the header is not read yet.
  static TimetableException inColumn(String file, long line, String column, String problem) {
    return new TimetableException(
        file, line, column, file + ", line " + line + ", column " + column + ": " + problem);
  }

  /// A value from a feed, fit for a message: in double quotes, on one line and not too long.
  static String quoted(String value) {
    boolean isLong = value.length() > SHOWN_CHARS;
    String shown = isLong ? value.substring(0, SHOWN_CHARS) : value;
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      text.append(isPrintable(c) ? c : '\uFFFD');
    }
    return text.append(isLong ? "…\"" : "\"").toString();
  }

  private static boolean isPrintable(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  /// The file, or the path of the feed, that is wrong; empty when it is no single file.
  public String file() {
    return file;
  }

  /// The line in [#file], counted from 1; 0 when it is no single line.
  public long line() {
    return line;
  }

  /// The column's name, or its number where the header is not read yet; empty when it is no single
  /// column.
  public String column() {
    return column;
  }
}
