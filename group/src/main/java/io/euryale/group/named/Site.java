package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the parts of the group layer share: where this peer stands in the order, the groups as all
/// know them, and its own applications.
final class Site {

  enum Phase {
    /// No configuration yet.
    NONE,
    /// The peers of a regular configuration tell each other their memberships.
    EXCHANGING,
    /// Views are installed.
    OPEN,
    /// Between two regular configurations; nothing can be sent.
    TRANSITIONAL
  }

  final PeerId self;
  final Rights rights;
  final GroupSettings settings;
  final GroupObserver observer;
  final GroupTrace trace;
  final GroupRules rules;

  /// The groups with members or waiting changes, while views are installed.
  final TreeMap<GroupName, Group> groups = new TreeMap<>();

  private final TreeMap<GroupName, TreeMap<PeerName, Membership>> local = new TreeMap<>();
  final TreeSet<PeerName> paused = new TreeSet<>();

  /// Peers whose tables differ.
  final TreeSet<PeerId> outsiders = new TreeSet<>();

  Phase phase = Phase.NONE;

  /// The regular configuration, also while its transitional one is there.
  @Nullable Configuration regular;

  @Nullable Configuration transitional;

  /// Whether views of [#regular] were installed.
  boolean hasViews;

  /// What the number of a new group begins after, so that a group that ends and comes back does not
  /// count from the start.
  long floor;

  /// Members in views, for each peer.
  final TreeMap<PeerId, Integer> hosted = new TreeMap<>();

  /// Hash of the regular configuration's id.
  long tag;

  /// Counts the state transfers that applications here asked for, over all their memberships: what
  /// is still under way for a membership that ended is never taken for that of the next.
  int attempts;

  /// Counts the AGREED and SAFE messages of the configuration.
  long ordered;

  Site(
      PeerId self,
      Rights rights,
      GroupSettings settings,
      GroupObserver observer,
      GroupTrace trace,
      GroupRules rules) {
    this.self = self;
    this.rights = rights;
    this.settings = settings;
    this.observer = observer;
    this.trace = trace;
    this.rules = rules;
  }

  Configuration configuration() {
    Configuration present = regular;
    if (present == null) {
      throw new IllegalStateException("A message before the first configuration");
    }
    return present;
  }

  /// Rights and limits must be equal everywhere.
  long tables() {
    return Hash.chain(
        Hash.chain(rights.table().digest(), settings.groupsPerPeer()), settings.membersPerGroup());
  }

  GroupMemberId own(PeerName application) {
    return new GroupMemberId(self, application);
  }

  @Nullable Membership membership(GroupName group, PeerName application) {
    TreeMap<PeerName, Membership> here = local.get(group);
    return here == null ? null : here.get(application);
  }

  @Nullable Membership membership(GroupName group, GroupMemberId member) {
    return member.peer().equals(self) ? membership(group, member.application()) : null;
  }

  void add(Membership membership) {
    local
        .computeIfAbsent(membership.group, _ -> new TreeMap<>())
        .put(membership.application(), membership);
  }

  void remove(Membership membership) {
    TreeMap<PeerName, Membership> here = local.get(membership.group);
    if (here != null && here.remove(membership.application(), membership) && here.isEmpty()) {
      local.remove(membership.group);
    }
  }

  /// A copy: callbacks may join and disconnect.
  List<Membership> memberships(GroupName group) {
    TreeMap<PeerName, Membership> here = local.get(group);
    return here == null ? List.of() : List.copyOf(here.values());
  }

  List<Membership> memberships() {
    List<Membership> all = new ArrayList<>();
    local.values().forEach(here -> all.addAll(here.values()));
    return all;
  }

  List<Membership> memberships(PeerName application) {
    return memberships().stream().filter(m -> m.application().equals(application)).toList();
  }

  int count() {
    return local.values().stream().mapToInt(TreeMap::size).sum();
  }

  /// Whether an application here is in the view of the group.
  boolean isHost(GroupName group) {
    TreeMap<PeerName, Membership> here = local.get(group);
    return here != null && here.values().stream().anyMatch(m -> m.isInView);
  }

  /// Whether an application here is in the group or asked to be.
  boolean hasInterest(GroupName group) {
    return local.containsKey(group);
  }

  /// Whether senders to the group get no credit from this peer: an application is paused, or keeps
  /// much while its state comes.
  boolean isWithheld(GroupName group) {
    TreeMap<PeerName, Membership> here = local.get(group);
    if (here == null) {
      return false;
    }
    for (Membership membership : here.values()) {
      Intake intake = membership.intake;
      if (membership.stage == Membership.Stage.MEMBER
          && (paused.contains(membership.application())
              || (intake != null && intake.keptBytes > settings.stateBufferBytes() / 2))) {
        return true;
      }
    }
    return false;
  }

  /// The id of the group's present view.
  GroupViewId viewId(Group group) {
    Configuration between = transitional;
    return new GroupViewId(
        between == null ? configuration().id() : between.id(), group.number, group.history);
  }

  /// The group's present view; of a transitional configuration the members that go on.
  GroupView view(Group group) {
    Configuration between = transitional;
    List<GroupMemberId> members = new ArrayList<>();
    List<Integer> parts = new ArrayList<>();
    List<Long> lineages = new ArrayList<>();
    for (Group.Member member : group.members) {
      if (between == null || between.rank(member.id.peer()) >= 0) {
        members.add(member.id);
        int part = 0;
        if (group.cause == GroupView.Cause.CONFIGURATION && between == null) {
          part = member.lineage == 0 ? -1 : lineages.indexOf(member.lineage);
          if (part < 0) {
            part = lineages.size();
            lineages.add(member.lineage == 0 ? -1L - part : member.lineage);
          }
        }
        parts.add(part);
      }
    }
    return new GroupView(
        viewId(group),
        group.name,
        members,
        parts,
        group.cause,
        group.changed,
        between == null
            ? null
            : new GroupViewId(configuration().id(), group.number, group.history));
  }
}
