package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a peer may do on its own suspicion: C-11 and C-12.
abstract class DecisionChecker implements Checker {

  final List<Violation> violations = new ArrayList<>();
  private final String id;

  DecisionChecker(String id) {
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  void violated(String sentence, List<Trace> evidence) {
    violations.add(new Violation(id, sentence, evidence));
  }

  @Override
  public List<Violation> finish() {
    return violations;
  }

  private static boolean isProof(Trace suspicion) {
    return suspicion.body().text("reason").contains("refused");
  }

  /// C-11: below the root, the other member of a cell of two takes over from a coordinator that it
  /// merely suspects only after the cell above decided for it, or gave no answer; and a decision
  /// that is heard was made.
  static final class AboveDecides extends DecisionChecker {

    private record Key(String who, String other) {}

    private final Places places = new Places();
    private final Map<Key, Trace> suspected = new HashMap<>();

    /// The last word on the cell of a peer: `DECIDED` or `UNDECIDED`.
    private final Map<String, Trace> words = new HashMap<>();

    /// Decisions that were made: cell and keeper.
    private final Map<Key, Trace> made = new HashMap<>();

    AboveDecides() {
      super("C-11");
    }

    @Override
    public void accept(Trace trace) {
      String who = trace.who();
      switch (trace.event()) {
        case "BOOT" -> words.remove(who);
        case "SUSPECT" -> suspected.put(new Key(who, trace.body().text("who")), trace);
        case "TRUST", "LEAVES", "ELSEWHERE" ->
            suspected.remove(new Key(who, trace.body().text("who")));
        case "ARBITRATED" ->
            made.put(new Key(trace.body().text("cell"), trace.body().text("keeper")), trace);
        case "UNDECIDED" -> words.put(who, trace);
        case "DECIDED" -> {
          words.put(who, trace);
          String cell = trace.body().text("cell");
          if (!made.containsKey(new Key(cell, trace.body().text("keeper")))) {
            violated(who + " heard a decision that nobody made", List.of(trace));
          }
        }
        case "CELL_VIEW" -> followed(places.of(who), trace);
        default -> {}
      }
      places.read(trace);
    }

    private void followed(Places.@Nullable Place place, Trace trace) {
      if (place == null || place.view == null) {
        return;
      }
      String who = trace.who();
      String before = place.text("coordinator");
      Trace suspicion = suspected.get(new Key(who, before));
      boolean takesOver =
          trace.body().text("coordinator").equals(who)
              && !before.equals(who)
              && place.members().size() == 2
              && !place.cell.equals("0")
              && !place.parent.isEmpty();
      Trace word = words.remove(who);
      if (!takesOver || suspicion == null || isProof(suspicion)) {
        return;
      }
      boolean allowed =
          word != null
              && word.at() >= suspicion.at()
              && (word.event().equals("UNDECIDED") || word.body().text("keeper").equals(who));
      if (!allowed) {
        violated(
            "%s took cell %s over from %s, and the cell above had not decided so"
                .formatted(who, place.cell, before),
            List.of(suspicion, trace));
      }
    }
  }

  /// C-12: a peer that suspects most of its neighbours, and at least two, without proof does
  /// nothing about it before it has doubted itself.
  static final class DoubtsItself extends DecisionChecker {

    private final Map<String, Trace> doubts = new HashMap<>();
    private final Map<String, Trace> rash = new HashMap<>();

    DoubtsItself() {
      super("C-12");
    }

    @Override
    public void accept(Trace trace) {
      String who = trace.who();
      switch (trace.event()) {
        case "DOUBT" -> {
          doubts.put(who, trace);
          rash.remove(who);
        }
        case "DOUBT_OVER", "BOOT", "PHASE" -> {
          doubts.remove(who);
          rash.remove(who);
        }
        case "SUSPECT" -> {
          long doubtful = trace.body().number("doubtful", 0);
          boolean most = doubtful >= 2 && 2 * doubtful > trace.body().number("near", 0);
          if (most && !isProof(trace) && !doubts.containsKey(who)) {
            rash.put(who, trace);
          }
        }
        case "PARENT_LOST", "COORDINATOR" -> acted(trace);
        default -> {}
      }
    }

    private void acted(Trace trace) {
      Trace suspicion = rash.get(trace.who());
      boolean onSuspicion =
          trace.event().equals("COORDINATOR") || trace.body().text("reason").equals("suspected");
      if (suspicion != null && suspicion.at() == trace.at() && onSuspicion) {
        violated(
            trace.who() + " acts on suspicions against most of its neighbours without a doubt",
            List.of(suspicion, trace));
      }
    }
  }
}
