package io.euryale.peer.group;

import io.euryale.group.Service;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupTrace;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.GroupViewId;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.platform.Observations;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Writes the events of named groups into the trace, for the checkers of EV-9: `JOIN`, `LEAVE`,
/// `INSTALL`, `SEND` and `DELIVER`, each with `group`. Of the loop of the class.
final class TracedGroups implements GroupTrace {

  private final @Nullable Observations observations;
  private final PeerId self;
  private final String trafficClass;
  private final CRC32C crc = new CRC32C();

  /// @param observations null when nobody reads them
  TracedGroups(@Nullable Observations observations, PeerId self, TrafficClass trafficClass) {
    this.observations = observations;
    this.self = self;
    this.trafficClass = trafficClass.label();
  }

  @Override
  public void join(long now, GroupName group) {
    if (observations != null) {
      observations.record(
          now, self, TraceEvent.of("JOIN", "group", group.value(), "class", trafficClass));
    }
  }

  @Override
  public void leave(long now, GroupName group) {
    if (observations != null) {
      observations.record(
          now, self, TraceEvent.of("LEAVE", "group", group.value(), "class", trafficClass));
    }
  }

  @Override
  public void install(long now, GroupView view) {
    if (observations == null) {
      return;
    }
    GroupViewId origin = view.origin();
    observations.record(
        now,
        self,
        TraceEvent.of(
            "INSTALL",
            "group",
            view.group().value(),
            "class",
            trafficClass,
            "x",
            view.id().toString(),
            "kind",
            view.isRegular() ? "REG" : "TRANS",
            "members",
            view.peers().stream().map(PeerId::toString).toList(),
            "origin",
            origin == null ? "" : origin.toString()));
  }

  @Override
  public void send(
      long now,
      GroupName group,
      GroupViewId view,
      long sequence,
      Service service,
      boolean isPrivate,
      ByteBuffer payload) {
    if (observations != null) {
      observations.record(
          now,
          self,
          event("SEND", "cfg", group, view, id(self, sequence), service, isPrivate, payload));
    }
  }

  @Override
  public void deliver(
      long now,
      GroupName group,
      GroupViewId view,
      PeerId sender,
      long sequence,
      Service service,
      boolean isPrivate,
      ByteBuffer payload) {
    if (observations != null) {
      observations.record(
          now,
          self,
          event("DELIVER", "x", group, view, id(sender, sequence), service, isPrivate, payload));
    }
  }

  private TraceEvent event(
      String kind,
      String viewKey,
      GroupName group,
      GroupViewId view,
      String message,
      Service service,
      boolean isPrivate,
      ByteBuffer payload) {
    crc.reset();
    crc.update(payload.duplicate());
    return TraceEvent.of(
        kind,
        "m",
        message,
        "group",
        group.value(),
        "class",
        trafficClass,
        "svc",
        service.name(),
        viewKey,
        view.toString(),
        "private",
        isPrivate ? "true" : "false",
        "digest",
        crc.getValue());
  }

  private String id(PeerId sender, long sequence) {
    return sender.name() + "/" + sender.incarnation() + "/" + trafficClass + "/" + sequence;
  }
}
