package io.euryale.peer.group;

import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.PlatformException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The socket of the sessions in the file system: only its owner may use it.
final class SocketPath {

  private static final Logger LOG = LoggerFactory.getLogger(SocketPath.class);

  /// What fits into the address of a Unix domain socket.
  private static final int MAX_BYTES = 107;

  private SocketPath() {}

  /// Opens the socket; one left behind by a life before is replaced.
  ///
  /// @throws RefusedException when the path cannot be used
  static ServerSocketChannel listen(Path path) {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_BYTES) {
      throw refused(
          Reason.INVALID,
          path,
          "has a path of "
              + length
              + " bytes, and no more than "
              + MAX_BYTES
              + " are possible:"
              + " choose a shorter one");
    }
    checkDirectory(path);
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        removeLeftover(path);
      }
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(path));
      // Until here another user's connection could be queued; its credentials are checked.
      Files.setPosixFilePermissions(
          path, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
      return channel;
    } catch (IOException | UnsupportedOperationException e) {
      throw refused(
          Reason.ADDRESS,
          path,
          "cannot be opened ("
              + (e instanceof IOException io ? PlatformException.reason(io) : e.getMessage())
              + ")");
    }
  }

  /// Closes and removes it.
  static void close(Path path, ServerSocketChannel channel) {
    try {
      channel.close();
      boolean _ = Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("The socket '{}' could not be removed: {}", path, e.getMessage());
    }
  }

  private static void checkDirectory(Path path) {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw refused(Reason.INVALID, path, "lies in a directory that does not exist: make it first");
    }
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
      boolean isOpen =
          permissions.contains(PosixFilePermission.OTHERS_WRITE)
              || permissions.contains(PosixFilePermission.GROUP_WRITE);
      Object mode = Files.getAttribute(directory, "unix:mode");
      boolean isSticky = mode instanceof Integer bits && (bits & 01000) != 0;
      if (isOpen && !isSticky) {
        throw refused(
            Reason.INVALID,
            path,
            "lies in a directory that others may write to, who could replace it: chmod 700 "
                + directory
                + ", or choose another one");
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      throw refused(Reason.ADDRESS, path, "lies in a directory that cannot be checked (" + e + ")");
    }
  }

  private static void removeLeftover(Path path) throws IOException {
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isSymbolicLink(path)) {
      throw refused(Reason.INVALID, path, "is there already and is no socket: choose another path");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      boolean _ = probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException _) {
      Files.delete(path); // Nobody listens.
      return;
    }
    throw refused(
        Reason.ADDRESS, path, "is in use by another process: choose another path, or end it");
  }

  private static RefusedException refused(Reason reason, Path path, String what) {
    return new RefusedException(
        reason, "The socket of the sessions, '" + path + "', " + what + ".");
  }
}
