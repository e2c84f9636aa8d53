package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Install;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// LV-1, LV-2 and LV-4: after the last disturbance of the quiet phase, every set of live processes
/// that hear each other is in one common configuration of exactly these within the bound; then
/// nothing is installed any more.
///
/// A disturbance is `QUIESCE`, and after it `FAULT`, `BOOT` and `CRASH`. Where some links work one
/// way only, LV-4 asks that every process comes into a configuration all of whose members are in
/// it, within its own bound, and stays. LV-2 looks at the last half of the time between the
/// disturbance
/// and the end, and not before the bound. While faults that slow things down last, nothing is
/// asked.
final class MembershipLivenessChecker extends EventChecker {

  private static final class State {
    @Nullable Install present;
    @Nullable Install atBound;
    @Nullable Install latest;
  }

  private final GroupRules rules;
  private final Connectivity connectivity = new Connectivity();
  private final Map<String, Life> alive = new TreeMap<>();
  private final Slots<State> states = new Slots<>(State::new);
  private final TreeSet<String> taking = new TreeSet<>();
  private @Nullable Trace disturbance;
  private boolean pastBound;
  private @Nullable Trace end;

  MembershipLivenessChecker(GroupEvents events, GroupRules rules) {
    super("LV-1", events);
    this.rules = rules;
    taking.addAll(rules.weights().keySet());
  }

  @Override
  void on(GroupEvent event) {
    passBound(event.trace());
    switch (event) {
      case Install e -> {
        alive.put(e.who().name, e.who());
        taking.add(e.who().name);
        State state = states.at(e.who().index);
        state.present = e;
        state.latest = e;
      }
      case GroupEvent.Boot e -> {
        alive.put(e.who().name, e.who());
        disturb(e.trace());
      }
      case GroupEvent.Crash e -> {
        alive.remove(e.who().name, e.who());
        disturb(e.trace());
      }
      case GroupEvent.Fault e -> {
        connectivity.fault(e.fault(), e.begins());
        disturb(e.trace());
      }
      case GroupEvent.Quiesce e -> {
        connectivity.heal();
        disturbance = e.trace();
        pastBound = false;
      }
      case GroupEvent.End e -> end = e.trace();
      default -> {}
    }
  }

  private void disturb(Trace trace) {
    if (disturbance != null) {
      disturbance = trace;
      pastBound = false;
    }
  }

  /// Keeps who is where at the bound, with the first event behind it.
  private void passBound(Trace trace) {
    Trace since = disturbance;
    if (since != null && !pastBound && trace.at() - since.at() > bound()) {
      pastBound = true;
      for (int i = 0; i < states.size(); i++) {
        states.at(i).atBound = states.at(i).present;
      }
    }
  }

  private long bound() {
    return connectivity.isSymmetric() ? rules.membershipNanos() : rules.asymmetricNanos();
  }

  @Override
  void atEnd() {
    Trace last = end;
    Trace since = disturbance;
    if (last == null || since == null || !rules.globalSteps() || connectivity.isDegraded()) {
      return;
    }
    long length = last.at() - since.at();
    if (length <= bound()) {
      return; // Too short to tell.
    }
    passBound(last);
    List<String> names = alive.keySet().stream().filter(taking::contains).toList();
    for (SortedSet<String> part : connectivity.parts(names)) {
      boolean clean = connectivity.isClean(part, names);
      if (clean) {
        common(part, since, last);
      } else {
        part.forEach(name -> stable(name, since, last));
      }
      quiet(part, since.at() + Math.max(bound(), length / 2), clean ? "LV-2" : "LV-4");
    }
  }

  private void common(SortedSet<String> part, Trace since, Trace last) {
    LinkedHashSet<View> views = new LinkedHashSet<>();
    for (String name : part) {
      Install at = atBound(name);
      if (at == null || !isExact(at, part)) {
        violated(
            "LV-1",
            "%s is in %s %.3f s after the faults, not in a configuration of exactly %s"
                .formatted(life(name), name(at), bound() / 1e9, part),
            since,
            at == null ? last : at.trace());
        return;
      }
      views.add(at.view());
    }
    if (views.size() > 1) {
      violated("LV-1", "%s are in different configurations: %s".formatted(part, views), since);
    }
  }

  private boolean isExact(Install install, SortedSet<String> part) {
    return install.regular()
        && install.members().size() == part.size()
        && install.members().stream().allMatch(member -> alive.get(member.name) == member)
        && part.containsAll(install.members().stream().map(member -> member.name).toList());
  }

  private void stable(String name, Trace since, Trace last) {
    Install at = atBound(name);
    List<Life> elsewhere = new ArrayList<>();
    if (at != null && at.regular()) {
      for (Life member : at.members()) {
        Install theirs = alive.get(member.name) == member ? atBound(member.name) : null;
        if (theirs == null || theirs.view() != at.view()) {
          elsewhere.add(member);
        }
      }
    }
    if (at == null || !at.regular() || !elsewhere.isEmpty()) {
      violated(
          "LV-4",
          "with a one-way link %s is in %s after %.3f s, and %s are not"
              .formatted(life(name), name(at), bound() / 1e9, elsewhere),
          since,
          at == null ? last : at.trace());
    }
  }

  private void quiet(SortedSet<String> part, long fromNanos, String promise) {
    for (String name : part) {
      Life life = alive.get(name);
      Install latest = life == null ? null : states.at(life.index).latest;
      if (latest != null && latest.trace().at() > fromNanos) {
        violated(
            promise,
            "%s still installed %s %.3f s into the time in which nothing should change"
                .formatted(life, latest.view(), (latest.trace().at() - fromNanos) / 1e9),
            latest.trace());
        return;
      }
    }
  }

  private @Nullable Install atBound(String name) {
    Life life = alive.get(name);
    return life == null ? null : states.at(life.index).atBound;
  }

  private String life(String name) {
    Life life = alive.get(name);
    return life == null ? name : life.toString();
  }

  private static String name(@Nullable Install install) {
    return install == null ? "no configuration" : install.view().text;
  }
}
