package io.euryale.bench.group;

import io.euryale.group.Service;

/// One case of the measurement without faults.
///
/// @param service of the messages
/// @param bytes of a message
/// @param flood as fast as the system takes them, else 200 a second
/// @param senders 1, or 0 for all
/// @param window whether senders limit themselves
record Load(Service service, int bytes, boolean flood, int senders, boolean window) {

  static Load latency(Service service) {
    return new Load(service, GroupSettings.LATENCY_BYTES, false, 0, false);
  }

  /// The case's name inside a result document.
  static String label(int members, SystemUnderTest system, Load load) {
    String who = members + " members, " + system.label() + ", " + load.service().label();
    return load.flood()
        ? who
            + ", "
            + load.bytes()
            + " B, "
            + (load.senders() == 0 ? "all senders" : "one sender")
            + (load.window() ? ", window" : "")
        : who;
  }

  RunPlan plan(GroupSettings settings) {
    return new RunPlan(
        service,
        bytes,
        flood ? 0 : GroupSettings.RATE,
        senders,
        window ? GroupSettings.WINDOW : 0,
        settings.lead(),
        flood ? settings.flood() : settings.latency());
  }
}
