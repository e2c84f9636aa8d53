package io.euryale.bench.streams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.euryale.bench.BenchException;
import io.euryale.bench.Benchmark;
import io.euryale.bench.Child;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.bench.SmallJvm;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellView;
import io.euryale.overlay.OverlayStatus;
import io.euryale.peer.result.ResultDocument;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// `bench flood`: what strangers do to members. Four peers carry streams, every packet replicated,
/// in one way and then in another; in turn without and with a flood of garbage datagrams and
/// connections to all their ports. One object is one run, on one thread; [#stop] may come from any.
public final class FloodBench implements Benchmark {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FloodSettings settings;
  private final String mainClass;
  private final Progress progress;
  private final Segments segments = new Segments();
  private final FloodFindings findings = new FloodFindings();
  private final LinkedBlockingQueue<JsonNode> said = new LinkedBlockingQueue<>();
  private final double steps;
  private int step;
  private @Nullable Fleet fleet;
  private @Nullable Edge edge;
  private @Nullable Child flooder;

  /// A run that has not begun.
  ///
  /// @param mainClass runs the `euryale` command line, from this process's class path
  public FloodBench(FloodSettings settings, String mainClass, Progress progress) {
    this.settings = settings;
    this.mainClass = mainClass;
    this.progress = progress;
    steps = 2 + 2.0 * settings.runs() * FloodSettings.CASES.size();
  }

  /// Runs everything.
  ///
  /// @throws BenchException when it cannot be run, or the peers do not get as far as being measured
  @Override
  public ResultDocument run() throws BenchException, InterruptedException {
    try {
      double loadBefore = ProcReadings.loadAverage();
      return new FloodReport(settings, measure()).document(loadBefore);
    } catch (IOException _) {
      throw BenchException.environment(
          "There is no /proc to read processor time and memory from: run on Linux.");
    }
  }

  /// What was measured, without the report.
  FloodFindings measure() throws BenchException, InterruptedException {
    step("starting " + FloodSettings.PEERS + " peers");
    Fleet peers = Fleet.start(mainClass, FloodSettings.PEERS);
    fleet = peers;
    Edge ends = Edge.open(peers.awaitWhole(), 0);
    edge = ends;
    Child stranger = startFlooder(status(peers));
    step("warming up");
    for (Replicated how : FloodSettings.CASES) {
      ends.subscribe(how);
      Ledger _ = send(ends, Duration.ZERO, settings.warmUp(), FloodSettings.RATE * 10);
    }
    List<String> viewsBefore = views(peers);
    for (int run = 0; run < settings.runs(); run++) {
      for (Replicated how : FloodSettings.CASES) {
        String which = "run %d of %d, %s: ".formatted(run + 1, settings.runs(), how.label());
        ends.subscribe(how);
        step(which + FloodReport.QUIET);
        findings.quiet(how, measure(ends, peers));
        step(which + FloodReport.FLOOD);
        PeerCounts before = peers.counts();
        stranger.tell("go");
        findings.flooded(how, measure(ends, peers));
        stranger.tell("stop");
        findings.flood(how, await("done"));
        findings.configurations(
            how, before.agreedConfigurations(), peers.countsSince(before).agreedConfigurations());
      }
    }
    findings.views(viewsBefore, views(peers));
    return findings;
  }

  /// Ends the run soon; it then throws [InterruptedException].
  @Override
  public void stop() {
    segments.stop();
  }

  private void step(String what) throws InterruptedException {
    segments.checkStopped();
    progress.step(step++ / steps, what);
  }

  private static OverlayStatus status(Fleet peers) throws BenchException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      Optional<OverlayStatus> status = peers.status();
      if (status.isPresent()) {
        return status.get();
      }
    }
    throw BenchException.missed("The root cell does not answer.");
  }

  /// Term, version and members of each cell: they are the same as long as no membership changed.
  private static List<String> views(Fleet peers) throws BenchException, InterruptedException {
    return status(peers).cells().stream().map(CellView::toString).toList();
  }

  private Child startFlooder(OverlayStatus status) throws BenchException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                Integer.toString(settings.datagrams()), Integer.toString(settings.connections())));
    for (CellView cell : status.cells()) {
      for (CellView.Member member : cell.members()) {
        Endpoint endpoint = member.peer().endpoint();
        for (TrafficClass each : TrafficClass.values()) {
          arguments.add(endpoint.host() + ":" + endpoint.port(each));
        }
      }
    }
    Child child =
        Child.start("flooder", SmallJvm.command(Flooder.class.getName(), arguments), this::hear);
    flooder = child;
    JsonNode _ = await("ready");
    return child;
  }

  private void hear(String line) {
    try {
      said.add(JSON.readTree(line));
    } catch (JsonProcessingException _) {
      // Not a line for programs.
    }
  }

  private JsonNode await(String event) throws BenchException, InterruptedException {
    while (true) {
      JsonNode line = said.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw BenchException.missed("The flooding process did not say '" + event + "'.");
      }
      if (line.path("event").asText().equals(event)) {
        return line;
      }
    }
  }

  private SegmentResult measure(Edge ends, Fleet peers) throws InterruptedException {
    double cpuBefore = Usage.cpuSeconds(peers.processes());
    Ledger ledger = send(ends, settings.leadIn(), settings.measured(), FloodSettings.RATE);
    return SegmentResult.of(ledger, Usage.since(cpuBefore, peers.processes()));
  }

  private Ledger send(Edge ends, Duration leadIn, Duration measured, double rate)
      throws InterruptedException {
    return segments.send(Segments.Way.through(ends), leadIn, measured, rate);
  }

  /// Ends every process that was started.
  @Override
  public void close() {
    Child stranger = flooder;
    if (stranger != null) {
      stranger.kill();
      stranger.close();
    }
    Edge ends = edge;
    if (ends != null) {
      ends.close();
    }
    Fleet peers = fleet;
    if (peers != null) {
      peers.close();
    }
  }
}
