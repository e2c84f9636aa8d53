package io.euryale.service.stream;

import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.WireWriter;
import io.euryale.overlay.OverlayRight;
import io.euryale.overlay.OverlayRights;
import io.euryale.service.stream.StreamFrames.Message;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/// Which streams there are and which are wanted: advertisements go from sensors up to the root
/// cell, subscriptions from the root cell down to the sensors. Both are said again and again and
/// forgotten when they are not. Owned by the relay's loop.
final class Announcements {

  /// Packets must not wait long behind what is said again.
  private static final int MOST_TOGETHER = 64;

  private final TrafficClass trafficClass;
  private final PeerRef self;
  private final Home home;
  private final RelayLinks links;
  private final Flows flows;
  private final CellOrder order;
  private final Distribution distribution;
  private final OverlayRights rights;
  private final Admission admission;
  private final WireWriter writer = new WireWriter();
  private final Subscriptions subscriptions;

  /// Flows whose sensors said the same again. What many said at their times leaves together, which
  /// costs each hop a few large reads and writes instead of many small ones.
  private final Deque<Flow> saidAgain = new ArrayDeque<>();

  /// A peer above has told its subscriptions since this peer has its place.
  private boolean informed;

  Announcements(
      TrafficClass trafficClass,
      PeerRef self,
      Home home,
      RelayLinks links,
      Flows flows,
      CellOrder order,
      Distribution distribution,
      OverlayRights rights,
      Admission admission) {
    this.trafficClass = trafficClass;
    this.self = self;
    this.home = home;
    this.links = links;
    this.flows = flows;
    this.order = order;
    this.distribution = distribution;
    this.rights = rights;
    this.admission = admission;
    subscriptions =
        new Subscriptions(
            () -> links.isRoot() ? StreamFrames.MAX_PATTERNS : StreamFrames.MAX_PATTERNS_TOLD);
  }

  /// This peer has another place, or none.
  void placed(boolean any) {
    informed &= any;
  }

  // ---- advertisements, upwards ----

  /// Takes an advertisement from below, or in the root cell from a sibling; the sensor's own names
  /// no peer.
  ///
  /// @return whether packets of the flow have a name only now
  boolean advertised(long nowNanos, RemoteLink from, Flow flow, Message.Advertise advertise) {
    Message.Advertise before = flow.advertised;
    Message.Advertise known = advertise;
    if (from.role() == Role.SENSOR) {
      known =
          new Message.Advertise(
              advertise.flow(),
              advertise.epoch(),
              advertise.name(),
              advertise.sensor(),
              self.name(),
              advertise.offer(),
              0);
      flow.sensorLink = from.id;
    }
    flow.keepsLast |= known.offer().keepsLast();
    flow.advertised = known;
    flow.advertisedAtNanos = nowNanos;
    if (!from.sibling) {
      flow.heardAtNanos = nowNanos;
    }
    if (flow.sensorLink == from.id) {
      tellInterest(flow, true);
    }
    if (!known.equals(before)) {
      handOn(flow, known, from.sibling);
    } else if (!from.sibling && !flow.isSaidAgain) {
      flow.isSaidAgain = true;
      saidAgain.add(flow);
      if (saidAgain.size() == MOST_TOGETHER) {
        handOnSaidAgain();
      }
    }
    return before == null;
  }

  /// Tells others of a flow. Any root peer is asked what streams there are, also of those that send
  /// nothing through it, so it is told of what came from below.
  private void handOn(Flow flow, Message.Advertise known, boolean fromSibling) {
    passUp(flow);
    if (links.isRoot() && !fromSibling) {
      for (RemoteLink sibling : links.siblings()) {
        home.send(sibling.id, StreamFrames.encode(writer, known));
      }
    }
  }

  private void handOnSaidAgain() {
    for (Flow flow = saidAgain.poll(); flow != null; flow = saidAgain.poll()) {
      Message.Advertise known = flow.advertised;
      if (flow.isSaidAgain && known != null) {
        handOn(flow, known, false);
      }
    }
  }

  /// Tells the cell above of a flow, or in the root cell the clients that want it.
  void passUp(Flow flow) {
    Message.Advertise known = flow.advertised;
    if (known == null) {
      return;
    }
    flow.isSaidAgain = false;
    if (links.isRoot()) {
      distribution.advertise(known.withPath(flow.ages.p999Nanos()));
    } else {
      RemoteLink up = links.upstream();
      if (up != null) {
        home.send(up.id, StreamFrames.encode(writer, known));
      }
    }
  }

  // ---- subscriptions, downwards ----

  /// A member of the cell above tells what is wanted.
  void wantedAbove(RemoteLink above, List<Subscription> entries) {
    boolean isFirst = !informed;
    informed = true;
    int leftOut = subscriptions.leftOut();
    wanted(above.hello.self().id(), entries);
    if (subscriptions.leftOut() > leftOut) {
      admission.crowdedFromAbove(subscriptions.leftOut() - leftOut);
    }
    if (isFirst) {
      flows.forEach(flow -> tellInterest(flow, true)); // Also that nobody wants it.
    }
  }

  /// In the root cell a client, or elsewhere a member of the cell above, wants these.
  void wanted(PeerId source, List<Subscription> entries) {
    if (subscriptions.set(source, entries)) {
      tellSubscriptions();
    }
    for (Subscription entry : entries) {
      if (entry.replication().form() == Replication.Form.AGREED) {
        order.ask();
      }
    }
  }

  /// For which of these wishes of a client there is no room, so that no sensor hears of them.
  List<String> leftOut(List<Subscription> entries) {
    return subscriptions.leftOut(entries);
  }

  /// Nothing more is heard of who wanted something: it still does until then.
  void gone(PeerId source, long untilNanos) {
    subscriptions.gone(source, untilNanos);
  }

  /// Whether anybody wants streams in the agreed order of cells.
  boolean asksForGroup() {
    return subscriptions.asksFor(Replication.Form.AGREED);
  }

  /// Tells a peer below what is wanted.
  void tell(RemoteLink child) {
    home.send(child.id, encoded());
  }

  private ByteBuffer encoded() {
    return StreamFrames.encode(writer, new Message.Subscriptions(subscriptions.entries()));
  }

  private void tellSubscriptions() {
    if (links.children().length > 0) {
      ByteBuffer entries = encoded();
      for (RemoteLink child : links.children()) {
        home.send(child.id, entries);
      }
    }
    flows.forEach(flow -> tellInterest(flow, false));
  }

  private void tellInterest(Flow flow, boolean always) {
    String name = flow.name();
    if (flow.sensorLink < 0 || name == null) {
      return;
    }
    StreamQos wanted = subscriptions.wanted(name);
    if (wanted != null && trafficClass == TrafficClass.ALARM) {
      // Two peers hold an alarm as soon as can be.
      wanted = wanted.together(StreamQos.of(Replication.ACTIVE));
    }
    if (wanted == null && !informed && !links.isRoot()) {
      return; // Nobody above has said yet what is wanted.
    }
    if (always || !Objects.equals(wanted, flow.wanted)) {
      flow.wanted = wanted;
      home.send(
          flow.sensorLink, StreamFrames.encode(writer, new Message.Interest(flow.id, wanted)));
    }
  }

  // ---- listings ----

  /// Sends whoever asks the streams that it may subscribe to, page by page.
  void list(PeerName reader, Predicate<ByteBuffer> sender) {
    List<StreamInfo> page = new ArrayList<>();
    flows.forEach(
        flow -> {
          Message.Advertise known = flow.advertised;
          if (known != null
              && rights.refusal(OverlayRight.SUBSCRIBE, known.name(), reader) == null) {
            if (page.size() == StreamFrames.MAX_STREAMS_PER_PAGE) {
              boolean _ =
                  sender.test(StreamFrames.encode(writer, new Message.Streams(false, page)));
              page.clear();
            }
            page.add(
                new StreamInfo(
                    known.name(),
                    known.epoch(),
                    known.sensor().name(),
                    known.edge(),
                    flow.packets,
                    flow.window.pendingCount()));
          }
        });
    boolean _ = sender.test(StreamFrames.encode(writer, new Message.Streams(true, page)));
  }

  // ---- time ----

  /// Forgets what was not said again; once in every refresh.
  void expire(long nowNanos) {
    if (links.isRoot() || links.upstream() != null) {
      // While nobody is above, what was wanted last still is: the sensors go on.
      boolean _ = subscriptions.expire(nowNanos);
    }
  }

  /// Says everything again; once in every refresh. Sensors are told what is wanted when they say
  /// theirs again.
  void refresh() {
    tellSubscriptions();
    handOnSaidAgain();
  }
}
