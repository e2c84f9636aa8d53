package io.euryale.lab.cells;

import io.euryale.kernel.Role;
import io.euryale.kernel.trace.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where every peer stands, as far as a trace has been read: from `BOOT`, `CRASH`, `MEMBER`,
/// `CELL_VIEW`, `PARENT`, `PARENT_LOST`, `SHUNNED`, `PHASE` and `LEFT`.
final class Places {

  /// A live process. `cell` and what follows are empty while it is in no cell.
  static final class Place {
    final String who;
    final String name;
    boolean left;
    String cell = "";
    String parent = "";
    @Nullable Trace view;
    Trace last;

    Place(Trace boot) {
      who = boot.who();
      name = boot.proc();
      last = boot;
    }

    boolean isMember() {
      return !cell.isEmpty();
    }

    /// The members in the view it follows, without their parents.
    List<String> members() {
      List<String> members = new ArrayList<>();
      Trace followed = view;
      if (followed != null) {
        for (String member : followed.body().text("members").split(",", -1)) {
          int parentMark = member.indexOf('^');
          members.add(parentMark < 0 ? member : member.substring(0, parentMark));
        }
      }
      return members;
    }

    String text(String field) {
      Trace followed = view;
      return followed == null ? "" : followed.body().text(field);
    }
  }

  private final Map<String, Place> live = new LinkedHashMap<>();

  /// Whether what boots has a place; others only ask.
  static boolean isPeer(Trace boot) {
    return !boot.body().text("role").equals(Role.CLIENT.name());
  }

  void read(Trace trace) {
    Place place = live.get(trace.who());
    switch (trace.event()) {
      case "BOOT" -> {
        if (isPeer(trace)) {
          live.put(trace.who(), new Place(trace));
        }
      }
      case "CRASH" -> live.remove(trace.who());
      default -> {
        if (place != null) {
          read(place, trace);
        }
      }
    }
  }

  private static void read(Place place, Trace trace) {
    switch (trace.event()) {
      case "MEMBER" -> {
        place.cell = trace.body().text("cell");
        place.parent = "";
        place.last = trace;
      }
      case "CELL_VIEW" -> {
        place.view = trace;
        place.last = trace;
      }
      case "PARENT" -> {
        place.parent = trace.body().text("parent");
        place.last = trace;
      }
      case "PARENT_LOST" -> {
        place.parent = "";
        place.last = trace;
      }
      case "PHASE" -> {
        if (!trace.body().text("to").equals("MEMBER")) {
          place.cell = "";
          place.view = null;
          place.last = trace;
        }
      }
      case "LEFT" -> place.left = true;
      default -> {}
    }
  }

  /// Processes that live and have not left, in the order of their boots.
  List<Place> present() {
    return live.values().stream().filter(place -> !place.left).toList();
  }

  /// The place of a live process, or null.
  @Nullable Place of(String who) {
    return live.get(who);
  }
}
