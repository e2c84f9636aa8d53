package io.euryale.console;

/// Text that came from somewhere else, for a terminal.
final class Plain {

  private static final char REPLACEMENT = '\uFFFD';

  private Plain() {}

  /// The text with everything replaced that could steer a terminal or turn the direction of what is
  /// read: control characters, line ends among them, and marks for writing from right to left.
  static String text(String from) {
    StringBuilder plain = new StringBuilder(from.length());
    for (int i = 0; i < from.length(); i++) {
      char c = from.charAt(i);
      plain.append(Character.isISOControl(c) || turns(c) ? REPLACEMENT : c);
    }
    return plain.toString();
  }

  private static boolean turns(char c) {
    return c == '\u061C'
        || c == '\u200E'
        || c == '\u200F'
        || (c >= '\u2028' && c <= '\u202E')
        || (c >= '\u2066' && c <= '\u2069');
  }
}
