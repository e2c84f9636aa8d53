package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.trace.TraceSink;
import io.euryale.simulation.Simulation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Merges the trace files of real processes into one trace for checkers.
///
/// Each file has the events of one process in its own order. The merged trace keeps these orders,
/// puts each `SEND` before its `DELIVER`s, the lives of one name one after the other, and numbers
/// the
/// steps anew; beyond that its order means nothing, so checkers run with [GroupRules#real]. Times
/// (`at`) stay those of the processes.
///
/// A process that was killed loses the end of its file, up to half a line: its trace then ends with
/// a `CRASH` that says `torn`, and checkers take what others delivered of it for sent.
public final class TraceFiles {

  /// A trace file.
  ///
  /// @param file JSON Lines, as processes write them
  /// @param killed whether the process was killed, so that its last events may not be in the file
  public record Source(Path file, boolean killed) {}

  /// What a merge came to.
  ///
  /// @param events given to the sink
  /// @param torn files whose end is missing
  /// @param unsent deliveries given without their `SEND`, because no file has it in time
  public record Merged(long events, int torn, long unsent) {}

  private final List<TraceReader> readers = new ArrayList<>();
  private final Set<String> sent = new HashSet<>();
  private final TraceSink sink;
  private long steps;
  private long latest;
  private int torn;
  private long unsent;

  private TraceFiles(TraceSink sink) {
    this.sink = sink;
  }

  /// Reads the files and gives the merged trace to the sink, on the calling thread. Memory grows
  /// with the number of messages, not with the length of the files.
  ///
  /// @param settled whether the run went on without faults until all was quiet: then `QUIESCE` and
  /// `END` come last, and checkers judge the end
  /// @throws IOException when a file cannot be read, or a line that is not its last is no event;
  /// the message is one sentence that names the file and the line
  public static Merged merge(List<Source> sources, boolean settled, TraceSink sink)
      throws IOException {
    TraceFiles merge = new TraceFiles(sink);
    FieldsReader fields = new FieldsReader();
    try {
      for (Source source : sources) {
        merge.readers.add(new TraceReader(source.file(), source.killed(), fields));
      }
      merge.run();
    } finally {
      for (TraceReader reader : merge.readers) {
        reader.close();
      }
    }
    if (settled) {
      merge.give(Simulation.HARNESS, 0, merge.latest, TraceEvent.of("QUIESCE", "restarted", false));
      merge.give(Simulation.HARNESS, 0, merge.latest, TraceEvent.of("END"));
    }
    return new Merged(merge.steps, merge.torn, merge.unsent);
  }

  private void run() throws IOException {
    for (TraceReader reader : readers) {
      advance(reader);
    }
    while (true) {
      TraceReader next = earliest(true);
      if (next == null) {
        next =
            earliest(false); // A circle of deliveries that wait: the checkers will say what it is.
      }
      if (next == null) {
        return;
      }
      Trace head = next.head();
      if (head != null) {
        give(head);
        advance(next);
      }
    }
  }

  /// Reads on in a file, and closes the life of a killed process at its end.
  private void advance(TraceReader reader) throws IOException {
    reader.advance();
    Trace last = reader.last();
    if (reader.head() == null && reader.isTorn() && last != null) {
      torn++;
      if (!last.event().equals("CRASH")) {
        TraceEvent end = TraceEvent.of("CRASH", "host", false, "torn", true);
        give(last.proc(), last.inc(), last.at(), end);
      }
    }
  }

  private @Nullable TraceReader earliest(boolean ready) {
    TraceReader earliest = null;
    long earliestAt = 0;
    for (TraceReader reader : readers) {
      Trace head = reader.head();
      if (head != null
          && (earliest == null || head.at() < earliestAt)
          && (!ready || isReady(reader, head))) {
        earliest = reader;
        earliestAt = head.at();
      }
    }
    return earliest;
  }

  private boolean isReady(TraceReader reader, Trace head) {
    String id = head.event().equals("DELIVER") ? head.body().text("m") : "";
    boolean waits = !id.isEmpty() && !sent.contains(key(head));
    String sender = waits ? sender(id) : "";
    long life = waits ? life(id) : 0;
    for (TraceReader other : readers) {
      Trace theirs = other.head();
      if (theirs == null || other == reader) {
        continue;
      }
      if (theirs.proc().equals(head.proc()) && theirs.inc() < head.inc()) {
        return false;
      }
      if (waits && theirs.proc().equals(sender) && theirs.inc() <= life) {
        return false; // A later life will not send it, when the end of its file is missing.
      }
    }
    return true;
  }

  private static String key(Trace trace) {
    return trace.body().text("group") + " " + trace.body().text("m");
  }

  /// The incarnation in `name/incarnation/class/sequence`; the latest when there is none.
  private static long life(String id) {
    String[] parts = id.split("/", -1);
    String life = parts.length < 4 ? "" : parts[parts.length - 3];
    return life.matches("\\d{1,18}") ? Long.parseLong(life) : Long.MAX_VALUE;
  }

  /// The name in `name/incarnation/class/sequence`.
  private static String sender(String id) {
    int at = id.lastIndexOf('/');
    for (int i = 0; i < 2 && at > 0; i++) {
      at = id.lastIndexOf('/', at - 1);
    }
    return at > 0 ? id.substring(0, at) : id;
  }

  private void give(Trace trace) {
    if (trace.proc().equals(Simulation.HARNESS)) {
      return; // Its place among the others is not known.
    }
    if (trace.event().equals("SEND")) {
      sent.add(key(trace));
    } else if (trace.event().equals("DELIVER")
        && !trace.body().text("m").isEmpty()
        && !sent.contains(key(trace))) {
      unsent++;
    }
    give(trace.proc(), trace.inc(), trace.at(), trace.body());
  }

  private void give(String proc, long incarnation, long at, TraceEvent body) {
    latest = Math.max(latest, at);
    sink.accept(new Trace(steps++, at, proc, incarnation, body));
  }
}
