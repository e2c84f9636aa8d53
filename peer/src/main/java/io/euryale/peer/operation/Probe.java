package io.euryale.peer.operation;

/// Looks at one peer of the process from outside. Safe for any thread but those of loops.
public interface Probe {

  /// Whether the peer can do its work: it has a place among the others. That says nothing about
  /// its role, which may change at any moment and is nobody's merit.
  Health ready() throws InterruptedException;

  /// Adds what the peer has counted to a page; nothing when it has ended.
  void measure(MetricsPage page) throws InterruptedException;
}
