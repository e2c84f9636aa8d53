package io.euryale.overlay;

import io.euryale.kernel.Hello;
import io.euryale.kernel.Role;
import java.util.List;
import java.util.function.Supplier;

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
    switch (message) {
      case CellMessage.StatusRequest m ->
          local.links.reply(link, Statuses.page(status.get(), m.page()));
      case CellMessage.Attach _ ->
          local.links.reply(link, new CellMessage.AttachReply(List.of(), List.of()));
      case CellMessage.Find m -> discovery.outside(nowNanos, link, m);
      case CellMessage.EventsRequest m ->
          local.links.reply(link, new CellMessage.EventsReply(local.events(m.after())));
      case CellMessage.DrainRequest _ -> {
        boolean may = from.role() != Role.SENSOR;
        String text = may ? "" : "a sensor does not administer peers";
        local.links.reply(link, new CellMessage.DrainReply(may, text));
        if (may) {
          local.observe("DRAINS", "by", from.self().id().toString());
          local.tell(new MemberEvent.DrainAsked(from.self().id()));
        }
      }
      default -> {}
    }
  }
}
