package io.euryale.platform;

import java.io.IOException;
import java.net.NoRouteToHostException;
import java.util.Locale;

/// Why the machine did not take a datagram; each reason is counted by itself, none is logged: a
/// partition refuses thousands a second.
public enum Unsent {
  /// The buffers of the socket or the interface are full.
  FULL,
  /// A packet filter forbids it.
  DENIED,
  /// No route leads there, or the interface is down.
  UNREACHABLE,
  /// Longer than a datagram can be on this way.
  TOO_LONG,
  /// The handle leads nowhere: given back, no port, not an IP address, beyond the home's reach, or
  /// another version of IP than the socket's.
  NO_ADDRESS,
  /// Anything else.
  FAILED;

  /// The JDK gives most errors of a socket one exception, so the text of the operating system must
  /// do; in another language the reason is [#FAILED], and nothing depends on it but a count.
  static Unsent of(IOException failure) {
    if (failure instanceof NoRouteToHostException) {
      return UNREACHABLE;
    }
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("not permitted") || text.contains("denied")) {
      return DENIED;
    }
    if (text.contains("unreachable") || text.contains("no route") || text.contains("is down")) {
      return UNREACHABLE;
    }
    if (text.contains("too long") || text.contains("too large")) {
      return TOO_LONG;
    }
    return text.contains("buffer space") ? FULL : FAILED;
  }
}
