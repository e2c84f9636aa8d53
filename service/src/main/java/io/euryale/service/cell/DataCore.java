package io.euryale.service.cell;

import io.euryale.group.membership.ClassSeat;
import io.euryale.group.order.ClassCore;
import io.euryale.group.order.OrderRules;
import io.euryale.group.order.OrderSettings;
import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.LinkSettings;
import io.euryale.overlay.Advert;
import io.euryale.overlay.Resource;
import io.euryale.service.stream.Agreed;
import io.euryale.service.stream.Relay;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a peer does in one class of data: a relay and, while the cell has a group, the ordering
/// core of the class. Owned by one loop.
public final class DataCore implements DatagramCore {

  private final TrafficClass trafficClass;
  private final DatagramHome home;
  private final Timers timers;
  private final Relay relay;
  private @Nullable Seat seat;

  /// One life in the group of the cell.
  private record Seat(GroupHome home, ClassCore core, Agreed agreed) {}

  /// @param relay makes the relay in the home given to it
  public DataCore(TrafficClass trafficClass, DatagramHome home, Function<Home, Relay> relay) {
    this.trafficClass = trafficClass;
    this.home = home;
    timers = new Timers(home);
    this.relay = relay.apply(new OverlayHome(home, timers, _ -> {}));
  }

  /// The relay; for this core's loop.
  public Relay relay() {
    return relay;
  }

  /// What this class has to offer: first the room for packets, in sixteenths of all there is so
  /// that it does not change with every packet, then the streams of the sensors attached to this
  /// peer.
  List<Advert> offers(TrafficClass of) {
    List<Advert> offers = new ArrayList<>();
    offers.add(new Advert(Resource.CAPACITY, of.label(), relay.room(16)));
    for (String stream : relay.published()) {
      offers.add(new Advert(Resource.STREAM, stream, of.code()));
    }
    return offers;
  }

  /// Prepares a life in the group; called by the control loop.
  ///
  /// @param loop of this core
  /// @param isSealed whether datagrams are sealed with keys
  /// @param renewal told on this loop when a session is used up
  /// @return the seat for the control core of the life; what it is told counts once it has begun
  Life life(
      PeerId life,
      ClassSeat.Loop loop,
      boolean isSealed,
      LinkSettings link,
      OrderSettings order,
      Consumer<PeerId> renewal) {
    GroupHome part = new GroupHome(home, timers);
    Agreed[] made = new Agreed[1];
    ClassCore core =
        new ClassCore(
            part,
            life,
            trafficClass,
            link,
            isSealed,
            renewal,
            order,
            down -> {
              made[0] = relay.agreed(life, down);
              return made[0];
            },
            OrderRules.SOUND);
    return new Life(new Seat(part, core, made[0]), loop);
  }

  /// One life in the group as the control core holds it.
  final class Life {
    private final Seat mine;
    private final ClassSeat.Loop loop;

    private Life(Seat mine, ClassSeat.Loop loop) {
      this.mine = mine;
      this.loop = loop;
    }

    private boolean isPresent() {
      Seat present = seat;
      return present != null && present.core() == mine.core();
    }

    ClassSeat seat() {
      return new ClassSeat(
          trafficClass,
          mine.core(),
          task ->
              loop.execute(
                  now -> {
                    if (isPresent()) { // Orders of a life that is over are late.
                      task.accept(now);
                    }
                  }));
    }

    void begin() {
      loop.execute(
          now -> {
            seat = mine;
            home.takeDatagrams(true);
            relay.join(now, mine.agreed());
          });
    }

    void end() {
      loop.execute(
          _ -> {
            if (isPresent()) {
              seat = null;
              home.takeDatagrams(false);
              mine.home().close();
              relay.leaveGroup();
            }
          });
    }
  }

  @Override
  public void start(long nowNanos) {
    home.takeDatagrams(false);
    relay.start(nowNanos);
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    relay.linkUp(nowNanos, link, remote);
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    relay.linkDown(nowNanos, link, reason);
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    relay.dialFailed(nowNanos, link, reason);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    relay.frame(nowNanos, link, frame);
  }

  @Override
  public void datagram(long nowNanos, ByteBuffer datagram) {
    Seat present = seat;
    if (present != null) {
      present.core().datagram(nowNanos, datagram);
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    timers.fired();
    if (timers.take(Timers.OVERLAY, nowNanos)) {
      relay.timerDue(nowNanos);
    }
    Seat present = seat;
    if (timers.take(Timers.GROUP, nowNanos) && present != null) {
      present.core().timerDue(nowNanos);
    }
    timers.rearm();
  }

  /// The group first: what it delivers the relay tells in the same turn.
  @Override
  public void idle(long nowNanos) {
    Seat present = seat;
    if (present != null) {
      present.core().idle(nowNanos);
    }
    relay.idle(nowNanos);
  }
}
