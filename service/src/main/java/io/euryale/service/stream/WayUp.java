package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.service.stream.StreamFrames.Message;
import org.jspecify.annotations.Nullable;

/// When a relay's way up changes, and who is told what then.
///
/// Owned by the relay's loop.
final class WayUp {

  /// How long a parent that did not answer is not used, when there is another.
  private static final long AVOID_NANOS = 2_000_000_000L;

  private final Home home;
  private final RelayLinks links;
  private final Flows flows;
  private final Announcements announcements;
  private final Distribution distribution;
  private final Claims claims;
  private final Forwarding forwarding;
  private final FailOver failOver;
  private final StreamRules rules;
  private final long patienceNanos;

  /// Nothing leads up from here, so who is near to this peer or below it gets nothing.
  private boolean isCutOff;

  /// When that is so for want of a link; never while there is one.
  private long cutOffAtNanos = Long.MAX_VALUE;

  private final WireWriter writer = new WireWriter();

  WayUp(
      StreamSettings settings,
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
    patienceNanos = settings.stallTimeout().toNanos();
  }

  /// Links or neighbours changed: whoever is above now may be another than before.
  void review(long nowNanos, @Nullable RemoteLink before, String reason) {
    RemoteLink up = links.upstream();
    if (up != null || links.isRoot()) {
      cutOffAtNanos = Long.MAX_VALUE;
    } else if (!isCutOff && cutOffAtNanos == Long.MAX_VALUE) {
      cutOffAtNanos = nowNanos + patienceNanos;
    }
    if (up != null && up != before) {
      observe(up, reason);
      introduce(nowNanos, up);
      if (rules.resendsOverNewPath()) {
        failOver.resendAll(nowNanos, true);
      }
    }
    reviewCutOff(nowNanos);
  }

  void timerDue(long nowNanos) {
    reviewSilence(nowNanos);
    reviewCutOff(nowNanos);
  }

  /// When [#timerDue] has something to do besides looking at who is silent.
  long wakeAtNanos() {
    return cutOffAtNanos;
  }

  /// Others of the cell may still have a way up: near clients should go there, and peers below to
  /// another of this cell. One that knows no other is cut off itself, and so on downwards.
  private void reviewCutOff(long nowNanos) {
    RemoteLink up = links.upstream();
    boolean lost = isCutOff;
    if (nowNanos >= cutOffAtNanos) {
      cutOffAtNanos = Long.MAX_VALUE;
      lost = true;
    }
    boolean is = !links.isRoot() && (up == null ? lost : up.isCutOff);
    if (is != isCutOff) {
      isCutOff = is;
      tell();
    }
  }

  /// Says it again in every period: a full link takes nothing, a link may have become one to a
  /// child, and clients come.
  void refresh() {
    tell();
  }

  private void tell() {
    for (RemoteLink child : links.children()) {
      tell(child);
    }
    if (isCutOff) {
      claims.sendNearClientsAway();
    }
  }

  /// A peer below is told whether anything leads up from here.
  void tell(RemoteLink child) {
    home.send(child.id, StreamFrames.encode(writer, new Message.HasWayUp(!isCutOff)));
  }

  /// A peer above says whether anything leads up from it.
  void cutOff(long nowNanos, RemoteLink above, boolean is) {
    RemoteLink before = links.upstream();
    links.cutOff(nowNanos, above, is);
    changed(nowNanos, before, is ? "cut off" : "way up", true);
  }

  /// Leaves a parent that is silent, if there is another.
  private void reviewSilence(long nowNanos) {
    RemoteLink up = links.upstream();
    if (up != null
        && (distribution.isWayUpSilent(nowNanos)
            || (forwarding.wakeAtNanos() <= nowNanos && failOver.isUpstreamStalled(nowNanos)))) {
      leave(nowNanos, up, nowNanos + AVOID_NANOS, "stalled");
    }
  }

  /// A peer above is about to go: what leaves here does so over another, if there is one, while
  /// both are there.
  void goElsewhere(long nowNanos, RemoteLink above) {
    leave(nowNanos, above, Long.MAX_VALUE, "drained");
    if (links.upstream() != above) {
      home.send(above.id, StreamFrames.encode(writer, new Message.Gone()));
    }
  }

  /// The new one is told of the clients, so that what comes down to them takes another way too.
  private void leave(long nowNanos, RemoteLink above, long untilNanos, String reason) {
    RemoteLink before = links.upstream();
    links.avoid(nowNanos, above, untilNanos);
    changed(nowNanos, before, reason, false);
  }

  /// @param afresh whether what was sent before counts as no attempt
  private void changed(long nowNanos, @Nullable RemoteLink before, String reason, boolean afresh) {
    RemoteLink up = links.upstream();
    if (up != null && up != before) {
      observe(up, reason);
      introduce(nowNanos, up);
      failOver.resendAll(nowNanos, afresh);
    }
    reviewCutOff(nowNanos);
  }

  /// Tells who is above now of the streams that come and the clients behind this peer.
  private void introduce(long nowNanos, RemoteLink up) {
    flows.forEach(announcements::passUp);
    int _ = distribution.introduce(nowNanos, up); // Clients say it again in the next period.
    claims.askToChooseAgain();
  }

  private void observe(RemoteLink up, String reason) {
    home.observe(TraceEvent.of("UPSTREAM", "to", up.name().value(), "reason", reason));
  }
}
