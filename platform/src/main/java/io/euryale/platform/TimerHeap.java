package io.euryale.platform;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The timers of one loop, earliest first: a binary heap that knows each timer's place.
///
/// Netty's own scheduled tasks would cost an allocation for each arming, and cores move their
/// deadline with almost every packet.
final class TimerHeap {

  private @Nullable Timer[] heap = new @Nullable Timer[16];
  private int size;

  /// Sets or moves a timer; `Long.MAX_VALUE` cancels it.
  void set(Timer timer, long deadlineNanos) {
    if (deadlineNanos == Long.MAX_VALUE) {
      cancel(timer);
      return;
    }
    timer.deadlineNanos = deadlineNanos;
    if (timer.heapIndex < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      place(timer, size++);
    }
    siftDown(siftUp(timer.heapIndex));
  }

  void cancel(Timer timer) {
    int hole = timer.heapIndex;
    if (hole < 0) {
      return;
    }
    timer.heapIndex = -1;
    Timer last = at(--size);
    heap[size] = null;
    if (hole < size) {
      place(last, hole);
      siftDown(siftUp(hole));
    }
  }

  /// The earliest deadline, or `Long.MAX_VALUE`.
  long nextNanos() {
    return size == 0 ? Long.MAX_VALUE : at(0).deadlineNanos;
  }

  /// Fires what is due. A timer that sets itself again for now or earlier waits for the next round,
  /// so a core that asks for the past cannot hold the loop.
  void fire(long nowNanos) {
    for (int rounds = size; rounds > 0 && nextNanos() <= nowNanos; rounds--) {
      Timer timer = at(0);
      cancel(timer);
      timer.due(nowNanos);
    }
  }

  private int siftUp(int index) {
    int i = index;
    Timer timer = at(i);
    while (i > 0 && at((i - 1) / 2).deadlineNanos > timer.deadlineNanos) {
      place(at((i - 1) / 2), i);
      i = (i - 1) / 2;
    }
    place(timer, i);
    return i;
  }

  private void siftDown(int index) {
    int i = index;
    Timer timer = at(i);
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && at(child + 1).deadlineNanos < at(child).deadlineNanos) {
        child++;
      }
      if (at(child).deadlineNanos >= timer.deadlineNanos) {
        break;
      }
      place(at(child), i);
      i = child;
    }
    place(timer, i);
  }

  private Timer at(int index) {
    Timer timer = heap[index];
    if (timer == null) {
      throw new IllegalStateException("No timer at " + index + " of " + size);
    }
    return timer;
  }

  private void place(Timer timer, int index) {
    heap[index] = timer;
    timer.heapIndex = index;
  }
}
