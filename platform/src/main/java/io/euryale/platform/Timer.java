package io.euryale.platform;

/// Something that happens on a loop at a deadline. Its place in the heap is kept here, so that
/// setting and moving a timer allocates nothing.
abstract class Timer {

  long deadlineNanos;
  int heapIndex = -1;

  abstract void due(long nowNanos);
}
