package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Install;
import io.euryale.lab.group.GroupEvent.Primary;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// PC-1 to PC-6: the primaries of a run form one chain, each with a quorum of the one before.
///
/// Decisions: votes, and the survivors of PC-2, are counted by process name, because the record of
/// the vote is durable; so all members may restart between two primaries. "Installed Pk" means
/// installed the configuration that became Pk, since a member may end before it learns that it did.
/// An index without `PRIMARY` is that of an attempt whose members all ended before they saw it
/// succeed, and that an exchange took for a primary (`ATTEMPT`, `SETTLED`); in a trace without
/// attempts
/// indexes may be left out. The declared initial set stands as P0: half of its weight with its
/// first
/// member makes P1 too, which is as unique. A `PRIMARY` is that of the ordering layer; of a group's
/// component only PC-1, PC-2 and PC-6 are asked.
final class PrimaryChecker extends EventChecker {

  /// One chain: that of the ordering layer, or of a group.
  private static final class Chain {
    final TreeMap<Long, Primary> first = new TreeMap<>();
    final Map<View, Primary> byView = new LinkedHashMap<>();
  }

  /// What the hand-over from a configuration is judged by.
  private static final class Traffic {
    /// The SAFE delivery in the regular configuration whose message was sent last.
    GroupEvent.@Nullable Deliver latest;

    final Map<Life, Trace> entered = new LinkedHashMap<>();
    final Map<Life, Trace> left = new HashMap<>();
    @Nullable Trace firstInstall;
  }

  /// A primary as far as the chain is judged.
  ///
  /// @param names its members, sorted
  private record Link(long number, View view, SortedSet<String> names, Trace trace) {
    static Link of(Primary primary) {
      TreeSet<String> names = new TreeSet<>();
      primary.members().forEach(life -> names.add(life.name));
      return new Link(primary.number(), primary.view(), names, primary.trace());
    }
  }

  private static final String MAIN = "";

  /// Attempts to form a primary, by index and attempt.
  private final TreeMap<Long, TreeMap<Long, Link>> attempts = new TreeMap<>();

  /// Attempts that count as primaries although nobody was seen to be in one, by index.
  private final TreeMap<Long, Long> settled = new TreeMap<>();

  private final Slots<@Nullable View[]> present = new Slots<>(() -> new View[1]);

  private final GroupRules rules;
  private final Map<String, Chain> chains = new TreeMap<>();
  private final Slots<Traffic> traffic = new Slots<>(Traffic::new);
  private final Slots<@Nullable Trace[]> ends = new Slots<>(() -> new Trace[1]);

  PrimaryChecker(GroupEvents events, GroupRules rules) {
    super("PC-1", events);
    this.rules = rules;
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Primary e -> primary(e, MAIN);
      case Install e -> {
        installed(e);
        present.at(e.who().index)[0] = e.regular() ? e.view() : null;
      }
      case GroupEvent.Attempt e -> {
        View view = present.at(e.who().index)[0];
        if (view != null) {
          attempts
              .computeIfAbsent(e.number(), _ -> new TreeMap<>())
              .put(e.attempt(), new Link(e.number(), view, new TreeSet<>(e.names()), e.trace()));
        }
      }
      case GroupEvent.Settled e -> settled.put(e.number(), e.attempt());
      case GroupEvent.Crash e -> ends.at(e.who().index)[0] = e.trace();
      case GroupEvent.Deliver e -> {
        if (e.service() == Service.SAFE && e.view().isRegular()) {
          safe(e);
        }
      }
      default -> {}
    }
  }

  @Override
  void onGroup(GroupEvent event) {
    if (event instanceof Primary e && e.group() != null) {
      primary(e, e.group());
    } else if (event instanceof Install e) {
      installed(e);
    }
  }

  private void installed(Install install) {
    Traffic here = traffic.at(install.view().index);
    here.entered.putIfAbsent(install.who(), install.trace());
    if (here.firstInstall == null) {
      here.firstInstall = install.trace();
    }
    View origin = install.origin();
    if (origin != null) {
      traffic.at(origin.index).left.putIfAbsent(install.who(), install.trace());
    }
  }

  private void safe(GroupEvent.Deliver delivery) {
    Traffic here = traffic.at(delivery.view().index);
    if (sentAt(delivery) > sentAt(here.latest)) {
      here.latest = delivery;
    }
  }

  private static long sentAt(GroupEvent.@Nullable Deliver delivery) {
    GroupEvent.Send send = delivery == null ? null : delivery.message().send();
    return send == null ? -1 : send.trace().step();
  }

  private void primary(Primary event, String group) {
    Chain chain = chains.computeIfAbsent(group, _ -> new Chain());
    Primary same = chain.first.putIfAbsent(event.number(), event);
    Primary other = chain.byView.putIfAbsent(event.view(), event);
    if (same != null && same.view() != event.view()) {
      violated(
          "PC-1",
          "primary %d is %s at %s and %s at %s"
              .formatted(event.number(), same.view(), same.who(), event.view(), event.who()),
          same.trace(),
          event.trace());
    } else if (other != null && other.number() != event.number()) {
      if (same == null) {
        chain.first.remove(event.number()); // The same configuration is no successor of itself.
      }
      violated(
          "PC-1",
          "%s is primary %d at %s and %d at %s"
              .formatted(event.view(), other.number(), other.who(), event.number(), event.who()),
          other.trace(),
          event.trace());
    } else {
      agrees(event, same, group);
    }
  }

  private void agrees(Primary event, @Nullable Primary same, String group) {
    Install install = event.view().first();
    if (same != null && !same.members().equals(event.members())) {
      violated(
          "PC-6",
          "primary %d has members %s at %s and %s at %s"
              .formatted(event.number(), same.members(), same.who(), event.members(), event.who()),
          same.trace(),
          event.trace());
    } else if (install == null) {
      violated(
          "PC-6",
          "primary %d of %s is %s, which nobody installed"
              .formatted(event.number(), event.who(), event.view()),
          event.trace());
    } else if (!install.regular()) {
      Chain chain = chains.get(group);
      View origin = install.origin();
      if (chain == null || origin == null || !chain.byView.containsKey(origin)) {
        violated(
            "PC-6",
            "%s took the transitional %s for primary, which follows no primary"
                .formatted(event.who(), event.view()),
            install.trace(),
            event.trace());
      }
    } else if (group.equals(MAIN) && !install.members().equals(event.members())) {
      violated(
          "PC-6",
          "primary %d has members %s, its configuration %s has %s"
              .formatted(event.number(), event.members(), event.view(), install.members()),
          install.trace(),
          event.trace());
    }
  }

  @Override
  void atEnd() {
    chains.forEach(
        (group, chain) -> {
          TreeMap<Long, Link> links = new TreeMap<>();
          chain.first.forEach(
              (number, primary) -> {
                if (!primary.view().isTransitional()) {
                  links.put(number, Link.of(primary));
                }
              });
          if (group.equals(MAIN)) {
            assume(links);
          }
          Link before = null;
          for (Link link : links.values()) {
            judge(before, link, group.equals(MAIN));
            before = link;
          }
        });
  }

  /// Fills the holes of the chain with attempts: the one that an exchange settled, else the last.
  private void assume(NavigableMap<Long, Link> links) {
    if (links.isEmpty() || attempts.isEmpty()) {
      return;
    }
    for (long number = 1; number < links.lastKey(); number++) {
      TreeMap<Long, Link> tried = attempts.get(number);
      Long attempt = settled.get(number);
      if (links.containsKey(number)) {
        continue;
      }
      if (tried == null) {
        Map.Entry<Long, Link> next = links.higherEntry(number);
        if (next != null) {
          violated(
              "PC-1",
              "primary %d exists, but nobody tried to form primary %d"
                  .formatted(next.getKey(), number),
              next.getValue().trace());
        }
        return;
      }
      Link link = attempt == null ? null : tried.get(attempt);
      links.put(number, link == null ? tried.lastEntry().getValue() : link);
    }
  }

  private void judge(@Nullable Link before, Link after, boolean main) {
    if (main) {
      quorum(before, after);
      size(after);
    }
    if (before != null) {
      continues(before, after);
      if (main && rules.globalSteps()) {
        handsOver(before, after);
        stragglers(before, after);
      }
    }
  }

  private void continues(Link before, Link after) {
    Map<String, Trace> survivors = new HashMap<>();
    traffic
        .at(before.view().index)
        .entered
        .forEach((life, trace) -> survivors.putIfAbsent(life.name, trace));
    boolean continued =
        traffic.at(after.view().index).entered.entrySet().stream()
            .anyMatch(
                entry -> {
                  Trace earlier = survivors.get(entry.getKey().name);
                  return earlier != null
                      && (!rules.globalSteps() || earlier.step() < entry.getValue().step());
                });
    if (!continued) {
      violated(
          "PC-2",
          "nobody that installed primary %d (%s) installed primary %d (%s) later"
              .formatted(before.number(), before.view(), after.number(), after.view()),
          before.trace(),
          after.trace());
    }
  }

  private void quorum(@Nullable Link before, Link after) {
    Map<String, Integer> voters = new TreeMap<>();
    if (before == null) {
      voters.putAll(rules.weights());
    } else {
      before.names().forEach(name -> voters.put(name, rules.weight(name)));
    }
    long all = 0;
    long present = 0;
    String distinguished = null;
    for (Map.Entry<String, Integer> voter : voters.entrySet()) {
      all += voter.getValue();
      present += after.names().contains(voter.getKey()) ? voter.getValue() : 0;
      if (distinguished == null && voter.getValue() > 0) {
        distinguished = voter.getKey();
      }
    }
    boolean half = 2 * present == all;
    if (2 * present < all
        || (half && distinguished != null && !after.names().contains(distinguished))) {
      violated(
          "PC-3",
          "primary %d %s has weight %d of %d of %s%s"
              .formatted(
                  after.number(),
                  after.names(),
                  present,
                  all,
                  before == null ? "the declared set" : "primary " + before.number(),
                  half ? " and not its first member" : ""),
          before == null ? null : before.trace(),
          after.trace());
    }
  }

  private void size(Link primary) {
    long weight = primary.names().stream().mapToLong(rules::weight).sum();
    if (weight < rules.minimumPrimary()) {
      violated(
          "PC-3",
          "primary %d has weight %d, at least %d is required"
              .formatted(primary.number(), weight, rules.minimumPrimary()),
          primary.trace());
    }
  }

  private void handsOver(Link before, Link after) {
    Trace formed = traffic.at(after.view().index).firstInstall;
    Traffic old = traffic.at(before.view().index);
    for (Life life : before.view().members()) {
      Trace entered = old.entered.get(life);
      if (formed == null || entered == null || !after.names().contains(life.name)) {
        continue;
      }
      Trace left = earlier(old.left.get(life), ends.at(life.index)[0]);
      if (left == null || left.step() > formed.step()) {
        violated(
            "PC-4",
            "%s had not left primary %d (%s) when primary %d (%s) was installed"
                .formatted(life, before.number(), before.view(), after.number(), after.view()),
            entered,
            formed,
            left);
      }
    }
  }

  private static @Nullable Trace earlier(@Nullable Trace one, @Nullable Trace other) {
    return one == null || (other != null && other.step() < one.step()) ? other : one;
  }

  private void stragglers(Link before, Link after) {
    Trace formed = traffic.at(after.view().index).firstInstall;
    GroupEvent.Deliver latest = traffic.at(before.view().index).latest;
    if (formed == null || latest == null || sentAt(latest) <= formed.step()) {
      return;
    }
    GroupEvent.Send send = latest.message().send();
    violated(
        "PC-5",
        "%s was sent in primary %d (%s) after primary %d (%s) was installed, and is safe"
            .formatted(
                latest.message(), before.number(), before.view(), after.number(), after.view()),
        formed,
        send == null ? null : send.trace(),
        latest.trace());
  }
}
