package io.euryale.platform;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts the connections that others opened to one core, and says which are too many.
///
/// Connections without a hello are limited whoever opens them. Those from other machines stay
/// limited after their hello, by address and together: a hello proves nothing, so it must not
/// give a stranger more than silence would. This machine has one address for all its peers, which
/// is why that limit is not for loopback. Belongs to the loop of its home.
final class Guests {

  private final LinkSettings settings;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int strangers;
  private int guests;

  Guests(LinkSettings settings) {
    this.settings = settings;
  }

  /// Counts a new connection, unless it is one too many.
  ///
  /// @return why it is refused, or null
  @Nullable Rejection admit(InetAddress address) {
    if (strangers >= settings.strangerCount()) {
      return Rejection.TOO_MANY_STRANGERS;
    }
    if (!address.isLoopbackAddress()) {
      int same = byAddress.getOrDefault(address, 0);
      if (same >= settings.addressCount()) {
        return Rejection.TOO_MANY_OF_ADDRESS;
      }
      if (guests >= settings.guestCount()) {
        return Rejection.TOO_MANY_GUESTS;
      }
      byAddress.put(address, same + 1);
      guests++;
    }
    strangers++;
    return null;
  }

  /// An admitted connection has said its hello.
  void introduced() {
    strangers--;
  }

  /// An admitted connection has ended.
  ///
  /// @param introduced whether it had said its hello
  void left(InetAddress address, boolean introduced) {
    if (!introduced) {
      strangers--;
    }
    if (!address.isLoopbackAddress()) {
      guests--;
      byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}
