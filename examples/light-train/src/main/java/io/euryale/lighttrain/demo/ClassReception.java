package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.demo.Reception.Counts;
import io.euryale.lighttrain.demo.Reception.Figures;
import io.euryale.peer.StreamHandler;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Receives the packets of one traffic class. Its lock is held for a few microseconds by the loop
/// that delivers, and now and then by the view.
final class ClassReception implements StreamHandler {

  private final TrainBoard board;
  private final LongSupplier clock;
  private final Payload payloads = new Payload(0);
  private final Map<String, Account> accounts = new HashMap<>();
  private final Map<PacketKind, KindStatistics> statistics = new EnumMap<>(PacketKind.class);
  private final long[] longestDelays;
  private int fault = -1;
  private long received;
  private long corrupted;
  private long warmUps;

  /// One stream.
  private static final class Account {
    final StreamSource source;
    final StreamLedger ledger = new StreamLedger();
    long lastLatencyNanos = -1;

    Account(StreamSource source) {
      this.source = source;
    }
  }

  ClassReception(
      List<StreamSource> streams, TrafficClass trafficClass, int faults, TrainBoard board) {
    this(streams, trafficClass, faults, board, System::nanoTime);
  }

  ClassReception(
      List<StreamSource> streams,
      TrafficClass trafficClass,
      int faults,
      TrainBoard board,
      LongSupplier clock) {
    this.board = board;
    this.clock = clock;
    longestDelays = new long[faults];
    for (StreamSource stream : streams) {
      if (stream.kind().trafficClass() == trafficClass) {
        accounts.put(stream.name(), new Account(stream));
        statistics.putIfAbsent(stream.kind(), new KindStatistics());
      }
    }
  }

  @Override
  public synchronized void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    long nowNanos = clock.getAsLong();
    Account account = accounts.get(stream);
    if (account == null
        || !payloads.isIntact(payload)
        || Payload.stream(payload) != account.source.index()) {
      corrupted++;
      return;
    }
    if (Payload.number(payload) == StreamSource.WARM_UP) {
      warmUps++;
      return;
    }
    StreamLedger.Verdict verdict = account.ledger.received(Payload.number(payload));
    if (verdict == StreamLedger.Verdict.AGAIN) {
      return;
    }
    received++;
    long latencyNanos = Math.max(0, nowNanos - Payload.scheduledNanos(payload));
    KindStatistics kind = statistics.get(account.source.kind());
    if (kind != null) {
      kind.record(latencyNanos, account.lastLatencyNanos);
    }
    account.lastLatencyNanos = latencyNanos;
    if (fault >= 0) {
      longestDelays[fault] = Math.max(longestDelays[fault], latencyNanos);
    }
    if (account.source.kind() == PacketKind.CALL) {
      board.called(Payload.text(payload));
    }
  }

  synchronized void faultInjected(int number) {
    fault = number;
  }

  synchronized long longestDelayNanos(int number) {
    return longestDelays[number];
  }

  synchronized long received() {
    return received;
  }

  synchronized long corrupted() {
    return corrupted;
  }

  synchronized long warmUps() {
    return warmUps;
  }

  /// @param kind null for all kinds of this class
  Figures figures(@Nullable PacketKind kind, boolean ended) {
    KindStatistics latencies = new KindStatistics();
    return Figures.of(latencies, addTo(latencies, kind, ended));
  }

  /// Adds what was measured to `latencies` and counts the rest.
  ///
  /// @param kind null for all kinds of this class
  synchronized Counts addTo(KindStatistics latencies, @Nullable PacketKind kind, boolean ended) {
    statistics.forEach(
        (each, measured) -> {
          if (kind == null || kind == each) {
            latencies.add(measured);
          }
        });
    Counts counts = Counts.NONE;
    for (Account account : accounts.values()) {
      if (kind == null || account.source.kind() == kind) {
        StreamLedger ledger = account.ledger;
        long sent = account.source.published();
        counts =
            counts.plus(
                new Counts(
                    sent,
                    ended ? ledger.lost(sent) : ledger.missing(),
                    ledger.duplicated(),
                    ledger.reordered()));
      }
    }
    return counts;
  }
}
