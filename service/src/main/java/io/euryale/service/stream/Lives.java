package io.euryale.service.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The lives of one stream that a client has heard of, and which of them is the newest.
///
/// The epoch of a life is the wall clock of its sensor at its start, so the highest is the newest:
/// unless a clock was set back, or another sensor with another clock has the stream now. Only who
/// is there still tells one from the other. A sensor says its stream again in every period, and
/// peers say nothing of a life that is over but to who asks, or comes to them. So the highest epoch
/// gives way to a lower one that was said for as long as it was not. Until that is known, packets
/// of the lower one are not confirmed.
final class Lives {

  /// After so many periods without a word a life is taken for over. Hops gather what is said again
  /// for a period each, and a way may have to be found around a peer that failed.
  private static final int SILENT_PERIODS = 5;

  /// What a life is among those of its stream.
  enum Standing {
    NEWEST,
    /// There is a newer one.
    OVER,
    /// There may be a newer one, or it may be over.
    OPEN
  }

  private final long patienceNanos;

  /// The highest epoch first.
  private final List<Incoming> lives = new ArrayList<>();

  // A silence is one of the stream, whatever life it is in.

  /// When something of the stream was delivered last.
  long deliveredAtNanos;

  /// Of which life that was.
  @Nullable Incoming handedOver;

  /// The subscriptions that were told that their deadline passed since then.
  final Set<String> missed = new TreeSet<>();

  Lives(StreamSettings settings, long nowNanos) {
    patienceNanos = SILENT_PERIODS * settings.refreshPeriod().toNanos();
    deliveredAtNanos = nowNanos;
  }

  void add(Incoming life) {
    int place = 0;
    while (place < lives.size() && isHigher(lives.get(place), life)) {
      place++;
    }
    lives.add(place, life);
  }

  private static boolean isHigher(Incoming life, Incoming than) {
    return life.advertised.epoch() != than.advertised.epoch()
        ? life.advertised.epoch() > than.advertised.epoch()
        : life.advertised.sensor().compareTo(than.advertised.sensor()) > 0;
  }

  /// A life is forgotten.
  ///
  /// @return whether it was the last one
  boolean remove(Incoming life) {
    lives.remove(life);
    return lives.isEmpty();
  }

  /// A peer tells of a life.
  void said(long nowNanos, Incoming life) {
    if (!isSaid(nowNanos, life)) {
      life.saidSinceNanos = nowNanos;
    }
    life.saidAtNanos = nowNanos;
  }

  /// What a life is now.
  Standing standing(long nowNanos, Incoming life) {
    Incoming newest = newest(nowNanos);
    if (newest == null || newest == life) {
      return Standing.NEWEST;
    }
    boolean isThere = isSaid(nowNanos, life) && !areTogether(life, newest);
    return isThere ? Standing.OPEN : Standing.OVER;
  }

  /// The newest life; null when there is none at all.
  @Nullable Incoming newest(long nowNanos) {
    Incoming highest = first(_ -> true);
    if (highest == null || isSaid(nowNanos, highest)) {
      return highest;
    }
    // A life that is over and was said once, as to a client that came, was not said all the time.
    Incoming instead =
        first(life -> isSaid(nowNanos, life) && nowNanos - life.saidSinceNanos >= patienceNanos);
    return instead == null ? highest : instead;
  }

  private @Nullable Incoming first(Predicate<Incoming> condition) {
    for (Incoming life : lives) {
      if (condition.test(life)) {
        return life;
      }
    }
    return null;
  }

  private boolean isSaid(long nowNanos, Incoming life) {
    return nowNanos - life.saidAtNanos <= patienceNanos;
  }

  /// Whether both were said for long at the same time: there are two sensors.
  private boolean areTogether(Incoming one, Incoming other) {
    long from = Math.max(one.saidSinceNanos, other.saidSinceNanos);
    return Math.min(one.saidAtNanos, other.saidAtNanos) - from > patienceNanos;
  }
}
