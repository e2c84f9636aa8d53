package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Suspects peers that are silent for longer than their own regularity explains [0 §III.d].
///
/// The time-out of each peer follows the mean and deviation of the pauses between its pings, as
/// Jacobson's retransmission timer does: mean + 4 deviations, within the settings' bounds. A broken
/// link shortens the time left to the confirm time-out; a refused dial leaves none. A peer that was
/// itself stopped forgives everybody ([#forgive]): it cannot tell their silence from its own.
///
/// A suspicion is one peer's opinion and is withdrawn when the suspected peer is heard again.
/// Not thread-safe; its core owns it.
final class FailureDetector {

  /// Pings that are further apart are no answer: [Links] dials anew after two seconds without.
  private static final long MOST_ANSWERING_NANOS = 1_000_000_000L;

  /// A suspicion with its reason.
  record Suspicion(PeerId peer, String reason, long silenceNanos) {}

  private static final class Watch {
    long heardNanos;
    long pingNanos = Long.MIN_VALUE;
    double meanNanos;
    double deviationNanos;
    long confirmNanos = Long.MAX_VALUE;
    @Nullable String brokenBy;
    boolean suspected;

    /// Nobody listens at its address: whatever the network does, this peer is gone.
    boolean refused;
  }

  private long periodNanos;
  private long minNanos;
  private long maxNanos;
  private long confirmNanos;
  private final Map<PeerId, Watch> watches = new LinkedHashMap<>();

  FailureDetector(OverlaySettings settings) {
    use(settings);
  }

  /// From now on these periods and bounds count; what was learned of each peer stays.
  final void use(OverlaySettings settings) {
    periodNanos = settings.pingPeriod().toNanos();
    minNanos = settings.suspicionMin().toNanos();
    maxNanos = settings.suspicionMax().toNanos();
    confirmNanos = settings.confirmTimeout().toNanos();
  }

  /// Watches exactly these peers; newcomers count as just heard.
  void watch(long nowNanos, Collection<PeerId> peers) {
    Set<PeerId> wanted = new LinkedHashSet<>(peers);
    watches.keySet().retainAll(wanted);
    for (PeerId peer : wanted) {
      watches.computeIfAbsent(
          peer,
          _ -> {
            Watch watch = new Watch();
            watch.heardNanos = nowNanos;
            watch.meanNanos = periodNanos;
            watch.deviationNanos = periodNanos / 2.0;
            return watch;
          });
    }
  }

  /// A frame of this peer arrived.
  ///
  /// @return whether that withdraws a suspicion
  boolean heard(long nowNanos, PeerId peer) {
    Watch watch = watches.get(peer);
    if (watch == null) {
      return false;
    }
    watch.heardNanos = nowNanos;
    watch.confirmNanos = Long.MAX_VALUE;
    watch.brokenBy = null;
    watch.refused = false;
    boolean withdrawn = watch.suspected;
    watch.suspected = false;
    return withdrawn;
  }

  /// A ping of this peer arrived: pings are regular, so their pauses are what is measured.
  ///
  /// @return whether this peer's own pings answer it: who is watched gets them, and they come as
  /// often. Settings may differ while they are changed
  boolean pinged(long nowNanos, PeerId peer) {
    Watch watch = watches.get(peer);
    if (watch == null) {
      return false;
    }
    long before = watch.pingNanos;
    watch.pingNanos = nowNanos;
    if (before == Long.MIN_VALUE) {
      return false;
    }
    long pauseNanos = nowNanos - before;
    double error = Math.min(pauseNanos, maxNanos) - watch.meanNanos;
    watch.meanNanos += error / 8;
    watch.deviationNanos += (Math.abs(error) - watch.deviationNanos) / 4;
    return periodNanos <= MOST_ANSWERING_NANOS && pauseNanos >= periodNanos * 3 / 4;
  }

  /// The last link to this peer broke; unless it is heard again soon, it is suspected.
  void broken(long nowNanos, PeerId peer, String reason) {
    Watch watch = watches.get(peer);
    if (watch != null && !watch.suspected && watch.brokenBy == null) {
      watch.brokenBy = reason;
      watch.confirmNanos = nowNanos + confirmNanos;
    }
  }

  /// Nobody listens where this peer listened: no reason to wait.
  void refused(long nowNanos, PeerId peer, String reason) {
    Watch watch = watches.get(peer);
    if (watch != null && !watch.suspected) {
      watch.brokenBy = reason;
      watch.confirmNanos = nowNanos;
      watch.refused = true;
    }
  }

  /// Counts everybody not yet suspected as just heard.
  void forgive(long nowNanos) {
    for (Watch watch : watches.values()) {
      if (!watch.suspected) {
        watch.heardNanos = nowNanos;
        watch.pingNanos = Long.MIN_VALUE;
        watch.confirmNanos = Long.MAX_VALUE;
        watch.brokenBy = null;
      }
    }
  }

  /// The suspicions that are due by now; each is returned once.
  List<Suspicion> due(long nowNanos) {
    List<Suspicion> due = new ArrayList<>();
    watches.forEach(
        (peer, watch) -> {
          if (!watch.suspected && deadline(watch) <= nowNanos) {
            watch.suspected = true;
            String brokenBy = watch.brokenBy;
            String reason = brokenBy == null ? "silent" : "link broken: " + brokenBy;
            due.add(new Suspicion(peer, reason, nowNanos - watch.heardNanos));
          }
        });
    return due;
  }

  /// When [#due] has something next, or `Long.MAX_VALUE`.
  long nextDeadline() {
    long next = Long.MAX_VALUE;
    for (Watch watch : watches.values()) {
      if (!watch.suspected) {
        next = Math.min(next, deadline(watch));
      }
    }
    return next;
  }

  boolean isSuspected(PeerId peer) {
    Watch watch = watches.get(peer);
    return watch != null && watch.suspected;
  }

  /// Whether this peer is suspected although the fault may lie with the suspecting one: it is not
  /// heard, but nothing proves that it is gone.
  boolean isDoubtful(PeerId peer) {
    Watch watch = watches.get(peer);
    return watch != null && watch.suspected && !watch.refused;
  }

  /// Whether more than half of the watched peers, and at least two, are suspected without proof, or
  /// about to be: who has gone deaf suspects one after the other, and must not act on the first.
  boolean doubtsMost(long nowNanos) {
    int doubtful = doubtful(nowNanos);
    return doubtful >= 2 && 2 * doubtful > watches.size();
  }

  /// How many watched peers are suspected without proof, or about to be.
  int doubtful(long nowNanos) {
    int doubtful = 0;
    for (Watch watch : watches.values()) {
      boolean overdue =
          watch.brokenBy != null || nowNanos - watch.heardNanos > timeout(watch) * 2 / 3;
      doubtful += !watch.refused && (watch.suspected || overdue) ? 1 : 0;
    }
    return doubtful;
  }

  /// How many peers are watched.
  int size() {
    return watches.size();
  }

  /// The silence that makes this peer suspected at present, in nanoseconds.
  long timeoutNanos(PeerId peer) {
    Watch watch = watches.get(peer);
    return watch == null ? maxNanos : timeout(watch);
  }

  private long deadline(Watch watch) {
    return Math.min(watch.heardNanos + timeout(watch), watch.confirmNanos);
  }

  private long timeout(Watch watch) {
    double adaptive = watch.meanNanos + 4 * watch.deviationNanos;
    return Math.clamp((long) adaptive, minNanos, maxNanos);
  }
}
