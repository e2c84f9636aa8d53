package io.euryale.simulation;

/// Something that happens at a virtual time.
abstract class Event {

  /// When it happens; set by the queue.
  long at;

  /// Where it stands in the queue; -1 when it is not there.
  int place = -1;

  abstract void fire();
}
