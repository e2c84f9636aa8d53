package io.euryale.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Events by time, then by insertion: a binary heap over parallel arrays, so that a push allocates
/// nothing. Insertion order breaks ties, which makes the whole run repeatable.
final class EventQueue {

  private static final int INITIAL_CAPACITY = 256;

  private long[] times = new long[INITIAL_CAPACITY];
  private long[] orders = new long[INITIAL_CAPACITY];
  private @Nullable Event[] events = new @Nullable Event[INITIAL_CAPACITY];
  private int size;
  private long inserted;

  boolean isEmpty() {
    return size == 0;
  }

  /// Time of the next event, or `Long.MAX_VALUE` when there is none.
  long nextAt() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  void add(long at, Event event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      orders = Arrays.copyOf(orders, size * 2);
      events = Arrays.copyOf(events, size * 2);
    }
    rise(size++, at, event);
  }

  /// Moves an event that is in the queue to an earlier time.
  void hasten(long at, Event event) {
    rise(event.place, at, event);
  }

  private void rise(int from, long at, Event event) {
    event.at = at;
    long order = inserted++;
    int hole = from;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!before(at, order, parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    put(hole, at, order, event);
  }

  /// Takes the next event out, or null when there is none.
  @Nullable Event poll() {
    if (size == 0) {
      return null;
    }
    Event first = events[0];
    if (first != null) {
      first.place = -1;
    }
    size--;
    long at = times[size];
    long order = orders[size];
    Event last = events[size];
    events[size] = null;
    if (size > 0 && last != null) {
      sink(at, order, last);
    }
    return first;
  }

  private void sink(long at, long order, Event event) {
    int hole = 0;
    int half = size >>> 1;
    while (hole < half) {
      int child = 2 * hole + 1;
      int right = child + 1;
      if (right < size && before(times[right], orders[right], child)) {
        child = right;
      }
      if (before(at, order, child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    put(hole, at, order, event);
  }

  private boolean before(long at, long order, int other) {
    return at < times[other] || (at == times[other] && order < orders[other]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    Event event = events[from];
    events[to] = event;
    if (event != null) {
      event.place = to;
    }
  }

  private void put(int index, long at, long order, Event event) {
    times[index] = at;
    orders[index] = order;
    events[index] = event;
    event.place = index;
  }
}
