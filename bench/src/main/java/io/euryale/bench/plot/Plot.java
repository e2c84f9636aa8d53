package io.euryale.bench.plot;

/// A plot of measurements on a [Page].
public sealed interface Plot permits Bars, Lines {

  /// Whether there is nothing to draw; such a plot is left out.
  boolean isEmpty();

  /// The plot with its heading.
  String html();
}
