package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.JavaCommand;
import io.euryale.bench.ProcReadings;
import io.euryale.bench.Progress;
import io.euryale.bench.Spread;
import io.euryale.kernel.PeerName;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
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
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `bench tls`: the same packets through two overlays of 14 peers that live side by side, one with
/// keys and one without. They take turns, and in each run begin with the other, so that a machine
/// that drifts treats both alike. One object is one run, on one thread; [#stop] may come from any.
public final class TlsBench implements AutoCloseable {

  static final double TLS_OVER_PLAIN = 1.15;

  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final long DRAIN_LOOK_MILLIS = 5;
  private static final long START_DELAY_NANOS = 20_000_000;
  private static final int LIFE = 0;
  private static final List<Replicated> CASES = List.of(Replicated.NONE, Replicated.ALL);

  private final StreamsSettings settings;
  private final String mainClass;
  private final Progress progress;
  private final Findings findings = new Findings();
  private final List<Way> ways = new ArrayList<>();
  private final double steps;
  private @Nullable Path keys;
  private int step;
  private int segment;
  private volatile boolean stopped;

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
    steps = 3 + settings.runs() * CASES.size() * 2.0;
  }

  /// Runs everything.
  ///
  /// @throws BenchException when it cannot be run, or the peers do not get as far as being measured
  public ResultDocument run() throws BenchException, InterruptedException {
    try {
      double loadBefore = ProcReadings.loadAverage();
      open("plain", "");
      open("TLS", makeKeys().toString());
      step("warming up");
      for (Way way : ways) {
        for (Replicated how : CASES) {
          way.ends().subscribe(how);
          double rate = Traffic.PAPER_RATE * StreamsSettings.HIGH_RATE;
          Ledger _ = send(way, Duration.ZERO, settings.warmUp(), rate);
        }
      }
      for (int run = 0; run < settings.runs(); run++) {
        for (Replicated how : CASES) {
          for (int turn = 0; turn < ways.size(); turn++) {
            measure(run, ways.get((turn + run) % ways.size()), how);
          }
        }
      }
      return document(loadBefore);
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
    for (int peer = 0; peer < Topology.PEERS; peer++) {
      names.add(Fleet.name(peer));
    }
    for (String name : names) {
      var _ = authority.issue(new PeerName(name), Instant.now(), Duration.ofDays(1));
    }
    return directory;
  }

  private void open(String label, String keyDirectory) throws BenchException, InterruptedException {
    step("starting " + Topology.PEERS + " peers, " + label);
    Fleet peers = Fleet.start(mainClass, keyDirectory);
    try {
      ways.add(new Way(label, peers, Edge.open(peers.awaitWhole(), LIFE, keyDirectory)));
    } catch (BenchException | InterruptedException e) {
      peers.close();
      throw e;
    }
  }

  private void step(String what) throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped");
    }
    progress.step(step++ / steps, what);
  }

  /// Ends the run soon; it then throws [InterruptedException].
  public void stop() {
    stopped = true;
  }

  private static String label(Way way, Replicated how) {
    return way.label() + ", " + how.label();
  }

  private void measure(int run, Way way, Replicated how)
      throws BenchException, InterruptedException {
    step("run %d of %d: %s".formatted(run + 1, settings.runs(), label(way, how)));
    way.ends().subscribe(how);
    double cpuBefore = Usage.cpuSeconds(way.peers().processes());
    Ledger ledger = send(way, settings.leadIn(), settings.measured(), Traffic.PAPER_RATE);
    findings.segment(
        label(way, how), SegmentResult.of(ledger, Usage.since(cpuBefore, way.peers().processes())));
  }

  private Ledger send(Way way, Duration leadIn, Duration measured, double rate)
      throws InterruptedException {
    int id = segment++;
    Ledger ledger =
        new Ledger(
            Traffic.of(
                id, System.nanoTime() + START_DELAY_NANOS, leadIn, measured, rate, /* seed= */ id));
    way.ends().record(ledger);
    Thread sender =
        Thread.ofPlatform().daemon().name("bench-sender").start(new Sender(ledger, way.ends()));
    try {
      while (!sender.join(Duration.ofMillis(200))) {
        if (stopped) {
          throw new InterruptedException("stopped");
        }
      }
      long deadline = System.nanoTime() + DRAIN.toNanos();
      while (ledger.missing() > 0 && System.nanoTime() - deadline < 0 && !stopped) {
        Thread.sleep(DRAIN_LOOK_MILLIS);
      }
    } finally {
      sender.interrupt();
      sender.join();
      way.ends().record(new Ledger(Traffic.none(segment++)));
    }
    return ledger;
  }

  // ---- results ----

  private ResultDocument document(double loadBefore) throws IOException {
    List<Measurement> results = new ArrayList<>();
    List<Promise> promises = new ArrayList<>();
    for (String label : findings.labels()) {
      results.add(spread(label, s -> s.overall().p50()).measurement(label, "latency_p50", "ms"));
      results.add(spread(label, s -> s.overall().p99()).measurement(label, "latency_p99", "ms"));
      results.add(
          spread(label, s -> s.usage().cpuSeconds()).measurement(label, "cpu_seconds", "s"));
      results.add(spread(label, SegmentResult::lost).measurement(label, "lost", "packets"));
    }
    for (Replicated how : CASES) {
      Spread p50 = ratio(how, segment -> segment.overall().p50());
      results.add(p50.measurement("TLS / plain, " + how.label() + ", p50", "ratio", "times"));
      results.add(
          ratio(how, segment -> segment.overall().p99())
              .measurement("TLS / plain, " + how.label() + ", p99", "ratio", "times"));
      results.add(
          ratio(how, segment -> segment.usage().cpuSeconds())
              .measurement("TLS / plain, " + how.label() + ", CPU", "ratio", "times"));
      promises.add(
          new Promise(
              String.format(
                  Locale.ROOT,
                  "Median latency of %s with TLS at most %.2f times that without: %.2f (%.2f to"
                      + " %.2f)",
                  how.label(),
                  TLS_OVER_PLAIN,
                  p50.median(),
                  p50.min(),
                  p50.max()),
              p50.median() <= TLS_OVER_PLAIN));
    }
    long lost =
        findings.labels().stream()
            .flatMap(label -> findings.segments(label).stream())
            .mapToLong(SegmentResult::lost)
            .sum();
    promises.add(new Promise("Nothing lost: " + lost + " packets lost", lost == 0));
    Map<String, Object> asked = settings.asMap(JavaCommand.SMALL);
    asked.put("loadAverageBefore", loadBefore);
    asked.put("loadAverageAfter", ProcReadings.loadAverage());
    return ResultDocument.ofThisMachine("bench tls", asked, results, promises);
  }

  private Spread spread(String label, ToDoubleFunction<SegmentResult> value) {
    return Spread.of(findings.segments(label).stream().mapToDouble(value).toArray());
  }

  /// TLS over plain, formed in each run: the machine is the same for both only there.
  private Spread ratio(Replicated how, ToDoubleFunction<SegmentResult> value) {
    List<SegmentResult> plain = findings.segments(label(ways.getFirst(), how));
    List<SegmentResult> sealed = findings.segments(label(ways.getLast(), how));
    double[] ratios = new double[Math.min(plain.size(), sealed.size())];
    for (int run = 0; run < ratios.length; run++) {
      ratios[run] = value.applyAsDouble(sealed.get(run)) / value.applyAsDouble(plain.get(run));
    }
    return Spread.of(ratios);
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
