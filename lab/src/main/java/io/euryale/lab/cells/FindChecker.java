package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.overlay.OverlaySettings;
import io.euryale.overlay.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is promised to those that look for peers and services: C-15 and C-16. From `OFFERS`,
/// `ASKS`, `FOUND`, `WATCHES`, `TOLD` and what tells where peers stand.
///
/// When all is calm everything offered is known at the top, and nothing else: faults are over and
/// no place has changed for twice the time after which offers are told again. Each coordinator on
/// the way up may take two report periods to pass a repetition on.
abstract class FindChecker implements Checker {

  /// What may change where things are found.
  private static final Set<String> CHANGES =
      Set.of(
          "ATTACHED",
          "ATTACHMENT_LOST",
          "BOOT",
          "CELL_VIEW",
          "COORDINATOR",
          "CRASH",
          "LEFT",
          "MEMBER",
          "PARENT",
          "PARENT_LOST",
          "PHASE",
          "QUIESCE",
          "ROOT");

  private final String id;
  private final long calmNanos;
  private final long newsNanos;
  private final Places places = new Places();

  /// Until when what was offered once was offered, by owner; `Long.MAX_VALUE` for what still is.
  /// Peers are found under their names.
  private final Map<String, Map<String, Long>> offered = new TreeMap<>();

  private long changedNanos = Long.MAX_VALUE;
  private long offersNanos = Long.MIN_VALUE;
  final List<Violation> violations = new ArrayList<>();
  long quietNanos = Long.MAX_VALUE;

  FindChecker(String id, OverlaySettings settings) {
    this.id = id;
    calmNanos = 20 * settings.reportPeriod().toNanos();
    newsNanos = 2 * settings.reportPeriod().toNanos();
  }

  /// Looks at an event when what it says of places and offers is known.
  abstract void look(Trace trace);

  /// Looks at what is known before an event.
  void before(Trace trace) {}

  /// Something else is to be found from now on.
  void changed() {}

  @Override
  public String id() {
    return id;
  }

  @Override
  public void accept(Trace trace) {
    before(trace);
    places.read(trace);
    switch (trace.event()) {
      case "BOOT" -> {
        if (Places.isPeer(trace)) {
          offers(trace).put(key(Resource.PEER.name(), trace.proc()), Long.MAX_VALUE);
        }
      }
      case "CRASH", "LEFT" -> offers(trace).replaceAll((_, until) -> Math.min(until, trace.at()));
      case "OFFERS" -> {
        if (canAsk(trace.who())) {
          replaced(trace);
          offersNanos = trace.at();
          changed();
        }
      }
      case "QUIESCE" -> quietNanos = trace.at();
      default -> {}
    }
    if (quietNanos != Long.MAX_VALUE && CHANGES.contains(trace.event())) {
      changedNanos = trace.at();
      changed();
    }
    look(trace);
  }

  private Map<String, Long> offers(Trace of) {
    return offered.computeIfAbsent(of.who(), _ -> new TreeMap<>());
  }

  private void replaced(Trace trace) {
    Map<String, Long> own = offers(trace);
    own.replaceAll(
        (key, until) ->
            key.startsWith(Resource.SERVICE.name()) ? Math.min(until, trace.at()) : until);
    for (String service : list(trace.body().text("services"))) {
      own.put(key(Resource.SERVICE.name(), service), Long.MAX_VALUE);
    }
  }

  private static String key(String what, String name) {
    return what + " " + name;
  }

  static List<String> list(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
  }

  /// Whether what is to be found has been the same for long enough.
  final boolean isCalm(long at) {
    return changedNanos != Long.MAX_VALUE
        && at - changedNanos >= calmNanos
        && (offersNanos == Long.MIN_VALUE || at - offersNanos >= newsNanos)
        && places.present().stream().allMatch(Places.Place::isMember);
  }

  /// Whether a process has not left the overlay; outside there is nothing to leave.
  final boolean canAsk(String who) {
    Places.Place place = places.of(who);
    return place == null || !place.left;
  }

  /// What there is for a question now, as answers are written.
  final Set<String> expected(Trace question) {
    String what = question.body().text("what");
    String pattern = question.body().text("pattern");
    Set<String> all = new TreeSet<>();
    offered.forEach(
        (owner, things) ->
            things.forEach(
                (key, until) -> {
                  String name = key.substring(key.indexOf(' ') + 1);
                  boolean meant = pattern.equals(FindPlan.ALL) || pattern.equals(name);
                  if (until == Long.MAX_VALUE && meant && key.equals(key(what, name))) {
                    all.add(name + "@" + owner);
                  }
                }));
    return all;
  }

  /// Until when this was offered; null when it never was.
  final @Nullable Long offeredUntil(Trace question, String found) {
    int at = found.indexOf('@');
    Map<String, Long> own = offered.get(found.substring(at + 1));
    return own == null ? null : own.get(key(question.body().text("what"), found.substring(0, at)));
  }

  final void violated(String sentence, Trace... evidence) {
    violations.add(new Violation(id, sentence, List.of(evidence)));
  }

  static String asked(Trace question) {
    return "%s looked for %s '%s'"
        .formatted(question.who(), question.body().text("what"), question.body().text("pattern"));
  }

  @Override
  public List<Violation> finish() {
    return violations;
  }

  /// C-15: who asks when all is calm is answered in time, and told exactly what the peers that live
  /// offer; who wants only some of it gets so many. Nothing is found that was never offered, nor,
  /// after the faults, what has not been offered for longer than it is remembered. Before, somebody
  /// who was stopped may pass on what he heard long ago.
  static final class Finds extends FindChecker {

    /// Answers on their way, timers and drifting clocks.
    private static final long SLACK_NANOS = CellPlan.SECOND;

    private final long ageNanos;
    private final long answerNanos;
    private final Map<Long, Trace> open = new LinkedHashMap<>();

    Finds(OverlaySettings settings) {
      super("C-15", settings);
      ageNanos = 30 * settings.reportPeriod().toNanos() + SLACK_NANOS;
      answerNanos = 12 * settings.requestTimeout().toNanos() + SLACK_NANOS / 2;
    }

    @Override
    void look(Trace trace) {
      switch (trace.event()) {
        case "ASKS" -> open.put(trace.body().number("id", 0), trace);
        case "FOUND" -> {
          Trace question = open.remove(trace.body().number("id", 0));
          if (question != null && canAsk(question.who())) {
            answered(question, trace);
          }
        }
        case "CRASH", "LEFT" -> open.values().removeIf(ask -> ask.who().equals(trace.who()));
        case "END" -> {
          for (Trace question : open.values()) {
            if (isCalm(question.at()) && trace.at() - question.at() > answerNanos) {
              violated(asked(question) + " and had no answer", question);
            }
          }
        }
        default -> {}
      }
    }

    private void answered(Trace question, Trace answer) {
      List<String> found = list(answer.body().text("found"));
      for (String each : found) {
        Long until = offeredUntil(question, each);
        if (until == null) {
          violated(
              "%s and found %s, which nobody offered".formatted(asked(question), each), answer);
        } else if (quietNanos != Long.MAX_VALUE
            && until != Long.MAX_VALUE
            && answer.at() - Math.max(until, quietNanos) > ageNanos) {
          violated(
              "%s and found %s, which was not offered for %.1f s"
                  .formatted(asked(question), each, (answer.at() - until) / 1e9),
              answer);
        }
      }
      if (!isCalm(question.at())) {
        return;
      }
      Set<String> expected = expected(question);
      long wanted = question.body().number("wanted", 0);
      boolean all = wanted == Integer.MAX_VALUE;
      boolean right =
          all
              ? expected.equals(Set.copyOf(found))
              : found.size() >= Math.min(wanted, expected.size());
      if (!right) {
        violated(
            "%s, wanted %d and found %s; there is %s"
                .formatted(asked(question), wanted, found, expected),
            question,
            answer);
      } else if (all && !answer.body().text("complete").equals("true")) {
        violated(asked(question) + " and the top did not answer", question, answer);
      }
    }
  }

  /// C-16: when all is calm each watch has been told last exactly what the peers that live offer,
  /// and two report periods after that changes it has been told again.
  static final class Watches extends FindChecker {

    private final Map<Long, Trace> watches = new LinkedHashMap<>();
    private final Map<Long, Trace> told = new HashMap<>();
    private boolean checked;

    Watches(OverlaySettings settings) {
      super("C-16", settings);
    }

    @Override
    void changed() {
      checked = false;
    }

    @Override
    void before(Trace trace) {
      if (!checked && !watches.isEmpty() && isCalm(trace.at())) {
        checked = true;
        watches.forEach(this::check);
      }
    }

    @Override
    void look(Trace trace) {
      long id = trace.body().number("id", 0);
      switch (trace.event()) {
        case "WATCHES" -> watches.put(id, trace);
        case "TOLD" -> {
          told.put(id, trace);
          Trace watch = watches.get(id);
          if (checked && watch != null) {
            check(id, watch);
          }
        }
        case "CRASH", "LEFT" -> watches.values().removeIf(w -> w.who().equals(trace.who()));
        default -> {}
      }
    }

    private void check(long id, Trace watch) {
      Trace last = told.get(id);
      Set<String> expected = expected(watch);
      if (last == null) {
        violated(asked(watch) + " and was told nothing", watch);
      } else if (!expected.equals(Set.copyOf(list(last.body().text("found"))))) {
        violated(
            "%s and was told %s; there is %s"
                .formatted(asked(watch), list(last.body().text("found")), expected),
            watch,
            last);
      }
    }
  }
}
