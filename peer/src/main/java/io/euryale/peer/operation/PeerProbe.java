package io.euryale.peer.operation;

import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Neighbourhood;
import io.euryale.peer.EuryalePeer;
import io.euryale.peer.PeerStatus;
import io.euryale.peer.RefusedException;
import io.euryale.platform.LinkCounters;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Looks at a peer of the cell overlay.
public final class PeerProbe implements Probe {

  /// What a relay counts, by the names of its counters: metric and meaning.
  static final Map<String, Metric> RELAY = new LinkedHashMap<>();

  static {
    RELAY.put("received", counter("packets_received", "Packets from below, repeated ones too."));
    RELAY.put("forwarded", counter("packets_forwarded", "Packets sent on, repeated ones too."));
    RELAY.put("copies", counter("copies_sent", "Copies sent to siblings."));
    RELAY.put("repeated", counter("packets_repeated", "Packets sent again: nothing confirmed."));
    RELAY.put("duplicates", counter("packets_duplicate", "Packets that were known already."));
    RELAY.put("dropped", counter("packets_dropped", "Unprotected packets that were dropped."));
    RELAY.put("refused", counter("packets_refused", "Packets refused by a full window or store."));
    RELAY.put("abandoned", counter("packets_abandoned", "Packets given up: lost."));
    RELAY.put("adopted", counter("packets_adopted", "Copies adopted from failed siblings."));
    RELAY.put("forbidden", counter("requests_forbidden", "Streams and patterns without right."));
    RELAY.put("malformed", counter("frames_malformed", "Frames that could not be understood."));
    RELAY.put("conflated", counter("packets_conflated", "Packets that gave way to newer ones."));
    RELAY.put("agreed", counter("packets_agreed", "Packets stored in the order of the cell."));
    RELAY.put("shed", counter("packets_shed", "Packets not taken because of overload."));
    RELAY.put(
        "shedding",
        new Metric(
            "euryale_relay_shedding", "Shed now: 0 nothing, 1 best effort, 2 everything.", false));
    RELAY.put(
        "stored_bytes", new Metric("euryale_relay_stored_bytes", "Bytes in custody now.", false));
  }

  private final EuryalePeer peer;
  private final String name;

  public PeerProbe(EuryalePeer peer) {
    this.peer = peer;
    name = peer.self().name().value();
  }

  private static Metric counter(String what, String help) {
    return new Metric("euryale_relay_" + what + "_total", help, true);
  }

  @Override
  public Health ready() {
    if (peer.isEnded()) {
      return Health.bad("Peer " + name + " has ended.");
    }
    Neighbourhood place = peer.neighbourhood();
    if (place == null) {
      String notice = peer.notice();
      return Health.bad(
          "Peer "
              + name
              + " has no place in the overlay yet"
              + (notice.isEmpty() ? "." : ": " + notice));
    }
    return Health.good("Peer " + name + " is a member of cell " + place.cell() + ".");
  }

  @Override
  public void measure(MetricsPage page) throws InterruptedException {
    PeerStatus status;
    try {
      status = peer.status();
    } catch (RefusedException | IllegalStateException _) {
      return; // It has ended, in order or by a mistake; the other peers are still measured.
    }
    Neighbourhood place = status.neighbourhood();
    page.gauge(
        "euryale_peer_member",
        "Whether the peer has a place in the overlay (1) or not (0).",
        place == null ? 0 : 1,
        "peer",
        name);
    page.gauge(
        "euryale_peer_siblings",
        "Other members of the peer's cell, as it knows them.",
        place == null ? 0 : place.siblings().size(),
        "peer",
        name);
    status
        .relays()
        .forEach(
            (trafficClass, counts) ->
                counts.forEach(
                    (counter, value) -> {
                      Metric metric = RELAY.get(counter);
                      if (metric != null) {
                        metric.add(page, value, "peer", name, "class", trafficClass.label());
                      }
                    }));
    for (TrafficClass trafficClass : TrafficClass.values()) {
      links(page, peer.links(trafficClass), trafficClass.label());
    }
  }

  private void links(MetricsPage page, LinkCounters links, String label) {
    String[] labels = {"peer", name, "class", label};
    page.counter(
        "euryale_link_frames_received_total", "Frames received.", links.framesIn(), labels);
    page.counter("euryale_link_received_bytes_total", "Bytes received.", links.bytesIn(), labels);
    page.counter(
        "euryale_link_frames_sent_total", "Frames taken for sending.", links.framesOut(), labels);
    page.counter(
        "euryale_link_sent_bytes_total", "Bytes of those frames.", links.bytesOut(), labels);
    page.counter(
        "euryale_link_resets_total", "Links reset by the other side.", links.resets(), labels);
    page.counter(
        "euryale_link_frames_refused_total",
        "Frames refused because the queue of their link was full.",
        links.queueFull(),
        labels);
    page.counter(
        "euryale_link_dials_failed_total",
        "Dials that came to nothing.",
        links.dialsFailed(),
        labels);
    links
        .rejected()
        .forEach(
            (reason, count) ->
                page.counter(
                    "euryale_link_rejected_total",
                    "Connections and frames rejected, by reason.",
                    count,
                    "peer",
                    name,
                    "class",
                    label,
                    "reason",
                    reason.name().toLowerCase(Locale.ROOT)));
  }
}
