package io.euryale.lab.streams;

import io.euryale.kernel.trace.Trace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads from a trace what became of the overlay, so that a campaign notices when schedules that
/// should change it do not: a cell counts as lost when all its members, by the last view of one of
/// them, were down at the same time.
final class OverlayChanges {

  private final Map<String, Set<String>> members = new HashMap<>();
  private final Map<String, String> cellOf = new HashMap<>();
  private final Set<String> down = new HashSet<>();
  private final Set<String> drained = new HashSet<>();
  private String kind = "NONE";
  private final Set<String> below = new HashSet<>();
  private boolean apart;
  private boolean led;

  /// The change that this event is the last step of, or null.
  @Nullable String of(Trace trace) {
    return switch (trace.event()) {
      case "UPHEAVAL" -> {
        kind = trace.body().text("kind");
        yield null;
      }
      case "CELL_VIEW" -> {
        String cell = trace.body().text("cell");
        cellOf.put(trace.proc(), cell);
        Set<String> names = new HashSet<>();
        for (String member : trace.body().text("members").split(",")) {
          names.add(member.substring(0, member.indexOf('#')));
        }
        members.put(trace.proc(), names);
        yield null;
      }
      case "BOOT" -> {
        down.remove(trace.proc());
        yield null;
      }
      case "PART" -> {
        apart = trace.body().text("phase").equals("begin");
        below.addAll(List.of(trace.body().text("below").split(",")));
        yield null;
      }
      case "DRAIN" -> {
        drained.add(trace.body().text("peer"));
        yield null;
      }
      case "CRASH" -> crashed(trace.proc());
      case "FAULT" ->
          kind.equals("SPLIT") && trace.body().text("fault").startsWith("partition")
              ? "split"
              : null;
      case "COORDINATOR" -> {
        boolean root = apart && below.contains(trace.proc());
        root &= trace.body().text("cell").equals("0");
        led |= root;
        yield root ? "root elected apart" : null;
      }
      case "DELIVER" -> apart && led && below.contains(trace.proc()) ? "streams go on apart" : null;
      case "MERGED" -> "merged";
      case "RELOADED" -> "reloaded";
      case "MEMBER" -> trace.proc().startsWith("late-") ? "joined late" : null;
      default -> null;
    };
  }

  private @Nullable String crashed(String who) {
    if (who.startsWith("client-")) {
      return "client killed";
    }
    down.add(who);
    String cell = cellOf.get(who);
    boolean all = down.containsAll(members.getOrDefault(who, Set.of("")));
    if (cell != null && all) {
      return cell.equals("0") ? "root lost" : "cell lost";
    }
    return kind.equals("DRAIN_AND_CRASH") && !drained.isEmpty() && !drained.contains(who)
        ? "drained with crash"
        : null;
  }
}
