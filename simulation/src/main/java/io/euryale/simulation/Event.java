package io.euryale.simulation;

/// Something that happens at a virtual time.
abstract class Event {

  /// When it happens; set by the queue.
  long at;

  abstract void fire();
}
