package io.euryale.service.cell;

import io.euryale.group.membership.ClassSeat;
import io.euryale.group.membership.Contact;
import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MemberListener;
import io.euryale.group.membership.MemberSettings;
import io.euryale.group.membership.MembershipRules;
import io.euryale.group.membership.MembershipSettings;
import io.euryale.group.order.OrderRules;
import io.euryale.group.order.OrderSettings;
import io.euryale.group.primary.Charter;
import io.euryale.group.primary.Voter;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.LinkSettings;
import io.euryale.link.PeerKey;
import io.euryale.overlay.CellId;
import io.euryale.overlay.Neighbourhood;
import io.euryale.service.stream.GroupLife;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// One life of this peer in the group of its cell. Owned by the control loop.
final class CellGroup {

  /// Nobody in a cell asks for a primary component, so the one vote is nobody's.
  private static final Charter NO_VOTES = Charter.of(1, Voter.of("nobody", 1));

  /// Siblings start their members within moments of each other: when the wish comes by.
  private static final Duration JOIN_WINDOW = Duration.ofMillis(200);

  private final CellId cell;
  private final PeerId life;
  private final GroupHome home;
  private final List<DataCore.Life> lives = new ArrayList<>();
  private final @Nullable SiblingKeys keys;
  private Map<PeerName, PeerKey> ring = Map.of();
  private final MemberCore member;

  /// Runs tasks of one life on the control loop.
  interface Runner {
    void run(CellGroup of, LongConsumer task);
  }

  /// @param keys seal the datagrams; null without keys
  CellGroup(
      String overlay,
      PeerRef self,
      int stay,
      Neighbourhood here,
      @Nullable SiblingKeys keys,
      GroupHome home,
      Map<TrafficClass, ControlCore.Data> data,
      Runner runner) {
    cell = here.cell();
    life = GroupLife.of(self.id(), stay);
    this.home = home;
    this.keys = keys;
    if (keys != null) {
      ring = keys.of(here.siblings());
    }
    MemberSettings settings =
        new MemberSettings(
            name(overlay, cell),
            contacts(here.siblings()),
            NO_VOTES,
            membership(MembershipSettings.standard()),
            OrderSettings.standard(),
            LinkSettings.defaults());
    List<ClassSeat> seats = new ArrayList<>();
    for (TrafficClass trafficClass : TrafficClass.values()) {
      ControlCore.Data of = data.get(trafficClass);
      if (of != null) {
        DataCore.Life each =
            of.core()
                .life(
                    life,
                    of.loop(),
                    keys != null,
                    settings.link(),
                    settings.order(),
                    peer -> runner.run(this, _ -> renew(peer)));
        lives.add(each);
        seats.add(each.seat());
      }
    }
    member =
        new MemberCore(
            home,
            new PeerRef(life, self.endpoint()),
            settings,
            keys == null ? null : keys.ring(ring),
            seats,
            task -> runner.run(this, task),
            MemberListener.NONE,
            MemberCore.recordedPrimary(home, life.name(), settings),
            OrderRules.SOUND,
            MembershipRules.SOUND);
  }

  private void renew(PeerId peer) {
    member.renew(peer);
  }

  /// Groups of other cells, and of cells of other overlays, have other names. As long as a name may
  /// be, whatever the overlay is called.
  private static String name(String overlay, CellId cell) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < overlay.length(); i++) {
      hash = (hash ^ overlay.charAt(i)) * 0x100000001B3L;
    }
    return cell + "_" + Long.toHexString(hash);
  }

  private static MembershipSettings membership(MembershipSettings standard) {
    return new MembershipSettings(
        standard.heartbeatPeriod(),
        standard.failureTimeout(),
        standard.verifyTimeout(),
        JOIN_WINDOW,
        standard.settlePause(),
        standard.repeatPause(),
        standard.answerTimeout());
  }

  private static List<Contact> contacts(List<PeerRef> siblings) {
    return siblings.stream()
        .map(sibling -> new Contact(sibling.id().name(), sibling.endpoint()))
        .toList();
  }

  CellId cell() {
    return cell;
  }

  /// @param links live links to peers
  void begin(long now, Map<Integer, Hello> links, List<PeerRef> siblings) {
    lives.forEach(DataCore.Life::begin);
    member.start(now);
    member.universe(now, contacts(siblings));
    links.forEach((link, remote) -> member.linkUp(now, link, remote));
    turn(now);
  }

  void siblings(long now, List<PeerRef> siblings) {
    rekey(now, siblings);
    member.universe(now, contacts(siblings));
    turn(now);
  }

  /// Siblings have told keys, or those they told count no more.
  void rekey(long now, List<PeerRef> siblings) {
    SiblingKeys known = keys;
    if (known == null) {
      return;
    }
    Map<PeerName, PeerKey> next = known.of(siblings);
    if (!next.equals(ring)) {
      ring = next;
      member.keyring(now, known.ring(next));
      turn(now);
    }
  }

  /// The others are told, and go on without waiting.
  void end(long now) {
    member.leave(now);
    home.close();
    lives.forEach(DataCore.Life::end);
  }

  void linkUp(long now, int link, Hello remote) {
    member.linkUp(now, link, remote);
  }

  void linkDown(long now, int link, String reason) {
    member.linkDown(now, link, reason);
    turn(now);
  }

  void datagram(long now, ByteBuffer datagram) {
    member.datagram(now, datagram);
    turn(now);
  }

  void timerDue(long now) {
    member.timerDue(now);
    turn(now);
  }

  void idle(long now) {
    member.idle(now);
    turn(now);
  }

  /// Ends a turn: what was to be recorded counts as recorded.
  void turn(long now) {
    for (@Nullable Integer record = home.written(); record != null; record = home.written()) {
      member.persisted(now, record);
    }
  }
}
