package io.euryale.lighttrain.demo;

import io.euryale.kernel.TrafficClass;
import io.euryale.lighttrain.timetable.Playback;
import io.euryale.lighttrain.timetable.StationCall;
import io.euryale.peer.RefusedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// Publishes everything the sensors send in one traffic class, on one thread after an absolute
/// schedule.
///
/// What the middleware does not take is offered again with the time it was due at, and what comes
/// after it in its stream waits: late packets are late in the figures and none is skipped.
final class TrafficSource implements Runnable {

  private static final long RETRY_NANOS = 2_000_000;
  private static final long DEBT_NANOS = 1_000_000_000;

  /// Calls that wait to be taken; beyond it the timetable itself waits.
  private static final int MOST_WAITING_CALLS = 10_000;

  private final TrafficClass trafficClass;
  private final long startNanos;
  private final long endNanos;
  private final List<Sensor> sensors = new ArrayList<>();
  private final StationCalls calls;
  private final Playback playback;
  private final Map<String, StreamSource> stations;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Payload payload;
  private long retryCallsNanos;
  private volatile boolean stopped;
  private volatile long stoppedNanos;
  private volatile boolean inDebt;
  private volatile String failure = "";
  private volatile long latenessNanos;

  /// A call that is due.
  private record Waiting(StreamSource stream, long scheduledNanos, String text) {}

  /// One sensor's cameras, microphones and equipment.
  private static final class Sensor {
    final SensorSchedule schedule;
    final StreamSource audio;
    final StreamSource events;
    final StreamSource video;
    long retryNanos;

    Sensor(SensorSchedule schedule, StreamSource audio, StreamSource events, StreamSource video) {
      this.schedule = schedule;
      this.audio = audio;
      this.events = events;
      this.video = video;
      retryNanos = schedule.dueNanos();
    }

    StreamSource next() {
      return switch (schedule.kind()) {
        case AUDIO -> audio;
        case EVENT -> events;
        case VIDEO -> video;
        case CALL -> throw new IllegalStateException("Calls follow the timetable");
      };
    }

    /// Passes over what is of another class: its own thread sends that.
    void skipOthers(TrafficClass trafficClass) {
      while (schedule.kind().trafficClass() != trafficClass) {
        schedule.advance();
      }
    }

    long wakeNanos() {
      return Math.max(schedule.dueNanos(), retryNanos);
    }
  }

  /// @param plan the streams
  /// @param startNanos when the traffic begins, by `System.nanoTime`
  /// @param seed of the schedule, which is the same for all classes
  TrafficSource(
      TrafficClass trafficClass,
      StreamPlan plan,
      StationCalls calls,
      long startNanos,
      Duration traffic,
      long seed) {
    this.trafficClass = trafficClass;
    this.startNanos = startNanos;
    this.endNanos = startNanos + traffic.toNanos();
    this.calls = calls;
    this.playback = calls.play();
    this.stations = plan.stations();
    this.payload = new Payload(seed);
    SplittableRandom random = new SplittableRandom(seed);
    boolean alarms = trafficClass == TrafficClass.ALARM;
    long cycle = PacketKind.EVENT.frameNanos();
    for (int sensor = 0; sensor < Placement.SENSORS && !alarms; sensor++) {
      SensorSchedule schedule =
          new SensorSchedule(startNanos + random.nextLong(cycle), random.nextInt(10));
      sensors.add(
          new Sensor(
              schedule,
              plan.stream(sensor, PacketKind.AUDIO),
              plan.stream(sensor, PacketKind.EVENT),
              plan.stream(sensor, PacketKind.VIDEO)));
      sensors.getLast().skipOthers(trafficClass);
    }
    stoppedNanos = endNanos;
    retryCallsNanos = startNanos;
  }

  /// Publishes until the end of the traffic, [#stop] or an interrupt.
  @Override
  public void run() {
    try {
      boolean more = true;
      while (more && !stopped) {
        more = turn();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RefusedException | IllegalStateException e) {
      failure = String.valueOf(e.getMessage());
    }
    stoppedNanos = Math.min(System.nanoTime(), endNanos);
    // Stopped a moment before a packet is due, a run owes nothing; stopped while it is refused, it
    // does.
    inDebt =
        !failure.isEmpty()
            || !waiting.isEmpty()
            || sensors.stream()
                .anyMatch(each -> stoppedNanos - each.schedule.dueNanos() > DEBT_NANOS);
  }

  /// Publishes what is due and waits until there is more.
  ///
  /// @return whether there will be
  private boolean turn() throws InterruptedException {
    long next = Math.min(publishDue(System.nanoTime()), endNanos);
    long nowNanos = System.nanoTime();
    if (nowNanos - endNanos < 0) {
      LockSupport.parkNanos(this, next - nowNanos);
    } else if (owes()) {
      LockSupport.parkNanos(this, RETRY_NANOS);
    } else {
      return false;
    }
    return !Thread.interrupted();
  }

  /// Ends the traffic before its time.
  void stop() {
    stopped = true;
  }

  /// Why the sensors take nothing more, one sentence; empty when they do.
  String failure() {
    return failure;
  }

  private void noteLateness(long wantedNanos) {
    latenessNanos = Math.max(latenessNanos, System.nanoTime() - wantedNanos);
  }

  /// The longest time that a packet was offered later than this thread meant to, because the
  /// thread did not run or the packet before it was taken slowly.
  long latenessNanos() {
    return latenessNanos;
  }

  /// How long it lasted, once it has ended; until then how long it is meant to.
  long lengthNanos() {
    return Math.max(1, stoppedNanos - startNanos);
  }

  /// Whether something that was due was never taken; for when [#run] has ended.
  boolean isInDebt() {
    return inDebt;
  }

  private boolean owes() {
    return !waiting.isEmpty()
        || sensors.stream().anyMatch(sensor -> sensor.schedule.dueNanos() - endNanos < 0);
  }

  /// Publishes what is due and says when to look again.
  private long publishDue(long nowNanos) throws InterruptedException {
    long next = trafficClass == TrafficClass.ALARM ? publishCalls(nowNanos) : endNanos;
    for (Sensor sensor : sensors) {
      while (sensor.wakeNanos() - nowNanos <= 0 && sensor.schedule.dueNanos() - endNanos < 0) {
        noteLateness(sensor.wakeNanos());
        if (sensor.next().publish(payload, sensor.schedule.dueNanos())) {
          sensor.schedule.advance();
          sensor.skipOthers(trafficClass);
        } else {
          sensor.retryNanos = nowNanos + RETRY_NANOS;
        }
      }
      next = Math.min(next, sensor.wakeNanos());
    }
    return next;
  }

  private long publishCalls(long nowNanos) throws InterruptedException {
    Duration elapsed = Duration.ofNanos(Math.max(0, Math.min(nowNanos, endNanos - 1) - startNanos));
    while (waiting.size() < MOST_WAITING_CALLS && nowNanos - startNanos >= 0) {
      Optional<Duration> due = playback.nextDue();
      Optional<StationCall> call = playback.poll(elapsed);
      if (due.isEmpty() || call.isEmpty()) {
        break;
      }
      StreamSource stream = stations.get(call.get().stationId());
      if (stream != null) {
        long scheduled = startNanos + due.get().toNanos();
        waiting.addLast(new Waiting(stream, scheduled, calls.text(call.get())));
      }
    }
    if (retryCallsNanos - nowNanos <= 0) {
      // One that is refused holds up the others: alarms stay in the order in which they happened.
      while (!waiting.isEmpty()) {
        Waiting first = waiting.getFirst();
        noteLateness(Math.max(first.scheduledNanos(), retryCallsNanos));
        if (!first.stream().publish(payload, first.scheduledNanos(), first.text())) {
          retryCallsNanos = nowNanos + RETRY_NANOS;
          return retryCallsNanos;
        }
        waiting.removeFirst();
      }
    }
    return playback
        .nextDue()
        .filter(due -> due.compareTo(Duration.ofNanos(endNanos - startNanos)) < 0)
        .map(due -> startNanos + due.toNanos())
        .orElse(endNanos);
  }
}
