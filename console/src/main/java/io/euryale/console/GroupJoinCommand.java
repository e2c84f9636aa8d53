package io.euryale.console;

import io.euryale.client.GroupClient;
import io.euryale.client.GroupClientException;
import io.euryale.client.GroupListener;
import io.euryale.client.GroupSession;
import io.euryale.client.Message;
import io.euryale.client.TrafficClass;
import io.euryale.client.View;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale group join`: a member that prints.
@Command(
    name = "join",
    header = "Join a group and print its views and messages.",
    description = {
      "Until SIGINT or SIGTERM, or as long as --count and --duration say; then it leaves. When the"
          + " peer is restarted the command joins again; messages between are missed, and it says so.",
      "A line of a message is its sender, service, position in the order and text. Whoever stops"
          + " reading the output holds up the senders of the group."
    },
    footer = {
      "",
      "Example: euryale group join --socket /var/tmp/a.sock orders",
      "Example: euryale group join orders --class alarm --application desk --output json"
    })
final class GroupJoinCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(50);

  @Parameters(paramLabel = "NAME", description = "Name of the group.")
  String group = "";

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      defaultValue = "normal",
      description = "alarm, critical or normal (default: ${DEFAULT-VALUE}).")
  TrafficClass trafficClass = TrafficClass.NORMAL;

  @Option(names = "--count", paramLabel = "N", description = "Leave after N messages.")
  @Nullable Long count;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Leave after this time; exit code 1 when --count was not reached.")
  @Nullable Duration duration;

  @Mixin GroupSocketOptions session = new GroupSocketOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (count != null && count < 1) {
      throw CommandException.usage("--count is 1 or more, not " + count + ".");
    }
    try (Shutdown shutdown = new Shutdown()) {
      Printer printer =
          new Printer(
              group,
              spec.commandLine().getOut(),
              output.isJson(),
              count == null ? Long.MAX_VALUE : count);
      try (GroupClient client = session.connect("join")) {
        GroupSession joined = client.join(trafficClass, group, false, false, printer);
        await(printer, shutdown);
        GroupClientException refusal = printer.refusal;
        if (refusal != null) {
          throw refusal;
        }
        // Listeners must not be waited for when they wait for whoever reads.
        var _ = joined.leave();
      }
      String ended = printer.ended;
      if (ended != null) {
        throw CommandException.sessionEnded(ended);
      }
      boolean tooFew = count != null && printer.messages.get() < count;
      return shutdown.finish(tooFew ? ExitCode.MISSED : ExitCode.DONE);
    }
  }

  private void await(Printer printer, Shutdown shutdown) throws InterruptedException {
    long began = System.nanoTime();
    while (!shutdown.isRequested()) {
      boolean over = printer.over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      if (over || (duration != null && System.nanoTime() - began >= duration.toNanos())) {
        return;
      }
    }
  }

  /// Prints on the listener's thread: a reader that stops holds up the group, and loses nothing.
  private static final class Printer implements GroupListener {

    private final String group;
    private final PrintWriter out;
    private final boolean json;
    private final long limit;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable String ended;
    private volatile @Nullable GroupClientException refusal;
    private final AtomicLong messages = new AtomicLong();

    Printer(String group, PrintWriter out, boolean json, long limit) {
      this.group = group;
      this.out = out;
      this.json = json;
      this.limit = limit;
    }

    private void print(Map<String, Object> line, String text) {
      out.println(json ? Json.line(line) : text);
      if (out.checkError()) {
        over.countDown(); // Nobody reads any more, as behind `head`.
      }
    }

    @Override
    public void view(View view) {
      if (over.getCount() > 0) {
        print(GroupText.json(group, view), GroupText.line(group, view));
      }
    }

    @Override
    public void message(Message message) {
      if (messages.get() >= limit || over.getCount() == 0) {
        return;
      }
      print(GroupText.json(group, message), GroupText.line(message));
      if (messages.incrementAndGet() >= limit) {
        over.countDown();
      }
    }

    @Override
    public void refused(GroupClientException why) {
      refusal = why;
      over.countDown();
    }

    @Override
    public void left(View.Cause cause) {
      over.countDown();
    }

    @Override
    public void disconnected(String reason) {
      Map<String, Object> line = GroupText.event("disconnected");
      line.put("reason", reason);
      print(
          line, "disconnected: " + reason + "; messages may be missed from here to the next view");
    }

    @Override
    public void ended(String reason) {
      if (over.getCount() > 0) {
        ended = reason;
        over.countDown();
      }
    }
  }
}
