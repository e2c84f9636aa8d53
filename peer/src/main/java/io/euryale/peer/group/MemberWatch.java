package io.euryale.peer.group;

import io.euryale.group.Configuration;
import io.euryale.group.membership.MemberListener;
import io.euryale.group.primary.Component;
import io.euryale.group.primary.PrimaryState;
import io.euryale.group.primary.Verdict;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the control core tells of configurations and the primary component, for the listener, for
/// the status and for all threads that ask. Called by the control loop, but for [#configuration]
/// and what [PrimaryWatch] gives to all.
final class MemberWatch implements MemberListener {

  private final PeerId self;
  private final GroupPeerListener listener;
  private final GroupPeerMetrics metrics;
  private final PrimaryWatch primary;
  private volatile @Nullable Configuration configuration;

  /// @param primaryChanged told whenever being primary, or the reason against it, changes
  MemberWatch(PeerId self, GroupPeerListener listener, Runnable primaryChanged) {
    this.self = self;
    this.listener = listener;
    metrics = new GroupPeerMetrics(self);
    primary = new PrimaryWatch("Peer " + self.name(), listener, metrics, primaryChanged);
  }

  @Nullable Configuration configuration() {
    return configuration;
  }

  PrimaryWatch primary() {
    return primary;
  }

  /// An observation of the control core.
  void observed(TraceEvent event) {
    metrics.observed(event);
  }

  GroupPeerStatus status(
      long now,
      String phase,
      long suspicions,
      Map<TrafficClass, GroupPeerStatus.OfClass> classes,
      GroupPeerStatus.Sessions sessions) {
    return metrics.status(now, self, configuration, phase, primary, suspicions, classes, sessions);
  }

  @Override
  public void installed(long now, Configuration installed, long tookNanos) {
    configuration = installed;
    metrics.installed(now, installed, tookNanos);
    listener.installed(installed, Duration.ofNanos(tookNanos));
  }

  @Override
  public void primary(long now, Configuration installed, Component component) {
    primary.primary(component.index(), component.names());
  }

  @Override
  public void primaryState(long now, PrimaryState from, PrimaryState to) {
    primary.state(from, to);
  }

  @Override
  public void phase(long now, String phase) {
    metrics.phase(now, phase);
  }

  @Override
  public void verdict(long now, Verdict reached) {
    primary.verdict(reached.text());
  }
}
