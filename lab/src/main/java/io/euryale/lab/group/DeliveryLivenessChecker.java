package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Install;
import io.euryale.lab.group.GroupEvent.Send;
import io.euryale.lab.group.GroupEvent.Submit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// LV-3 and LV-5: once the faults are over and the bound of LV-1 is past, messages reach everybody
/// and leave their queue in time.
///
/// LV-3 asks this of messages sent after `QUIESCE` in the last configuration of their sender; what
/// is sent in an earlier one is covered by EV-4, EV-5 and EV-8. Time counts from the sending, or
/// from
/// the bound of LV-1 when that is later. UNRELIABLE messages do not count. LV-5 counts from the
/// submission, the bound of LV-1 or the configuration's installation, whichever is latest. A
/// submission without an id is the next message of its process and class; `REFUSED` takes the
/// latest of these back.
final class DeliveryLivenessChecker extends EventChecker {

  /// A message on its way, with the members that still miss it.
  private static final class Open {
    final Send send;
    int missing;
    long lastAt;

    Open(Send send) {
      this.send = send;
    }
  }

  private static final class State {
    @Nullable Install last;
    boolean ended;
    final Map<Message, Submit> named = new LinkedHashMap<>();
    final Map<Integer, ArrayDeque<Submit>> unnamed = new HashMap<>();
  }

  private final GroupRules rules;
  private final Slots<State> states = new Slots<>(State::new);
  private final Map<Message, Open> open = new LinkedHashMap<>();
  private final Connectivity connectivity = new Connectivity();
  private long calmAt = Long.MAX_VALUE;
  private @Nullable Trace end;

  DeliveryLivenessChecker(GroupEvents events, GroupRules rules) {
    super("LV-3", events);
    this.rules = rules;
  }

  @Override
  void on(GroupEvent event) {
    if (!rules.globalSteps()) {
      return;
    }
    switch (event) {
      case Install e -> states.at(e.who().index).last = e;
      case Submit e -> submitted(e);
      case GroupEvent.Refused e -> {
        ArrayDeque<Submit> queue = states.at(e.who().index).unnamed.get(e.lane());
        if (queue != null) {
          queue.pollLast();
        }
      }
      case Send e -> sent(e);
      case GroupEvent.Deliver e -> delivered(e);
      case GroupEvent.Crash e -> {
        states.at(e.who().index).ended = true;
        disturb(e.trace());
      }
      case GroupEvent.Boot e -> disturb(e.trace());
      case GroupEvent.Fault e -> {
        connectivity.fault(e.fault(), e.begins());
        disturb(e.trace());
      }
      case GroupEvent.Quiesce e -> {
        connectivity.heal();
        calmAt = calmAfter(e.trace());
      }
      case GroupEvent.End e -> end = e.trace();
      default -> {}
    }
  }

  private long calmAfter(Trace trace) {
    return trace.at() + rules.membershipNanos();
  }

  private void disturb(Trace trace) {
    if (calmAt != Long.MAX_VALUE) {
      calmAt = calmAfter(trace);
    }
  }

  private boolean isQuiet() {
    return calmAt != Long.MAX_VALUE;
  }

  private void submitted(Submit submit) {
    State state = states.at(submit.who().index);
    if (submit.message() != null) {
      state.named.put(submit.message(), submit);
    } else {
      state.unnamed.computeIfAbsent(submit.lane(), _ -> new ArrayDeque<>()).add(submit);
    }
  }

  private void sent(Send send) {
    if (send.again()) {
      return;
    }
    State state = states.at(send.who().index);
    Submit submit = state.named.remove(send.message());
    if (submit == null) {
      ArrayDeque<Submit> queue = state.unnamed.get(send.message().lane);
      submit = queue == null ? null : queue.poll();
    }
    if (submit != null && isQuiet()) {
      waited(submit, state, send.trace());
    }
    if (isQuiet() && send.service() != Service.UNRELIABLE) {
      Open opened = new Open(send);
      opened.missing = send.view().members().size();
      open.put(send.message(), opened);
    }
  }

  private void waited(Submit submit, State state, Trace until) {
    Install stable = state.last;
    if (stable == null || !stable.regular() || connectivity.isDegraded()) {
      return;
    }
    long from = Math.max(submit.trace().at(), Math.max(calmAt, stable.trace().at()));
    if (until.at() - from > rules.queueNanos()) {
      violated(
          "LV-5",
          "a message of %s waited %.3f s in its queue"
              .formatted(submit.who(), (until.at() - from) / 1e9),
          submit.trace(),
          until);
    }
  }

  private void delivered(GroupEvent.Deliver delivery) {
    Open opened = open.get(delivery.message());
    if (opened != null && !delivery.again() && opened.send.view().has(delivery.who())) {
      opened.missing--;
      opened.lastAt = delivery.trace().at();
    }
  }

  @Override
  void atEnd() {
    Trace last = end;
    if (last == null || !isQuiet() || connectivity.isDegraded()) {
      return;
    }
    open.values().forEach(opened -> late(opened, last));
    for (int i = 0; i < states.size(); i++) {
      State state = states.at(i);
      List<Submit> left = new ArrayList<>(state.named.values());
      state.unnamed.values().forEach(left::addAll);
      for (Submit submit : left) {
        if (!state.ended) {
          waited(submit, state, last);
        }
      }
    }
  }

  private void late(Open opened, Trace last) {
    Send send = opened.send;
    Install present = states.at(send.who().index).last;
    if (states.at(send.who().index).ended || present == null || present.view() != send.view()) {
      return;
    }
    long due = Math.max(send.trace().at(), calmAt) + rules.deliveryNanos();
    long at = opened.missing > 0 ? last.at() : opened.lastAt;
    if (at > due) {
      violated(
          "LV-3",
          "%s was sent in %s and %s"
              .formatted(
                  send.message(),
                  send.view(),
                  opened.missing > 0
                      ? opened.missing + " members never delivered it"
                      : "took %.3f s to be delivered by all"
                          .formatted((at - send.trace().at()) / 1e9)),
          send.trace());
    }
  }
}
