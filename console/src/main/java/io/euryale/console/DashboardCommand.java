package io.euryale.console;

import io.euryale.dashboard.AlarmWatch;
import io.euryale.dashboard.ClassWatch;
import io.euryale.dashboard.Controls;
import io.euryale.dashboard.DashboardServer;
import io.euryale.dashboard.Facts;
import io.euryale.dashboard.OverlayWatch;
import io.euryale.dashboard.Recoveries;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `euryale dashboard`: shows a running overlay in the browser.
@Command(
    name = "dashboard",
    header = "Show a running overlay in the browser: cells, streams, what failed.",
    description =
        "The page only watches. Ends at SIGINT or SIGTERM. For a city to watch and to break see"
            + " `euryale demo`.",
    footer = {"", "Example: euryale dashboard --join 127.0.0.1:7400 --port 8400"})
final class DashboardCommand implements Callable<Integer> {

  private static final Set<TrafficClass> TRACED =
      EnumSet.of(TrafficClass.CRITICAL, TrafficClass.NORMAL);

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port on this machine's loopback address; 0 takes any free one.")
  int port;

  @Option(
      names = "--alarms",
      paramLabel = "PATTERN",
      description =
          "Show the packets of these streams of class alarm. The page becomes their client: those"
              + " that wait for one come here.")
  List<String> alarms = new ArrayList<>();

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > 65_535) {
      throw CommandException.usage("--port is 0 to 65535, not " + port + ".");
    }
    Facts facts = new Facts();
    Recoveries recoveries = new Recoveries();
    try (Shutdown shutdown = new Shutdown();
        Loops loops = new Loops();
        Client client = edge.client(loops, null);
        OverlayWatch overlay =
            OverlayWatch.start(client, edge.settings("observer").overlayName(), facts, recoveries);
        ClassWatch _ = ClassWatch.start(client, facts, recoveries);
        AlarmWatch _ = alarms.isEmpty() ? null : AlarmWatch.start(client, alarms, facts);
        DashboardServer server =
            DashboardServer.open(
                port,
                facts,
                Controls.NONE,
                Map.of("/way.json", query -> overlay.way(query, TRACED)))) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("Dashboard: " + server.address());
      out.flush();
      shutdown.await();
      return shutdown.finish(ExitCode.DONE);
    } catch (IOException e) {
      throw CommandException.environment(
          "Port " + port + " cannot be opened: " + e.getMessage() + ". Choose another --port.");
    }
  }
}
