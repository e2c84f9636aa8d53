package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Install;
import io.euryale.lab.group.GroupEvent.Send;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// CF-7 and EV-3c: everything happens in the present configuration of its process, and sending only
/// in a regular one. Both name the same rule; here EV-3c is the part about time (a configuration
/// the process has left, or installs only later), CF-7 the rest (one it never installs, or a
/// transitional one for sending). Before its first configuration a process breaks EV-3b instead.
final class LocalityChecker extends EventChecker {

  private static final class Place {
    @Nullable Install present;

    /// Uses of configurations that the process has not installed, the first of each.
    final Map<View, Trace> early = new LinkedHashMap<>();
  }

  private final Slots<Place> places = new Slots<>(Place::new);

  LocalityChecker(GroupEvents events) {
    super("CF-7", events);
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Install e -> installed(e);
      case Send e -> {
        Install present = used(e.who(), e.view(), e.trace());
        if (present != null && !present.regular() && e.view() == present.view()) {
          violated(
              "CF-7",
              "%s sent %s in the transitional %s".formatted(e.who(), e.message(), e.view()),
              present.trace(),
              e.trace());
        }
      }
      case Deliver e -> used(e.who(), e.view(), e.trace());
      default -> {}
    }
  }

  private void installed(Install install) {
    Place place = places.at(install.who().index);
    place.present = install;
    Trace early = place.early.remove(install.view());
    if (early != null) {
      violated(
          "EV-3c",
          "%s of %s in %s came before it was installed"
              .formatted(early.event(), install.who(), install.view()),
          early,
          install.trace());
    }
  }

  private @Nullable Install used(Life who, View view, Trace trace) {
    Place place = places.at(who.index);
    Install present = place.present;
    if (present == null || present.view() == view) {
      return present;
    }
    if (view.installedBy.get(who.index)) {
      violated(
          "EV-3c",
          "%s of %s in %s came after it installed %s"
              .formatted(trace.event(), who, view, present.view()),
          present.trace(),
          trace);
    } else {
      place.early.putIfAbsent(view, trace);
    }
    return present;
  }

  @Override
  void atEnd() {
    for (int i = 0; i < places.size(); i++) {
      places
          .at(i)
          .early
          .forEach(
              (view, trace) ->
                  violated(
                      "CF-7",
                      "%s of %s names %s, which it never installed"
                          .formatted(trace.event(), trace.who(), view),
                      trace));
    }
  }
}
