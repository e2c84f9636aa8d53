package io.euryale.console;

import io.euryale.client.GroupClient;
import io.euryale.client.GroupClientException;
import io.euryale.client.GroupSession;
import io.euryale.client.Service;
import io.euryale.client.TrafficClass;
import io.euryale.peer.result.Measurement;
import io.euryale.peer.result.Promise;
import io.euryale.peer.result.ResultDocument;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale group flood`: sends to a group and measures what comes back.
@Command(
    name = "flood",
    header = "Send to a group at a rate and measure.",
    description = {
      "Joins the group, sends, and measures its own messages as they are delivered to itself."
          + " Latencies count from the time a message was due to be sent; without --rate, which is as"
          + " fast as the group takes them, from sending. Other members get the messages, too.",
      "Exit code 1 when a message of another service than unreliable was lost, came twice or in the"
          + " wrong order."
    },
    footer = {
      "",
      "Example: euryale group flood --socket /var/tmp/a.sock load --bytes 200 --rate 1000"
          + " --duration 10s --service safe"
    })
final class GroupFloodCommand implements Callable<Integer> {

  private static final int MAX_RATE = 1_000_000;
  private static final long STEP_NANOS = 200_000;
  private static final double MICROS = 1e3;

  @Parameters(paramLabel = "NAME", description = "Name of the group.")
  String group = "";

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      defaultValue = "200",
      converter = SizeConverter.class,
      description = "Size of a message, at least 32 (default: ${DEFAULT-VALUE}).")
  int bytes = 200;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Messages a second; as many as the group takes when not given.")
  @Nullable Integer rate;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long to send, up to 24h (default: ${DEFAULT-VALUE}).")
  Duration duration = Duration.ofSeconds(10);

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      defaultValue = "normal",
      description = "alarm, critical or normal (default: ${DEFAULT-VALUE}).")
  TrafficClass trafficClass = TrafficClass.NORMAL;

  @Option(
      names = "--service",
      paramLabel = "SERVICE",
      defaultValue = "agreed",
      description = "What is promised about the delivery (default: ${DEFAULT-VALUE}).")
  Service service = Service.AGREED;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE.")
  @Nullable Path json;

  @Mixin GroupSocketOptions session = new GroupSocketOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  private int members;
  private long sent;
  private long failed;
  private String failure = "";
  private double seconds;

  @Override
  public Integer call() throws Exception {
    check();
    OutputFiles.checkWritable("--json", json);
    GroupFloodReception reception = new GroupFloodReception(service);
    try (Shutdown shutdown = new Shutdown()) {
      try (GroupClient client = session.connect("flood", Duration.ZERO)) {
        if (bytes > client.messageBytes()) {
          throw CommandException.usage(
              "--bytes is at most what the peer takes, which is " + client.messageBytes() + ".");
        }
        GroupSession joined = client.join(trafficClass, group, false, false, reception);
        members = first(joined);
        flood(joined, reception, shutdown);
        boolean _ = reception.await(sent, Duration.ofSeconds(10));
        String why = reception.ended();
        if (why != null) {
          throw CommandException.sessionEnded(why);
        }
      }
      ResultDocument document = document(reception);
      if (json != null) {
        document.write(json);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        out.println(document.toJson());
      } else {
        print(out, reception, document);
      }
      out.flush();
      return shutdown.finish(document.allPromisesHeld() ? ExitCode.DONE : ExitCode.MISSED);
    }
  }

  private void check() {
    if (bytes < GroupFloodReception.HEADER_BYTES) {
      throw CommandException.usage(
          "--bytes is at least %d, not %d.".formatted(GroupFloodReception.HEADER_BYTES, bytes));
    }
    if (rate != null && (rate < 1 || rate > MAX_RATE)) {
      throw CommandException.usage("--rate is 1 to 1,000,000, not " + rate + ".");
    }
    if (duration.isZero() || duration.toHours() > 24) {
      throw CommandException.usage("--duration is up to 24h, and not zero.");
    }
  }

  private static int first(GroupSession joined) throws InterruptedException {
    try {
      return joined.joined().get(30, TimeUnit.SECONDS).members().size();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof GroupClientException refusal
          ? refusal
          : new IllegalStateException(e);
    } catch (TimeoutException _) {
      throw CommandException.missed(
          "The group gave no view in 30 s: see 'euryale group status' for what the peer waits for.");
    }
  }

  private void flood(GroupSession joined, GroupFloodReception reception, Shutdown shutdown)
      throws InterruptedException {
    long began = System.nanoTime();
    long end = began + duration.toNanos();
    long last = began;
    while (!shutdown.isRequested() && reception.ended() == null) {
      Integer perSecond = rate;
      long due = perSecond == null ? last : began + (long) (sent * (1e9 / perSecond));
      if (due >= end || last >= end) {
        break;
      }
      if (due > last) {
        LockSupport.parkNanos(Math.min(due - last, 50 * STEP_NANOS));
      } else {
        try {
          var outcome = joined.send(service, reception.message(bytes, sent, due));
          sent++;
          var _ = outcome.exceptionally(this::failed);
        } catch (GroupClientException e) {
          if (e.reason() != GroupClientException.Reason.DISCONNECTED) {
            throw e;
          }
          break; // The listener is told why.
        }
      }
      last = System.nanoTime();
    }
    seconds = (System.nanoTime() - began) / 1e9;
  }

  private synchronized @Nullable Void failed(Throwable why) {
    failed++;
    failure = String.valueOf(why.getMessage());
    return null;
  }

  private ResultDocument document(GroupFloodReception reception) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("group", group);
    settings.put("members", members);
    settings.put("class", trafficClass.name().toLowerCase(Locale.ROOT));
    settings.put("service", service.name().toLowerCase(Locale.ROOT));
    settings.put("bytes", bytes);
    settings.put("rate", rate == null ? "unlimited" : rate);
    settings.put("duration_ms", duration.toMillis());
    List<Measurement> results = new ArrayList<>();
    results.add(Measurement.once("sent", "throughput_per_second", "messages/s", sent / seconds));
    results.add(
        Measurement.once(
            "own delivery",
            "throughput_per_second",
            "messages/s",
            reception.own() / Math.max(seconds, reception.seconds())));
    Histogram latency = reception.latency();
    for (double percentile : new double[] {50, 99, 99.9, 100}) {
      results.add(
          Measurement.once(
              percentile == 100 ? "max" : "p" + (percentile == 99.9 ? "99.9" : (int) percentile),
              "latency_ms",
              "ms",
              latency.getValueAtPercentile(percentile) / 1e6));
    }
    results.add(count("lost", sent - reception.own()));
    results.add(count("duplicated", reception.again()));
    results.add(count("reordered", reception.disordered()));
    boolean strict = service != Service.UNRELIABLE;
    List<Promise> promises =
        strict
            ? List.of(
                new Promise("no message is lost", sent == reception.own()),
                new Promise("every sender is told what became of its message", failed == 0),
                new Promise("no message comes twice", reception.again() == 0),
                new Promise("messages come in the order promised", reception.disordered() == 0))
            : List.of();
    return ResultDocument.ofThisMachine("group flood", settings, results, promises);
  }

  private static Measurement count(String metric, long value) {
    return Measurement.once("all", metric, "messages", (double) value);
  }

  private void print(PrintWriter out, GroupFloodReception reception, ResultDocument document) {
    Histogram latency = reception.latency();
    out.printf(
        Locale.ROOT,
        "%,d messages of %,d bytes in %.1f s to %s with %d members, %s: %,.0f sent/s.%n",
        sent,
        bytes,
        seconds,
        group,
        members,
        service.name().toLowerCase(Locale.ROOT),
        sent / seconds);
    out.printf(
        Locale.ROOT,
        "Own delivery: p50 %.0f µs, p99 %.0f µs, p99.9 %.0f µs, max %.0f µs.%n",
        latency.getValueAtPercentile(50) / MICROS,
        latency.getValueAtPercentile(99) / MICROS,
        latency.getValueAtPercentile(99.9) / MICROS,
        latency.getMaxValue() / MICROS);
    out.printf(
        Locale.ROOT,
        "%,d lost, %,d twice, %,d out of order, %,d with an unknown outcome; %,d of others came.%n",
        sent - reception.own(),
        reception.again(),
        reception.disordered(),
        failed,
        reception.others());
    if (failed > 0) {
      out.println("Outcomes: " + failure);
    }
    document.promises().stream()
        .filter(promise -> !promise.held())
        .forEach(promise -> out.println("Missed: " + promise.text()));
  }
}
