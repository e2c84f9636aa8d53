package io.euryale.lighttrain.demo;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a fault did.
///
/// @param number of the fault, from 1
/// @param after when it was injected, after the start of the traffic
/// @param level of the peer that was meant, from the root's 0
/// @param kind `reset` or `SIGKILL`
/// @param peers that fell
/// @param longestDelayMillis the longest time that a packet came after its schedule, of those that
///     came after this fault and before the next
/// @param wholeAfterMillis when the overlay was whole again, after the fault; null when it was not
///     before the next fault or the end
record Recovery(
    int number,
    Duration after,
    int level,
    String kind,
    List<String> peers,
    double longestDelayMillis,
    @Nullable Double wholeAfterMillis) {

  Recovery {
    peers = List.copyOf(peers);
  }
}
