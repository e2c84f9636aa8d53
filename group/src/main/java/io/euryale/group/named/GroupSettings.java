package io.euryale.group.named;

import io.euryale.kernel.settings.Setting;

/// Limits of named groups. `groupsPerPeer` and `membersPerGroup` decide what is ignored at its
/// place in the order, so they have to be equal at all peers, as the rights have; the peers compare
/// them at every change of the configuration.
public record GroupSettings(
    @Setting(
            about = "Memberships of all applications of one peer; more joins are refused.",
            byDefault = "10000",
            min = "1",
            max = "100000")
        int groupsPerPeer,
    @Setting(
            about = "Members of one group; more joins are refused everywhere.",
            byDefault = "10000",
            min = "1",
            max = "100000")
        int membersPerGroup,
    @Setting(
            about = "Largest application message; larger ones are refused.",
            byDefault = "512KiB",
            min = "1KiB",
            max = "1000KiB")
        long messageBytes,
    @Setting(
            about =
                "What an application may have waiting to be sent to one group; small values refuse"
                    + " bursts, large ones cost memory for each group in use.",
            byDefault = "1MiB",
            min = "64KiB",
            max = "64MiB")
        long groupQueueBytes,
    @Setting(
            about = "What all applications of the peer may have waiting to be sent.",
            byDefault = "16MiB",
            min = "64KiB",
            max = "1GiB")
        long queueBytes,
    @Setting(
            about =
                "What is handed to the ordering layer and has not left it; it is sent twice when the"
                    + " configuration changes meanwhile.",
            byDefault = "256KiB",
            min = "16KiB",
            max = "16MiB")
        long unsentBytes,
    @Setting(
            about =
                "What one peer may send to one group before the slowest receiving peer says that it"
                    + " took it; bounds what a paused application makes its host keep.",
            byDefault = "1MiB",
            min = "64KiB",
            max = "64MiB")
        long windowBytes,
    @Setting(
            about = "Piece of application state in one message.",
            byDefault = "16KiB",
            min = "1KiB",
            max = "512KiB")
        long stateChunkBytes,
    @Setting(
            about = "Chunks on their way to one receiver; more are faster and hold more memory.",
            byDefault = "8",
            min = "1",
            max = "256")
        int stateWindow,
    @Setting(
            about =
                "Messages kept for a member while its state comes; at half of it the senders are"
                    + " throttled, beyond it the transfer begins anew at a later point.",
            byDefault = "8MiB",
            min = "64KiB",
            max = "1GiB")
        long stateBufferBytes,
    @Setting(
            about = "Times a state transfer is begun before the member is told that it failed.",
            byDefault = "5",
            min = "1",
            max = "100")
        int stateAttempts) {

  /// The defaults.
  public static final GroupSettings DEFAULT =
      new GroupSettings(
          10_000, 10_000, 512 << 10, 1 << 20, 16 << 20, 256 << 10, 1 << 20, 16 << 10, 8, 8 << 20,
          5);

  public GroupSettings {
    range("groupsPerPeer", groupsPerPeer, 1, 100_000);
    range("membersPerGroup", membersPerGroup, 1, 100_000);
    range("messageBytes", messageBytes, 1 << 10, 1000 << 10);
    range("groupQueueBytes", groupQueueBytes, 64 << 10, 64 << 20);
    range("queueBytes", queueBytes, 64 << 10, 1 << 30);
    range("unsentBytes", unsentBytes, 16 << 10, 16 << 20);
    range("windowBytes", windowBytes, 64 << 10, 64 << 20);
    range("stateChunkBytes", stateChunkBytes, 1 << 10, 512 << 10);
    range("stateWindow", stateWindow, 1, 256);
    range("stateBufferBytes", stateBufferBytes, 64 << 10, 1 << 30);
    range("stateAttempts", stateAttempts, 1, 100);
  }

  private static void range(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " is between " + min + " and " + max + ", not " + value);
    }
  }
}
