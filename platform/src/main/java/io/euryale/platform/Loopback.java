package io.euryale.platform;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Tells this machine's own addresses from all others.
///
/// Without keys a hello is only a claim: anybody who reaches a port could join as anybody. So links
/// stay on this machine, unless what matters is proved otherwise: see [Reach].
public final class Loopback {

  private Loopback() {}

  /// Whether `host` is `localhost` or a literal loopback address (`127.0.0.0/8`, `::1`).
  public static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// Does nothing when `host` [#isLoopback].
  ///
  /// @throws PlatformException with exit code 2 when `host` is not a loopback address
  public static void require(String host) {
    if (!isLoopback(host)) {
      throw new PlatformException(PlatformException.BAD_USAGE, refusal(host));
    }
  }

  static String refusal(String host) {
    return "Host '"
        + host
        + "' is not a loopback address, and links beyond this machine need keys: use 127.0.0.1, or"
        + " make keys with 'euryale keys'.";
  }

  /// The address of `localhost` or a literal address.
  static InetSocketAddress address(String host, int port) {
    InetAddress address = InetAddress.ofLiteral(host.equals("localhost") ? "127.0.0.1" : host);
    return new InetSocketAddress(address, port);
  }
}
