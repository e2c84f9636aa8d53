package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.kernel.trace.Trace;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Send;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EV-6: per sender, class and regular configuration, what a process delivers of the sequence of
/// FIFO, CAUSAL, AGREED and SAFE messages is a prefix without gaps, in order; and before a
/// CAUSAL, AGREED
/// or SAFE message it has delivered everything of that sequence which its sender had sent or
/// delivered.
///
/// "Delivered" includes FIFO messages of others: `Service.CAUSAL` promises everything. What a FIFO
/// message carried along past a gap is not looked for: only what the sender itself had.
final class CausalChecker extends EventChecker {

  /// One regular configuration and class.
  private static final class Zone {
    final View view;

    /// For each member, by its place: how much of each sender's sequence it delivered.
    final int[][] delivered;

    /// For each member how many messages it sent.
    final int[] sent;

    Zone(View view) {
      this.view = view;
      int size = view.members().size();
      this.delivered = new int[size][size];
      this.sent = new int[size];
    }
  }

  private final Slots<Map<Integer, Zone>> zones = new Slots<>(HashMap::new);
  private final Ints positions = new Ints(0);
  private final Map<Message, int[]> before = new HashMap<>();

  CausalChecker(GroupEvents events) {
    super("EV-6", events);
  }

  static boolean isSequenced(Service service) {
    return service.isOrdered() || service == Service.FIFO || service == Service.CAUSAL;
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Send e -> {
        if (!e.again() && isSequenced(e.service())) {
          sent(e);
        }
      }
      case Deliver e -> {
        if (!e.again() && isSequenced(e.service())) {
          delivered(e);
        }
      }
      default -> {}
    }
  }

  private @Nullable Zone zone(@Nullable View view, int lane) {
    return view == null || !view.isRegular()
        ? null
        : zones.at(view.index).computeIfAbsent(lane, _ -> new Zone(view));
  }

  private void sent(Send send) {
    Zone zone = zone(send.view(), send.message().lane);
    int place = zone == null ? -1 : zone.view.place(send.who());
    if (zone == null || place < 0) {
      return;
    }
    positions.set(send.message().index, ++zone.sent[place]);
    if (send.service() != Service.FIFO) {
      before.put(send.message(), zone.delivered[place].clone());
    }
  }

  private void delivered(Deliver delivery) {
    Message message = delivery.message();
    View bound = message.bound();
    int position = positions.get(message.index);
    if (bound == null || position == 0 || delivery.view().regular() != bound) {
      return;
    }
    Zone zone = zone(bound, message.lane);
    int me = zone == null ? -1 : zone.view.place(delivery.who());
    int sender = zone == null ? -1 : zone.view.place(message.sender);
    if (zone == null || me < 0 || sender < 0) {
      return;
    }
    int[] mine = zone.delivered[me];
    if (position > mine[sender] + 1) {
      gap(delivery, message.sender, mine[sender]);
    }
    int[] needed = before.get(message);
    if (needed != null) {
      for (int place = 0; place < needed.length; place++) {
        if (place != sender && mine[place] < needed[place]) {
          violated(
              "EV-6",
              "%s delivered %s before number %d of %s in %s, which %s had delivered when it sent it"
                  .formatted(
                      delivery.who(),
                      message,
                      mine[place] + 1,
                      zone.view.members().get(place),
                      zone.view,
                      message.sender),
              sendTrace(message),
              delivery.trace());
          mine[place] = needed[place]; // Once is enough.
        }
      }
    }
    mine[sender] = Math.max(mine[sender], position);
  }

  private void gap(Deliver delivery, Life sender, int upTo) {
    violated(
        "EV-6",
        "%s delivered %s before number %d that %s had sent in %s"
            .formatted(
                delivery.who(), delivery.message(), upTo + 1, sender, delivery.message().bound()),
        sendTrace(delivery.message()),
        delivery.trace());
  }

  private static @Nullable Trace sendTrace(Message message) {
    Send send = message.send();
    return send == null ? null : send.trace();
  }
}
