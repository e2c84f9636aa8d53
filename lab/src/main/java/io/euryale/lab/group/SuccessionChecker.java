package io.euryale.lab.group;

import io.euryale.lab.group.GroupEvent.Install;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// CF-4 to CF-6 and EV-3b: how configurations follow each other at one process, and that processes
/// that go the same way go through the same transitional configuration.
///
/// CF-5 asks every surviving member of a transitional configuration to install it. Survivors are
/// its members that install the regular configuration it leads to: no protocol can make a member
/// agree
/// on the last step that is cut off at that very moment (two generals).
final class SuccessionChecker extends EventChecker {

  /// A change between two regular configurations.
  private record Change(View from, View to) {}

  /// A transitional configuration with where it led.
  private record Way(View through, View to) {}

  private final Slots<@Nullable Install[]> lastTwo = new Slots<>(() -> new Install[2]);
  private final Map<Change, Install[]> changes = new LinkedHashMap<>();
  private final Map<Way, Install> ways = new LinkedHashMap<>();
  private final Map<View, Map<Life, Install>> arrivals = new LinkedHashMap<>();
  private final Slots<boolean[]> begun = new Slots<>(() -> new boolean[1]);

  SuccessionChecker(GroupEvents events) {
    super("CF-4", events);
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Install install -> installed(install);
      case GroupEvent.Send e -> firstIsInstall(e);
      case GroupEvent.Deliver e -> firstIsInstall(e);
      case GroupEvent.Primary e -> firstIsInstall(e);
      default -> {}
    }
  }

  private void firstIsInstall(GroupEvent.OfLife event) {
    boolean[] known = begun.at(event.who().index);
    if (!known[0]) {
      known[0] = true;
      violated(
          "EV-3b",
          "%s of %s came before its first configuration"
              .formatted(event.trace().event(), event.who()),
          event.trace());
    }
  }

  private void installed(Install install) {
    begun.at(install.who().index)[0] = true;
    @Nullable Install[] two = lastTwo.at(install.who().index);
    Install before = two[1];
    Install beforeThat = two[0];
    two[0] = before;
    two[1] = install;
    if (install.regular()) {
      arrivals
          .computeIfAbsent(install.view(), _ -> new LinkedHashMap<>())
          .putIfAbsent(install.who(), install);
    }
    if (before == null) {
      if (!install.regular()) {
        violated(
            "EV-3b",
            "the first configuration of %s is transitional: %s"
                .formatted(install.who(), install.view()),
            install.trace());
      }
      return;
    }
    if (before.regular() == install.regular()) {
      violated(
          "CF-4",
          "%s went from %s straight to %s: both are %s"
              .formatted(
                  install.who(),
                  before.view(),
                  install.view(),
                  install.regular() ? "regular" : "transitional"),
          before.trace(),
          install.trace());
    } else if (!install.regular()) {
      leaves(before, install);
    } else {
      arrives(beforeThat, before, install);
    }
  }

  private void leaves(Install from, Install through) {
    if (through.origin() != from.view()) {
      content(
          "%s went from %s to %s, which says it follows %s"
              .formatted(through.who(), from.view(), through.view(), through.origin()),
          from,
          through);
    } else if (!from.members().containsAll(through.members())) {
      content(
          "%s has members %s beyond those of %s: %s"
              .formatted(through.view(), through.members(), from.view(), from.members()),
          from,
          through);
    }
  }

  private void arrives(@Nullable Install from, Install through, Install to) {
    if (!to.members().containsAll(through.members())) {
      content(
          "%s has members %s beyond those of %s: %s"
              .formatted(through.view(), through.members(), to.view(), to.members()),
          through,
          to);
    }
    ways.putIfAbsent(new Way(through.view(), to.view()), through);
    if (from == null) {
      return;
    }
    Change change = new Change(from.view(), to.view());
    Install[] other = changes.putIfAbsent(change, new Install[] {through, to});
    if (other != null && other[0].view() != through.view()) {
      violated(
          "CF-6",
          "from %s to %s, %s went through %s and %s through %s"
              .formatted(
                  from.view(),
                  to.view(),
                  other[0].who(),
                  other[0].view(),
                  to.who(),
                  through.view()),
          other[0].trace(),
          other[1].trace(),
          through.trace(),
          to.trace());
    }
  }

  private void content(String sentence, Install one, Install other) {
    violated("CF-5", sentence, one.trace(), other.trace());
  }

  @Override
  void atEnd() {
    ways.forEach(
        (way, through) ->
            arrivals
                .getOrDefault(way.to(), Map.of())
                .forEach(
                    (life, arrival) -> {
                      if (way.through().has(life) && !way.through().installedBy.get(life.index)) {
                        content(
                            "%s is a member of %s and installed %s without it"
                                .formatted(life, way.through(), way.to()),
                            through,
                            arrival);
                      }
                    }));
  }
}
