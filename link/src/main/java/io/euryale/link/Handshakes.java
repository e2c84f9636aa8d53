package io.euryale.link;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Agrees on sessions with peers: the control core's part of links, without I/O.
///
/// One instance per process, used by the owner thread of the control core. Tells the keys that were
/// agreed upon to its [LinkHome], and to the control class's [Sessions] by itself. Never throws on
/// what arrives; what it rejects is counted in the counters of those sessions.
///
/// With a keyring only the names in it can be talked to. Without one any name may come, if it means
/// the same overlay; that is for loopback only, and the caller's to enforce.
public final class Handshakes {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final LinkSettings settings;
  private final PeerRef self;
  private final String overlay;
  private final Sessions control;
  private final LinkCounters counters;
  private final LinkHome home;
  private final Scheme scheme;
  private final Map<PeerName, Contact> contacts = new TreeMap<>();
  private final LongMap<Contact> begun = new LongMap<>();
  private long attempts;
  private long deadlineNanos = Long.MAX_VALUE;
  private boolean deadlineKnown = true;

  /// @param self who and where this process is
  /// @param overlay name of the overlay; handshakes of others are rejected
  /// @param keyring null on loopback without keys; `control` has to be of the same mode
  /// @param control sessions of the control class, of the same core
  public Handshakes(
      LinkSettings settings,
      PeerRef self,
      String overlay,
      @Nullable Keyring keyring,
      Sessions control,
      LinkHome home) {
    if (keyring != null && !keyring.self().equals(self.name())) {
      throw new IllegalArgumentException(
          "The keyring is " + keyring.self() + "'s, but this peer is " + self.name());
    }
    this.settings = settings;
    this.self = self;
    this.overlay = overlay;
    this.control = control;
    this.counters = control.counters();
    this.home = home;
    this.scheme = keyring == null ? new PlainScheme() : new KeyedScheme(keyring, home::keyBytes);
  }

  /// Keeps a session with this peer from now on: begins handshakes until one succeeds, and again
  /// whenever the peer falls silent. Repeating it with another endpoint corrects the endpoint.
  public void contact(long nowNanos, PeerName peer, Endpoint endpoint) {
    if (peer.equals(self.name())) {
      return;
    }
    Contact contact = contacts.computeIfAbsent(peer, Contact::new);
    contact.endpoint = endpoint;
    if (!contact.wanted) {
      contact.wanted = true;
      contact.pauseNanos = settings.handshakeRetry().toNanos();
      // The later name waits a little, so that two peers that find each other seldom cross.
      boolean first = self.name().compareTo(peer) < 0;
      contact.nextNanos = nowNanos + (first ? 0 : home.jitter(contact.pauseNanos));
    }
    due(nowNanos);
  }

  /// Looks for these peers only from now on. The session with any other lasts as long as it is
  /// renewed; then the peer is forgotten.
  public void retain(Set<PeerName> peers) {
    for (Contact contact : contacts.values()) {
      contact.wanted &= peers.contains(contact.name);
    }
    deadlineKnown = false;
  }

  /// Ends the session with a peer and begins no more handshakes with it; it may still begin one.
  void forget(PeerName peer) {
    Contact contact = contacts.remove(peer);
    deadlineKnown = false;
    if (contact != null) {
      abandon(contact);
      control.forget(peer);
      home.forgotten(peer);
    }
  }

  /// Agrees on new keys with this life of a peer; asked for by a class that has used up the old.
  /// Begins with the next [#due].
  public void renew(PeerId peer) {
    Contact contact = contacts.get(peer.name());
    if (contact != null && contact.current != null && contact.current.peer().equals(peer)) {
      contact.renew = true;
      deadlineKnown = false;
    }
  }

  /// Replaces the keyring: sessions under keys that are gone end, sessions under keys that are no
  /// longer preferred are renewed.
  ///
  /// @throws IllegalStateException where there are no keys
  public void keyring(long nowNanos, Keyring keyring) {
    if (!(scheme instanceof KeyedScheme keyed)) {
      throw new IllegalStateException("This peer runs without keys: restart it with a keyring");
    }
    keyed.replace(keyring);
    for (Contact contact : contacts.values()) {
      abandon(contact);
      contact.way = 0;
      Contact.Answered answered = contact.answered;
      if (answered != null && !keyring.allows(contact.name, answered.keys())) {
        contact.answered = null;
        retire(answered.keys());
      }
      Contact.Confirming confirming = contact.confirming;
      if (confirming != null && !keyring.allows(contact.name, confirming.keys)) {
        contact.confirming = null;
        retire(confirming.keys);
      }
      SessionKeys current = contact.current;
      if (current != null && !keyring.allows(contact.name, current)) {
        contact.current = null;
        retire(current);
      } else if (current != null && !keyring.prefers(contact.name, current)) {
        contact.renew = true;
      }
      contact.pauseNanos = settings.handshakeRetry().toNanos();
      contact.nextNanos = nowNanos + home.jitter(contact.pauseNanos);
    }
    due(nowNanos);
  }

  /// A datagram that [Envelope#isHandshake], from position to limit, which are left as they were.
  public void datagram(long nowNanos, ByteBuffer datagram) {
    Rejection wrong = Envelope.check(datagram, scheme.isKeyed());
    if (wrong != null) {
      counters.reject(wrong);
      return;
    }
    deadlineKnown = false;
    switch (Envelope.kind(datagram)) {
      case Envelope.FIRST -> first(nowNanos, datagram);
      case Envelope.SECOND -> second(nowNanos, datagram);
      case Envelope.CONFIRM -> confirm(nowNanos, datagram);
      case Envelope.CONFIRMED -> confirmed(nowNanos, datagram);
      default -> counters.reject(Rejection.UNKNOWN_KIND);
    }
  }

  /// When [#due] is to be called next; `Long.MAX_VALUE` for never. May change with every call of
  /// this object.
  public long nextDeadline() {
    if (!deadlineKnown) {
      deadlineNanos = Long.MAX_VALUE;
      for (Contact contact : contacts.values()) {
        deadlineNanos = Math.min(deadlineNanos, deadline(contact));
      }
      deadlineKnown = true;
    }
    return deadlineNanos;
  }

  /// Does what is due. Harmless when called too early.
  public void due(long nowNanos) {
    deadlineKnown = false;
    for (Contact contact : List.copyOf(contacts.values())) {
      if (nowNanos >= deadline(contact)) {
        due(nowNanos, contact);
      }
    }
  }

  /// Peers with a session, sorted by name.
  public List<PeerRef> peers() {
    List<PeerRef> peers = new ArrayList<>();
    for (Contact contact : contacts.values()) {
      PeerRef remote = contact.remote();
      if (remote != null) {
        peers.add(remote);
      }
    }
    return peers;
  }

  private void first(long nowNanos, ByteBuffer datagram) {
    switch (scheme.claim(datagram)) {
      case Scheme.Outcome.No<Scheme.Claim>(Rejection reason) -> counters.reject(reason);
      case Scheme.Outcome.Is<Scheme.Claim>(Scheme.Claim claim) -> {
        Contact contact = contacts.get(claim.peer());
        Contact.Answered answered = contact == null ? null : contact.answered;
        Rejection wrong =
            contact == null
                ? refusesUnknown()
                : contact.refuses(nowNanos, claim, self.name(), settings);
        if (wrong == null) {
          introduce(nowNanos, claim, datagram);
        } else if (contact != null
            && wrong == Rejection.REPLAYED
            && answered != null
            && answered.remoteIndex() == claim.index()
            && contact.attempt == claim.attempt()) {
          // The second message may have been lost: the peer repeats the first until it has it.
          home.send(answered.keys().remote().endpoint(), answered.datagram().duplicate());
        } else {
          counters.reject(wrong);
        }
      }
    }
  }

  private @Nullable Rejection refusesUnknown() {
    int halfOpen = 0;
    for (Contact contact : contacts.values()) {
      halfOpen += contact.isHalfOpen() ? 1 : 0;
    }
    return halfOpen >= settings.maxHalfOpen() || contacts.size() >= settings.maxPeers()
        ? Rejection.TOO_MANY
        : null;
  }

  private void introduce(long nowNanos, Scheme.Claim claim, ByteBuffer datagram) {
    switch (scheme.introduction(claim, datagram)) {
      case Scheme.Outcome.No<Scheme.Introduction>(Rejection reason) -> counters.reject(reason);
      case Scheme.Outcome.Is<Scheme.Introduction>(Scheme.Introduction introduction) -> {
        Rejection wrong = introduction.greeting().refusedBy(self.name(), overlay);
        if (wrong == null) {
          answer(nowNanos, introduction);
        } else {
          counters.reject(wrong);
        }
      }
    }
  }

  private void answer(long nowNanos, Scheme.Introduction introduction) {
    Scheme.Claim claim = introduction.claim();
    PeerRef remote = introduction.greeting().self();
    Contact contact = contacts.computeIfAbsent(claim.peer(), Contact::new);
    contact.incarnation = claim.incarnation();
    contact.attempt = claim.attempt();
    if (contact.endpoint == null) {
      // A replayed message may name a former place, so it does not replace what is known.
      contact.endpoint = remote.endpoint();
    }
    contact.epoch = Math.max(contact.epoch, introduction.greeting().epoch()) + 1;
    if (self.name().compareTo(contact.name) > 0) {
      // Only one side gives its own handshake up, or both might come to nothing.
      abandon(contact);
    }
    Contact.Confirming confirming = contact.confirming;
    if (confirming != null && claim.incarnation() > confirming.keys.peer().incarnation()) {
      contact.confirming = null; // With a life that is over: its last message came late.
      retire(confirming.keys);
    }
    int index = freeIndex();
    Scheme.Agreement agreement =
        scheme.second(introduction, index, greeting(contact.name, contact.epoch));
    SessionKeys keys = keys(remote, false, index, claim.index(), contact.epoch, agreement);
    contact.answered =
        new Contact.Answered(
            keys,
            claim.index(),
            agreement.datagram(),
            nowNanos + settings.handshakeTimeout().toNanos());
    control.accept(nowNanos, keys);
    home.offered(keys);
    home.send(remote.endpoint(), agreement.datagram().duplicate());
  }

  private void second(long nowNanos, ByteBuffer datagram) {
    Contact contact = begun.get(unsigned(Envelope.session(datagram)));
    Contact.Begun mine = contact == null ? null : contact.begun;
    if (contact == null || mine == null) {
      counters.reject(Rejection.UNKNOWN_SESSION);
      return;
    }
    if (Envelope.number(datagram) != mine.initiation.attempt()) {
      counters.reject(Rejection.BAD_NUMBER);
      return;
    }
    switch (scheme.agreement(mine.initiation, datagram)) {
      case Scheme.Outcome.No<Scheme.Agreement>(Rejection reason) -> counters.reject(reason);
      case Scheme.Outcome.Is<Scheme.Agreement>(Scheme.Agreement agreement) -> {
        Greeting greeting = agreement.greeting();
        Rejection wrong = greeting.refusedBy(self.name(), overlay);
        if (wrong == null && !greeting.self().name().equals(contact.name)) {
          wrong = Rejection.WRONG_NAME;
        }
        if (wrong == null && greeting.self().id().incarnation() < contact.incarnation) {
          wrong = Rejection.OLD_INCARNATION;
        }
        if (wrong == null) {
          agreed(nowNanos, contact, mine.initiation, agreement);
        } else {
          counters.reject(wrong);
        }
      }
    }
  }

  private void agreed(
      long nowNanos, Contact contact, Scheme.Initiation initiation, Scheme.Agreement agreement) {
    PeerRef remote = agreement.greeting().self();
    long epoch = agreement.greeting().epoch();
    abandon(contact);
    contact.agreed(remote, epoch);
    SessionKeys keys =
        keys(remote, true, initiation.localIndex(), agreement.remoteIndex(), epoch, agreement);
    contact.confirming =
        new Contact.Confirming(
            keys,
            nowNanos,
            settings.handshakeRetry().toNanos() / 2,
            nowNanos + settings.handshakeTimeout().toNanos());
    control.accept(nowNanos, keys);
    home.offered(keys);
    sendUnder(keys, Envelope.CONFIRM);
  }

  private void confirm(long nowNanos, ByteBuffer datagram) {
    SessionKeys keys = control.openHandshake(nowNanos, datagram, Envelope.CONFIRM);
    Contact contact = keys == null ? null : contacts.get(keys.peer().name());
    if (keys == null || contact == null || keys.initiator()) {
      return;
    }
    Contact.Answered answered = contact.answered;
    if (answered != null && answered.keys() == keys) {
      contact.answered = null;
      establish(nowNanos, contact, keys);
    }
    // Not for what was given up here: the other side would send under keys that run out unheard.
    if (contact.current == keys) {
      sendUnder(keys, Envelope.CONFIRMED);
    }
  }

  private void confirmed(long nowNanos, ByteBuffer datagram) {
    SessionKeys keys = control.openHandshake(nowNanos, datagram, Envelope.CONFIRMED);
    Contact contact = keys == null ? null : contacts.get(keys.peer().name());
    Contact.Confirming confirming = contact == null ? null : contact.confirming;
    if (keys != null && contact != null && confirming != null && confirming.keys == keys) {
      contact.confirming = null;
      establish(nowNanos, contact, keys);
    }
  }

  private void establish(long nowNanos, Contact contact, SessionKeys keys) {
    SessionKeys former = contact.current;
    if (keys.peer().incarnation() < contact.incarnation) {
      counters.reject(Rejection.OLD_INCARNATION);
      return;
    }
    if (former != null && keys.peer().supersedes(former.peer())) {
      home.superseded(former.peer(), keys.remote());
    }
    abandon(contact);
    contact.established(nowNanos, keys, settings);
    counters.countEstablished();
    control.install(nowNanos, keys);
    home.established(keys);
  }

  private void due(long nowNanos, Contact contact) {
    Contact.Answered answered = contact.answered;
    if (answered != null && nowNanos >= answered.deadlineNanos()) {
      // Its keys run out by themselves in each class.
      contact.answered = null;
      counters.reject(Rejection.TIMED_OUT);
    }
    Contact.Confirming confirming = contact.confirming;
    if (confirming != null && nowNanos >= confirming.deadlineNanos) {
      contact.confirming = null;
      contact.renew = contact.current != null;
      counters.reject(Rejection.TIMED_OUT);
    } else if (confirming != null && nowNanos >= confirming.repeatNanos) {
      confirming.pauseNanos = settings.doubled(confirming.pauseNanos);
      confirming.repeatNanos = nowNanos + confirming.pauseNanos;
      sendUnder(confirming.keys, Envelope.CONFIRM);
    }
    Contact.Begun mine = contact.begun;
    if (mine != null && nowNanos >= mine.deadlineNanos) {
      abandon(contact);
      contact.way++;
      counters.reject(Rejection.TIMED_OUT);
    } else if (mine != null && nowNanos >= mine.repeatNanos) {
      repeat(nowNanos, contact, mine);
    }
    if (contact.current != null && nowNanos >= contact.endNanos(settings)) {
      contact.current = null;
      contact.renew = false;
    }
    if (contact.isIdle() && contact.current == null && !contact.wanted) {
      forget(contact.name);
    } else if (contact.isIdle()
        && nowNanos >= contact.beginNanos(settings, control.heardNanos(contact.name))) {
      begin(nowNanos, contact);
    }
  }

  private void begin(long nowNanos, Contact contact) {
    Endpoint endpoint = contact.endpoint;
    int ways = scheme.ways(contact.name);
    if (endpoint == null || ways == 0) {
      counters.reject(Rejection.UNKNOWN_KEY);
      contact.nextNanos = nowNanos + settings.handshakeRetryMax().toNanos();
      return;
    }
    int index = freeIndex();
    Scheme.Initiation initiation =
        scheme.first(
            contact.name, contact.way, index, ++attempts, greeting(contact.name, contact.epoch));
    // With several keys to try each gets its share of the time. Never more than the other side
    // keeps
    // its answer: it takes what is repeated to an answer that it has forgotten for a replay, and
    // when
    // both sides begin, both would repeat in vain.
    long timeout = settings.handshakeTimeout().toNanos() / ways;
    Contact.Begun mine = new Contact.Begun(initiation, endpoint, nowNanos + timeout);
    contact.begun = mine;
    begun.put(unsigned(index), contact);
    repeat(nowNanos, contact, mine);
  }

  private void repeat(long nowNanos, Contact contact, Contact.Begun mine) {
    long pause = contact.pauseNanos;
    mine.sent++;
    mine.repeatNanos = nowNanos + pause - home.jitter(1 + pause / 4);
    contact.nextNanos = mine.repeatNanos;
    contact.pauseNanos = settings.doubled(pause);
    home.send(mine.endpoint, mine.initiation.datagram().duplicate());
  }

  private long deadline(Contact contact) {
    return contact.deadline(settings, control.heardNanos(contact.name));
  }

  private void abandon(Contact contact) {
    Contact.Begun mine = contact.begun;
    if (mine != null) {
      begun.remove(unsigned(mine.initiation.localIndex()));
      contact.begun = null;
    }
  }

  private void retire(SessionKeys keys) {
    control.retire(keys);
    home.retired(keys);
  }

  private void sendUnder(SessionKeys keys, int kind) {
    ByteBuffer datagram = control.sealUnder(keys, kind, NOTHING.duplicate());
    if (datagram != null) {
      home.send(keys.remote().endpoint(), datagram);
    }
  }

  private Greeting greeting(PeerName to, long epoch) {
    return new Greeting(self, to, overlay, Greeting.VERSION, Greeting.VERSION, epoch);
  }

  private SessionKeys keys(
      PeerRef remote,
      boolean initiator,
      int localIndex,
      int remoteIndex,
      long epoch,
      Scheme.Agreement agreement) {
    return new SessionKeys(
        remote,
        self.id(),
        initiator,
        localIndex,
        remoteIndex,
        epoch,
        agreement.secret(),
        agreement.ownKey(),
        agreement.remoteKey());
  }

  /// Indexes are random, so that a stranger who sees no packets cannot name a session, and packets
  /// of a former life find none.
  private int freeIndex() {
    byte[] bytes = new byte[4];
    while (true) {
      home.keyBytes(bytes);
      int index = ByteBuffer.wrap(bytes).getInt();
      if (index != 0 && !control.isTaken(index) && begun.get(unsigned(index)) == null) {
        return index;
      }
    }
  }

  private static long unsigned(int index) {
    return index & 0xFFFFFFFFL;
  }
}
