package io.euryale.console;

import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Findings;
import io.euryale.overlay.Query;
import io.euryale.overlay.Resource;
import io.euryale.peer.Client;
import io.euryale.platform.Loops;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `euryale overlay find`: who has what.
@Command(
    name = "find",
    header = "Find peers, services, streams or free capacity.",
    description = {
      "The peer attached to looks into what it knows, then asks its coordinator, which asks the one"
          + " above, up to the root. With --count N the first that knows N answers; without it"
          + " the root does, which knows all.",
      "Exit code 1 means that nothing was found, or that the root did not answer."
    },
    footer = {
      "",
      "Examples: euryale overlay find stream 'line-a/*' --join 127.0.0.1:7400",
      "          euryale overlay find capacity --least 1MiB --watch --join 127.0.0.1:7400"
    })
final class OverlayFindCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "WHAT",
      description = "peer, service, stream or capacity (of peers, in bytes of packets).")
  String what = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATTERN",
      description = "Name, with * for any characters and ? for one; * when not given.")
  String pattern = "*";

  @Option(
      names = "--least",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Smallest capacity, such as 512KiB.")
  @Nullable Integer least;

  @Option(names = "--count", paramLabel = "N", description = "How many are enough.")
  @Nullable Integer count;

  @Option(names = "--watch", description = "Print what there is, and again whenever it changes.")
  boolean watch;

  @Mixin EdgeOptions edge = new EdgeOptions();
  @Mixin OutputOption output = new OutputOption();
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Query query = query();
    PrintWriter out = spec.commandLine().getOut();
    try (Shutdown shutdown = new Shutdown();
        Loops loops = new Loops();
        Client client = edge.client(loops, null)) {
      if (!watch) {
        Findings found = client.find(query);
        print(out, query, found);
        boolean enough = found.complete() || found.total() >= query.wanted();
        return shutdown.finish(enough && found.total() > 0 ? ExitCode.DONE : ExitCode.MISSED);
      }
      LinkedBlockingQueue<Findings> told = new LinkedBlockingQueue<>();
      try (AutoCloseable _ = client.watch(query, told::add)) {
        while (!shutdown.isRequested() && !out.checkError()) {
          Findings found = told.poll(100, TimeUnit.MILLISECONDS);
          if (found != null && found.forbidden()) {
            throw CommandException.usage(
                client.id().name()
                    + " may not look for this: grant it in the table of rights, see docs/keys.md.");
          }
          if (found != null) {
            print(out, query, found);
          }
        }
      }
      return shutdown.finish(ExitCode.DONE);
    }
  }

  private Query query() {
    Resource resource;
    try {
      resource = Resource.valueOf(what.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      throw CommandException.usage(
          "'" + what + "' cannot be found: choose peer, service, stream or capacity.");
    }
    int wanted = count == null ? Integer.MAX_VALUE : count;
    if (wanted < 1) {
      throw CommandException.usage("--count is 1 or more, not " + wanted + ".");
    }
    if (least != null && resource != Resource.CAPACITY) {
      throw CommandException.usage("--least is for capacity only.");
    }
    try {
      return new Query(resource, pattern, least == null ? Long.MIN_VALUE : least, wanted);
    } catch (IllegalArgumentException _) {
      throw CommandException.usage("A pattern has 1 to 200 bytes.");
    }
  }

  private void print(PrintWriter out, Query query, Findings findings) {
    List<Map<String, Object>> lines = new ArrayList<>();
    TextTable table = new TextTable("NAME", "VALUE", "PEER", "ADDRESS", "AGE MS");
    for (Findings.Finding found : findings.found()) {
      String value = value(query.what(), found.value());
      table.row(
          found.name(), value, found.owner().name(), found.owner().endpoint(), found.ageMillis());
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", found.name());
      line.put("value", value);
      line.put("peer", found.owner().name().value());
      line.put("address", found.owner().endpoint().toString());
      line.put("ageMillis", found.ageMillis());
      lines.add(line);
    }
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("total", findings.total());
      document.put("complete", findings.complete());
      document.put("found", lines);
      out.println(watch ? Json.line(document) : Json.indented(document));
    } else {
      if (!lines.isEmpty()) {
        out.print(table);
      }
      out.printf(
          "%d found%s%n",
          findings.total(),
          findings.complete() ? "." : "; there may be more, the root was not asked.");
    }
    out.flush();
  }

  private static String value(Resource what, long value) {
    return switch (what) {
      case PEER, SERVICE -> "";
      case CAPACITY -> Long.toString(value);
      case STREAM -> {
        TrafficClass of = TrafficClass.ofCode((int) value);
        yield of == null ? "" : of.label();
      }
    };
  }
}
