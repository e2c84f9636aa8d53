package io.euryale.group.named;

import io.euryale.group.named.GroupFrame.Credit;
import io.euryale.group.named.GroupFrame.Grant;
import io.euryale.kernel.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Flow control of groups: a peer sends to a group at most a window ahead of what the slowest peer
/// of the group has taken, and a peer with a paused application says that it takes nothing.
///
/// Every message carries how much its peer has sent to the group in this configuration; a receiving
/// peer reports what it took at each quarter of a window, so that small groups cost no reports.
final class Credits {

  /// A group that this peer is in.
  private static final class Flow {
    /// Bytes sent in this configuration.
    long sent;

    /// What each peer of the group has taken of it.
    final TreeMap<PeerId, Long> taken = new TreeMap<>();

    /// What arrived from each peer, and what of it was reported.
    final TreeMap<PeerId, long[]> arrived = new TreeMap<>();

    /// Peers that wait for a report.
    final TreeSet<PeerId> due = new TreeSet<>();

    boolean isThrottled;
  }

  private final Site site;
  private final TreeMap<GroupName, Flow> flows = new TreeMap<>();
  private final TreeSet<GroupName> due = new TreeSet<>();

  Credits(Site site) {
    this.site = site;
  }

  void clear() {
    flows.clear();
    due.clear();
  }

  /// The view of the group changed. Whoever is new has taken everything so far.
  ///
  /// @param withheld peers that grant nothing yet
  void view(long nowNanos, GroupName group, List<PeerId> peers, List<PeerId> withheld) {
    if (!peers.contains(site.self)) {
      flows.remove(group);
      due.remove(group);
      return;
    }
    Flow flow = flows.computeIfAbsent(group, _ -> new Flow());
    flow.taken.keySet().retainAll(peers);
    flow.arrived.keySet().retainAll(peers);
    flow.due.retainAll(peers);
    for (PeerId peer : peers) {
      long start = withheld.contains(peer) ? -site.settings.windowBytes() : flow.sent;
      flow.taken.putIfAbsent(peer, start);
      flow.arrived.computeIfAbsent(
          peer,
          _ -> {
            // An announced lack of credit is taken back by a report, even of nothing.
            return new long[] {0, withheld.contains(site.self) ? -1 : 0};
          });
    }
    release(nowNanos, group);
  }

  /// Whether this peer may send to the group.
  boolean mayPass(long nowNanos, GroupName group) {
    Flow flow = flows.get(group);
    if (flow == null) {
      return true;
    }
    long least = Long.MAX_VALUE;
    for (long taken : flow.taken.values()) {
      least = Math.min(least, taken);
    }
    boolean may = flow.sent - least < site.settings.windowBytes();
    if (may == flow.isThrottled) {
      flow.isThrottled = !may;
      site.observer.throttled(nowNanos, group, !may);
    }
    return may;
  }

  /// Counts what is about to be sent.
  ///
  /// @return the offset to be written into the message
  long send(GroupName group, int bytes) {
    Flow flow = flows.get(group);
    if (flow == null) {
      return 0;
    }
    flow.sent += bytes;
    return flow.sent;
  }

  /// Takes back what was counted last and could not be sent.
  void unsend(GroupName group, int bytes) {
    Flow flow = flows.get(group);
    if (flow != null) {
      flow.sent -= bytes;
    }
  }

  /// A message was given to the applications here.
  void arrived(long nowNanos, GroupName group, PeerId sender, long offset) {
    Flow flow = flows.get(group);
    long[] arrived = flow == null ? null : flow.arrived.get(sender);
    if (flow == null || arrived == null) {
      return;
    }
    arrived[0] = Math.max(arrived[0], offset);
    if (sender.equals(site.self) || arrived[0] - arrived[1] >= site.settings.windowBytes() / 4) {
      report(nowNanos, group, flow, sender, arrived);
    }
  }

  private void report(long nowNanos, GroupName group, Flow flow, PeerId sender, long[] arrived) {
    if (site.isWithheld(group)) {
      return;
    }
    arrived[1] = arrived[0];
    if (sender.equals(site.self)) {
      granted(nowNanos, group, site.self, arrived[0]);
    } else {
      flow.due.add(sender);
      due.add(group);
    }
  }

  /// An application here takes messages again: everything it held up is reported.
  void release(long nowNanos, GroupName group) {
    Flow flow = flows.get(group);
    if (flow == null || site.isWithheld(group)) {
      return;
    }
    for (Map.Entry<PeerId, long[]> entry : flow.arrived.entrySet()) {
      long[] arrived = entry.getValue();
      boolean isAnnounced = arrived[1] < 0;
      if (isAnnounced
          || arrived[0] - arrived[1] >= site.settings.windowBytes() / 4
          || entry.getKey().equals(site.self)) {
        report(nowNanos, group, flow, entry.getKey(), arrived);
      }
    }
  }

  /// A peer has taken what this one sent, up to an offset.
  void granted(long nowNanos, GroupName group, PeerId peer, long offset) {
    Flow flow = flows.get(group);
    if (flow != null && offset <= flow.sent) {
      flow.taken.computeIfPresent(peer, (_, before) -> Math.max(before, offset));
      mayPass(nowNanos, group);
    }
  }

  /// The reports that are due, or null.
  @Nullable Credit credit() {
    if (due.isEmpty()) {
      return null;
    }
    List<Grant> grants = new ArrayList<>();
    while (!due.isEmpty() && grants.size() < GroupCodec.MAX_GRANTS) {
      GroupName group = due.first();
      Flow flow = flows.get(group);
      if (flow == null || flow.due.isEmpty()) {
        due.remove(group);
        continue;
      }
      PeerId sender = flow.due.removeFirst();
      long[] arrived = flow.arrived.get(sender);
      if (arrived != null) {
        grants.add(new Grant(group, sender, Math.max(0, arrived[1])));
      }
    }
    return grants.isEmpty() ? null : new Credit(grants);
  }
}
