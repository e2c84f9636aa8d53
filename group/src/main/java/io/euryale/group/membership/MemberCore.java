package io.euryale.group.membership;

import io.euryale.group.Configuration;
import io.euryale.group.order.Fanout;
import io.euryale.group.order.Holdings;
import io.euryale.group.order.OrderRules;
import io.euryale.group.order.Ordering;
import io.euryale.group.order.TracedDelivery;
import io.euryale.group.primary.Primary;
import io.euryale.group.primary.PrimaryCodec;
import io.euryale.group.primary.PrimaryOutput;
import io.euryale.group.primary.PrimaryRecord;
import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.wire.Decoded;
import io.euryale.link.Envelope;
import io.euryale.link.Handshakes;
import io.euryale.link.Keyring;
import io.euryale.link.LinkCounters;
import io.euryale.link.LinkHome;
import io.euryale.link.SessionKeys;
import io.euryale.link.Sessions;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The control core of a group member: sessions with peers, failure detection, agreement on
/// configurations, the primary component. The data classes follow its orders (see the package).
public final class MemberCore implements DatagramCore {

  private final DatagramHome home;
  private final MemberSettings settings;
  private final PeerId self;
  private final MemberListener listener;
  private final MembershipRules rules;

  private final Sessions sessions;
  private final Handshakes handshakes;
  private final Fanout fanout;
  private final Ordering ordering;
  private final PrimaryHost primaryHost;
  private final AllSeats seats;
  private final MemberVoice voice;
  private final Detector detector;
  private final Acceptance acceptance;
  private final Coordination coordination;
  private final ControlLinks links;

  private final PromisedNumbers promised;
  private final Dispatcher dispatcher;

  private long nowNanos;

  /// The only peers that are heard; null for all.
  private @Nullable Set<PeerName> universe;

  /// @param keyring null on loopback without keys
  /// @param others the data classes
  /// @param controlLoop runs tasks on this core's loop, from any thread
  /// @param primary makes the primary component's machine; see [Primary]
  public MemberCore(
      DatagramHome home,
      PeerRef selfRef,
      MemberSettings settings,
      @Nullable Keyring keyring,
      List<ClassSeat> others,
      ClassSeat.Loop controlLoop,
      MemberListener listener,
      Function<PrimaryOutput, Primary> primary,
      OrderRules orderRules,
      MembershipRules rules) {
    this.home = home;
    this.settings = settings;
    this.listener = listener;
    this.rules = rules;
    self = selfRef.id();
    sessions =
        new Sessions(
            TrafficClass.CONTROL,
            settings.link(),
            keyring != null,
            new LinkCounters(),
            this::renew);
    fanout = new Fanout(home, self, sessions);
    primaryHost = new PrimaryHost(home, listener, primary);
    ordering =
        new Ordering(
            settings.order(),
            fanout,
            new TracedDelivery(home, self, TrafficClass.CONTROL, primaryHost),
            orderRules);
    primaryHost.sendThrough(ordering);
    seats = new AllSeats(self, ordering, fanout, others, controlLoop);
    voice = new MemberVoice(home, self, fanout, settings.link(), sessions.counters());
    detector =
        new Detector(settings.membership(), self, voice, rules, event -> home.observe(event));
    promised = new PromisedNumbers(home, rules.remembersNumbers());
    long ceiling = promised.ceiling();
    acceptance =
        new Acceptance(settings.membership(), self, ceiling, voice, seats, new Installing(), rules);
    seats.answerTo(new Answering());
    links = new ControlLinks(home, self);
    handshakes =
        new Handshakes(
            settings.link(), selfRef, settings.overlay(), keyring, sessions, new Linking());
    Set<PeerName> declared = new TreeSet<>();
    settings.contacts().forEach(contact -> declared.add(contact.name()));
    declared.remove(self.name());
    coordination =
        new Coordination(
            settings.membership(), self, declared, ceiling, detector, acceptance, voice, rules);
    dispatcher = new Dispatcher(voice, detector, coordination, acceptance, ordering);
  }

  /// The primary component's machine as it was recorded by the life before.
  ///
  /// @throws IllegalStateException when the record is damaged: starting without it could make a
  /// second primary component
  public static Function<PrimaryOutput, Primary> recordedPrimary(
      DatagramHome home, PeerName self, MemberSettings settings) {
    ByteBuffer record = home.recorded(PrimaryHost.RECORD);
    if (!record.hasRemaining()) {
      return output -> new Primary(self, null, settings.charter(), output);
    }
    if (PrimaryCodec.readRecord(record) instanceof Decoded.Ok<PrimaryRecord>(PrimaryRecord known)) {
      return output -> new Primary(self, known, settings.charter(), output);
    }
    throw new IllegalStateException("The record of the primary component is damaged");
  }

  // --- what operators and applications see
  // ----------------------------------------------------------

  public @Nullable Configuration current() {
    return acceptance.current();
  }

  public Primary primary() {
    return primaryHost.primary();
  }

  public LinkCounters linkCounters() {
    return sessions.counters();
  }

  /// What of peers' messages was not taken.
  public MemberCounters counters() {
    return dispatcher.counters();
  }

  public long suspicions() {
    return detector.suspicions();
  }

  /// Peers with a session, and those that had one until lately.
  Collection<Remote> remotes() {
    return detector.remotes();
  }

  /// Where this peer stands on its way between configurations, as a word.
  public String phase() {
    return acceptance.phase().name().toLowerCase(Locale.ROOT);
  }

  /// Leaves once everybody holds what the applications of this peer submitted before.
  ///
  /// @param told called on this loop when the others have been told; not before everybody answers,
  /// which may be never: see [#leave]
  public void flushAndLeave(long now, Runnable told) {
    seats.flush(
        now,
        at -> {
          leave(at);
          told.run();
        });
  }

  /// Tells everybody that this peer leaves, at once: they go on without waiting for it. What its
  /// applications submitted and not everybody holds is lost with it.
  public void leave(long now) {
    begin(now);
    coordination.rest();
    for (Remote remote : remotes()) {
      voice.send(now, remote.id(), new MemberMessage.Leave());
    }
    end(now);
  }

  /// From now on only these peers are heard, and they are looked for: for groups whose universe is
  /// known and changes. Others are lost at once: no answer of theirs would be heard.
  public void universe(long now, List<Contact> peers) {
    begin(now);
    Set<PeerName> names = new TreeSet<>();
    peers.forEach(peer -> names.add(peer.name()));
    universe = names;
    for (Remote remote : remotes()) {
      if (!names.contains(remote.id().name())) {
        detector.unheard(now, remote);
      }
    }
    handshakes.retain(names);
    peers.forEach(peer -> handshakes.contact(now, peer.name(), peer.endpoint()));
    end(now);
  }

  private boolean isHeard(PeerId peer) {
    Set<PeerName> only = universe;
    return only == null || only.contains(peer.name());
  }

  /// A class has used up its session with a peer; on this core's loop.
  public void renew(PeerId peer) {
    handshakes.renew(peer);
  }

  /// Replaces the keys of all peers while links go on.
  public void keyring(long now, Keyring keyring) {
    begin(now);
    handshakes.keyring(now, keyring);
    end(now);
  }

  // --- the loop
  // -------------------------------------------------------------------------------------

  @Override
  public void start(long now) {
    begin(now);
    coordination.start(now);
    for (Contact contact : settings.contacts()) {
      if (!contact.name().equals(self.name())) {
        handshakes.contact(now, contact.name(), contact.endpoint());
      }
    }
    end(now);
  }

  @Override
  public void datagram(long now, ByteBuffer datagram) {
    begin(now);
    if (Envelope.isHandshake(datagram)) {
      handshakes.datagram(now, datagram);
    } else {
      PeerId peer = sessions.open(now, datagram);
      if (peer != null) {
        dispatcher.datagram(now, peer, isHeard(peer), sessions.body());
      }
    }
    end(now);
  }

  @Override
  public void timerDue(long now) {
    begin(now);
    handshakes.due(now);
    if (detector.due(now)) {
      coordination.forgivePause(now);
    }
    acceptance.due(now);
    coordination.due(now);
    ordering.due(now);
    end(now);
  }

  private Detector.Status status() {
    Configuration current = acceptance.current();
    return new Detector.Status(
        coordination.highestNumber(),
        current == null ? 0 : current.id().tag(),
        acceptance.isFrozen());
  }

  @Override
  public void idle(long now) {
    begin(now);
    ordering.idle(now);
    end(now);
  }

  @Override
  public void persisted(long now, int record) {
    begin(now);
    if (record == PromisedNumbers.RECORD) {
      acceptance.durable(now, promised.persisted());
    } else if (record == PrimaryHost.RECORD) {
      primaryHost.persisted(now);
    }
    end(now);
  }

  @Override
  public void linkUp(long now, int link, Hello remote) {
    links.up(link, remote);
  }

  @Override
  public void linkDown(long now, int link, String reason) {
    begin(now);
    Remote remote = byName(links.down(link));
    if (remote != null) {
      detector.doubt(now, remote, reason);
    }
    end(now);
  }

  @Override
  public void dialFailed(long now, int link, String reason) {
    begin(now);
    Remote remote = byName(links.of(link));
    if (remote != null && reason.contains("refused")) {
      detector.refused(now, remote);
    }
    end(now);
  }

  private @Nullable Remote byName(@Nullable PeerName name) {
    if (name == null) {
      return null;
    }
    for (Remote remote : remotes()) {
      if (remote.id().name().equals(name)) {
        return remote;
      }
    }
    return null;
  }

  @Override
  public void frame(long now, int link, ByteBuffer frame) {
    home.disconnect(link); // Connections of group members carry nothing after the hello.
  }

  // --- what becomes of a turn
  // -----------------------------------------------------------------------

  private void begin(long now) {
    nowNanos = now;
    fanout.now(now);
  }

  private void end(long now) {
    dispatcher.toSelf(now);
    seats.turn(now);
    dispatcher.toSelf(now);
    coordination.turn(now);
    dispatcher.toSelf(now);
    seats.turn(now);
    dispatcher.toSelf(now);
    detector.speak(now, status());
    rearm();
  }

  private void rearm() {
    long next = Math.min(handshakes.nextDeadline(), detector.nextDeadline());
    next = Math.min(next, acceptance.nextDeadline());
    next = Math.min(next, ordering.nextDeadline());
    next = Math.min(next, coordination.nextDeadline());
    home.wakeAt(next);
  }

  /// What the classes answer, taken as turns of this core.
  private final class Answering implements Seats.Answers {
    @Override
    public void frozen(
        long now, long attempt, TrafficClass trafficClass, @Nullable Holdings holdings) {
      begin(now);
      acceptance.frozen(now, attempt, trafficClass, holdings);
      after(now, trafficClass);
    }

    @Override
    public void recovered(long now, long attempt, TrafficClass trafficClass) {
      begin(now);
      acceptance.recovered(now, attempt, trafficClass);
      after(now, trafficClass);
    }

    @Override
    public void delivered(long now, long attempt, TrafficClass trafficClass) {
      begin(now);
      acceptance.delivered(now, attempt, trafficClass);
      after(now, trafficClass);
    }

    /// Answers of this loop's own class come inside a turn that ends by itself.
    private void after(long now, TrafficClass trafficClass) {
      if (trafficClass != TrafficClass.CONTROL) {
        end(now);
      }
    }
  }

  private final class Installing implements Acceptance.Outcome {
    @Override
    public void promise(long now, long number) {
      if (promised.promise(number)) {
        acceptance.durable(now, number);
      }
    }

    @Override
    public void phase(Acceptance.Phase next) {
      listener.phase(nowNanos, next.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void transitional(long now, Configuration configuration) {
      home.observe(Traces.install(configuration));
      listener.installed(now, configuration, 0);
    }

    @Override
    public void installed(
        long now, Configuration configuration, long startedNanos, boolean orderly) {
      primaryHost.votes(orderly || !rules.votesInOrderOnly());
      home.observe(Traces.install(configuration));
      coordination.installed(now, configuration);
      links.follow(configuration, detector);
      detector.announce(now);
      listener.installed(now, configuration, now - startedNanos);
    }
  }

  private final class Linking implements LinkHome {
    @Override
    public void send(Endpoint remote, ByteBuffer datagram) {
      int address = home.address(remote);
      home.sendTo(address, datagram);
      if (!fanout.holds(address)) {
        home.forget(address); // Anybody may name any endpoint.
      }
    }

    @Override
    public void keyBytes(byte[] target) {
      home.keyBytes(target);
    }

    @Override
    public long jitter(long bound) {
      return home.jitter(bound);
    }

    @Override
    public void offered(SessionKeys keys) {
      sessions.accept(nowNanos, keys);
      seats.offered(keys);
    }

    @Override
    public void established(SessionKeys keys) {
      sessions.install(nowNanos, keys);
      fanout.reachable(keys.remote());
      seats.established(keys);
      detector.reachable(nowNanos, keys.remote());
    }

    @Override
    public void retired(SessionKeys keys) {
      sessions.retire(keys);
      seats.retired(keys);
    }

    @Override
    public void superseded(PeerId former, PeerRef present) {
      links.drop(former.name());
      voice.forget(former);
    }

    @Override
    public void forgotten(PeerName peer) {
      detector.forget(nowNanos, peer);
      fanout.forget(peer);
      seats.forgotten(peer);
    }
  }
}
