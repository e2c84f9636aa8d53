package io.euryale.lab.group;

import io.euryale.lab.group.GroupEvent.Install;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EV-3a: at a quiescent end, the last configuration of a live process is that of all its members,
/// and they all live.
final class StableChecker extends EventChecker {

  private static final class State {
    @Nullable Install last;
    boolean ended;
  }

  private final Slots<State> states = new Slots<>(State::new);
  private final Map<String, Long> lives = new HashMap<>();
  private boolean quiesced;
  private boolean ended;

  StableChecker(GroupEvents events) {
    super("EV-3a", events);
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Install e -> {
        states.at(e.who().index).last = e;
        lives.merge(e.who().name, e.who().incarnation, Math::max);
      }
      case GroupEvent.Boot e -> lives.merge(e.who().name, e.who().incarnation, Math::max);
      case GroupEvent.Crash e -> states.at(e.who().index).ended = true;
      case GroupEvent.Quiesce _ -> quiesced = true;
      case GroupEvent.End _ -> ended = true;
      default -> {}
    }
  }

  @Override
  void atEnd() {
    int known = states.size();
    for (int i = 0; quiesced && ended && i < known; i++) {
      Install last = states.at(i).last;
      if (last != null && isAlive(last.who())) {
        last.members().forEach(member -> agrees(last, member));
      }
    }
  }

  private boolean isAlive(Life life) {
    return !states.at(life.index).ended
        && lives.getOrDefault(life.name, life.incarnation) == life.incarnation;
  }

  private void agrees(Install last, Life member) {
    Install theirs = states.at(member.index).last;
    if (!isAlive(member)) {
      violated(
          "EV-3a",
          "%s ends in %s, whose member %s is dead".formatted(last.who(), last.view(), member),
          last.trace());
    } else if (theirs == null || theirs.view() != last.view()) {
      violated(
          "EV-3a",
          "%s ends in %s, its member %s in %s"
              .formatted(last.who(), last.view(), member, theirs == null ? "none" : theirs.view()),
          theirs == null ? null : theirs.trace(),
          last.trace());
    }
  }
}
