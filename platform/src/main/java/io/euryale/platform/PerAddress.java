package io.euryale.platform;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// How many connections each address of another machine has. This machine has one address for all
/// its processes, so loopback is not counted. A machine with IPv6 usually has as many addresses as
/// it likes in one network of 64 bits, so those count as one. Any thread.
final class PerAddress {

  private static final int IPV6_NETWORK_BYTES = 8;

  private final ConcurrentMap<ByteBuffer, Integer> counts = new ConcurrentHashMap<>();

  /// Counts one more, unless there are `most` already.
  boolean enter(InetAddress address, int most) {
    if (address.isLoopbackAddress()) {
      return true;
    }
    boolean[] enters = {true};
    Integer _ =
        counts.compute(
            key(address),
            (_, count) -> {
              int now = count == null ? 0 : count;
              enters[0] = now < most;
              return enters[0] ? Integer.valueOf(now + 1) : count;
            });
    return enters[0];
  }

  /// One that was counted has ended, or is not to be counted any more.
  void leave(InetAddress address) {
    Integer _ = counts.computeIfPresent(key(address), (_, count) -> count == 1 ? null : count - 1);
  }

  private static ByteBuffer key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, IPV6_NETWORK_BYTES));
  }
}
