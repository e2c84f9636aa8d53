package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Writes the events of named groups into the trace, for the checkers of EV-9: `JOIN`, `LEAVE`,
/// `INSTALL`, `SEND` and `DELIVER`, each with `group`. Of the loop of the class.
public final class TracedGroups implements GroupTrace {

  /// Takes the events; of the loop of the class.
  @FunctionalInterface
  public interface Sink {
    void take(long nowNanos, TraceEvent event);
  }

  private final Sink record;
  private final PeerId self;
  private final String trafficClass;
  private final CRC32C crc = new CRC32C();

  public TracedGroups(PeerId self, TrafficClass trafficClass, Sink record) {
    this.record = record;
    this.self = self;
    this.trafficClass = trafficClass.label();
  }

  @Override
  public void join(long now, GroupName group) {
    record.take(now, TraceEvent.of("JOIN", "group", group.value(), "class", trafficClass));
  }

  @Override
  public void leave(long now, GroupName group) {
    record.take(now, TraceEvent.of("LEAVE", "group", group.value(), "class", trafficClass));
  }

  @Override
  public void install(long now, GroupView view) {
    GroupViewId origin = view.origin();
    record.take(
        now,
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
    record.take(
        now, event("SEND", "cfg", group, view, id(self, sequence), service, isPrivate, payload));
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
    record.take(
        now, event("DELIVER", "x", group, view, id(sender, sequence), service, isPrivate, payload));
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
