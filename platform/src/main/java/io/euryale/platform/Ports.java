package io.euryale.platform;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Where others reach one core: a listener for links and, for cores that take them, a socket for
/// datagrams on the same port number. Opened by any thread, then of the loop of the home.
final class Ports {

  /// Free TCP ports that are tried until the UDP port of the same number is free as well.
  private static final int TRIES = 32;

  private final NettyHome home;
  private final CoreCalls calls;
  private volatile @Nullable Listener listener;
  private volatile @Nullable Datagrams datagrams;

  Ports(NettyHome home, CoreCalls calls) {
    this.home = home;
    this.calls = calls;
  }

  /// Opens the port for links.
  ///
  /// @param port 0 for any free one
  /// @return the port
  /// @throws PlatformException when the host is beyond the home's reach or the port cannot be had
  int open(String host, int port) {
    home.reach().require(host);
    Listener opened = Listener.open(home, Loopback.address(host, port));
    listener = opened;
    return opened.port();
  }

  /// Opens the port for links and datagrams; otherwise as [#open].
  int openWithDatagrams(String host, int port) {
    home.reach().require(host);
    for (int tries = 1; ; tries++) {
      Listener opened = Listener.open(home, Loopback.address(host, port));
      InetSocketAddress address = Loopback.address(host, opened.port());
      try {
        datagrams = Datagrams.open(home, calls, address);
        listener = opened;
        return opened.port();
      } catch (IOException e) {
        opened.close();
        if (port != 0 || tries == TRIES) {
          throw new PlatformException(
              PlatformException.ENVIRONMENT, Datagrams.describe(home.trafficClass(), address, e));
        }
      }
    }
  }

  /// Lets in what waits, and what comes.
  void admit() {
    Datagrams received = datagrams;
    if (received != null) {
      received.receive();
    }
    Listener opened = listener;
    if (opened != null) {
      opened.accept();
    }
  }

  void close() {
    Listener opened = listener;
    if (opened != null) {
      opened.close();
    }
    Datagrams received = datagrams;
    if (received != null) {
      received.close();
    }
  }

  /// The datagram socket; null without one.
  @Nullable Datagrams datagrams() {
    return datagrams;
  }
}
