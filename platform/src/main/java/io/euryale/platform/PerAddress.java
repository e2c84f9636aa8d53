package io.euryale.platform;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// How many connections each address of another machine has. This machine has one address for all
/// its processes, so loopback is not counted. Any thread.
final class PerAddress {

  private final ConcurrentMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

  /// Counts one more, unless there are `most` already.
  boolean enter(InetAddress address, int most) {
    if (address.isLoopbackAddress()) {
      return true;
    }
    boolean[] enters = {true};
    Integer _ =
        counts.compute(
            address,
            (_, count) -> {
              int now = count == null ? 0 : count;
              enters[0] = now < most;
              return enters[0] ? Integer.valueOf(now + 1) : count;
            });
    return enters[0];
  }

  /// One that was counted has ended, or is not to be counted any more.
  void leave(InetAddress address) {
    Integer _ = counts.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }
}
