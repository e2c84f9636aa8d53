package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// EV-9: what the ordering layer promises of configurations holds for the views of each named
/// group, and no process is a member that left or died.
///
/// Every group gets checkers of its own for EV-1a to EV-1c, EV-2, EV-5, EV-7a, EV-7b and EV-8a,
/// which see the events of that group; [GroupViewChecker] and [GroupOrderChecker] look at what
/// differs.
/// Messages marked `private` have other receivers than the view, so sets are not compared over
/// them.
final class GroupLayerChecker extends EventChecker {

  private static final String ID = "EV-9";

  private final GroupRules rules;
  private final Map<String, List<EventChecker>> groups = new TreeMap<>();
  private final List<GroupEvent> shared = new ArrayList<>();

  GroupLayerChecker(GroupEvents events, GroupRules rules) {
    super(ID, events);
    this.rules = rules;
  }

  /// Lives, configurations and the harness concern every group, also one that begins later.
  @Override
  void on(GroupEvent event) {
    switch (event) {
      case GroupEvent.Install _, GroupEvent.Boot _, GroupEvent.Crash _ -> share(event);
      case GroupEvent.Quiesce _, GroupEvent.End _ -> share(event);
      default -> {}
    }
  }

  private void share(GroupEvent event) {
    shared.add(event);
    groups.values().forEach(checkers -> give(checkers, event));
  }

  /// Configurations are no views of the group: only the checker of views sees them.
  private static void give(List<EventChecker> checkers, GroupEvent event) {
    for (EventChecker checker : checkers) {
      if (!(event instanceof GroupEvent.Install) || checker instanceof GroupViewChecker) {
        checker.on(event);
      }
    }
  }

  @Override
  void onGroup(GroupEvent event) {
    String group = event.group();
    if (group == null) {
      return;
    }
    List<EventChecker> checkers = groups.get(group);
    if (checkers == null) {
      checkers = make();
      groups.put(group, checkers);
      for (GroupEvent before : shared) {
        give(checkers, before);
      }
    }
    boolean isPrivate = event.trace().body().text("private").equals("true");
    for (EventChecker checker : checkers) {
      if (checker instanceof GroupViewChecker) {
        checker.onGroup(event);
      } else if (!isPrivate || checker instanceof MessageChecker) {
        checker.on(event);
      }
    }
  }

  private List<EventChecker> make() {
    return List.of(
        new GroupViewChecker(events),
        new MessageChecker(events, false),
        new GroupOrderChecker(events),
        new PrecedenceChecker(events),
        new AtomicityChecker(events),
        new GapChecker(events),
        new SafeChecker(events, rules, false));
  }

  @Override
  void atEnd() {
    groups.forEach(
        (group, checkers) -> {
          for (EventChecker checker : checkers) {
            for (Violation violation : checker.finish()) {
              violated(
                  ID,
                  "group %s, %s: %s".formatted(group, violation.checker(), violation.sentence()),
                  violation.evidence().toArray(new Trace[0]));
            }
          }
        });
  }
}
