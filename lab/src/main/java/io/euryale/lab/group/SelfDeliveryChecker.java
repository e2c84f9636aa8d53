package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Install;
import io.euryale.lab.group.GroupEvent.Send;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EV-4: a process delivers its own messages before it installs the next regular configuration, and
/// at a quiescent end all that are older than the bound of LV-3. UNRELIABLE ones do not count, nor
/// does a process that ended before.
final class SelfDeliveryChecker extends EventChecker {

  private static final class Own {
    final Map<Message, Send> open = new LinkedHashMap<>();
    boolean ended;
  }

  private final long deliveryNanos;
  private final Slots<Own> own = new Slots<>(Own::new);
  private boolean quiesced;
  private @Nullable Trace end;

  SelfDeliveryChecker(GroupEvents events, GroupRules rules) {
    super("EV-4", events);
    this.deliveryNanos = rules.globalSteps() ? rules.deliveryNanos() : 0;
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Send e -> {
        if (!e.again() && e.service() != Service.UNRELIABLE) {
          own.at(e.who().index).open.put(e.message(), e);
        }
      }
      case Deliver e -> {
        if (e.who() == e.message().sender) {
          own.at(e.who().index).open.remove(e.message());
        }
      }
      case Install e -> {
        if (e.regular()) {
          Own left = own.at(e.who().index);
          left.open.values().forEach(send -> missed(send, e.trace()));
          left.open.clear();
        }
      }
      case GroupEvent.Crash e -> own.at(e.who().index).ended = true;
      case GroupEvent.Quiesce _ -> quiesced = true;
      case GroupEvent.End e -> end = e.trace();
      default -> {}
    }
  }

  private void missed(Send send, Trace left) {
    violated(
        "EV-4",
        "%s did not deliver its own %s before it left %s"
            .formatted(send.who(), send.message(), send.view()),
        send.trace(),
        left);
  }

  @Override
  void atEnd() {
    Trace last = end;
    if (!quiesced || last == null) {
      return;
    }
    for (int i = 0; i < own.size(); i++) {
      Own left = own.at(i);
      if (!left.ended) {
        left.open.values().stream()
            .filter(send -> deliveryNanos == 0 || last.at() - send.trace().at() > deliveryNanos)
            .forEach(
                send ->
                    violated(
                        "EV-4",
                        "%s never delivered its own %s".formatted(send.who(), send.message()),
                        send.trace()));
      }
    }
  }
}
