package io.euryale.lighttrain.city;

import io.euryale.kernel.TrafficClass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One stream of the city at its sensor's end. What is not taken waits and is offered again with
/// the time at which it was due, so nothing is skipped. One packet is offered at a time, which
/// keeps their order; nobody waits for the answer, so the streams of a class do not wait for each
/// other. Packets are added by the thread of its class, answers come from any.
final class CityStream {

  /// Packets that may wait; a stream that waits for more has failed.
  static final int MOST_WAITING = 20_000;

  private final int index;
  private final String name;
  private final Kind kind;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private @Nullable Outlet outlet;
  private long number;
  private long taken;

  /// The first that waits is offered, and there is no answer yet.
  private boolean offered;

  /// Where packets go.
  interface Outlet {
    /// Whether somebody wants them.
    boolean isWanted();

    /// Offers one.
    ///
    /// @param answer told once whether it was taken; if not, it is offered again
    void offer(byte[] packet, Consumer<Boolean> answer);
  }

  /// What a stream carries. Sizes and rates of audio, events and video are those of [0 §IV].
  enum Kind {
    /// A train occupies or leaves the track of a station.
    TRACK("track", TrafficClass.ALARM, 0),
    /// Somebody has to look: smoke, an emergency button.
    ALARM("alarm", TrafficClass.ALARM, 0),
    /// Doors, lifts, switches: the paper's medium packets.
    EQUIPMENT("equipment", TrafficClass.CRITICAL, 1024),
    /// Trains that do not run.
    SERVICE("service", TrafficClass.CRITICAL, 0),
    /// Where the trains of a line are.
    POSITION("position", TrafficClass.NORMAL, 0),
    /// Passengers on a platform.
    COUNTER("counter", TrafficClass.NORMAL, 0),
    /// The paper's small packets, 38 a second.
    AUDIO("audio", TrafficClass.NORMAL, 418),
    /// What the control centre says to a station's loudspeakers, as [#AUDIO].
    ANNOUNCEMENT("announcement", TrafficClass.NORMAL, 418),
    /// The next trains, from the control centre to a station's display; the newest counts.
    BOARD("board", TrafficClass.NORMAL, 0),
    /// The paper's large packets, 24 a second, while somebody looks.
    CAMERA("camera", TrafficClass.NORMAL, 4180);

    private final String label;
    private final TrafficClass trafficClass;
    private final int bytes;

    Kind(String label, TrafficClass trafficClass, int bytes) {
      this.label = label;
      this.trafficClass = trafficClass;
      this.bytes = bytes;
    }

    String label() {
      return label;
    }

    TrafficClass trafficClass() {
      return trafficClass;
    }

    /// Whether it goes from the control centre to a station; the others go to the control centre.
    boolean isForStation() {
      return this == ANNOUNCEMENT || this == BOARD;
    }
  }

  /// @param of the station or line it comes from, in the form of a name of a stream
  CityStream(int index, Kind kind, String of) {
    this.index = index;
    this.kind = kind;
    this.name = kind.label + "/" + of;
  }

  /// Its number in packets.
  int index() {
    return index;
  }

  String name() {
    return name;
  }

  Kind kind() {
    return kind;
  }

  TrafficClass trafficClass() {
    return kind.trafficClass;
  }

  /// Whether the control centre gets it, in this class.
  boolean isForCentre(TrafficClass of) {
    return !kind.isForStation() && trafficClass() == of;
  }

  synchronized void connect(Outlet to) {
    outlet = to;
  }

  /// How many packets the middleware took.
  synchronized long taken() {
    return taken;
  }

  /// Something is due.
  ///
  /// @return whether there was room
  boolean add(long dueNanos, String text) {
    synchronized (this) {
      if (kind == Kind.CAMERA && !isWanted()) {
        return true; // A camera sends while somebody looks.
      }
      if (waiting.size() == MOST_WAITING) {
        return false;
      }
      waiting.addLast(new CityPacket(index, ++number, dueNanos, text).encode(kind.bytes));
    }
    flush();
    return true;
  }

  private boolean isWanted() {
    Outlet to = outlet;
    return to != null && to.isWanted();
  }

  /// Whether something was not taken yet.
  synchronized boolean owes() {
    return !waiting.isEmpty();
  }

  /// Offers what waits, in order, until something is not taken; does nothing while there is no
  /// answer to what is offered.
  void flush() {
    Outlet to;
    byte[] first;
    synchronized (this) {
      to = outlet;
      first = waiting.peekFirst();
      if (to == null || first == null || offered) {
        return;
      }
      offered = true;
    }
    to.offer(first, this::answered);
  }

  private void answered(boolean isTaken) {
    synchronized (this) {
      offered = false;
      if (isTaken) {
        waiting.removeFirst();
        taken++;
      }
    }
    if (isTaken) {
      flush();
    }
  }
}
