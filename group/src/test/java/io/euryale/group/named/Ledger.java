package io.euryale.group.named;

import io.euryale.group.Configuration;
import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Notes what all peers do and names the first thing that must not be.
final class Ledger {

  /// Something the group layer promised did not hold.
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1;

    final String rule;

    Broken(String rule, String text) {
      super(rule + ": " + text);
      this.rule = rule;
    }
  }

  private record Step(GroupViewId from, GroupViewId to) {}

  private final Map<String, String> meanings = new HashMap<>();
  private final Map<String, GroupViewId> regularViewOf = new HashMap<>();
  private final Map<String, Set<String>> steps = new HashMap<>();
  private final Map<String, List<String>> orders = new HashMap<>();
  private final Map<String, String> states = new HashMap<>();
  long views;
  long messages;
  long stateComparisons;
  long transfers;
  long unordered;

  static void broken(String rule, String text) {
    throw new Broken(rule, text);
  }

  /// What one life of a peer traces.
  final class PeerLedger implements GroupTrace {
    final PeerId self;
    final OrderedNet net;
    private final Map<GroupName, GroupView> present = new TreeMap<>();
    private final Map<GroupName, Set<String>> delivered = new TreeMap<>();
    private final Map<GroupName, List<String>> ordered = new TreeMap<>();
    private final Set<String> seen = new TreeSet<>();
    @Nullable Configuration transitional;

    PeerLedger(PeerId self, OrderedNet net) {
      this.self = self;
      this.net = net;
    }

    @Override
    public void install(long nowNanos, GroupView view) {
      views++;
      String meaning =
          view.members() + " " + view.cause() + " " + view.parts() + " " + view.origin();
      String before = meanings.putIfAbsent(view.group() + " " + view.id(), meaning);
      if (before != null && !before.equals(meaning)) {
        broken("CF-2", view.id() + " is " + before + " and, at " + self + ", " + meaning);
      }
      if (view.members().stream().noneMatch(m -> m.peer().equals(self))) {
        broken("CF-1", self + " is not in its view " + view);
      }
      Configuration here = transitional != null ? transitional : net.configuration(self);
      for (GroupMemberId member : view.members()) {
        if (here != null && here.rank(member.peer()) < 0) {
          broken("ghost", self + " installed " + view + " in " + here);
        }
      }
      GroupView old = present.put(view.group(), view);
      if (old != null) {
        if (old.id().compareTo(view.id()) >= 0) {
          broken("CF-3", self + " went from " + old.id() + " to " + view.id());
        }
        Set<String> mine = delivered.getOrDefault(view.group(), Set.of());
        Set<String> other =
            steps.putIfAbsent(view.group() + " " + old.id() + " " + view.id(), mine);
        if (other != null && !other.equals(mine)) {
          broken(
              "EV-5",
              "from %s to %s, %s delivered %s, others %s"
                  .formatted(old.id(), view.id(), self, mine, other));
        }
      }
      delivered.put(view.group(), new LinkedHashSet<>());
      ordered.put(view.group(), new ArrayList<>());
    }

    @Override
    public void send(
        long nowNanos,
        GroupName group,
        GroupViewId view,
        long sequence,
        Service service,
        boolean isPrivate,
        ByteBuffer payload) {
      GroupView here = present.get(group);
      if (here == null || !here.id().equals(view)) {
        broken("EV-1c", self + " sent in " + view + ", its view is " + here);
      }
    }

    @Override
    public void deliver(
        long nowNanos,
        GroupName group,
        GroupViewId view,
        PeerId sender,
        long sequence,
        Service service,
        boolean isPrivate,
        ByteBuffer payload) {
      messages++;
      String key = sender + "/" + sequence;
      if (!seen.add(key)) {
        broken("EV-1b", self + " delivered " + key + " twice");
      }
      GroupView here = present.get(group);
      if (here == null || !here.id().equals(view)) {
        broken("CF-7", self + " delivered " + key + " in " + view + ", its view is " + here);
      }
      if (view.isRegular()) {
        GroupViewId first = regularViewOf.putIfAbsent(key, view);
        if (first != null && !first.equals(view)) {
          broken("view", key + " was delivered in " + first + " and, at " + self + ", in " + view);
        }
      }
      if (!isPrivate && service != Service.UNRELIABLE) {
        delivered.computeIfAbsent(group, _ -> new LinkedHashSet<>()).add(key);
      }
      if (!isPrivate && service.isOrdered()) {
        List<String> mine = ordered.computeIfAbsent(group, _ -> new ArrayList<>());
        mine.add(key);
        List<String> common = orders.computeIfAbsent(group + " " + view, _ -> new ArrayList<>());
        if (common.size() < mine.size()) {
          common.add(key);
        } else if (!common.get(mine.size() - 1).equals(key)) {
          broken("EV-7", self + " delivered " + mine + " in " + view + ", others " + common);
        }
      }
      if (!service.isOrdered()) {
        unordered++;
      }
    }
  }

  /// Replicas of a group in one view have equal states after each message.
  void state(GroupMessage message, String key, String state) {
    stateComparisons++;
    String other = states.putIfAbsent(message.group() + " " + message.view() + " " + key, state);
    if (other != null && !other.equals(state)) {
      broken("state", other + " and " + state + " after " + key + " in " + message.view());
    }
  }

  static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
