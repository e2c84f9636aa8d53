package io.euryale.peer.operation;

import io.euryale.kernel.TrafficClass;
import io.euryale.platform.HttpEndpoint;
import io.euryale.platform.HttpEndpoint.Answer;
import io.euryale.platform.HttpSettings;
import io.euryale.platform.Loops;
import io.euryale.platform.PlatformException;
import io.euryale.platform.Pulse;
import io.euryale.platform.Reach;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Serves the health and the metrics of a process over HTTP:
///
/// | path | answer |
/// |---|---|
/// | `/health/live` | 200 while all loops turn, else 503 |
/// | `/health/ready` | 200 while, besides, each peer has its place, else 503 |
/// | `/metrics` | counters in the text format of Prometheus |
///
/// Health is one JSON object, `{"ok":false,"text":"…"}`. It is progress, never a role. Pages are
/// made on threads of their own. What looks whether loops turn gives each an empty task; readiness
/// and metrics besides give them one short task for each peer, and one request at a time does so.
public final class OperatorEndpoint implements AutoCloseable {

  /// A loop that has not come to a new task for this long is stuck; its longest turns take
  /// milliseconds.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final String JSON = "application/json";

  private final Supplier<List<? extends Probe>> probes;
  private final Pulse pulse;
  private final ProcessProbe process;
  private final Semaphore asking = new Semaphore(1);
  private @Nullable HttpEndpoint http;

  private OperatorEndpoint(Loops loops, Supplier<List<? extends Probe>> probes) {
    this.probes = probes;
    pulse = new Pulse(loops);
    process = new ProcessProbe(loops);
  }

  /// Opens the endpoint.
  ///
  /// @param settings where; not off
  /// @param withKeys whether the peers have keys, so that the address may be one that other
  /// machines reach
  /// @param probes the peers of the process at a moment
  /// @throws PlatformException when the address is not allowed or cannot be had
  public static OperatorEndpoint open(
      HttpSettings settings,
      boolean withKeys,
      Loops loops,
      Supplier<List<? extends Probe>> probes) {
    OperatorEndpoint endpoint = new OperatorEndpoint(loops, probes);
    Reach reach = withKeys ? Reach.KEYED : Reach.LOOPBACK;
    endpoint.http = HttpEndpoint.open(settings, reach, endpoint::answer);
    return endpoint;
  }

  /// Where it listens.
  public InetSocketAddress address() {
    HttpEndpoint opened = http;
    if (opened == null) {
      throw new IllegalStateException("Not open");
    }
    return opened.address();
  }

  @Override
  public void close() {
    HttpEndpoint opened = http;
    if (opened != null) {
      opened.close();
    }
  }

  private Answer answer(String path) throws InterruptedException {
    return switch (path) {
      case "/health/live" -> health(live());
      case "/health/ready" -> health(ready());
      case "/metrics" -> new Answer(200, MetricsPage.TYPE, metrics());
      default ->
          new Answer(
              404,
              "text/plain; charset=utf-8",
              "There are /health/live, /health/ready and /metrics.\n");
    };
  }

  private static Answer health(Health health) {
    String text = health.sentence().replaceAll("\\p{Cntrl}", " ");
    String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"");
    return new Answer(
        health.isGood() ? 200 : 503,
        JSON,
        "{\"ok\":" + health.isGood() + ",\"text\":\"" + quoted + "\"}\n");
  }

  private Health live() throws InterruptedException {
    List<TrafficClass> stuck = pulse.stuck(PATIENCE);
    return stuck.isEmpty()
        ? Health.good("All loops turn.")
        : Health.bad(
            "The loop of class "
                + stuck.stream().map(TrafficClass::label).collect(Collectors.joining(" and of "))
                + " has not turned for "
                + PATIENCE.toSeconds()
                + " s.");
  }

  private Health ready() throws InterruptedException {
    Health live = live();
    if (!live.isGood()) {
      return live;
    }
    asking.acquire();
    try {
      return ready(probes.get());
    } finally {
      asking.release();
    }
  }

  /// Whether all peers of a process have their places, given that its loops turn.
  public static Health ready(List<? extends Probe> all) throws InterruptedException {
    if (all.isEmpty()) {
      return Health.bad("No peer runs in this process.");
    }
    Health last = Health.good("");
    for (Probe probe : all) {
      last = probe.ready();
      if (!last.isGood()) {
        return last;
      }
    }
    return all.size() == 1 ? last : Health.good("All " + all.size() + " peers have their places.");
  }

  private String metrics() throws InterruptedException {
    asking.acquire();
    try {
      MetricsPage page = new MetricsPage();
      List<TrafficClass> stuck = pulse.stuck(PATIENCE);
      process.measure(page, stuck);
      // What a loop does not answer would never come.
      if (stuck.isEmpty()) {
        for (Probe probe : probes.get()) {
          probe.measure(page);
        }
      }
      return page.toString();
    } finally {
      asking.release();
    }
  }
}
