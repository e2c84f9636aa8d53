package io.euryale.console;

import picocli.CommandLine.Command;

/// `euryale group`: members of a group overlay, and what applications do with them.
@Command(
    name = "group",
    header = "Run group members, and join, send and look through them.",
    description = {
      "Members agree on configurations; named groups of applications send messages in one order."
          + " Start with 'euryale group demo', which needs nothing.",
      "All but peer, keys and demo go through the socket of a peer on this machine: --socket PATH,"
          + " or the environment variable EURYALE_SOCKET."
    },
    subcommands = {
      GroupDemoCommand.class,
      GroupPeerCommand.class,
      GroupKeysCommand.class,
      GroupJoinCommand.class,
      GroupSendCommand.class,
      GroupMembersCommand.class,
      GroupMonitorCommand.class,
      GroupPrimaryCommand.class,
      GroupStatusCommand.class,
      GroupFloodCommand.class
    })
final class GroupCommand {

  private GroupCommand() {}
}
