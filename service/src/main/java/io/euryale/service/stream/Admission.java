package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.OverlayRight;
import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.StreamFrames.Message;
import java.nio.ByteBuffer;
import java.util.List;

/// What sensors and clients of a peer may do, that nobody speaks of the flow of another, and what
/// there is no room for. Refusals are told, counted and audited.
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
  private final WireWriter envelopes = new WireWriter();

  Admission(OverlayRights rights, TrafficClass trafficClass, Home home, RelayCounters counters) {
    this.rights = rights;
    this.trafficClass = trafficClass;
    this.home = home;
    this.counters = counters;
  }

  /// Whether a sensor or client may do something; if not it is told, and it is audited once.
  boolean allows(OverlayRight right, RemoteLink from, String what) {
    String refusal = rights.refusal(right, what, from.name());
    if (refusal != null) {
      refuse(from, what, refusal);
    }
    return refusal == null;
  }

  /// Whether a sensor may publish what it says, and says it of itself: who it is was proved over
  /// its link, and the identity of the flow stands on that.
  boolean allowsToPublish(RemoteLink from, Message.Advertise advertise) {
    String stream = advertise.name();
    if (!allows(OverlayRight.PUBLISH, from, stream)) {
      return false;
    }
    boolean isItself = advertise.sensor().equals(from.hello.self().id());
    if (!isItself) {
      refuse(
          from,
          stream,
          from.hello.self().id()
              + " may not publish stream "
              + stream
              + " as "
              + advertise.sensor()
              + ": a sensor speaks for itself.");
    }
    return isItself;
  }

  /// A flow is known as another's. A peer is not told: it only passed on what a sensor said.
  void refuseTaken(RemoteLink from, Message.Advertise advertise) {
    refuse(
        from,
        advertise.name(),
        advertise.sensor()
            + " may not publish stream "
            + advertise.name()
            + ": another stream has its identity, so it is forged or the sensor has to be started"
            + " again.");
  }

  private void refuse(RemoteLink from, String what, String refusal) {
    if (from.forbidden.size() < MAX_FORBIDDEN_REMEMBERED && from.forbidden.add(what)) {
      counters.forbidden++;
      audit(from.hello.role().toString(), refusal);
    }
    if (from.role() != Role.PEER) {
      home.send(from.id, StreamFrames.encode(writer, new Message.Forbidden(what, refusal)));
    }
  }

  /// There is no room for a pattern of a client, which is told so each time that it asks for it.
  ///
  /// @param way what leads to the client; whom a sibling leads to, that one tells
  /// @param limit the sentence that names it
  /// @param isNew whether it is to be counted and audited: it had room before, or is new
  void crowded(RemoteLink way, PeerId client, String pattern, String limit, boolean isNew) {
    String sentence = "There is no room for " + pattern + ": " + limit;
    if (isNew) {
      counters.crowded++;
      audit(Role.CLIENT + " " + client.name(), sentence);
    }
    if (!way.sibling) {
      ByteBuffer told = StreamFrames.encode(writer, new Message.Forbidden(pattern, sentence));
      home.send(
          way.id,
          way.role() == Role.CLIENT
              ? told
              : StreamFrames.envelop(envelopes, StreamFrames.TO_CLIENT, client, told));
    }
  }

  /// There is no room for anything of what a client wants; counted and audited once for each link.
  void crowdedOut(
      RemoteLink way, PeerId client, List<StreamFrames.Subscription> wishes, String limit) {
    if (way.forbidden.size() < MAX_FORBIDDEN_REMEMBERED
        && way.forbidden.add("room for " + client)) {
      counters.crowded += wishes.size();
      audit(Role.CLIENT + " " + client.name(), "There is no room for its patterns: " + limit);
    }
    for (StreamFrames.Subscription wish : wishes) {
      crowded(way, client, wish.pattern(), limit, false);
    }
  }

  /// There is no room for patterns of the peers above; they cannot be told.
  void crowdedFromAbove(int patterns) {
    counters.crowded += patterns;
    audit(
        Role.PEER.toString(),
        "peers above want "
            + patterns
            + " patterns more than one peer tells another: "
            + StreamFrames.MAX_PATTERNS_TOLD
            + " at most in a class.");
  }

  /// There is no room for the last value of a stream, nor soon for those of others.
  void noLastValue(String stream, long storeBytes) {
    audit(
        "last values",
        "there is no room for that of "
            + stream
            + " and perhaps of others: streams.storeBytes is "
            + storeBytes
            + ". New subscribers to them get none.");
  }

  private void audit(String who, String sentence) {
    rights.audit(who + " on class " + trafficClass.label() + ": " + sentence);
  }
}
