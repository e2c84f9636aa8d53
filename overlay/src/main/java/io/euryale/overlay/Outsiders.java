package io.euryale.overlay;

import io.euryale.kernel.Hello;
import io.euryale.kernel.Role;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What any peer answers to processes that are not peers, whatever the kind of overlay.
final class Outsiders {

  private Outsiders() {}

  /// Answers, or passes on what only the host can do.
  ///
  /// @param status what the peer knows of the overlay
  static void receive(
      long nowNanos,
      LocalPeer local,
      Discovery discovery,
      int link,
      Hello from,
      CellMessage message,
      Supplier<OverlayStatus> status) {
    String refusal = refusal(local, from, message);
    if (refusal != null) {
      local.rights.audit(from.role() + " on class control: " + refusal);
      refuse(local, link, message, refusal);
      return;
    }
    switch (message) {
      case CellMessage.StatusRequest m ->
          local.links.reply(link, Statuses.page(status.get(), m.page()));
      case CellMessage.Attach _ ->
          local.links.reply(link, new CellMessage.AttachReply(List.of(), List.of(), List.of()));
      case CellMessage.Find m -> discovery.outside(nowNanos, link, m);
      case CellMessage.EventsRequest m ->
          local.links.reply(
              link, new CellMessage.EventsReply(new LoggedEvents(local.events(m.after()), false)));
      case CellMessage.DrainRequest _ -> {
        boolean may = from.role() != Role.SENSOR;
        DrainAnswer answer =
            may ? DrainAnswer.ACCEPTED : DrainAnswer.refused("a sensor does not administer peers");
        local.links.reply(link, new CellMessage.DrainReply(answer));
        if (may) {
          local.observe("DRAINS", "by", from.self().id().toString());
          local.tell(new MemberEvent.DrainAsked(from.self().id()));
        }
      }
      default -> local.reject(Rejection.OUTSIDER, from.self().id(), message);
    }
  }

  /// Why the rights do not allow what is asked, or null. To see that streams exist is part of
  /// subscribing to them; services are there to be found.
  private static @Nullable String refusal(LocalPeer local, Hello from, CellMessage message) {
    return switch (message) {
      case CellMessage.Find m ->
          switch (m.query().what()) {
            case PEER, CAPACITY -> administers(local, from);
            case STREAM ->
                local.rights.refusal(
                    OverlayRight.SUBSCRIBE, m.query().pattern(), from.self().name());
            case SERVICE -> null;
          };
      case CellMessage.StatusRequest _, CellMessage.EventsRequest _, CellMessage.DrainRequest _ ->
          administers(local, from);
      default -> null;
    };
  }

  private static @Nullable String administers(LocalPeer local, Hello from) {
    return local.rights.refusal(OverlayRight.ADMINISTER, from.overlay(), from.self().name());
  }

  private static void refuse(LocalPeer local, int link, CellMessage message, String refusal) {
    switch (message) {
      case CellMessage.StatusRequest _ ->
          local.links.reply(link, Statuses.page(Statuses.forbidden(local), 0));
      case CellMessage.Find m ->
          local.links.reply(link, new CellMessage.Found(m.id(), List.of(), Findings.FORBIDDEN));
      case CellMessage.EventsRequest _ ->
          local.links.reply(link, new CellMessage.EventsReply(LoggedEvents.FORBIDDEN));
      case CellMessage.DrainRequest _ ->
          local.links.reply(
              link,
              new CellMessage.DrainReply(new DrainAnswer(DrainAnswer.Kind.FORBIDDEN, refusal)));
      default -> {}
    }
  }
}
