package io.euryale.service.stream;

import io.euryale.group.Configuration;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The part of the group of the cell in streams that ask for its agreed order: what waits is given
/// to it, what it delivers is stored.
///
/// Owned by the relay's loop.
final class StrongReplicas {

  private final RelayLinks links;
  private final Flows flows;
  private final Forwarding forwarding;
  private final Custody custody;
  private final Announcements announcements;
  private final CellOrder order;
  private final RelayCounters counters;

  StrongReplicas(
      RelayLinks links,
      Flows flows,
      Forwarding forwarding,
      Custody custody,
      Announcements announcements,
      CellOrder order,
      RelayCounters counters) {
    this.links = links;
    this.flows = flows;
    this.forwarding = forwarding;
    this.custody = custody;
    this.announcements = announcements;
    this.order = order;
    this.counters = counters;
  }

  /// From now on packets that ask for it go through the group of the cell.
  void join(Agreed group) {
    order.through(group.down);
    submitWaiting(true);
  }

  /// The group of the cell ended for this peer: what was on its way through it has to go again.
  void leave() {
    order.through(null);
    flows.forEach(
        flow -> {
          for (long s = flow.window.base(); s < flow.window.next(); s++) {
            flow.window.at(s).submitted = false;
          }
        });
  }

  /// The group has this configuration now.
  void enter(Configuration configuration) {
    order.enter(configuration.id().toString());
    if (configuration.isRegular()) {
      counters.agreedConfigurations++;
    }
  }

  /// @param again also what has its place, but is not known to be kept by others
  void submitWaiting(boolean again) {
    flows.forEach(flow -> forwarding.submitWaiting(flow, again));
  }

  /// A packet was delivered by the group.
  ///
  /// @param own whether this peer gave it to the group
  void delivered(long nowNanos, PeerId owner, boolean own, ByteBuffer packet) {
    Flow flow = flows.meetAny(nowNanos, StreamFrames.flow(packet));
    @Nullable RemoteLink from = own ? null : links.sibling(owner);
    if (from != null) {
      flows.askName(nowNanos, from, flow);
    }
    custody.agreed(nowNanos, owner, own, flow, packet);
  }

  /// All of the group hold a packet that this peer gave to it.
  void stable(long flowId, long sequence) {
    Flow flow = flows.get(flowId);
    if (flow != null) {
      custody.stable(flow, sequence);
    }
  }

  /// Lets the group go when no subscription asks for it any more and nothing waits for it.
  void review() {
    if (order.isAsked() && !announcements.asksForGroup()) {
      boolean[] waits = {false};
      flows.forEach(flow -> waits[0] |= forwarding.waitsForGroup(flow));
      if (!waits[0]) {
        order.release();
      }
    }
  }
}
