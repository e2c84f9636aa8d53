package io.euryale.group.order;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.LinkCounters;
import io.euryale.link.LinkSettings;
import io.euryale.link.SessionKeys;
import io.euryale.link.Sessions;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The core of a data class in a group member: ordered delivery over sealed datagrams. The control
/// core tells it what to do at a change of the configuration, through its loop.
public final class ClassCore implements DatagramCore, Submission {

  private final DatagramHome home;
  private final PeerId self;
  private final Sessions sessions;
  private final Fanout fanout;
  private final Ordering ordering;
  private @Nullable LongConsumer whenRecovered;
  private @Nullable LongConsumer whenFlushed;

  /// @param keyed whether datagrams are encrypted
  /// @param renewal told when a session is used up, on this loop
  /// @param application made with the way down; gets everything that is delivered
  public ClassCore(
      DatagramHome home,
      PeerId self,
      TrafficClass trafficClass,
      LinkSettings link,
      boolean keyed,
      Consumer<PeerId> renewal,
      OrderSettings settings,
      Function<? super Submission, ? extends Delivery> application,
      OrderRules rules) {
    this.home = home;
    this.self = self;
    sessions = new Sessions(trafficClass, link, keyed, new LinkCounters(), renewal);
    fanout = new Fanout(home, self, sessions);
    Delivery up = new TracedDelivery(home, self, trafficClass, application.apply(this));
    ordering = new Ordering(settings, fanout, up, rules);
  }

  public OrderCounters counters() {
    return ordering.counters();
  }

  public LinkCounters linkCounters() {
    return sessions.counters();
  }

  @Override
  public boolean submit(Service service, ByteBuffer payload) {
    return ordering.submit(service, payload);
  }

  // --- orders of the control core, on this loop
  // -----------------------------------------------------

  /// Packets under these keys may come.
  public void offered(long now, SessionKeys keys) {
    sessions.accept(now, keys);
  }

  /// Packets to this peer go under these keys.
  public void established(long now, SessionKeys keys) {
    sessions.install(now, keys);
    fanout.reachable(keys.remote());
  }

  public void retired(SessionKeys keys) {
    sessions.retire(keys);
  }

  /// Nothing is kept of a peer any more.
  public void forgotten(PeerName peer) {
    sessions.forget(peer);
    fanout.forget(peer);
  }

  /// Falls silent.
  ///
  /// @param answer gets what is held, or null without a configuration
  public void freeze(long now, Consumer<@Nullable Holdings> answer) {
    whenRecovered = null;
    answer.accept(ordering.freeze());
    rearm();
  }

  /// Gets the union of what those who go on together hold.
  ///
  /// @param merged null when this peer comes from no configuration
  /// @param answer called when the union is here
  public void recover(
      long now, long tag, @Nullable Merged merged, BitSet together, LongConsumer answer) {
    fanout.now(now);
    if (merged == null) {
      ordering.expect(tag);
    } else {
      ordering.recover(now, tag, merged, together);
    }
    whenRecovered = answer;
    turn(now);
  }

  public void deliverOld(long now) {
    ordering.deliverOld(now);
  }

  public void transitional(long now, Configuration configuration) {
    ordering.transitional(now, configuration);
  }

  public void regular(long now, Configuration configuration) {
    fanout.now(now);
    fanout.open(configuration);
    ordering.regular(now, configuration, self);
    rearm();
  }

  /// Sends what waits, and sees to it that everybody holds it soon.
  ///
  /// @param answer called once everybody holds everything that was submitted
  public void flush(long now, LongConsumer answer) {
    fanout.now(now);
    whenFlushed = answer;
    ordering.flush(now);
    turn(now);
  }

  // --- the loop
  // -------------------------------------------------------------------------------------

  @Override
  public void datagram(long now, ByteBuffer datagram) {
    PeerId peer = sessions.open(now, datagram);
    if (peer == null) {
      return;
    }
    fanout.now(now);
    ByteBuffer body = sessions.body();
    if (body.hasRemaining() && (body.get(body.position()) & 0xFF) == PacketCodec.TYPE) {
      ordering.datagram(now, peer, body);
    }
    turn(now);
  }

  @Override
  public void timerDue(long now) {
    fanout.now(now);
    ordering.due(now);
    turn(now);
  }

  @Override
  public void idle(long now) {
    fanout.now(now);
    ordering.idle(now);
    turn(now);
  }

  private void turn(long now) {
    LongConsumer answer = whenRecovered;
    if (answer != null && ordering.isRecovered()) {
      whenRecovered = null;
      answer.accept(now);
    }
    LongConsumer flushed = whenFlushed;
    if (flushed != null && ordering.isFlushed()) {
      whenFlushed = null;
      flushed.accept(now);
    }
    rearm();
  }

  private void rearm() {
    home.wakeAt(ordering.nextDeadline());
  }

  @Override
  public void start(long now) {}

  @Override
  public void linkUp(long now, int link, Hello remote) {}

  @Override
  public void linkDown(long now, int link, String reason) {}

  @Override
  public void frame(long now, int link, ByteBuffer frame) {
    home.disconnect(link); // Group members say nothing on connections of the data classes.
  }
}
