package io.euryale.peer;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.OverlayRights;
import io.euryale.peer.RefusedException.Reason;
import java.util.List;
import java.util.function.Consumer;

/// Refuses what applications and operators may not ask for, before any of it reaches a loop.
final class Checks {

  private Checks() {}

  static PeerName name(String what, String name) {
    if (!PeerName.isValid(name)) {
      throw invalid(
          "'"
              + name
              + "' cannot be the name of "
              + what
              + ": use 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first.");
    }
    return new PeerName(name);
  }

  static void dataClass(TrafficClass trafficClass) {
    if (trafficClass == TrafficClass.CONTROL) {
      throw invalid("The control class is the overlay's own: use alarm, critical or normal.");
    }
  }

  /// @throws RefusedException when a line of the table cannot be understood
  static OverlayRights rights(List<String> lines, Consumer<String> audit) {
    try {
      return OverlayRights.parse(lines, audit);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  static RefusedException invalid(String sentence) {
    return new RefusedException(Reason.INVALID, sentence);
  }
}
