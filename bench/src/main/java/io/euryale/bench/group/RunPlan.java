package io.euryale.bench.group;

import io.euryale.group.Service;
import java.time.Duration;

/// A run before it has a number and a time.
///
/// @param ratePerSecond of all senders together; 0: as fast as the system takes them
/// @param senders how many members send; 0: all
/// @param window see [RunOrder#window]
record RunPlan(
    Service service,
    int bytes,
    double ratePerSecond,
    int senders,
    int window,
    Duration lead,
    Duration length) {

  RunOrder order(int run, int members, long startNanos) {
    int sending = senders == 0 ? members : Math.min(senders, members);
    long phase = ratePerSecond == 0 ? 0 : Math.round(1e9 / ratePerSecond);
    return new RunOrder(
        run,
        service,
        bytes,
        startNanos,
        lead.toNanos(),
        length.toNanos(),
        phase * sending,
        phase,
        sending,
        window);
  }
}
