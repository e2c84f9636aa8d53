package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import java.util.HashMap;
import java.util.Map;

/// the trace can be checked at all. Its events can be read, no ended life speaks, ids of
/// configurations can be compared, and somebody sends: a run without messages shows nothing.
final class FormChecker extends EventChecker {

  static final String ID = "X-2";

  private final Map<String, Long> lives = new HashMap<>();
  private final Slots<Trace[]> ends = new Slots<>(() -> new Trace[1]);
  private boolean sent;
  private boolean unranked;

  FormChecker(GroupEvents events) {
    super(ID, events);
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case GroupEvent.Malformed e ->
          violated(ID, e.trace().event() + " of " + e.trace().who() + ": " + e.reason(), e.trace());
      case GroupEvent.Crash e -> ends.at(e.who().index)[0] = e.trace();
      case GroupEvent.Boot e -> lives.merge(e.who().name, e.who().incarnation, Math::max);
      case GroupEvent.Send e -> {
        sent = true;
        alive(e);
      }
      case GroupEvent.Install e -> {
        if (!unranked && Rank.parse(e.view().text) == null) {
          unranked = true;
          violated(ID, "the growth of ids like '" + e.view() + "' cannot be checked", e.trace());
        }
        alive(e);
      }
      case GroupEvent.OfLife e -> alive(e);
      default -> {}
    }
  }

  @Override
  void onGroup(GroupEvent event) {
    if (event instanceof GroupEvent.OfLife e) {
      alive(e);
    }
  }

  private void alive(GroupEvent.OfLife event) {
    Life who = event.who();
    Trace end = ends.at(who.index)[0];
    if (end != null) {
      violated(ID, who + " goes on after its end", end, event.trace());
    } else if (lives.getOrDefault(who.name, 0L) > who.incarnation) {
      violated(ID, who + " goes on beside a later life", event.trace());
    }
  }

  @Override
  void atEnd() {
    if (!sent) {
      violated(ID, "nobody sent a message, so nothing was checked");
    }
  }
}
