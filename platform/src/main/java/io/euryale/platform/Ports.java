package io.euryale.platform;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Where others reach one core: a listener for links and, for cores that take them, a socket for
/// datagrams on the same port number. Opened by any thread, then of the loop of the home.
final class Ports {

  /// Free UDP ports that are tried until the TCP port of the same number is free as well.
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
    home.reach().requireToListen(host);
    Listener opened = Listener.open(home, Loopback.address(host, port));
    listener = opened;
    return opened.port();
  }

  /// Opens the port for links and datagrams; otherwise as [#open].
  int openWithDatagrams(String host, int port) {
    if (home.keys() == null) {
      home.reach().require(host);
    } else {
      home.reach().requireToListen(host); // Others are told which address to use.
    }
    for (int tries = 1; ; tries++) {
      // First the socket that is closed at once when the other cannot be had.
      Datagrams received = datagrams(Loopback.address(host, port));
      try {
        int number = received.port();
        listener = Listener.open(home, Loopback.address(host, number));
        datagrams = received;
        return number;
      } catch (PlatformException e) {
        received.close();
        if (port != 0 || tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private Datagrams datagrams(InetSocketAddress address) {
    try {
      return Datagrams.open(home, calls, address);
    } catch (IOException e) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT, Datagrams.describe(home.trafficClass(), address, e));
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
