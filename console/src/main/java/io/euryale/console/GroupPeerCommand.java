package io.euryale.console;

import io.euryale.kernel.Endpoint;
import io.euryale.peer.Contacts;
import io.euryale.peer.RefusedException;
import io.euryale.peer.group.GroupPeer;
import io.euryale.peer.group.GroupPeerListener;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.peer.operation.GroupPeerLog;
import io.euryale.peer.operation.GroupPeerProbe;
import io.euryale.platform.Loops;
import io.euryale.platform.SettingsException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale group peer`: runs a group member until it is told to end.
@Command(
    name = "peer",
    header = "Run a member of a group overlay.",
    description = {
      "Prints configurations, primary components and suspicions as they come. Ends at SIGINT or"
          + " SIGTERM: what applications sent is given two seconds to be held by everybody, then the"
          + " others are told.",
      "Where FILE and options both say something, the option wins; so one file can serve all"
          + " members, each started with its own --name and --data."
    },
    footer = {
      "",
      "Example: euryale group peer --name a --data /var/tmp/a --socket /var/tmp/a.sock"
          + " --members a=127.0.0.1:7400,b=127.0.0.1:7401,c=127.0.0.1:7402",
      "Example: euryale group peer site.yaml --name a"
    })
final class GroupPeerCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(200);

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Settings in YAML; 'euryale settings schema --kind group' has all of them.")
  @Nullable Path file;

  @Option(names = "--name", paramLabel = "NAME", description = "Name of the peer.")
  @Nullable String name;

  @Option(
      names = "--members",
      paramLabel = "NAME=HOST:PORT[*WEIGHT]",
      split = ",",
      description =
          "The declared members with their control ports, the same at every peer. This peer's own"
              + " address is taken from here.")
  List<String> members = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory for what must outlive a crash; one for each peer.")
  @Nullable Path data;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "Unix domain socket for applications; without it there are no sessions.")
  @Nullable Path socket;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = "Key file of this peer; without it only loopback addresses are allowed.")
  @Nullable Path keys;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write what the peer observes to FILE, as JSON Lines.")
  @Nullable Path trace;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "Serve health and metrics; see docs/operating.md.")
  @Nullable String http;

  @Mixin Logging logging = new Logging();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    GroupPeerSettings settings = settings();
    try (Shutdown shutdown = new Shutdown();
        Loops loops = new Loops();
        Tracing tracing = Tracing.to(trace);
        GroupPeerPrinter printer =
            new GroupPeerPrinter(spec.commandLine().getOut(), output.isJson(), shutdown::request)) {
      GroupPeerListener listener = new GroupPeerLog(settings.name(), printer);
      try (GroupPeer peer = GroupPeer.start(settings, loops, tracing.observations(), listener);
          Operation operation =
              Operation.of(
                  settings.http(),
                  !settings.keyFile().isEmpty(),
                  loops,
                  () -> List.of(new GroupPeerProbe(peer)))) {
        printer.started(peer);
        InetSocketAddress page = operation.address();
        if (page != null) {
          printer.operated(Operation.event(page));
        }
        operation.started();
        shutdown.onRequest(operation::stopping);
        while (!shutdown.await(LOOK)) {
          suspicions(peer, printer);
        }
      }
      Throwable failure = printer.failure();
      if (failure != null) {
        PrintWriter err = spec.commandLine().getErr();
        Logging.tell(err, Level.ERROR, settings.name(), "failed", Failures.sentence(failure));
        return shutdown.finish(Failures.exitCode(failure));
      }
      printer.ended();
      return shutdown.finish(ExitCode.DONE);
    }
  }

  private static void suspicions(GroupPeer peer, GroupPeerPrinter printer)
      throws InterruptedException {
    try {
      if (!peer.isEnded()) {
        printer.suspicions(peer.status());
      }
    } catch (RefusedException e) {
      if (e.reason() != RefusedException.Reason.CLOSED) {
        throw e;
      }
      // It ended meanwhile; the printer is told why.
    }
  }

  private GroupPeerSettings settings() throws SettingsException {
    GroupPeerSettings settings;
    if (file != null) {
      settings = SettingsFiles.group(file);
    } else if (name != null) {
      settings = GroupPeerSettings.named(name);
    } else {
      throw CommandException.usage("The peer has no name: give --name NAME or a settings file.");
    }
    if (name != null) {
      settings = settings.withName(name);
    }
    if (!members.isEmpty()) {
      settings = settings.withMembers(members);
    }
    if (data != null) {
      settings = settings.withDataDirectory(data.toString());
    }
    if (keys != null) {
      settings = settings.withKeyFile(keys.toString());
    }
    if (http != null) {
      settings = settings.withHttp(Operation.listening(settings.http(), http));
    }
    if (socket != null) {
      settings = settings.withSessions(settings.sessions().withSocket(socket.toString()));
    }
    return declared(settings);
  }

  /// A peer without a port of its own listens where the others look for it.
  static GroupPeerSettings declared(GroupPeerSettings settings) {
    if (settings.controlPort() != 0) {
      return settings;
    }
    String prefix = settings.name() + "=";
    for (String entry : settings.members()) {
      int star = entry.lastIndexOf('*');
      if (entry.startsWith(prefix)) {
        Endpoint own =
            Contacts.parse(entry.substring(prefix.length(), star < 0 ? entry.length() : star));
        return settings.withHost(own.host()).withControlPort(own.controlPort());
      }
    }
    return settings;
  }
}
