package io.euryale.peer.group;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import io.euryale.platform.PlatformException;
import io.euryale.platform.Reach;
import io.euryale.platform.Records;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A home for the core of each class, with its ports open.
///
/// @param self where others find them
record MemberHomes(Map<TrafficClass, NettyHome> homes, PeerRef self) {

  /// @throws PlatformException when a port cannot be had; nothing is left open then
  static MemberHomes open(
      GroupPeerSettings settings,
      PeerId id,
      boolean isKeyed,
      Loops loops,
      Records records,
      @Nullable Observations observations,
      Consumer<Throwable> failed) {
    Map<TrafficClass, NettyHome> homes = new EnumMap<>(TrafficClass.class);
    Map<TrafficClass, Integer> ports = new EnumMap<>(TrafficClass.class);
    try {
      for (TrafficClass trafficClass : TrafficClass.values()) {
        NettyHome home =
            new NettyHome(
                loops,
                trafficClass,
                settings.overlayName(),
                Role.PEER,
                settings.links(),
                isKeyed ? Reach.KEYED : Reach.LOOPBACK,
                records,
                observations,
                ThreadLocalRandom.current().nextLong(),
                failed);
        homes.put(trafficClass, home);
        ports.put(
            trafficClass, home.listenWithDatagrams(settings.host(), settings.port(trafficClass)));
      }
    } catch (RuntimeException e) {
      homes.values().forEach(NettyHome::kill);
      throw e;
    }
    Endpoint endpoint =
        new Endpoint(
            settings.host(),
            ports.getOrDefault(TrafficClass.CONTROL, 0),
            ports.getOrDefault(TrafficClass.ALARM, 0),
            ports.getOrDefault(TrafficClass.CRITICAL, 0),
            ports.getOrDefault(TrafficClass.NORMAL, 0));
    return new MemberHomes(homes, new PeerRef(id, endpoint));
  }

  void kill() {
    homes.values().forEach(NettyHome::kill);
  }

  NettyHome of(TrafficClass trafficClass) {
    return Objects.requireNonNull(homes.get(trafficClass));
  }
}
