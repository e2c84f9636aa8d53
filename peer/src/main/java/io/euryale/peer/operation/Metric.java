package io.euryale.peer.operation;

/// How a counter of a core is called outside.
///
/// @param name of the metric
/// @param help one sentence
/// @param isCounter only grows; otherwise a gauge
record Metric(String name, String help, boolean isCounter) {

  void add(MetricsPage page, long value, String... labels) {
    if (isCounter) {
      page.counter(name, help, value, labels);
    } else {
      page.gauge(name, help, value, labels);
    }
  }
}
