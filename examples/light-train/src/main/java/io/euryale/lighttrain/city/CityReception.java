package io.euryale.lighttrain.city;

import io.euryale.lighttrain.demo.KindStatistics;
import io.euryale.lighttrain.demo.StreamLedger;
import io.euryale.peer.StreamHandler;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The accounts of some streams where they end, as those of a traffic class at the control centre:
/// what came, how late, and what did not.
/// Safe for all threads; the loop of the class writes.
final class CityReception implements StreamHandler {

  /// Gets what came, on the loop.
  interface Application {
    void received(CityStream stream, CityPacket packet);
  }

  private final Predicate<CityStream> own;
  private final List<CityStream> streams;
  private final StreamLedger[] ledgers;
  private final long[] lastLatency;
  private final long[] lastAt;
  private final Application application;
  private final KindStatistics all = new KindStatistics();
  private KindStatistics interval = new KindStatistics();
  private long corrupted;
  private long lastNanos;
  private long measuredFromNanos = Long.MIN_VALUE;

  /// @param own the streams whose packets are to come
  /// @param streams all of the city, in the order of their numbers
  CityReception(Predicate<CityStream> own, List<CityStream> streams, Application application) {
    this.own = own;
    this.streams = streams;
    this.application = application;
    ledgers = new StreamLedger[streams.size()];
    lastLatency = new long[streams.size()];
    lastAt = new long[streams.size()];
    Arrays.setAll(ledgers, _ -> new StreamLedger());
    Arrays.fill(lastLatency, -1);
  }

  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    long now = System.nanoTime();
    CityPacket packet = CityPacket.decode(payload);
    CityStream from = packet == null ? null : stream(packet.stream());
    if (packet == null || from == null || !from.name().equals(stream)) {
      synchronized (this) {
        corrupted++;
      }
      return;
    }
    if (count(packet, now)) {
      application.received(from, packet);
    }
  }

  private @Nullable CityStream stream(int index) {
    return index >= 0 && index < streams.size() ? streams.get(index) : null;
  }

  private synchronized boolean count(CityPacket packet, long now) {
    lastNanos = now;
    boolean isNew =
        ledgers[packet.stream()].received(packet.number()) != StreamLedger.Verdict.AGAIN;
    if (isNew) {
      long latency = Math.max(0, now - packet.dueNanos());
      long before = lastLatency[packet.stream()];
      if (packet.dueNanos() >= measuredFromNanos) {
        all.record(latency, before);
      }
      interval.record(latency, before);
      lastLatency[packet.stream()] = latency;
      lastAt[packet.stream()] = now;
    }
    return isNew;
  }

  /// What was counted.
  ///
  /// Times are in milliseconds, and 0 when nothing was received.
  ///
  /// @param missing passed over and not here yet; what is on its way in a stream's end is not seen
  /// @param ageMillis since the last packet; -1 when none came
  record Figures(
      long received,
      long missing,
      long duplicated,
      long reordered,
      long corrupted,
      double p50,
      double p99,
      double p999,
      double max,
      double jitter,
      long ageMillis) {}

  /// The last packet of a stream.
  ///
  /// @param packets that came in the stream so far
  /// @param latencyMillis from when it was due until it was here
  /// @param ageMillis since it was here
  record Last(long packets, double latencyMillis, long ageMillis) {}

  /// The last packet of a stream of this class; null when none came.
  synchronized @Nullable Last last(CityStream stream) {
    long latency = lastLatency[stream.index()];
    return latency < 0
        ? null
        : new Last(
            ledgers[stream.index()].received(),
            latency / 1e6,
            (System.nanoTime() - lastAt[stream.index()]) / 1_000_000);
  }

  /// Times of packets that were due before this count for nothing in [#total]; what is lost or
  /// comes twice always counts. Freshly started processes have compiled nothing yet.
  synchronized void measureFrom(long nanos) {
    measuredFromNanos = nanos;
  }

  /// Everything so far.
  Figures total() {
    return figures(all);
  }

  /// What came since the last call.
  synchronized Figures interval() {
    KindStatistics of = interval;
    interval = new KindStatistics();
    return figures(of);
  }

  private synchronized Figures figures(KindStatistics of) {
    long missing = 0;
    long duplicated = 0;
    long reordered = 0;
    for (StreamLedger ledger : ledgers) {
      missing += ledger.missing();
      duplicated += ledger.duplicated();
      reordered += ledger.reordered();
    }
    return new Figures(
        of.count(),
        missing,
        duplicated,
        reordered,
        corrupted,
        of.latencyMillis(50),
        of.latencyMillis(99),
        of.latencyMillis(99.9),
        of.maxMillis(),
        of.jitterMillis(),
        lastNanos == 0 ? -1 : (System.nanoTime() - lastNanos) / 1_000_000);
  }

  /// Packets that the middleware took and that are not here.
  synchronized long outstanding() {
    long out = 0;
    for (CityStream stream : streams) {
      if (own.test(stream)) {
        out += ledgers[stream.index()].lost(stream.taken());
      }
    }
    return out;
  }
}
