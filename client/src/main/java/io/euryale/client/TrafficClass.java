package io.euryale.client;

/// Which messages go before which; groups of different classes have nothing in common. In the
/// order of their codes, which begin at 1.
public enum TrafficClass {
  ALARM,
  CRITICAL,
  NORMAL
}
