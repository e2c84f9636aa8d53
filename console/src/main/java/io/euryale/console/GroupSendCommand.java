package io.euryale.console;

import io.euryale.client.GroupClient;
import io.euryale.client.GroupClientException;
import io.euryale.client.GroupListener;
import io.euryale.client.GroupSession;
import io.euryale.client.Service;
import io.euryale.client.TrafficClass;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale group send`: joins, sends, leaves.
@Command(
    name = "send",
    header = "Send messages to a group.",
    description = {
      "Joins the group, sends and leaves; members see both. Each TEXT is a message; '-' sends each"
          + " line of standard input as one.",
      "Ends when every member of the configuration holds what was sent. Exit code 1 means that this"
          + " is not known of some: they may or may not have been delivered.",
      "Services: unreliable, reliable, fifo, causal, agreed, safe."
    },
    footer = {
      "",
      "Example: euryale group send --socket /var/tmp/a.sock orders 'two tickets' --service safe",
      "Example: vmstat 1 | euryale group send host/vmstat - --service fifo"
    })
final class GroupSendCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the group.")
  String group = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT|-", description = "What to send.")
  List<String> texts = new ArrayList<>();

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

  @Option(
      names = "--wait-stable",
      description =
          "Send the next only when everybody holds the one before; print how long it took.")
  boolean waitStable;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "How long to wait for the first view and for each outcome"
              + " (default: ${DEFAULT-VALUE}).")
  Duration timeout = Duration.ofSeconds(30);

  @Mixin GroupSocketOptions session = new GroupSocketOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  private long sent;
  private @Nullable CompletableFuture<Void> last;

  // Guarded by this.
  private @Nullable GroupClientException failed;
  private long failures;

  @Override
  public Integer call() throws Exception {
    if (texts.contains("-") && texts.size() > 1) {
      throw CommandException.usage("'-' reads standard input: give it alone, or texts without it.");
    }
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.onRequest(Thread.currentThread()::interrupt);
      try (GroupClient client = session.connect("send")) {
        GroupSession joined =
            client.join(trafficClass, group, false, false, new GroupListener() {});
        outcome(joined.joined());
        if (texts.equals(List.of("-"))) {
          lines(joined);
        } else {
          for (String text : texts) {
            send(joined, text);
          }
        }
        if (last != null) {
          settle(last);
        }
      } catch (InterruptedException _) {
        throw CommandException.missed(
            "The command was interrupted: of " + sent + " messages some may not be delivered.");
      }
      return shutdown.finish(report());
    }
  }

  private void lines(GroupSession joined) throws IOException, InterruptedException {
    // Standard input stays open: it is the process's.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      send(joined, line);
    }
  }

  private void send(GroupSession joined, String text) throws InterruptedException {
    long began = System.nanoTime();
    CompletableFuture<Void> outcome = joined.send(service, text.getBytes(StandardCharsets.UTF_8));
    sent++;
    if (!waitStable) {
      last = outcome.whenComplete((_, failure) -> note(failure));
      return;
    }
    try {
      outcome(outcome);
      double millis = (System.nanoTime() - began) / 1e6;
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        Map<String, Object> line = GroupText.event("stable");
        line.put("text", text);
        line.put("ms", millis);
        out.println(Json.line(line));
      } else {
        out.printf(Locale.ROOT, "held by all after %.3f ms: %s%n", millis, Plain.text(text));
      }
      out.flush();
    } catch (GroupClientException e) {
      note(e);
    }
  }

  private synchronized void note(@Nullable Throwable failure) {
    if (failure instanceof GroupClientException refusal) {
      failures++;
      failed = refusal;
    }
  }

  /// Outcomes come in order, so that of the last tells that all are there.
  private void settle(CompletableFuture<Void> outcome) throws InterruptedException {
    try {
      outcome(outcome);
    } catch (GroupClientException _) {
      // Noted.
    }
  }

  private void outcome(CompletableFuture<?> future) throws InterruptedException {
    try {
      Object _ = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof GroupClientException refusal
          ? refusal
          : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new GroupClientException(
          GroupClientException.Reason.TIMEOUT,
          "Nothing came of it in "
              + timeout.toMillis()
              + " ms: a member may be slow, or the peer may be alone; see 'euryale group status'.",
          e);
    }
  }

  private synchronized int report() {
    PrintWriter out = spec.commandLine().getOut();
    String name = service.name().toLowerCase(Locale.ROOT);
    if (output.isJson()) {
      Map<String, Object> line = GroupText.event("sent");
      line.put("group", group);
      line.put("service", name);
      line.put("messages", sent);
      line.put("failed", failures);
      out.println(Json.line(line));
    } else {
      out.printf("Sent to %s, service %s: %d.%n", group, name, sent);
    }
    out.flush();
    if (failed != null) {
      throw failed;
    }
    return ExitCode.DONE;
  }
}
