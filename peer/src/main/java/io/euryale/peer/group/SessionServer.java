package io.euryale.peer.group;

import io.euryale.client.wire.SessionFrame;
import io.euryale.peer.RefusedException;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sessions of applications in other processes, on a Unix domain socket that only the user of this
/// process (and root) may use. The protocol stands at [io.euryale.client.wire].
///
/// Each session has a virtual thread that reads; what is delivered is written by the threads of
/// its memberships, which wait for a slow session, so that the senders to its groups are throttled
/// and memory stays bounded. A session that does not read is never cut; one that breaks the
/// protocol is, and the reason is counted.
final class SessionServer {

  private static final Logger LOG = LoggerFactory.getLogger(SessionServer.class);

  private final GroupPeer peer;
  private final NamedClasses named;
  private final SessionSettings settings;
  private final Path path;
  private final ServerSocketChannel channel;
  private final UserPrincipal owner;
  private final Set<GroupSession> open = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> closed = new TreeMap<>();
  private long accepted;
  private volatile boolean isClosing;

  /// @param channel at the path of the settings; closed by this
  /// @throws RefusedException when the socket cannot be used
  static SessionServer open(
      GroupPeer peer, NamedClasses named, SessionSettings settings, ServerSocketChannel channel) {
    Path path = Path.of(settings.socket());
    try {
      SessionServer server =
          new SessionServer(peer, named, settings, path, channel, Files.getOwner(path));
      Thread.ofVirtual().name("euryale-sessions").start(server::accept);
      return server;
    } catch (IOException e) {
      throw new RefusedException(
          RefusedException.Reason.ADDRESS,
          "The socket of the sessions, '" + path + "', cannot be used (" + e.getMessage() + ").",
          e);
    }
  }

  private SessionServer(
      GroupPeer peer,
      NamedClasses named,
      SessionSettings settings,
      Path path,
      ServerSocketChannel channel,
      UserPrincipal owner) {
    this.peer = peer;
    this.named = named;
    this.settings = settings;
    this.path = path;
    this.channel = channel;
    this.owner = owner;
  }

  private void accept() {
    while (!isClosing) {
      try {
        SocketChannel connection = channel.accept();
        synchronized (this) {
          accepted++;
        }
        GroupSession session = new GroupSession(this, connection);
        open.add(session);
        if (!isOwner(connection)) {
          session.end("other user");
        } else if (open.size() > settings.count()) {
          session.refuse(
              "TOO_MANY",
              "This peer has as many sessions as its settings allow; try again later.",
              "too many sessions");
        } else {
          session.start();
        }
      } catch (IOException e) {
        if (!isClosing) {
          LOG.warn("A session could not be accepted: {}", e.getMessage());
        }
        if (!channel.isOpen()) {
          return;
        }
      }
    }
  }

  private boolean isOwner(SocketChannel connection) {
    try {
      UserPrincipal user = connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      return user.equals(owner) || user.getName().equals("root");
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }

  GroupPeer peer() {
    return peer;
  }

  NamedClasses named() {
    return named;
  }

  SessionSettings settings() {
    return settings;
  }

  void ended(GroupSession session, String reason) {
    if (open.remove(session)) {
      synchronized (this) {
        closed.merge(reason, 1L, Long::sum);
      }
      FlightEvents.SessionClosed written = new FlightEvents.SessionClosed();
      written.peer = peer.self().id().toString();
      written.application = session.application();
      written.reason = reason;
      written.commit();
    }
  }

  void primaryChanged() {
    for (GroupSession session : open) {
      session.tellPrimary();
    }
  }

  /// Takes no more sessions, and tells those that are open; they are ended by [#kill].
  void close() {
    stopAccepting();
    open.forEach(session -> session.writeSoon(new SessionFrame.Closing("the peer is closing")));
  }

  private void stopAccepting() {
    if (!isClosing) {
      isClosing = true;
      SocketPath.close(path, channel);
    }
  }

  void kill() {
    stopAccepting();
    open.forEach(session -> session.end("the peer ended"));
  }

  GroupPeerStatus.Sessions status() {
    int slow = (int) open.stream().filter(GroupSession::isSlow).count();
    synchronized (this) {
      return new GroupPeerStatus.Sessions(open.size(), accepted, slow, Map.copyOf(closed));
    }
  }
}
