package io.euryale.platform;

import java.net.InetAddress;

/// Where a home may listen and whom it may reach; follows from what its core can prove.
public enum Reach {

  /// This machine only. Nothing proves who speaks, so nobody from elsewhere may: `localhost`,
  /// `127.0.0.0/8` and `::1`.
  LOOPBACK,

  /// One address of this machine, for homes with [LinkKeys], whose links are sealed and prove who
  /// speaks, and for cores whose datagrams are sealed with keys: a datagram then proves who sent
  /// it, and a stranger's is dropped by the core.
  ///
  /// Without [LinkKeys] links are not sealed. A hello is a claim, so a core with this reach must
  /// take no link and no frame for more than a hint that it verifies by datagrams. What a
  /// stranger gets at the port
  /// of the links is to be refused: no hello within [LinkSettings#helloTimeout], another overlay
  /// or class, more connections than [LinkSettings#strangerCount],
  /// [LinkSettings#addressCount] and [LinkSettings#guestCount] allow. One who knows the name of
  /// the overlay can hold that many links, each with 16 KiB of memory at most.
  KEYED;

  /// Whether a core with this reach may listen on, dial and send to `host`. Names other than
  /// `localhost` are refused without being looked up, because a name may point elsewhere a moment
  /// later and a look-up would block a loop.
  public boolean allows(String host) {
    if (Loopback.isLoopback(host)) {
      return true;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      return this == KEYED && !address.isAnyLocalAddress() && !address.isMulticastAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// Does nothing when a core with this reach may listen at `host`: like [#require], and with keys
  /// also at all addresses of the machine (`0.0.0.0`, `::`), when others are told which one to use.
  ///
  /// @throws PlatformException with exit code 2 when it may not
  public void requireToListen(String host) {
    if (this != KEYED || !isAnyAddress(host)) {
      require(host);
    }
  }

  private static boolean isAnyAddress(String host) {
    try {
      return InetAddress.ofLiteral(host).isAnyLocalAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// Does nothing when `host` is allowed.
  ///
  /// @throws PlatformException with exit code 2 when it is not
  public void require(String host) {
    if (!allows(host)) {
      throw new PlatformException(
          PlatformException.BAD_USAGE,
          this == LOOPBACK
              ? Loopback.refusal(host)
              : "Host '"
                  + host
                  + "' is not one address that others can reach: write an IP address of this"
                  + " machine, such as 192.0.2.1; with 0.0.0.0 or '::' a peer also needs the"
                  + " address to advertise.");
    }
  }

  /// Why a link to a host that is not allowed is not dialled.
  Rejection refusal() {
    return this == LOOPBACK ? Rejection.NOT_LOOPBACK : Rejection.NOT_AN_ADDRESS;
  }
}
