package io.euryale.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/// What peers sent for each packet of the sensor, by their own counters. All of the traffic class
/// counts, also copies, confirmations and what is said again and again.
///
/// @param busiestLink how often a packet came down the link on which most came; 0 when nothing is
///     to go down
/// @param links how many links between peers a packet came down
/// @param rootBytesOut bytes that the peers of the root cell sent
/// @param rootFramesOut frames that they sent
/// @param rootFramesIn frames that they got
/// @param repeated packets that they sent again because nothing was confirmed in time
record FanoutLoad(
    double busiestLink,
    double links,
    double rootBytesOut,
    double rootFramesOut,
    double rootFramesIn,
    double repeated) {

  static final FanoutLoad NONE = new FanoutLoad(0, 0, 0, 0, 0, 0);

  /// @param before what each peer said of itself before the segment, by name
  /// @param after the same after it
  /// @param packets that the sensor sent
  static FanoutLoad between(
      Topology topology, Map<String, JsonNode> before, Map<String, JsonNode> after, long packets) {
    double busiest = 0;
    double links = 0;
    long bytesOut = 0;
    long framesOut = 0;
    long framesIn = 0;
    long repeated = 0;
    for (Map.Entry<String, JsonNode> peer : after.entrySet()) {
      JsonNode then = before.get(peer.getKey());
      Topology.Place place = topology.peers().get(peer.getKey());
      if (then == null || place == null) {
        continue;
      }
      // A peer gets what is for clients by one link, from its parent or in the root cell from the
      // sibling that the packet came to.
      double down = since(then, peer.getValue(), "relays", "handed_down") / (double) packets;
      busiest = Math.max(busiest, down);
      links += down;
      if (place.level() == 0) {
        bytesOut += since(then, peer.getValue(), "links", "bytesOut");
        framesOut += since(then, peer.getValue(), "links", "framesOut");
        framesIn += since(then, peer.getValue(), "links", "framesIn");
        repeated += since(then, peer.getValue(), "relays", "repeated");
      }
    }
    return new FanoutLoad(
        busiest,
        links,
        bytesOut / (double) packets,
        framesOut / (double) packets,
        framesIn / (double) packets,
        repeated / (double) packets);
  }

  private static long since(JsonNode then, JsonNode now, String part, String counter) {
    return now.path(part).path("normal").path(counter).asLong()
        - then.path(part).path("normal").path(counter).asLong();
  }
}
