package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Send;
import org.jspecify.annotations.Nullable;

/// EV-1a to EV-1d: what is delivered was sent, once, and reaches each life at most once, in the
/// configuration it was sent in or the transitional one behind that.
///
/// EV-1b counts by incarnation, because members keep no delivery state over a restart. A message
/// whose `SEND` may have been cut off the end of a killed process's file is taken for sent.
final class MessageChecker extends EventChecker {

  private final boolean bindsAtSend;
  private final Slots<boolean[]> torn = new Slots<>(() -> new boolean[1]);

  /// @param bindsAtSend whether messages belong to the view they were sent in (the ordering layer),
  /// or to that in which the order puts them (groups)
  MessageChecker(GroupEvents events, boolean bindsAtSend) {
    super("EV-1", events);
    this.bindsAtSend = bindsAtSend;
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case GroupEvent.Crash e -> torn.at(e.who().index)[0] = e.torn();
      case Send e -> sent(e);
      case Deliver e -> delivered(e);
      default -> {}
    }
  }

  private void sent(Send send) {
    Send first = send.message().send();
    if (send.again() && first != null) {
      violated("EV-1c", send.message() + " was sent twice", first.trace(), send.trace());
    } else if (send.who() != send.message().sender) {
      violated("EV-1c", send.who() + " sent " + send.message(), send.trace());
    } else if (bindsAtSend && send.view().isKnown() && !send.view().has(send.who())) {
      violated(
          "EV-1c",
          "%s sent %s in %s, of which it is no member"
              .formatted(send.who(), send.message(), send.view()),
          trace(send.view()),
          send.trace());
    }
  }

  private void delivered(Deliver delivery) {
    Message message = delivery.message();
    if (delivery.again()) {
      violated("EV-1b", delivery.who() + " delivered " + message + " twice", delivery.trace());
    }
    Send send = message.send();
    if (send == null) {
      if (!torn.at(message.sender.index)[0]) {
        violated(
            "EV-1a",
            "%s delivered %s, which was not sent before".formatted(delivery.who(), message),
            delivery.trace());
      }
      return;
    }
    if (send.digest() != delivery.digest() || send.service() != delivery.service()) {
      violated(
          "EV-1a",
          "%s delivered %s with another %s"
              .formatted(
                  delivery.who(),
                  message,
                  send.digest() != delivery.digest() ? "content" : "service"),
          send.trace(),
          delivery.trace());
    }
    View regular = delivery.view().regular();
    if (bindsAtSend && regular != null && regular != send.view()) {
      violated(
          "EV-1d",
          "%s delivered %s in %s, but it was sent in %s"
              .formatted(delivery.who(), message, delivery.view(), send.view()),
          send.trace(),
          delivery.trace());
    }
  }

  private static @Nullable Trace trace(View view) {
    GroupEvent.Install first = view.first();
    return first == null ? null : first.trace();
  }
}
