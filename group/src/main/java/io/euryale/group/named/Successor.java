package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.named.Group.Change;
import io.euryale.group.named.GroupFrame.Entry;
import io.euryale.group.named.GroupFrame.Memberships;
import io.euryale.kernel.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// From the views of one configuration to those of the next: what this peer tells of its
/// applications, and the views that follow from what all told.
final class Successor {

  private final Site site;
  private final Outbox outbox;
  private final Credits credits;
  private final Transfers transfers;
  private final Views views;
  private @Nullable Exchange exchange;

  /// Members that a planted mistake keeps.
  private final List<Group> ghosts = new ArrayList<>();

  Successor(Site site, Outbox outbox, Credits credits, Transfers transfers, Views views) {
    this.site = site;
    this.outbox = outbox;
    this.credits = credits;
    this.transfers = transfers;
    this.views = views;
  }

  /// The configuration is over.
  void end(long nowNanos, Configuration transitional) {
    site.phase = Site.Phase.TRANSITIONAL;
    site.transitional = transitional;
    transfers.stop();
    if (site.hasViews) {
      views.transitional(nowNanos);
    }
  }

  /// A new configuration begins; the peers tell each other their memberships.
  void begin(long nowNanos, Configuration regular) {
    close(nowNanos);
    site.regular = regular;
    site.transitional = null;
    site.hasViews = false;
    site.phase = Site.Phase.EXCHANGING;
    site.tag = Hash.of(regular.id().toString());
    site.ordered = 0;
    site.floor = 0;
    ghosts.clear();
    if (!site.rules.dropsGhosts()) {
      ghosts.addAll(site.groups.values());
    }
    site.groups.clear();
    site.hosted.clear();
    site.outsiders.clear();
    credits.clear();
    exchange = new Exchange(regular);
    outbox.restart(nowNanos);
    outbox.addFirst(told(nowNanos, regular));
    site.observer.exchangeBegan(nowNanos, regular.members().size());
  }

  /// What was ordered in the old configuration and waited for the end of a view is done.
  private void close(long nowNanos) {
    Configuration between = site.transitional;
    long end = between == null ? 0 : Hash.of(between.id().toString());
    for (Group group : List.copyOf(site.groups.values())) {
      for (Membership own : site.memberships(group.name)) {
        if (own.isInView) {
          own.lineage = own.intake == null ? Hash.chain(group.history, end) : 0;
        }
      }
      for (Change change : group.pending) {
        switch (change) {
          case Change.Joining c -> {
            Membership own = site.membership(group.name, c.member());
            if (own != null) {
              own.isJoined = true;
              own.birthConfiguration = 0; // Born in the configuration that comes.
              if (own.stage == Membership.Stage.JOINING) {
                own.stage = Membership.Stage.MEMBER;
              }
            }
          }
          case Change.Leaving c -> {
            Membership own = site.membership(group.name, c.member());
            if (own != null && own.isJoined) {
              own.left(nowNanos, c.cause());
              site.remove(own);
              if (!site.hasInterest(group.name)) {
                site.trace.leave(nowNanos, group.name);
              }
            }
          }
          case Change.Unordering _ -> {}
        }
      }
    }
    site.memberships().forEach(own -> own.isInView = false);
  }

  private List<Memberships> told(long nowNanos, Configuration regular) {
    List<Entry> entries = new ArrayList<>();
    for (Membership own : site.memberships()) {
      if (own.isJoined) {
        if (own.birthConfiguration == 0) {
          own.birthConfiguration = regular.id().number();
          own.birthNumber = 0;
          own.lineage = 0;
        }
        boolean awaits =
            own.intake != null || (own.options.wantsState() && own.lineage == 0 && own.placed == 0);
        if (!awaits && own.asked > own.placed) {
          own.placed = own.asked;
          own.refused(
              nowNanos,
              new Refusal(
                  Refusal.Reason.NO_STATE,
                  "The configuration changed before the request for state of group "
                      + own.group
                      + " had its place; ask again"));
        }
        if (awaits) {
          own.asked = ++site.attempts;
          own.intake = Intake.waiting(own.asked);
        }
        entries.add(
            new Entry(
                own.group,
                own.application(),
                own.options.givesState(),
                awaits,
                site.isWithheld(own.group),
                own.birthConfiguration,
                own.birthNumber,
                awaits ? 0 : own.lineage,
                own.asked));
      }
    }
    List<Memberships> parts = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(entries.size(), from + GroupCodec.MAX_ENTRIES);
      parts.add(new Memberships(to == entries.size(), site.tables(), entries.subList(from, to)));
      from = to;
    } while (from < entries.size());
    return parts;
  }

  /// A part of what a peer tells.
  ///
  /// @return whether views were installed
  boolean told(long nowNanos, PeerId peer, Memberships part) {
    Exchange running = exchange;
    if (running == null || !running.add(peer, part, site.rules)) {
      return false;
    }
    exchange = null;
    complete(nowNanos, running);
    return true;
  }

  private void complete(long nowNanos, Exchange told) {
    List<PeerId> outsiders = told.outsiders();
    site.outsiders.addAll(outsiders);
    if (!outsiders.isEmpty()) {
      site.observer.tablesDiffer(nowNanos, outsiders);
    }
    TreeMap<GroupName, List<PeerId>> withheld = new TreeMap<>();
    for (PeerId peer : site.configuration().members()) {
      for (Entry entry : told.entries(peer)) {
        admit(nowNanos, peer, entry, withheld);
      }
    }
    keepGhosts();
    for (Group group : List.copyOf(site.groups.values())) {
      arrange(nowNanos, group);
    }
    if (site.phase == Site.Phase.EXCHANGING) {
      for (Group group : List.copyOf(site.groups.values())) {
        give(nowNanos, group);
      }
      site.phase = Site.Phase.OPEN;
    }
    site.hasViews = true;
    int members = 0;
    for (Group group : List.copyOf(site.groups.values())) {
      members += group.members.size();
      views.install(nowNanos, group, withheld.getOrDefault(group.name, List.of()));
    }
    site.observer.exchanged(nowNanos, site.groups.size(), members);
  }

  private void admit(
      long nowNanos, PeerId peer, Entry entry, Map<GroupName, List<PeerId>> withheld) {
    GroupMemberId id = new GroupMemberId(peer, entry.application());
    Membership own = site.membership(entry.group(), id);
    if (site.outsiders.contains(peer)) {
      if (own != null) {
        views.put(
            nowNanos,
            own,
            new Refusal(
                Refusal.Reason.TABLES_DIFFER,
                "The table of rights or the limits of this peer differ from those of most peers;"
                    + " make them equal and restart it"));
      }
      return;
    }
    if (!site.rights.allows(Right.JOIN, entry.group(), id)) {
      String text = Rights.refusal(Right.JOIN, entry.group(), entry.application());
      site.observer.forbidden(nowNanos, id, Right.JOIN, entry.group(), text, false);
      if (own != null) {
        views.put(nowNanos, own, new Refusal(Refusal.Reason.FORBIDDEN, text));
      }
      return;
    }
    int hosted = site.hosted.getOrDefault(peer, 0);
    if (hosted >= site.settings.groupsPerPeer()) {
      if (own != null) {
        views.put(
            nowNanos,
            own,
            new Refusal(Refusal.Reason.TOO_MANY, "groupsPerPeer allows no more memberships"));
      }
      return;
    }
    Group group = site.groups.computeIfAbsent(entry.group(), Group::new);
    if (group.member(id) != null) {
      return;
    }
    Group.Member member =
        new Group.Member(id, entry.gives(), entry.birthConfiguration(), entry.birthNumber());
    member.lineage = entry.lineage();
    member.awaits = entry.awaits();
    member.attempt = entry.attempt();
    group.members.add(member);
    site.hosted.merge(peer, 1, Integer::sum);
    if (entry.withheld()) {
      List<PeerId> peers = withheld.computeIfAbsent(entry.group(), _ -> new ArrayList<>());
      if (!peers.contains(peer)) {
        peers.add(peer);
      }
    }
  }

  private void keepGhosts() {
    for (Group ghost : ghosts) {
      Group group = site.groups.get(ghost.name);
      for (Group.Member member : ghost.members) {
        if (group != null && site.configuration().rank(member.id.peer()) < 0) {
          group.members.add(member);
        }
      }
    }
    ghosts.clear();
  }

  private void arrange(long nowNanos, Group group) {
    group.number = 1;
    group.history = Hash.chain(site.tag, Hash.of(group.name.value()));
    group.members.sort(Group.Member.AGE);
    while (group.members.size() > site.settings.membersPerGroup()) {
      Group.Member last = group.members.removeLast();
      site.hosted.merge(last.id.peer(), -1, Integer::sum);
      Membership own = site.membership(group.name, last.id);
      if (own != null) {
        views.put(
            nowNanos,
            own,
            new Refusal(Refusal.Reason.TOO_MANY, "membersPerGroup allows no more members"));
      }
    }
    for (Group.Member member : group.members) {
      Membership own = site.membership(group.name, member.id);
      if (own != null) {
        own.isInView = true;
      }
    }
  }

  /// This is the point of the order for those that wait for state.
  private void give(long nowNanos, Group group) {
    for (Group.Member member : group.members) {
      if (member.awaits) {
        List<Group.Member> givers = group.givers(member.id);
        if (givers.isEmpty()) {
          views.nobody(nowNanos, group);
          return;
        }
        transfers.begin(nowNanos, group.name, member.id, member.attempt, givers.getFirst().id);
      }
    }
  }
}
