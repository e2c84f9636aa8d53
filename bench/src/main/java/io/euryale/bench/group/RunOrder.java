package io.euryale.bench.group;

import io.euryale.group.Service;
import java.util.Locale;

/// What all members of a crew do in one run, as the line that tells them.
///
/// @param run tells runs apart; from 1
/// @param service of all messages
/// @param bytes of each message
/// @param startNanos when the first message is due, on the clock of this machine
/// @param leadNanos after the start, in which nothing is measured
/// @param lengthNanos what is measured after that
/// @param intervalNanos between two messages of one sender; 0: as fast as the system takes them
/// @param phaseNanos by which sender i+1 is later than sender i
/// @param senders members 0 to this many less one send
/// @param window own messages not yet delivered to the sender at which it waits; 0: no limit but
///     the system's own
record RunOrder(
    int run,
    Service service,
    int bytes,
    long startNanos,
    long leadNanos,
    long lengthNanos,
    long intervalNanos,
    long phaseNanos,
    int senders,
    int window) {

  boolean isFlood() {
    return intervalNanos == 0;
  }

  long fromNanos() {
    return startNanos + leadNanos;
  }

  long toNanos() {
    return startNanos + leadNanos + lengthNanos;
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "run %d %s %d %d %d %d %d %d %d %d",
        run,
        service.name(),
        bytes,
        startNanos,
        leadNanos,
        lengthNanos,
        intervalNanos,
        phaseNanos,
        senders,
        window);
  }

  /// @param words of a line that [#line] made
  static RunOrder of(String[] words) {
    return new RunOrder(
        Integer.parseInt(words[1]),
        Service.valueOf(words[2]),
        Integer.parseInt(words[3]),
        Long.parseLong(words[4]),
        Long.parseLong(words[5]),
        Long.parseLong(words[6]),
        Long.parseLong(words[7]),
        Long.parseLong(words[8]),
        Integer.parseInt(words[9]),
        Integer.parseInt(words[10]));
  }
}
