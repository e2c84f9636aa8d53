package io.euryale.peer.operation;

import io.euryale.group.Configuration;
import io.euryale.link.Rejection;
import io.euryale.peer.RefusedException;
import io.euryale.peer.group.GroupPeer;
import io.euryale.peer.group.GroupPeerStatus;
import io.euryale.platform.Unsent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks at a member of a group overlay.
public final class GroupPeerProbe implements Probe {

  /// A change that stays in one phase for longer than this does not go on: its time-outs are
  /// below a second by default, and a minute at most.
  static final Duration STALLED = Duration.ofSeconds(30);

  /// What ordered delivery counts, by the names in the status: metric and meaning.
  static final Map<String, Metric> ORDER = new LinkedHashMap<>();

  static {
    ORDER.put("delivered", counter("messages_delivered", "Messages delivered."));
    ORDER.put("deliveredBytes", counter("delivered_bytes", "Bytes of delivered messages."));
    ORDER.put("sent", counter("messages_sent", "Messages taken for sending."));
    ORDER.put("queueFull", counter("messages_refused", "Messages refused by a full queue."));
    ORDER.put("packets", counter("packets_received", "Packets received for the first time."));
    ORDER.put("repeated", counter("packets_repeated", "Packets received again."));
    ORDER.put("recovered", counter("packets_recovered", "Packets fetched at a change."));
    ORDER.put("statuses", counter("statuses_received", "Datagrams that only told numbers."));
    ORDER.put(
        "otherConfiguration",
        counter("other_configuration", "Datagrams of another configuration than the present."));
    ORDER.put("stranger", counter("strangers", "Datagrams of peers that are no members."));
    ORDER.put("malformed", counter("malformed", "Bodies that no version would send."));
    ORDER.put("queuedMessages", gauge("queued_messages", "Messages that wait to be sent."));
    ORDER.put("queuedBytes", gauge("queued_bytes", "Bytes of messages that wait to be sent."));
    ORDER.put(
        "undelivered",
        gauge("undelivered_ticks", "Lamport ticks between the latest packet and what all hold."));
  }

  private final GroupPeer peer;
  private final String name;

  public GroupPeerProbe(GroupPeer peer) {
    this.peer = peer;
    name = peer.self().name().value();
  }

  private static Metric counter(String what, String help) {
    return new Metric("euryale_group_order_" + what + "_total", help, true);
  }

  private static Metric gauge(String what, String help) {
    return new Metric("euryale_group_order_" + what, help, false);
  }

  @Override
  public Health ready() throws InterruptedException {
    try {
      return judge(name, peer.configuration(), peer.status());
    } catch (RefusedException _) {
      return Health.bad("Peer " + name + " has ended.");
    }
  }

  static Health judge(String name, @Nullable Configuration installed, GroupPeerStatus status) {
    if (installed == null) {
      return Health.bad("Peer " + name + " has installed no configuration yet.");
    }
    if (!status.phase().equals("resting") && status.phaseMillis() > STALLED.toMillis()) {
      return Health.bad(
          "Peer "
              + name
              + " has been changing its configuration for "
              + status.phaseMillis() / 1000
              + " s, now in phase '"
              + status.phase()
              + "'.");
    }
    return Health.good(
        "Peer "
            + name
            + " is in configuration "
            + installed.id()
            + ", one of "
            + installed.members().size()
            + ".");
  }

  @Override
  public void measure(MetricsPage page) throws InterruptedException {
    try {
      measure(page, name, peer.status());
    } catch (RefusedException _) {
      // It has ended since it was looked up.
    }
  }

  static void measure(MetricsPage page, String name, GroupPeerStatus status) {
    String[] labels = {"peer", name};
    Configuration installed = status.configuration();
    page.gauge(
        "euryale_group_members",
        "Members of the present configuration; 0 before the first.",
        installed == null ? 0 : installed.members().size(),
        labels);
    page.counter(
        "euryale_group_configurations_total",
        "Regular configurations installed.",
        status.configurations(),
        labels);
    page.gauge(
        "euryale_group_change_phase_seconds",
        "How long a change of the configuration has been in its phase; 0 without a change.",
        status.phase().equals("resting") ? 0 : status.phaseMillis() / 1e3,
        labels);
    page.gauge(
        "euryale_group_primary",
        "Whether the member is in the primary component (1) or not (0).",
        status.isPrimary() ? 1 : 0,
        labels);
    page.gauge(
        "euryale_group_primary_index",
        "Number of the primary component seen last.",
        status.primaryIndex(),
        labels);
    page.counter(
        "euryale_group_suspicions_total",
        "Times a member was taken for lost.",
        status.suspicionCount(),
        labels);
    sessions(page, name, status.sessions());
    status.classes().forEach((trafficClass, of) -> measure(page, of, name, trafficClass.label()));
  }

  private static void sessions(MetricsPage page, String name, GroupPeerStatus.Sessions sessions) {
    String[] labels = {"peer", name};
    page.gauge("euryale_group_sessions", "Sessions open now.", sessions.open(), labels);
    page.gauge(
        "euryale_group_sessions_slow",
        "Open sessions that do not take what is written to them.",
        sessions.slow(),
        labels);
    page.counter(
        "euryale_group_sessions_accepted_total", "Sessions accepted.", sessions.accepted(), labels);
    long closed = sessions.closed().values().stream().mapToLong(Long::longValue).sum();
    page.counter(
        "euryale_group_sessions_closed_total",
        "Sessions closed; the status has the reasons.",
        closed,
        labels);
  }

  private static void measure(
      MetricsPage page, GroupPeerStatus.OfClass of, String name, String label) {
    String[] labels = {"peer", name, "class", label};
    of.order()
        .forEach(
            (counter, value) -> {
              Metric metric = ORDER.get(counter);
              if (metric != null) {
                metric.add(page, value, labels);
              }
            });
    page.counter(
        "euryale_group_datagrams_received_total", "Datagrams received.", of.datagramsIn(), labels);
    page.counter(
        "euryale_group_datagrams_sent_total", "Datagrams sent.", of.datagramsOut(), labels);
    page.counter("euryale_group_datagrams_sealed_total", "Datagrams sealed.", of.sealed(), labels);
    page.counter("euryale_group_datagrams_opened_total", "Datagrams opened.", of.opened(), labels);
    for (Rejection reason : Rejection.values()) {
      page.counter(
          "euryale_group_datagrams_rejected_total",
          "Datagrams rejected, by reason.",
          of.rejected().getOrDefault(reason.name(), 0L),
          reasoned(name, label, reason.name()));
    }
    for (Unsent reason : Unsent.values()) {
      page.counter(
          "euryale_group_datagrams_unsent_total",
          "Datagrams that the machine refused to send, by reason.",
          of.unsent().getOrDefault(reason.name(), 0L),
          reasoned(name, label, reason.name()));
    }
    GroupPeerStatus.Groups groups = of.groups();
    if (groups != null) {
      measure(page, groups, labels);
    }
  }

  private static String[] reasoned(String name, String label, String reason) {
    return new String[] {"peer", name, "class", label, "reason", reason.toLowerCase(Locale.ROOT)};
  }

  private static void measure(MetricsPage page, GroupPeerStatus.Groups groups, String[] labels) {
    page.gauge("euryale_groups", "Named groups with members anywhere.", groups.groups(), labels);
    page.gauge(
        "euryale_groups_memberships",
        "Memberships of applications here.",
        groups.memberships(),
        labels);
    page.gauge(
        "euryale_groups_paused",
        "Applications here whose senders are throttled now.",
        groups.paused(),
        labels);
    page.counter(
        "euryale_groups_slow_total",
        "Times an application here fell behind.",
        groups.slow(),
        labels);
    page.counter(
        "euryale_groups_throttled_total",
        "Times sending stopped because a receiver was slow.",
        groups.throttled(),
        labels);
    page.counter(
        "euryale_groups_forbidden_total",
        "Attempts that the table of rights refused.",
        groups.forbidden(),
        labels);
    page.counter(
        "euryale_groups_transfers_total",
        "State transfers to applications here that ended.",
        groups.transfers(),
        labels);
    page.gauge(
        "euryale_groups_queued_bytes",
        "Bytes that wait to be sent or to be taken by applications here.",
        groups.queuedBytes(),
        labels);
    page.gauge(
        "euryale_groups_tables_differ",
        "Whether tables of rights or limits of some peers differ (1) or not (0).",
        groups.outsiders().isEmpty() ? 0 : 1,
        labels);
    long rejected = groups.rejected().values().stream().mapToLong(Long::longValue).sum();
    page.counter(
        "euryale_groups_messages_rejected_total",
        "Messages left out; the status has the reasons.",
        rejected,
        labels);
  }
}
