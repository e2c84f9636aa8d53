package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Benchmark;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.kernel.PeerName;
import io.euryale.peer.result.ResultDocument;
import io.euryale.platform.keys.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `bench tls`: the same packets through two overlays of 14 peers that live side by side, one with
/// keys and one without. They take turns, and in each run begin with the other, so that a machine
/// that drifts treats both alike. One object is one run, on one thread; [#stop] may come from any.
public final class TlsBench implements Benchmark {

  private static final int LIFE = 0;

  private final StreamsSettings settings;
  private final String mainClass;
  private final Progress progress;
  private final Segments segments = new Segments();
  private final Findings findings = new Findings();
  private final List<Way> ways = new ArrayList<>();
  private final double steps;
  private @Nullable Path keys;
  private int step;

  /// One of the two overlays.
  private record Way(String label, Fleet peers, Edge ends) {}

  /// A run that has not begun.
  ///
  /// @param settings warm-up, runs and lengths; faults are not measured
  /// @param mainClass runs the `euryale` command line, from this process's class path
  public TlsBench(StreamsSettings settings, String mainClass, Progress progress) {
    this.settings = settings;
    this.mainClass = mainClass;
    this.progress = progress;
    steps = 3 + settings.runs() * TlsReport.CASES.size() * 2.0;
  }

  /// Runs everything.
  ///
  /// @throws BenchException when it cannot be run, or the peers do not get as far as being measured
  @Override
  public ResultDocument run() throws BenchException, InterruptedException {
    try {
      double loadBefore = ProcReadings.loadAverage();
      open(TlsReport.PLAIN, "");
      open(TlsReport.TLS, makeKeys().toString());
      step("warming up");
      for (Way way : ways) {
        for (Replicated how : TlsReport.CASES) {
          way.ends().subscribe(how);
          double rate = Traffic.PAPER_RATE * StreamsSettings.HIGH_RATE;
          Ledger _ = send(way, Duration.ZERO, settings.warmUp(), rate);
        }
      }
      for (int run = 0; run < settings.runs(); run++) {
        for (Replicated how : TlsReport.CASES) {
          for (int turn = 0; turn < ways.size(); turn++) {
            measure(run, ways.get((turn + run) % ways.size()), how);
          }
        }
      }
      return new TlsReport(settings, findings).document(loadBefore);
    } catch (IOException e) {
      throw BenchException.environment(
          "Keys could not be written, or there is no /proc to read from: " + e.getMessage() + ".");
    }
  }

  private Path makeKeys() throws IOException {
    Path directory = Files.createTempDirectory("euryale-bench-keys");
    keys = directory;
    CertificateAuthority authority = CertificateAuthority.create(directory, Instant.now());
    List<String> names = new ArrayList<>(Edge.names(LIFE));
    names.add(Fleet.WATCH);
    for (int peer = 0; peer < Shape.PAPER.peers(); peer++) {
      names.add(Fleet.name(peer));
    }
    for (String name : names) {
      var _ = authority.issue(new PeerName(name), Instant.now(), Duration.ofDays(1));
    }
    return directory;
  }

  private void open(String label, String keyDirectory) throws BenchException, InterruptedException {
    step("starting " + Shape.PAPER.peers() + " peers, " + label);
    Fleet peers = Fleet.start(mainClass, keyDirectory);
    try {
      ways.add(new Way(label, peers, Edge.open(peers.awaitWhole(), LIFE, keyDirectory)));
    } catch (BenchException | InterruptedException e) {
      peers.close();
      throw e;
    }
  }

  private void step(String what) throws InterruptedException {
    segments.checkStopped();
    progress.step(step++ / steps, what);
  }

  /// Ends the run soon; it then throws [InterruptedException].
  @Override
  public void stop() {
    segments.stop();
  }

  private void measure(int run, Way way, Replicated how)
      throws BenchException, InterruptedException {
    step("run %d of %d: %s".formatted(run + 1, settings.runs(), TlsReport.label(way.label(), how)));
    way.ends().subscribe(how);
    double cpuBefore = Usage.cpuSeconds(way.peers().processes());
    Ledger ledger = send(way, settings.leadIn(), settings.measured(), Traffic.PAPER_RATE);
    findings.segment(
        TlsReport.label(way.label(), how),
        SegmentResult.of(ledger, Usage.since(cpuBefore, way.peers().processes())));
  }

  private Ledger send(Way way, Duration leadIn, Duration measured, double rate)
      throws InterruptedException {
    return segments.send(Segments.Way.through(way.ends()), leadIn, measured, rate);
  }

  /// Ends every process that was started, and removes the keys.
  @Override
  public void close() {
    ways.forEach(way -> way.ends().close());
    ways.forEach(way -> way.peers().close());
    Path directory = keys;
    if (directory != null) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException _) {
        // They are worth nothing any more.
      }
    }
  }
}
