package io.euryale.service.cell;

import io.euryale.group.membership.ClassSeat;
import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.overlay.Advert;
import io.euryale.overlay.MemberEvent;
import io.euryale.overlay.Neighbourhood;
import io.euryale.overlay.OverlayMember;
import io.euryale.overlay.OverlayRights;
import io.euryale.overlay.OverlaySettings;
import io.euryale.overlay.Resource;
import io.euryale.service.stream.Shed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What a peer does in the control class: it is a member of an overlay and, while a stream asks for
/// it, of the group of its cell's peers. Owned by one loop.
///
/// Once a second it looks what its relays have to offer, so that it can be found: the streams of
/// the sensors attached to this peer, and the room for packets. At the same time it looks whether
/// one of them is overloaded, and tells them what to shed ([Overload]).
public final class ControlCore implements DatagramCore {

  private static final long COLLECT_NANOS = 1_000_000_000L;

  private final String overlay;
  private final PeerRef self;
  private final DatagramHome home;
  private final Timers timers;
  private final Map<TrafficClass, Data> data;
  private final ClassSeat.Loop loop;
  private final OverlayMember member;
  private final Consumer<@Nullable Neighbourhood> neighbours;

  /// Live links to other peers: the end of one is the first sign of a sibling's death.
  private final Map<Integer, Hello> peers = new TreeMap<>();

  private @Nullable Neighbourhood place;
  private @Nullable CellGroup group;
  private int stays;
  private final Set<TrafficClass> wanting = EnumSet.noneOf(TrafficClass.class);
  private boolean leaving;

  private boolean isSealed;

  /// Null before the start, and where links prove no names.
  private @Nullable SiblingKeys keys;

  /// Services that the host offers.
  private List<Advert> services = List.of();

  private final Map<TrafficClass, List<Advert>> offered = new EnumMap<>(TrafficClass.class);
  private long collectNanos = Long.MIN_VALUE;
  private final Overload overload = new Overload();
  private final Set<TrafficClass> overloaded = EnumSet.noneOf(TrafficClass.class);

  /// The core of a class of data and the way to its loop.
  public record Data(DataCore core, ClassSeat.Loop loop) {}

  /// @param overlay its name
  /// @param contacts as of [OverlayMember]
  /// @param data all classes of data by class; their relays' wish for the group is taken over
  /// @param loop runs tasks on this core's loop, from any thread
  /// @param neighbours told every change of place, null when there is none; the relays are its
  /// matter
  /// @param events as of [OverlayMember]
  public ControlCore(
      OverlaySettings settings,
      String overlay,
      PeerRef self,
      List<Endpoint> contacts,
      DatagramHome home,
      Map<TrafficClass, Data> data,
      ClassSeat.Loop loop,
      Consumer<@Nullable Neighbourhood> neighbours,
      Consumer<MemberEvent> events) {
    if (data.size() != TrafficClass.count() - 1 || data.containsKey(TrafficClass.CONTROL)) {
      throw new IllegalArgumentException("A peer has every class of data");
    }
    this.overlay = overlay;
    this.self = self;
    this.home = home;
    this.data = new EnumMap<>(data);
    this.loop = loop;
    this.neighbours = neighbours;
    timers = new Timers(home);
    member =
        OverlayMember.of(
            settings,
            self,
            contacts,
            new OverlayHome(home, timers, this::disconnected),
            this::moved,
            events);
    data.forEach(
        (trafficClass, each) ->
            each.core()
                .relay()
                .whenGroupIsWanted(wish -> loop.execute(now -> wanted(now, trafficClass, wish))));
  }

  /// The member of the overlay; for this core's loop.
  public OverlayMember member() {
    return member;
  }

  /// Seals the datagrams of the cell's group with keys that peers tell each other over control
  /// links: for a home whose links prove names. All peers of an overlay do or none. Before the core
  /// starts.
  public void sealed() {
    isSealed = true;
  }

  /// Who may look at the overlay as a whole. Before the core starts.
  public void guardedBy(OverlayRights rights) {
    member.guardedBy(rights);
  }

  /// The services that this peer offers from now on; the name of a service is 1 to
  /// [Advert#MAX_NAME_BYTES] bytes.
  public void offer(long nowNanos, List<Advert> offers) {
    services = List.copyOf(offers);
    advertise(nowNanos);
  }

  /// Asks the relays what they have to offer and whether they are overloaded; they answer on this
  /// loop.
  private void collect(long nowNanos) {
    collectNanos = nowNanos + COLLECT_NANOS;
    SiblingKeys told = keys;
    if (told != null && group != null) {
      // A link may lose a frame, and a sibling without the key is in no group.
      peers.keySet().forEach(link -> home.send(link, told.frame()));
    }
    if (overload.review(overloaded)) {
      data.forEach(
          (trafficClass, each) -> {
            Shed shed = overload.of(trafficClass);
            each.loop().execute(_ -> each.core().relay().shed(shed));
          });
    }
    data.forEach(
        (trafficClass, each) ->
            each.loop()
                .execute(
                    _ -> {
                      List<Advert> offers = each.core().offers(trafficClass);
                      boolean isOverloaded = each.core().relay().isOverloaded();
                      loop.execute(
                          now -> {
                            if (isOverloaded) {
                              overloaded.add(trafficClass);
                            } else {
                              overloaded.remove(trafficClass);
                            }
                            if (!offers.equals(offered.put(trafficClass, offers))) {
                              advertise(now);
                            }
                          });
                    }));
  }

  private void advertise(long nowNanos) {
    List<Advert> all = new ArrayList<>(services);
    long room = 0;
    for (List<Advert> offers : offered.values()) {
      room += offers.getFirst().value();
      all.addAll(offers.subList(1, offers.size()));
    }
    all.addFirst(new Advert(Resource.CAPACITY, self.name().value(), room));
    member.advertise(nowNanos, all);
  }

  /// Leaves the overlay. The group goes on without siblings to the end, so that what is here
  /// leaves.
  public void leave(long nowNanos) {
    leaving = true;
    member.leave(nowNanos);
  }

  private void wanted(long nowNanos, TrafficClass trafficClass, boolean wish) {
    if (wish) {
      wanting.add(trafficClass);
    } else {
      wanting.remove(trafficClass);
    }
    follow(nowNanos);
  }

  private void moved(@Nullable Neighbourhood next) {
    place = next;
    neighbours.accept(next);
    loop.execute(this::follow); // Not in the middle of what the member is about.
  }

  /// Brings the group to the place of the peer.
  private void follow(long nowNanos) {
    Neighbourhood here = wanting.isEmpty() ? null : place;
    CellGroup present = group;
    if (leaving) {
      return;
    }
    if (present != null && (here == null || !present.cell().equals(here.cell()))) {
      group = null;
      present.end(nowNanos);
      home.takeDatagrams(false);
      present = null;
    }
    if (here == null) {
      return;
    }
    if (present != null) {
      present.siblings(nowNanos, here.siblings());
    } else {
      CellGroup opened =
          new CellGroup(
              overlay, self, stays++, here, keys, new GroupHome(home, timers), data, this::run);
      group = opened;
      home.takeDatagrams(true);
      opened.begin(nowNanos, peers, here.siblings());
    }
  }

  /// Runs a task of a life of the group on this loop, unless that is over.
  private void run(CellGroup of, LongConsumer task) {
    loop.execute(
        now -> {
          if (group == of) {
            task.accept(now);
            of.turn(now);
          }
        });
  }

  @Override
  public void start(long nowNanos) {
    if (isSealed) {
      byte[] random = new byte[32];
      home.keyBytes(random);
      keys = new SiblingKeys(self.name(), random);
    }
    home.takeDatagrams(false);
    member.start(nowNanos);
  }

  /// The member lets go of a link itself; nothing is heard of it any more.
  private void disconnected(int link) {
    if (peers.remove(link) != null && keys != null) {
      keys.forget(link);
      loop.execute(this::rekey); // Not in the middle of what the member is about.
    }
  }

  /// Brings the group to what siblings have told of their keys.
  private void rekey(long nowNanos) {
    CellGroup present = group;
    Neighbourhood here = place;
    if (present != null && here != null && present.cell().equals(here.cell())) {
      present.rekey(nowNanos, here.siblings());
    }
  }

  @Override
  public void linkUp(long nowNanos, int link, Hello remote) {
    if (remote.role() == Role.PEER) {
      peers.put(link, remote);
    }
    member.linkUp(nowNanos, link, remote);
    if (peers.containsKey(link)) {
      if (keys != null) {
        boolean _ = home.send(link, keys.frame());
      }
      CellGroup present = group;
      if (present != null) {
        present.linkUp(nowNanos, link, remote);
      }
    }
  }

  @Override
  public void linkDown(long nowNanos, int link, String reason) {
    member.linkDown(nowNanos, link, reason);
    if (peers.remove(link) == null) {
      return;
    }
    CellGroup present = group;
    if (present != null) {
      present.linkDown(nowNanos, link, reason);
    }
    if (keys != null) {
      keys.forget(link);
      rekey(nowNanos);
    }
  }

  @Override
  public void dialFailed(long nowNanos, int link, String reason) {
    member.dialFailed(nowNanos, link, reason);
  }

  @Override
  public void frame(long nowNanos, int link, ByteBuffer frame) {
    Hello remote = peers.get(link);
    if (keys != null && remote != null && keys.take(link, remote, frame)) {
      rekey(nowNanos);
    } else {
      member.frame(nowNanos, link, frame);
    }
  }

  @Override
  public void datagram(long nowNanos, ByteBuffer datagram) {
    CellGroup present = group;
    if (present != null) {
      present.datagram(nowNanos, datagram);
    }
  }

  @Override
  public void timerDue(long nowNanos) {
    timers.fired();
    if (timers.take(Timers.OVERLAY, nowNanos)) {
      member.timerDue(nowNanos);
      if (collectNanos <= nowNanos && !leaving) {
        collect(nowNanos);
      }
    }
    CellGroup present = group;
    if (timers.take(Timers.GROUP, nowNanos) && present != null) {
      present.timerDue(nowNanos);
    }
    timers.rearm();
  }

  @Override
  public void idle(long nowNanos) {
    CellGroup present = group;
    if (present != null) {
      present.idle(nowNanos);
    }
    member.idle(nowNanos);
  }
}
