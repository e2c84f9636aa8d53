package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.OverlayRight;
import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.StreamFrames.Message;

/// What sensors and clients of a peer may do. Refusals are told, counted and audited.
///
/// Owned by the relay's loop.
final class Admission {

  /// What else is refused over a link is told, but neither counted nor audited.
  private static final int MAX_FORBIDDEN_REMEMBERED = 1024;

  private final OverlayRights rights;
  private final TrafficClass trafficClass;
  private final Home home;
  private final RelayCounters counters;
  private final WireWriter writer = new WireWriter();

  Admission(OverlayRights rights, TrafficClass trafficClass, Home home, RelayCounters counters) {
    this.rights = rights;
    this.trafficClass = trafficClass;
    this.home = home;
    this.counters = counters;
  }

  /// Whether a sensor or client may do something; if not it is told, and it is audited once.
  boolean allows(OverlayRight right, RemoteLink from, String what) {
    String refusal = rights.refusal(right, what, from.name());
    if (refusal == null) {
      return true;
    }
    if (from.forbidden.size() < MAX_FORBIDDEN_REMEMBERED && from.forbidden.add(what)) {
      counters.forbidden++;
      rights.audit(from.hello.role() + " on class " + trafficClass.label() + ": " + refusal);
    }
    home.send(from.id, StreamFrames.encode(writer, new Message.Forbidden(what, refusal)));
    return false;
  }
}
