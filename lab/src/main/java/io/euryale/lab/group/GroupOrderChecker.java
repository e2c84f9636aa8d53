package io.euryale.lab.group;

import io.euryale.group.Service;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Install;
import io.euryale.lab.group.GroupEvent.Send;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EV-6 in a group: within a view, nothing is delivered after a message that its sender sent later,
/// or, when that message is CAUSAL, AGREED or SAFE, whose sender had sent or delivered it before.
///
/// In a group a message belongs to the view that the order gives it, so a joiner meets sequences in
/// their middle; what is missing altogether is found by EV-5 and EV-7b, here only what comes too
/// late.
final class GroupOrderChecker extends EventChecker {

  private static final class Place {
    /// Of each sender the highest sequence sent or delivered, over all views.
    final Map<Life, Long> highest = new HashMap<>();

    /// Of each sender, the delivery in this view that everything up to a sequence had to precede.
    final Map<Life, Bar> bars = new HashMap<>();
  }

  private record Bar(long sequence, Deliver delivery) {}

  private final Slots<Map<Life, Place>> lanes = new Slots<>(HashMap::new);
  private final Map<Message, Map<Life, Long>> before = new HashMap<>();

  GroupOrderChecker(GroupEvents events) {
    super("EV-6", events);
  }

  @Override
  void on(GroupEvent event) {
    switch (event) {
      case Install e -> {
        for (int lane = 0; lane < lanes.size(); lane++) {
          Place place = lanes.at(lane).get(e.who());
          if (place != null && e.regular()) {
            place.bars.clear();
          }
        }
      }
      case Send e -> {
        if (!e.again() && CausalChecker.isSequenced(e.service())) {
          Place place = place(e.who(), e.message().lane);
          if (e.service() != Service.FIFO) {
            before.put(e.message(), new HashMap<>(place.highest));
          }
          place.highest.merge(e.who(), e.message().sequence, Math::max);
        }
      }
      case Deliver e -> {
        if (!e.again() && CausalChecker.isSequenced(e.service())) {
          delivered(e);
        }
      }
      default -> {}
    }
  }

  private Place place(Life who, int lane) {
    return lanes.at(lane).computeIfAbsent(who, _ -> new Place());
  }

  private void delivered(Deliver delivery) {
    Message message = delivery.message();
    Place place = place(delivery.who(), message.lane);
    Bar bar = place.bars.get(message.sender);
    if (bar != null && message.sequence <= bar.sequence()) {
      violated(
          "EV-6",
          "%s delivered %s after %s".formatted(delivery.who(), message, bar.delivery().message()),
          bar.delivery().trace(),
          delivery.trace());
    }
    place.highest.merge(message.sender, message.sequence, Math::max);
    raise(place, message.sender, message.sequence, delivery);
    @Nullable Map<Life, Long> needed = before.get(message);
    if (needed != null) {
      needed.forEach(
          (life, sequence) -> {
            if (life != message.sender) {
              raise(place, life, sequence, delivery);
            }
          });
    }
  }

  private static void raise(Place place, Life sender, long sequence, Deliver by) {
    Bar bar = place.bars.get(sender);
    if (bar == null || bar.sequence() < sequence) {
      place.bars.put(sender, new Bar(sequence, by));
    }
  }
}
