package io.euryale.lighttrain.timetable;

/// Times of a feed: `H:MM:SS` with one to three digits for the hour, counted from the start of the
/// service day and free to pass 24:00:00.
final class GtfsTime {

  /// Hours are below this: no train runs longer than a week.
  static final int HOUR_LIMIT = 168;

  private GtfsTime() {}

  /// Seconds after the start of the service day, 0 to 604,799; -1 if `text` is not a time.
  static int parse(String text) {
    int colon = text.length() - 6;
    if (colon < 1 || colon > 3 || text.charAt(colon) != ':' || text.charAt(colon + 3) != ':') {
      return -1;
    }
    int hours = digits(text, 0, colon);
    int minutes = digits(text, colon + 1, colon + 3);
    int seconds = digits(text, colon + 4, colon + 6);
    boolean isTime =
        hours >= 0
            && hours < HOUR_LIMIT
            && minutes >= 0
            && minutes < 60
            && seconds >= 0
            && seconds < 60;
    return isTime ? (hours * 60 + minutes) * 60 + seconds : -1;
  }

  /// `seconds` after the start of the service day as `HH:MM:SS`.
  static String format(int seconds) {
    int minutes = seconds / 60;
    return twoDigits(minutes / 60) + ':' + twoDigits(minutes % 60) + ':' + twoDigits(seconds % 60);
  }

  private static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  private static int digits(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
