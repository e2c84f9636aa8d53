package io.euryale.peer;

import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException.Reason;

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

  static RefusedException invalid(String sentence) {
    return new RefusedException(Reason.INVALID, sentence);
  }
}
