package io.euryale.console;

import io.euryale.kernel.PeerName;
import io.euryale.peer.PeerSettings;
import io.euryale.platform.Loops;
import io.euryale.platform.SettingsException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `euryale peer`: runs peers until it is told to end.
@Command(
    name = "peer",
    header = "Run a peer, or several in one process.",
    description = {
      "Prints one line for each peer when it is a member of the overlay. Without --join the first"
          + " peer founds the overlay and the others join it.",
      "Ends at SIGINT or SIGTERM after leaving in order, or when all its peers were drained.",
      "Reads the file of --settings again when it changes; docs/overlay.md says what counts at once."
    },
    footer = {
      "",
      "With --control stdin the process reads one command a line and answers each with one line:",
      "  kill NAME    end a peer as a crash would",
      "  leave NAME   let a peer leave in order",
      "  start NAME [HOST:PORT,... [CELL]]   start a peer, also one that was killed or left, to join"
          + " by these and into this cell",
      "  cut [NAME,...]   have no links with these peers any more; with none, with all again",
      "  drain NAME   let a peer leave without a gap in any stream, however long that takes",
      "  memory       collect garbage and print the bytes that the heap holds then",
      "  keys NAME    let a peer read its key files again at once",
      "  status       print the state of each peer",
      "  quit         let all leave in order and end; so does the end of input",
      "",
      "Example: euryale peer --name a1,a2,b1 --port 7400"
    })
final class PeerCommand implements Callable<Integer> {

  /// Stands in the settings of a process that is told its peers by commands.
  private static final String UNNAMED = "peer";

  /// What commands on standard input are read from.
  enum Control {
    NONE,
    STDIN
  }

  @Option(
      names = {"--name", "--peer"},
      paramLabel = "NAME",
      split = ",",
      description = "Name of a peer, unique in the overlay; several start several peers.")
  List<String> names = new ArrayList<>();

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      split = ",",
      description = "Peers to join by, with their control ports.")
  List<String> join = new ArrayList<>();

  @Option(names = "--settings", paramLabel = "FILE", description = "Settings in YAML; options win.")
  @Nullable Path settingsFile;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Address to listen at; 127.0.0.1 when not given. Others than loopback need --keys.")
  @Nullable String host;

  @Option(
      names = "--advertise",
      paramLabel = "HOST",
      description =
          "Address that others are told, when it is not --host: in containers, behind port"
              + " forwarding, or with --host 0.0.0.0 or '::'.")
  @Nullable String advertise;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Control port of the first peer; any free one when not given.")
  @Nullable Integer port;

  @Option(names = "--overlay", paramLabel = "NAME", description = "Name of the overlay.")
  @Nullable String overlay;

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description =
          "Directory with NAME.key, NAME.crt and ca.crt of each peer; see 'euryale keys'.")
  @Nullable Path keys;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write what the peers observe to FILE, as JSON Lines.")
  @Nullable Path trace;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "Serve health and metrics of all peers of the process; see docs/operating.md.")
  @Nullable String http;

  @Option(
      names = "--control",
      paramLabel = "FROM",
      defaultValue = "none",
      description = "stdin: read commands from standard input; see below.")
  Control control = Control.NONE;

  @Option(
      names = "--wait",
      description = "Start no peer at once: wait for the commands of --control stdin.")
  boolean waits;

  @Mixin Logging logging = new Logging();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PeerSettings template = template();
    boolean none = names.isEmpty() && (settingsFile == null || waits);
    List<String> all = names.isEmpty() && !none ? List.of(template.name()) : names;
    if (new LinkedHashSet<>(all).size() < all.size()) {
      throw CommandException.usage("A name is given twice in --name: each peer needs its own.");
    }
    for (String name : all) {
      if (!PeerName.isValid(name)) {
        throw CommandException.usage(
            "'"
                + name
                + "' cannot be the name of a peer: use 1 to 64 letters, digits, '.', '_' or '-', a"
                + " letter or digit first.");
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean withKeys = !template.keyDirectory().isEmpty();
    try (Shutdown shutdown = new Shutdown();
        Loops loops = new Loops();
        Tracing tracing = Tracing.to(trace);
        PeerCrew crew = new PeerCrew(template, loops, tracing, shutdown, output, out, err);
        Operation operation = Operation.of(template.http(), withKeys, loops, crew::probes)) {
      InetSocketAddress page = operation.address();
      if (page != null) {
        crew.print(Operation.event(page));
      }
      crew.onStarted(operation::started);
      shutdown.onRequest(operation::stopping);
      PeerControl commands = new PeerControl(crew, shutdown);
      if (control == Control.STDIN) {
        commands.read(System.in);
      }
      // Before the peers start: what changes meanwhile is seen, too.
      SettingsWatch watch =
          settingsFile == null
              ? null
              : new SettingsWatch(settingsFile, file -> crew.reload(withOptions(file)));
      for (String name : all) {
        if (!crew.startAndAnnounce(name, port)) {
          break;
        }
        port = null; // Only the first peer can have it.
      }
      commands.allow();
      while (!shutdown.await(SettingsWatch.PERIOD)) {
        if (watch != null) {
          watch.look(err);
        }
      }
      return shutdown.finish(crew.hasFailed() ? ExitCode.MISSED : ExitCode.DONE);
    }
  }

  private PeerSettings template() throws SettingsException {
    boolean nameless = names.isEmpty() && settingsFile == null;
    if (nameless && control != Control.STDIN) {
      throw CommandException.usage("The peer has no name: give --name NAME or --settings FILE.");
    }
    PeerSettings template =
        settingsFile == null
            ? PeerSettings.named(nameless ? UNNAMED : names.getFirst())
            : SettingsFiles.peer(settingsFile);
    return withOptions(template);
  }

  /// What the command line says in place of the settings.
  private PeerSettings withOptions(PeerSettings read) {
    PeerSettings template = read;
    if (!join.isEmpty()) {
      template = template.withContacts(join);
    }
    if (keys != null) {
      template = template.withKeyDirectory(keys.toString());
    }
    if (advertise != null) {
      template = template.withAdvertise(advertise);
    }
    if (overlay != null) {
      template = template.withOverlayName(overlay);
    }
    if (http != null) {
      template = template.withHttp(Operation.listening(template.http(), http));
    }
    if (port != null && (port < 0 || port > 65535)) {
      throw CommandException.usage("--port is 0 to 65535, not " + port + ".");
    }
    if (host != null) {
      template =
          template.withAddress(
              host,
              template.controlPort(),
              template.alarmPort(),
              template.criticalPort(),
              template.normalPort());
    }
    return template;
  }
}
