package io.euryale.kernel;

/// Who is at the other end of a link, as exchanged by both sides before any other frame.
///
/// Without keys a hello is only a claim, which is why links are refused beyond loopback then. With
/// keys the home lets a link come up only when the name is proved.
///
/// @param overlay name of the overlay; links between different overlays are refused
/// @param role what the process is
/// @param trafficClass the class of this link
/// @param self its identity and where it listens (ports 0 for sensors and clients)
public record Hello(String overlay, Role role, TrafficClass trafficClass, PeerRef self) {

  /// Longest overlay name, in characters.
  public static final int MAX_OVERLAY_LENGTH = PeerName.MAX_LENGTH;
}
