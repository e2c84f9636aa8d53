package io.euryale.console;

import io.euryale.kernel.PeerName;
import io.euryale.overlay.OverlayStatus;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale overlay drain`: takes a peer out of service.
@Command(
    name = "drain",
    header = "Let a peer leave without a gap in any stream, and end.",
    description = {
      "The peer sends its sensors, near clients and peers below to others of its cell, leaves the"
          + " cell, hands on the packets it holds, and its process ends when no other peer runs in"
          + " it.",
      "Waits until the peer is gone from the overlay. Exit code 1 means that it was not in time."
    },
    footer = {"", "Example: euryale overlay drain b1 --join 127.0.0.1:7400"})
final class OverlayDrainCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(200);

  @Parameters(paramLabel = "PEER", description = "Name of the peer.")
  String peer = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "15s",
      description = "How long to wait for its end (default: ${DEFAULT-VALUE}).")
  Duration timeout = Duration.ofSeconds(15);

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (Loops loops = new Loops();
        Client client = edge.client(loops, null)) {
      OverlayStatus before = client.status(edge.connectTimeout);
      client.drain(OverlayCommand.member(before, peer).peer());
      long deadlineNanos = System.nanoTime() + timeout.toNanos();
      while (true) {
        OverlayStatus status = client.status(edge.connectTimeout);
        if (status.complete() && !lists(status)) {
          out.println("Peer " + peer + " has left.");
          out.flush();
          return ExitCode.DONE;
        }
        if (System.nanoTime() > deadlineNanos) {
          out.println("Peer " + peer + " has not left within " + timeout.toMillis() + " ms.");
          out.flush();
          return ExitCode.MISSED;
        }
        Thread.sleep(LOOK.toMillis());
      }
    }
  }

  private boolean lists(OverlayStatus status) {
    return PeerName.isValid(peer)
        && status.cells().stream().anyMatch(cell -> cell.named(new PeerName(peer)) != null);
  }
}
