package io.euryale.service.stream;

import io.euryale.kernel.Home;

/// The one timer of a core whose parts each ask for a time: the earliest counts.
final class Wakeup {

  private final Home home;
  private long atNanos = Long.MAX_VALUE;

  Wakeup(Home home) {
    this.home = home;
  }

  /// Asks to be woken at this time or before.
  void by(long nanos) {
    if (nanos < atNanos) {
      atNanos = nanos;
      home.wakeAt(nanos);
    }
  }

  /// The time has come: all parts ask anew.
  void rang() {
    atNanos = Long.MAX_VALUE;
  }
}
