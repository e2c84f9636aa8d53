package io.euryale.platform;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.wire.Frames;
import io.euryale.platform.keys.Credentials;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The links of one core: those that are up by their number, those that are dialled, and the
/// connections that carry them or may do so once they have said hello. Belongs to the loop of its
/// home.
final class Links {

  private final NettyHome home;
  private final CoreCalls calls;
  private final Guests guests;
  private final Bootstrap dialling;
  private final LongMap<Connection> up = new LongMap<>();
  private final LongMap<Dial> dials = new LongMap<>();
  private final Set<Connection> connections = new LinkedHashSet<>();
  private final List<Connection> unflushed = new ArrayList<>();
  private int lastLink;

  Links(NettyHome home, CoreCalls calls) {
    this.home = home;
    this.calls = calls;
    LinkKeys keys = home.keys();
    this.guests =
        new Guests(
            home.settings(), keys == null ? new PerAddress() : keys.strangers(), keys != null);
    this.dialling = home.loop().dialling(home.settings().helloTimeout());
  }

  // ---------------------------------------------------------------- for the core

  boolean send(int link, ByteBuffer frame) {
    Connection connection = up.get(link);
    return connection != null && Frames.isLength(frame.remaining()) && connection.send(frame);
  }

  int connect(Endpoint remote) {
    int link = newLink();
    Dial dial = new Dial(home, link, remote);
    dials.put(link, dial);
    home.timers().set(dial, Loops.nowNanos());
    return link;
  }

  void disconnect(int link) {
    Connection connection = up.remove(link);
    if (connection != null) {
      connection.drain();
    }
    Dial dial = dials.remove(link);
    if (dial != null) {
      dial.cancel();
    }
  }

  /// The end of a turn: everything leaves, in the order in which links were first written to.
  void flush() {
    for (int i = 0; i < unflushed.size(); i++) {
      unflushed.get(i).flush();
    }
    unflushed.clear();
  }

  // ---------------------------------------------------------------- for dials and connections

  int newLink() {
    return ++lastLink;
  }

  Guests guests() {
    return guests;
  }

  ChannelFuture dial(Connection connection, InetSocketAddress address) {
    return dialling.clone().handler(connection).connect(address);
  }

  void dialFailed(Dial dial, String reason) {
    if (!home.isStopped()) {
      home.counters().dialFailed();
      calls.dialFailed(dial.link(), reason);
    }
  }

  void unflushed(Connection connection) {
    home.openTurn();
    unflushed.add(connection);
  }

  void opened(Connection connection) {
    connections.add(connection);
  }

  void removed(Connection connection) {
    connections.remove(connection);
  }

  void frameArrived(int link, ByteBuffer body) {
    calls.frame(link, body);
  }

  void linkUp(Connection connection, Hello remote) {
    if (home.isStopped()) {
      return;
    }
    Dial dial = connection.dial();
    if (dial != null) {
      dial.up(Loops.nowNanos());
    }
    up.put(connection.link(), connection);
    calls.linkUp(connection.link(), remote);
  }

  /// The end of a connection: `linkDown` when the core knew the link and did not close it itself.
  void ended(Connection connection) {
    if (home.isStopped()) {
      return;
    }
    Dial dial = connection.dial();
    boolean known = connection.wasUp() && up.get(connection.link()) == connection;
    if (known) {
      up.remove(connection.link());
    }
    if (dial != null && !connection.wasUp()) {
      dial.failed(connection.reason());
    } else if (dial != null && known) {
      dial.down(Loops.nowNanos());
    }
    if (known) {
      calls.linkDown(connection.link(), connection.reason());
    }
  }

  /// Asks anew whether the other sides of all links would be believed, and ends those that would
  /// not. What takes time happens on the thread of handshakes.
  void recheck(Credentials credentials) {
    List<Connection> certified = new ArrayList<>();
    for (Connection connection : connections) {
      if (connection.wasUp() && !connection.chain().isEmpty()) {
        certified.add(connection);
      }
    }
    home.loop()
        .handshakes()
        .execute(
            () -> {
              for (Connection connection : certified) {
                try {
                  credentials.check(connection.chain());
                } catch (CertificateException _) {
                  boolean _ = home.execute(_ -> connection.distrust());
                }
              }
            });
  }

  // ---------------------------------------------------------------- the end

  /// Resets the links with peers that were cut off.
  void resetCutOff() {
    for (Connection connection : List.copyOf(connections)) {
      if (home.greeting().isCutOff(connection.remoteName())) {
        connection.reset();
      }
    }
  }

  /// No more dials, and the core knows no link any more; the connections stay as they are.
  void stop() {
    dials.forEach(home.timers()::cancel);
    up.clear();
  }

  void reset() {
    List.copyOf(connections).forEach(Connection::reset);
  }

  /// Sends what is queued, then closes.
  ///
  /// @return the connections that still have to end; a live view
  Set<Connection> drain() {
    List.copyOf(connections).forEach(Connection::drain);
    return connections;
  }
}
