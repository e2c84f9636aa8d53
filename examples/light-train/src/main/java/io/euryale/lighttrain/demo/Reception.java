package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.StreamHandler;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The client's end of the demo: receives every packet and keeps the accounts of it, for each
/// traffic class under a lock of its own so that classes do not wait for each other.
final class Reception {

  private final List<StreamSource> streams;
  private final Map<TrafficClass, ClassReception> classes = new EnumMap<>(TrafficClass.class);
  private final TrainBoard board;

  /// @param streams all streams of the demo; a stream's index is its place here
  /// @param faults how many faults there will be
  Reception(List<StreamSource> streams, int faults, TrainBoard board) {
    this.streams = List.copyOf(streams);
    this.board = board;
    for (TrafficClass trafficClass :
        List.of(TrafficClass.ALARM, TrafficClass.CRITICAL, TrafficClass.NORMAL)) {
      classes.put(trafficClass, new ClassReception(this.streams, trafficClass, faults, board));
    }
  }

  /// What the middleware calls with the packets of a class.
  StreamHandler handler(TrafficClass trafficClass) {
    return of(trafficClass);
  }

  /// The trains that were heard of.
  TrainBoard board() {
    return board;
  }

  /// Delays from now on are this fault's, until the next.
  ///
  /// @param fault from 0
  void faultInjected(int fault) {
    classes.values().forEach(each -> each.faultInjected(fault));
  }

  /// The longest time that a packet came after its schedule, of those that came after this fault
  /// and before the next; 0 when none came.
  long longestDelayNanos(int fault) {
    return classes.values().stream()
        .mapToLong(each -> each.longestDelayNanos(fault))
        .max()
        .orElse(0);
  }

  /// How many different packets came, in all classes.
  long received() {
    return classes.values().stream().mapToLong(ClassReception::received).sum();
  }

  /// How many packets came that do not count.
  long warmUps() {
    return classes.values().stream().mapToLong(ClassReception::warmUps).sum();
  }

  /// Packets whose content was not what was published; they count as not received.
  long corrupted() {
    return classes.values().stream().mapToLong(ClassReception::corrupted).sum();
  }

  /// Whether everything that was published came.
  boolean isComplete() {
    return received() >= streams.stream().mapToLong(StreamSource::published).sum();
  }

  /// What was measured for a class.
  ///
  /// @param ended whether what is not here will not come any more
  Figures figures(TrafficClass trafficClass, boolean ended) {
    return of(trafficClass).figures(null, ended);
  }

  /// What was measured for one kind of packets.
  Figures figures(PacketKind kind, boolean ended) {
    return of(kind.trafficClass()).figures(kind, ended);
  }

  /// What was measured for everything together.
  Figures total(boolean ended) {
    KindStatistics latencies = new KindStatistics();
    Counts counts = Counts.NONE;
    for (ClassReception each : classes.values()) {
      counts = counts.plus(each.addTo(latencies, null, ended));
    }
    return Figures.of(latencies, counts);
  }

  private ClassReception of(TrafficClass trafficClass) {
    ClassReception reception = classes.get(trafficClass);
    if (reception == null) {
      throw new IllegalArgumentException("No data is sent in class " + trafficClass.label());
    }
    return reception;
  }

  /// The accounts of one class, or of one kind of packets in it.
  ///
  /// @param published how many packets the middleware took
  /// @param received how many different ones came
  /// @param p50 latency in milliseconds, from the time the packet should have been published
  /// @param p99 like `p50`
  /// @param p999 like `p50`
  /// @param max like `p50`
  /// @param jitter mean absolute difference of successive latencies of a stream, in milliseconds
  /// @param lost packets that did not come; while the run goes on, those that were passed over
  /// @param duplicated packets that came again
  /// @param reordered packets that came after a later one of their stream
  record Figures(
      long published,
      long received,
      double p50,
      double p99,
      double p999,
      double max,
      double jitter,
      long lost,
      long duplicated,
      long reordered) {

    static Figures of(KindStatistics latencies, Counts counts) {
      return new Figures(
          counts.published(),
          latencies.count(),
          latencies.latencyMillis(50),
          latencies.latencyMillis(99),
          latencies.latencyMillis(99.9),
          latencies.maxMillis(),
          latencies.jitterMillis(),
          counts.lost(),
          counts.duplicated(),
          counts.reordered());
    }
  }

  /// See [Figures].
  record Counts(long published, long lost, long duplicated, long reordered) {
    static final Counts NONE = new Counts(0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(
          published + other.published,
          lost + other.lost,
          duplicated + other.duplicated,
          reordered + other.reordered);
    }
  }
}
