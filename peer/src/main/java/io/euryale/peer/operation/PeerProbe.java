package io.euryale.peer.operation;

import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayHealth;
import io.euryale.overlay.Rejection;
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
    RELAY.put("forbidden", counter("requests_forbidden", "Streams and patterns refused."));
    RELAY.put("crowded", counter("patterns_crowded", "Patterns that there was no room for."));
    RELAY.put("malformed", counter("frames_malformed", "Frames that could not be understood."));
    RELAY.put(
        "handed_down",
        counter("packets_handed_down", "Packets from above for clients here or below."));
    RELAY.put("conflated", counter("packets_conflated", "Packets that gave way to newer ones."));
    RELAY.put(
        "misplaced",
        counter("frames_misplaced", "Frames from somebody of whom they are not expected."));
    RELAY.put("agreed", counter("packets_agreed", "Packets stored in the order of the cell."));
    RELAY.put(
        "agreed_configurations",
        counter("agreed_configurations", "Configurations of the group of the cell."));
    RELAY.put("shed", counter("packets_shed", "Packets not taken because of overload."));
    RELAY.put(
        "shedding",
        new Metric(
            "euryale_relay_shedding", "Shed now: 0 nothing, 1 best effort, 2 everything.", false));
    RELAY.put(
        "stored_bytes", new Metric("euryale_relay_stored_bytes", "Bytes in custody now.", false));
    RELAY.put(
        "last_value_bytes",
        new Metric("euryale_relay_last_value_bytes", "Bytes of last values now.", false));
    RELAY.put(
        "last_values_lost", counter("last_values_lost", "Last values that had no room: not kept."));
  }

  /// Events of the overlay that are counted: metric and meaning.
  static final Map<String, Metric> OVERLAY = new LinkedHashMap<>();

  static {
    OVERLAY.put("SUSPECT", event("suspicions", "Neighbours suspected."));
    OVERLAY.put("DOUBT", event("doubts", "Times the peer doubted itself."));
    OVERLAY.put("PARENT_LOST", event("parents_lost", "Parents lost."));
    OVERLAY.put("SHUNNED", event("shunned", "Times the peer was expelled from its cell."));
    OVERLAY.put("LATE", event("laggards", "Members removed because they lagged behind."));
    OVERLAY.put("REORGANISED", event("reorganisations", "Times the peer lost its place."));
    OVERLAY.put("PROMISE_BROKEN", event("promises_broken", "Reorganisations over their time."));
    OVERLAY.put("MERGED", event("merges", "Merges in which this peer's part gave way."));
    OVERLAY.put("ROOT", event("roots", "Other root cells learned of."));
    OVERLAY.put("COORDINATOR", event("terms_led", "Times the peer became coordinator."));
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

  private static Metric event(String what, String help) {
    return new Metric("euryale_overlay_" + what + "_total", help, true);
  }

  @Override
  public Health ready() throws InterruptedException {
    Neighbourhood place = peer.neighbourhood();
    OverlayHealth health;
    try {
      health = peer.health();
    } catch (RefusedException | IllegalStateException _) {
      return Health.bad("Peer " + name + " has ended.");
    }
    if (place == null) {
      String notice = peer.notice();
      return Health.bad(
          "Peer "
              + name
              + " has no place in the overlay"
              + (notice.isEmpty() ? " yet." : ": " + notice));
    }
    return judge(name, place.cell(), health);
  }

  /// Of a member: whether it gets on. A parent that is being replaced says nothing against it, one
  /// that is not found in the time promised does.
  static Health judge(String name, CellId cell, OverlayHealth health) {
    String member = "Peer " + name + " is a member of cell " + cell;
    if (health.brokenMillis() > 0) {
      return Health.bad(
          member
              + ", but has had no coordinator or no parent for "
              + tenths(health.brokenMillis())
              + " s.");
    }
    if (health.newsMillis() > health.patienceMillis()) {
      return Health.bad(
          member
              + ", but has heard nothing of the root for "
              + tenths(health.newsMillis())
              + " s.");
    }
    return Health.good(member + ".");
  }

  private static String tenths(long millis) {
    return String.format(Locale.ROOT, "%.1f", millis / 1e3);
  }

  @Override
  public void measure(MetricsPage page) throws InterruptedException {
    PeerStatus status;
    OverlayHealth health;
    Map<Rejection, Long> rejected;
    try {
      status = peer.status();
      health = peer.health();
      rejected = peer.rejected();
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
    overlay(page, health);
    rejected.forEach(
        (reason, count) ->
            page.counter(
                "euryale_overlay_rejected_total",
                "Control messages that had no effect.",
                count,
                "peer",
                name,
                "reason",
                reason.name().toLowerCase(Locale.ROOT)));
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

  private void overlay(MetricsPage page, OverlayHealth health) {
    String[] labels = {"peer", name};
    page.gauge(
        "euryale_overlay_whole",
        "Whether the peer has a cell, a coordinator and a way to the root (1) or not (0).",
        health.whole() ? 1 : 0,
        labels);
    page.gauge(
        "euryale_overlay_coordinator",
        "Whether the peer coordinates its cell (1) or not (0).",
        health.coordinates() ? 1 : 0,
        labels);
    page.gauge(
        "euryale_overlay_root_term",
        "Term of the root cell; grows when another root cell takes over.",
        health.rootTerm(),
        labels);
    page.gauge(
        "euryale_overlay_root_silence_seconds",
        "Age of the last news of the root; 0 at the root coordinator.",
        health.newsMillis() / 1e3,
        labels);
    page.gauge(
        "euryale_overlay_broken_promise_seconds",
        "How long the peer has been without what it needs, once that is too long.",
        health.brokenMillis() / 1e3,
        labels);
    page.gauge(
        "euryale_overlay_merge_seconds",
        "How long the last merge of parts took here; 0 when there was none.",
        health.mergeMillis() / 1e3,
        labels);
    OVERLAY.forEach((event, metric) -> metric.add(page, health.count(event), labels));
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
