package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Install;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EV-8a and EV-8b: a SAFE message delivered in a configuration is delivered by each of its
/// members, unless that one ends before it leaves the regular configuration; and when it is
/// delivered in a
/// regular configuration, every member has installed that.
///
/// EV-8a: a member may deliver the message in another transitional configuration than the one that
/// delivered it first. A member that is still in the regular configuration at the end owes the
/// message only if the end is quiescent and the message older than the bound of LV-3.
///
/// EV-8b is not asked of groups: the view of a group changes by an ordered message, and holding
/// that message, which the acknowledgement proves, is less than having delivered it.
final class SafeChecker extends EventChecker {

  /// The first delivery of a SAFE message in each configuration.
  private static final class Owed {
    final List<Deliver> first = new ArrayList<>(1);
  }

  private static final class Member {
    @Nullable View regular;
    boolean ended;
  }

  private final GroupRules rules;
  private final boolean installedBefore;
  private final Map<Message, Owed> safe = new LinkedHashMap<>();
  private final Slots<Member> members = new Slots<>(Member::new);
  private final Slots<Map<Life, Install>> left = new Slots<>(LinkedHashMap::new);
  private final Map<View, Deliver> inRegular = new LinkedHashMap<>();
  private final Slots<boolean[]> torn = new Slots<>(() -> new boolean[1]);
  private boolean quiesced;
  private @Nullable Trace end;

  /// @param installedBefore whether to check EV-8b
  SafeChecker(GroupEvents events, GroupRules rules, boolean installedBefore) {
    super("EV-8", events);
    this.rules = rules;
    this.installedBefore = installedBefore;
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Install e -> {
        if (e.regular()) {
          Member member = members.at(e.who().index);
          View before = member.regular;
          if (before != null) {
            left.at(before.index).putIfAbsent(e.who(), e);
          }
          member.regular = e.view();
        }
      }
      case Deliver e -> {
        if (!e.again() && e.service() == Service.SAFE && e.view().isKnown()) {
          delivered(e);
        }
      }
      case GroupEvent.Crash e -> {
        members.at(e.who().index).ended = true;
        torn.at(e.who().index)[0] = e.torn();
      }
      case GroupEvent.Quiesce _ -> quiesced = true;
      case GroupEvent.End e -> end = e.trace();
      default -> {}
    }
  }

  private void delivered(Deliver delivery) {
    Owed owed = safe.get(delivery.message());
    if (owed == null) {
      owed = new Owed();
      safe.put(delivery.message(), owed);
    }
    boolean known = false;
    for (Deliver first : owed.first) {
      known |= first.view() == delivery.view();
    }
    if (!known) {
      owed.first.add(delivery);
    }
    if (installedBefore && delivery.view().isRegular() && !inRegular.containsKey(delivery.view())) {
      if (!rules.globalSteps()) {
        inRegular.put(delivery.view(), delivery);
      } else if (misses(delivery)) {
        inRegular.put(delivery.view(), delivery);
      }
    }
  }

  private boolean misses(Deliver delivery) {
    View view = delivery.view();
    for (Life member : view.members()) {
      if (!view.installedBy.get(member.index) && !torn.at(member.index)[0]) {
        violated(
            "EV-8b",
            "%s delivered the safe %s in %s, which %s had not installed"
                .formatted(delivery.who(), delivery.message(), view, member),
            delivery.trace());
        return true;
      }
    }
    return false;
  }

  @Override
  void atEnd() {
    if (!rules.globalSteps()) {
      inRegular.values().forEach(this::misses);
    }
    safe.forEach(
        (message, owed) -> {
          BitSet reported = new BitSet();
          for (Deliver first : owed.first) {
            for (Life member : first.view().members()) {
              if (!message.deliveredBy.get(member.index)
                  && !reported.get(member.index)
                  && owes(member, first)) {
                reported.set(member.index);
                violated(
                    "EV-8a",
                    "%s delivered the safe %s in %s, its member %s never did"
                        .formatted(first.who(), message, first.view(), member),
                    first.trace(),
                    leaving(member, first));
              }
            }
          }
        });
  }

  private boolean owes(Life member, Deliver delivery) {
    View regular = delivery.view().regular();
    if (regular == null) {
      return false;
    }
    if (left.at(regular.index).containsKey(member)) {
      return true;
    }
    Member state = members.at(member.index);
    Trace last = end;
    return quiesced
        && last != null
        && !state.ended
        && state.regular == regular
        && (!rules.globalSteps() || last.at() - delivery.trace().at() > rules.deliveryNanos());
  }

  private @Nullable Trace leaving(Life member, Deliver delivery) {
    View regular = delivery.view().regular();
    Install next = regular == null ? null : left.at(regular.index).get(member);
    return next == null ? null : next.trace();
  }
}
