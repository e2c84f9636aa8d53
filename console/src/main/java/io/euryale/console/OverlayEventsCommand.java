package io.euryale.console;

import io.euryale.kernel.PeerRef;
import io.euryale.overlay.CellView;
import io.euryale.overlay.LoggedEvent;
import io.euryale.overlay.OverlayStatus;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale overlay events`: what happened.
@Command(
    name = "events",
    header = "Print what happened to the places of peers, the oldest first.",
    description = {
      "Each peer remembers its last 256 events: joins, suspicions, lost parents, take-overs, merges"
          + " with their times, broken promises, drains. Ages are those the peers tell, so lines of"
          + " different peers can be a little out of order.",
      "Exit code 1 means that a peer asked did not answer."
    },
    footer = {"", "Example: euryale overlay events b1,b2 --follow --join 127.0.0.1:7400"})
final class OverlayEventsCommand implements Callable<Integer> {

  /// Peers asked when none is named.
  private static final int MOST_PEERS = 64;

  private static final Duration PERIOD = Duration.ofMillis(500);

  private record Line(PeerRef peer, LoggedEvent event) {}

  @Parameters(
      paramLabel = "PEER",
      split = ",",
      arity = "0..*",
      description = "Names of peers; all, up to 64, when not given.")
  List<String> peers = new ArrayList<>();

  @Option(names = "--follow", description = "Go on until interrupted.")
  boolean follow;

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (Shutdown shutdown = new Shutdown();
        Loops loops = new Loops();
        Client client = edge.client(loops, null)) {
      List<PeerRef> asked = asked(client.status(edge.connectTimeout));
      Map<PeerRef, Long> known = new HashMap<>();
      boolean silent = false;
      do {
        List<Line> lines = new ArrayList<>();
        for (PeerRef peer : asked) {
          List<LoggedEvent> events = client.events(peer, known.getOrDefault(peer, 0L));
          silent |= events.isEmpty() && !known.containsKey(peer);
          events.forEach(event -> lines.add(new Line(peer, event)));
          if (!events.isEmpty()) {
            known.put(peer, events.getLast().sequence());
          }
        }
        lines.sort(Comparator.comparingLong((Line line) -> -line.event().ageMillis()));
        lines.forEach(line -> print(out, line));
        out.flush();
      } while (follow && !out.checkError() && !shutdown.await(PERIOD));
      return shutdown.finish(silent ? ExitCode.MISSED : ExitCode.DONE);
    }
  }

  private List<PeerRef> asked(OverlayStatus status) {
    if (!peers.isEmpty()) {
      return peers.stream().map(name -> OverlayCommand.member(status, name).peer()).toList();
    }
    return status.cells().stream()
        .map(CellView::peers)
        .flatMap(List::stream)
        .limit(MOST_PEERS)
        .toList();
  }

  private void print(PrintWriter out, Line line) {
    LoggedEvent event = line.event();
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("peer", line.peer().name().value());
      document.put("sequence", event.sequence());
      document.put("ageMillis", event.ageMillis());
      document.put("event", event.event());
      document.put("text", event.text());
      out.println(Json.line(document));
    } else {
      out.printf(
          "%9.1f s ago  %-12s %-14s %s%n",
          event.ageMillis() / 1_000.0, line.peer().name(), event.event(), event.text());
    }
  }
}
