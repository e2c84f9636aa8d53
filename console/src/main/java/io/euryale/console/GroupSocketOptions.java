package io.euryale.console;

import io.euryale.client.GroupClient;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command reaches the peer of this machine.
final class GroupSocketOptions {

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      defaultValue = "${env:EURYALE_SOCKET}",
      description =
          "Socket of the peer, as in its setting sessions.socket; the environment variable"
              + " EURYALE_SOCKET when not given.")
  @Nullable Path socket;

  @Option(
      names = "--application",
      paramLabel = "NAME",
      description =
          "Name by which rights and other members know this command; what it is and the process"
              + " number when not given.")
  @Nullable String application;

  /// Connects, and connects again for ten seconds when the connection is lost.
  ///
  /// @param what the name of a command that was given none begins with
  GroupClient connect(String what) {
    return connect(what, Duration.ofSeconds(10));
  }

  GroupClient connect(String what, Duration reconnectFor) {
    Path path = socket;
    if (path == null || path.toString().isEmpty()) {
      throw CommandException.usage(
          "There is no peer to go through: give --socket PATH, the setting sessions.socket of a peer"
              + " on this machine.");
    }
    String name = application == null ? what + "-" + ProcessHandle.current().pid() : application;
    return GroupClient.connect(path, name, reconnectFor);
  }
}
