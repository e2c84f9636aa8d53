package io.euryale.lab.group;

/// Reads numbers out of texts that anybody may have written.
final class Numbers {

  private static final int MOST_DIGITS = 18;

  private Numbers() {}

  /// The decimal number between two places of a text, or -1 when there is none, or one of more than
  /// 18 digits.
  static long parse(String text, int from, int to) {
    if (from >= to || to - from > MOST_DIGITS) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
