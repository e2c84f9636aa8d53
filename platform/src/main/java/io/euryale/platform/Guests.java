package io.euryale.platform;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Counts the connections that others opened to one core, and says which are too many.
///
/// Connections without a hello are limited whoever opens them, those from other machines also by
/// address and together. Where a hello proves nothing, it must not give a stranger more than
/// silence would: there the latter stay limited after their hello. This machine has one address
/// for all its peers, which is why that limit is not for loopback. Belongs to the loop of its home.
final class Guests {

  private final LinkSettings settings;
  private final PerAddress addresses;
  private int strangers;
  private final boolean provable;
  private int guests;

  /// @param addresses connections by address; those of all classes of a peer where a hello proves
  /// who says it, so that strangers have no more for knowing four ports
  /// @param provable whether a hello proves who says it
  Guests(LinkSettings settings, PerAddress addresses, boolean provable) {
    this.settings = settings;
    this.addresses = addresses;
    this.provable = provable;
  }

  /// Counts a new connection, unless it is one too many.
  ///
  /// @return why it is refused, or null
  @Nullable Rejection admit(InetAddress address) {
    if (strangers >= settings.strangerCount()) {
      return Rejection.TOO_MANY_STRANGERS;
    }
    if (!address.isLoopbackAddress()) {
      if (!addresses.enter(address, settings.addressCount())) {
        return Rejection.TOO_MANY_OF_ADDRESS;
      }
      if (guests >= settings.guestCount()) {
        addresses.leave(address);
        return Rejection.TOO_MANY_GUESTS;
      }
      guests++;
    }
    strangers++;
    return null;
  }

  /// An admitted connection has said its hello.
  void introduced(InetAddress address) {
    strangers--;
    if (provable) {
      leave(address);
    }
  }

  /// An admitted connection has ended.
  ///
  /// @param introduced whether it had said its hello
  void left(InetAddress address, boolean introduced) {
    if (!introduced) {
      strangers--;
    }
    if (!introduced || !provable) {
      leave(address);
    }
  }

  private void leave(InetAddress address) {
    if (!address.isLoopbackAddress()) {
      guests--;
      addresses.leave(address);
    }
  }
}
