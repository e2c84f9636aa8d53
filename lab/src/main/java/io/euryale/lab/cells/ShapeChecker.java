package io.euryale.lab.cells;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Checker;
import io.euryale.lab.Violation;
import io.euryale.overlay.OverlaySettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What has to hold of the tree when the run ends, long after its faults: C-1, C-2 and C-5.
abstract class ShapeChecker implements Checker {

  final List<Violation> violations = new ArrayList<>();
  final Places places = new Places();
  private final String id;

  ShapeChecker(String id) {
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public void accept(Trace trace) {
    places.read(trace);
  }

  void violated(String sentence, List<Trace> evidence) {
    violations.add(new Violation(id, sentence, evidence));
  }

  /// Live peers by cell.
  Map<String, List<Places.Place>> cells() {
    Map<String, List<Places.Place>> cells = new LinkedHashMap<>();
    for (Places.Place place : places.present()) {
      if (place.isMember()) {
        cells.computeIfAbsent(place.cell, _ -> new ArrayList<>()).add(place);
      }
    }
    return cells;
  }

  /// C-1: at the end every live peer is in one cell, whose size the settings allow; there is a root
  /// cell; and every peer below it has a parent that lives in the cell above.
  static final class Tree extends ShapeChecker {

    private final OverlaySettings settings;

    Tree(OverlaySettings settings) {
      super("C-1");
      this.settings = settings;
    }

    @Override
    public List<Violation> finish() {
      for (Places.Place place : places.present()) {
        if (!place.isMember()) {
          violated(place.who + " is in no cell at the end", List.of(place.last));
        } else if (!place.cell.equals("0")) {
          parent(place);
        }
      }
      Map<String, List<Places.Place>> cells = cells();
      if (!cells.isEmpty() && !cells.containsKey("0")) {
        violated("there is no root cell at the end", List.of());
      }
      cells.forEach(this::size);
      return violations;
    }

    private void parent(Places.Place place) {
      String above = place.cell.substring(0, place.cell.lastIndexOf('.'));
      Places.Place parent = places.of(place.parent);
      if (parent == null || parent.left || !parent.cell.equals(above)) {
        String where = parent == null ? "dead or unknown" : "in cell '" + parent.cell + "'";
        violated(
            "%s of cell %s has the parent '%s', which is %s at the end"
                .formatted(place.who, place.cell, place.parent, where),
            List.of(place.last));
      }
    }

    private void size(String cell, List<Places.Place> members) {
      int level = (int) cell.chars().filter(c -> c == '.').count();
      int most = level < settings.depth() ? settings.capacity(level) : 0;
      if (members.size() > most) {
        violated(
            "cell %s has %d members at the end, %d are allowed"
                .formatted(cell, members.size(), most),
            members.stream().map(member -> member.last).toList());
      }
    }
  }

  /// C-2: a cell and term never have two coordinators; at the end every cell's members follow one
  /// view, which lists exactly them and whose coordinator is one of them.
  static final class Coordinators extends ShapeChecker {

    private record CellTerm(String cell, long number, String leader) {}

    private final Map<CellTerm, Trace> coordinators = new HashMap<>();

    Coordinators() {
      super("C-2");
    }

    @Override
    public void accept(Trace trace) {
      super.accept(trace);
      if (trace.event().equals("CELL_VIEW")) {
        String coordinator = trace.body().text("coordinator");
        CellTerm term =
            new CellTerm(
                trace.body().text("cell"),
                trace.body().number("number", 0),
                trace.body().text("term"));
        Trace known = coordinators.putIfAbsent(term, trace);
        if (known != null && !known.body().text("coordinator").equals(coordinator)) {
          violated(
              "cell %s has two coordinators in term %s".formatted(term.cell(), term.leader()),
              List.of(known, trace));
        }
      }
    }

    @Override
    public List<Violation> finish() {
      cells().forEach(this::agreed);
      return violations;
    }

    private void agreed(String cell, List<Places.Place> members) {
      Places.Place first = members.getFirst();
      List<String> present = members.stream().map(member -> member.who).sorted().toList();
      List<String> listed = first.members().stream().sorted().toList();
      for (Places.Place member : members) {
        if (!member.text("term").equals(first.text("term"))
            || !member.text("version").equals(first.text("version"))) {
          violated(
              "%s and %s follow two views of cell %s at the end"
                  .formatted(first.who, member.who, cell),
              List.of(first.last, member.last));
        }
      }
      if (!listed.equals(present) || !present.contains(first.text("coordinator"))) {
        violated(
            "the view of cell %s lists %s under %s at the end, its members are %s"
                .formatted(cell, listed, first.text("coordinator"), present),
            List.of(first.last));
      }
    }
  }

  /// C-5: at the end no two members have one name, in the views as little as among the living.
  static final class Names extends ShapeChecker {

    Names() {
      super("C-5");
    }

    @Override
    public List<Violation> finish() {
      Map<String, String> byName = new LinkedHashMap<>();
      for (Places.Place place : places.present()) {
        if (!place.isMember()) {
          continue;
        }
        for (String member : place.members()) {
          String name = member.substring(0, member.indexOf('#'));
          String seat = member + " in cell " + place.cell;
          String known = byName.putIfAbsent(name, seat);
          if (known != null && !known.equals(seat)) {
            violated("members at the end: " + known + " and " + seat, List.of(place.last));
          }
        }
      }
      return violations;
    }
  }
}
