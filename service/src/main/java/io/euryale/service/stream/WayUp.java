package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.trace.TraceEvent;
import org.jspecify.annotations.Nullable;

/// When a relay's way up changes, and who is told what then.
///
/// Owned by the relay's loop.
final class WayUp {

  private final Home home;
  private final RelayLinks links;
  private final Flows flows;
  private final Announcements announcements;
  private final Distribution distribution;
  private final Claims claims;
  private final Forwarding forwarding;
  private final FailOver failOver;
  private final StreamRules rules;

  WayUp(
      Home home,
      RelayLinks links,
      Flows flows,
      Announcements announcements,
      Distribution distribution,
      Claims claims,
      Forwarding forwarding,
      FailOver failOver,
      StreamRules rules) {
    this.home = home;
    this.links = links;
    this.flows = flows;
    this.announcements = announcements;
    this.distribution = distribution;
    this.claims = claims;
    this.forwarding = forwarding;
    this.failOver = failOver;
    this.rules = rules;
  }

  /// Links or neighbours changed: whoever is above now may be another than before.
  void review(long nowNanos, @Nullable RemoteLink before, String reason) {
    RemoteLink up = links.upstream();
    if (up != null && up != before) {
      observe(up, reason);
      flows.forEach(flow -> announcements.passUp(nowNanos, flow));
      introduce(up);
      if (rules.resendsOverNewPath()) {
        failOver.resendAll(nowNanos, true);
      }
    }
  }

  /// Leaves a parent that is silent, if there is another.
  void reviewSilence(long nowNanos) {
    RemoteLink up = links.upstream();
    if (up != null
        && (distribution.isWayUpSilent(nowNanos)
            || (forwarding.wakeAtNanos() <= nowNanos && failOver.isUpstreamStalled(nowNanos)))) {
      leave(nowNanos, up, "stalled");
    }
  }

  /// A peer above is about to go: what leaves here does so over another, if there is one, while
  /// both are there.
  void goElsewhere(long nowNanos, RemoteLink above) {
    leave(nowNanos, above, "drained");
  }

  /// The new one is told of the clients, so that what comes down to them takes another way too.
  private void leave(long nowNanos, RemoteLink above, String reason) {
    RemoteLink before = links.upstream();
    links.avoid(nowNanos, above);
    RemoteLink up = links.upstream();
    if (up != null && up != before) {
      observe(up, reason);
      introduce(up);
      failOver.resendAll(nowNanos, false);
    }
  }

  private void introduce(RemoteLink up) {
    boolean _ = distribution.introduce(up); // Clients say it again in the next period.
    claims.askToChooseAgain();
  }

  private void observe(RemoteLink up, String reason) {
    home.observe(TraceEvent.of("UPSTREAM", "to", up.name().value(), "reason", reason));
  }
}
