package io.euryale.peer.group;

import io.euryale.group.Delivery;
import io.euryale.group.order.ClassCore;
import io.euryale.group.order.OrderRules;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.NettyHome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One class of data at a member: its ordering core, the home of it, and what is counted there.
record Seat(NettyHome home, ClassCore core, CountedDelivery delivery, Sampler sampler) {

  /// Makes the core and its application; the home starts it later.
  ///
  /// @param renew told by the loop of the class which peer the control core has to greet anew
  static Seat open(
      NettyHome home,
      PeerId id,
      GroupPeerSettings settings,
      boolean isKeyed,
      Consumer<PeerId> renew,
      GroupPeer.Application application) {
    TrafficClass trafficClass = home.trafficClass();
    CountedDelivery[] counted = new CountedDelivery[1];
    ClassCore core =
        new ClassCore(
            home,
            id,
            trafficClass,
            settings.handshakes(),
            isKeyed,
            renew,
            settings.order(),
            down -> count(counted, application.open(trafficClass, id, down)),
            OrderRules.SOUND);
    return new Seat(home, core, counted[0], new Sampler(id.toString(), trafficClass.label()));
  }

  private static CountedDelivery count(CountedDelivery[] place, Delivery application) {
    place[0] = new CountedDelivery(application);
    return place[0];
  }

  /// Has the loop of the class write down what it has done since it was last asked.
  void sample(String phase) {
    boolean _ = home.execute(now -> sampler.sample(now, core.counters(), delivery, phase));
  }

  /// For the loop of the class.
  GroupPeerStatus.OfClass status(@Nullable NamedClasses named) {
    return GroupPeerMetrics.of(
        core.counters(),
        delivery,
        core.linkCounters(),
        home.datagramCounters(),
        named == null ? null : named.status(home.trafficClass()));
  }
}
