package io.euryale.peer.group;

import io.euryale.group.Configuration;
import io.euryale.group.order.OrderCounters;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.link.LinkCounters;
import io.euryale.link.Rejection;
import io.euryale.platform.DatagramCounters;
import io.euryale.platform.Loops;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the control loop sees of configurations and suspicions, for operators and flight
/// recordings. Of the control loop.
final class GroupPeerMetrics {

  private final String peer;
  private final ArrayDeque<GroupPeerStatus.Suspicion> suspicions = new ArrayDeque<>();
  private long configurations;
  private String phase = "resting";
  private long phaseSince = Loops.nowNanos();

  /// Since when the peer has not rested: attempts that fail one after the other are one change.
  private long changeSince;
  private final StringBuilder way = new StringBuilder();

  GroupPeerMetrics(PeerId self) {
    peer = self.toString();
  }

  /// An observation of the control core.
  void observed(TraceEvent event) {
    if (event.event().equals("SUSPECT")) {
      if (suspicions.size() == GroupPeerStatus.SUSPICIONS) {
        suspicions.removeFirst();
      }
      GroupPeerStatus.Suspicion suspicion =
          new GroupPeerStatus.Suspicion(
              Loops.nowNanos(),
              System.currentTimeMillis(),
              event.text("peer"),
              event.text("reason"));
      suspicions.add(suspicion);
      FlightEvents.Suspected written = new FlightEvents.Suspected();
      written.peer = peer;
      written.suspect = suspicion.peer();
      written.reason = suspicion.reason();
      written.commit();
    }
  }

  /// The control core goes from one phase of a change to the next.
  void phase(long now, String next) {
    if (!phase.equals("resting")) {
      way.append(way.isEmpty() ? "" : ", ")
          .append(phase)
          .append(' ')
          .append((now - phaseSince) / 1e6);
    }
    if (way.length() > 500) {
      way.setLength(0); // Attempt after attempt failed; the last ones say enough.
    }
    if (phase.equals("resting")) {
      changeSince = now;
    }
    phase = next;
    phaseSince = now;
  }

  void installed(long now, Configuration configuration, long tookNanos) {
    FlightEvents.Installed written = new FlightEvents.Installed();
    written.peer = peer;
    written.configuration = configuration.id().toString();
    written.members = configuration.members().size();
    written.regular = configuration.isRegular();
    written.took = tookNanos;
    if (configuration.isRegular()) {
      configurations++;
      written.phases = way.toString();
      way.setLength(0);
    }
    written.commit();
  }

  void primary(boolean isPrimary, long index, String verdict) {
    FlightEvents.Primary written = new FlightEvents.Primary();
    written.peer = peer;
    written.primary = isPrimary;
    written.index = index;
    written.verdict = verdict;
    written.commit();
  }

  GroupPeerStatus status(
      long now,
      PeerId self,
      @Nullable Configuration configuration,
      String present,
      PrimaryWatch primary,
      long suspicionCount,
      Map<TrafficClass, GroupPeerStatus.OfClass> classes,
      GroupPeerStatus.Sessions sessions) {
    return new GroupPeerStatus(
        self,
        configuration,
        present,
        present.equals(phase)
            ? (now - (present.equals("resting") ? phaseSince : changeSince)) / 1_000_000
            : 0,
        primary.isPrimary(),
        primary.index(),
        primary.state().name(),
        primary.verdict(),
        configurations,
        suspicionCount,
        List.copyOf(suspicions),
        classes,
        sessions);
  }

  // --- on the loop of the class ---

  static GroupPeerStatus.OfClass of(
      @Nullable OrderCounters order,
      @Nullable CountedDelivery delivery,
      LinkCounters link,
      @Nullable DatagramCounters datagrams,
      GroupPeerStatus.@Nullable Groups groups) {
    Map<String, Long> rejected = new LinkedHashMap<>();
    for (Rejection reason : Rejection.values()) {
      long count = link.rejected(reason);
      if (count > 0) {
        rejected.put(reason.name(), count);
      }
    }
    Map<String, Long> unsent = new LinkedHashMap<>();
    if (datagrams != null) {
      datagrams
          .unsent()
          .forEach(
              (reason, count) -> {
                if (count > 0) {
                  unsent.put(reason.name(), count);
                }
              });
    }
    return new GroupPeerStatus.OfClass(
        order == null ? Map.of() : counts(order, delivery),
        link.sealed(),
        link.opened(),
        rejected,
        datagrams == null ? 0 : datagrams.in(),
        datagrams == null ? 0 : datagrams.out(),
        unsent,
        groups);
  }

  private static Map<String, Long> counts(OrderCounters order, @Nullable CountedDelivery delivery) {
    Map<String, Long> counts = new LinkedHashMap<>();
    if (delivery != null) {
      counts.put("delivered", delivery.delivered);
      counts.put("deliveredBytes", delivery.deliveredBytes);
      counts.put("sent", delivery.sent);
      counts.put("queueFull", delivery.refused);
    }
    counts.put("packets", order.packets);
    counts.put("repeated", order.repeated);
    counts.put("recovered", order.recovered);
    counts.put("statuses", order.statuses);
    counts.put("otherConfiguration", order.otherConfiguration);
    counts.put("stranger", order.stranger);
    counts.put("malformed", order.malformed);
    counts.put("queuedMessages", (long) order.queuedMessages);
    counts.put("queuedBytes", order.queuedBytes);
    counts.put("undelivered", order.undelivered);
    return counts;
  }
}
