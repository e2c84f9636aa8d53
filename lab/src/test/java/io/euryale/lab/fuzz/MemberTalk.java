package io.euryale.lab.fuzz;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.membership.ClassSeat;
import io.euryale.group.membership.Contact;
import io.euryale.group.membership.MemberCore;
import io.euryale.group.membership.MemberListener;
import io.euryale.group.membership.MemberSettings;
import io.euryale.group.membership.MembershipRules;
import io.euryale.group.membership.MembershipSettings;
import io.euryale.group.order.ClassCore;
import io.euryale.group.order.OrderRules;
import io.euryale.group.order.OrderSettings;
import io.euryale.group.primary.Charter;
import io.euryale.group.primary.Voter;
import io.euryale.kernel.DatagramHome;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.link.Envelope;
import io.euryale.link.Handshakes;
import io.euryale.link.LinkCounters;
import io.euryale.link.LinkHome;
import io.euryale.link.LinkSettings;
import io.euryale.link.SessionKeys;
import io.euryale.link.Sessions;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// What a group member hears, as bytes say: bodies of another member that has a session with it,
/// datagrams of strangers, and time that passes. Whatever they are, the core does not throw, does
/// not ask for the same moment again and again, and does not answer without end.
final class MemberTalk implements DatagramHome {

  static final PeerRef SELF = Conversation.ref("mary");

  /// One who is before it in the order of names, and one who is after it: who coordinates differs.
  static final List<PeerRef> FRIENDS = List.of(Conversation.ref("anna"), Conversation.ref("zoe"));

  private static final List<Voter> VOTERS =
      Stream.concat(Stream.of(SELF), FRIENDS.stream())
          .map(peer -> new Voter(peer.name(), 1))
          .toList();

  private static final long MILLISECOND = 1_000_000L;

  /// Of a whole script: time may pass without them afterwards, as in a process that stands still.
  private static final int MOST_TIMERS = 2_000;

  /// So much may one thing that happened lead to.
  private static final int MOST_TURNS = 1_000;

  private static final int SESSION_ROUNDS = 100;

  private final ByteBuffer script;
  private final Friend friend;
  private final MemberCore core;
  private final Deque<ByteBuffer> toSelf = new ArrayDeque<>();
  private final Deque<ByteBuffer> toFriend = new ArrayDeque<>();
  private final Deque<LongConsumer> tasks = new ArrayDeque<>();
  private final Deque<Integer> persisted = new ArrayDeque<>();
  private final List<Configuration> installed = new ArrayList<>();
  private long now = 1_000_000_000L;
  private long wakeAt = Long.MAX_VALUE;
  private int timers;
  private final Random keys = new Random(1);

  /// @param script who the other one is, and what it says
  MemberTalk(byte[] script) {
    this.script = ByteBuffer.wrap(script);
    friend = new Friend(FRIENDS.get(next() & 1));
    List<ClassSeat> classes = new ArrayList<>();
    for (TrafficClass each : TrafficClass.values()) {
      if (each != TrafficClass.CONTROL) {
        classes.add(new ClassSeat(each, dataClass(this, SELF, each), this::onClassLoop));
      }
    }
    List<Contact> contacts = List.of(new Contact(friend.self.name(), contact(friend.self)));
    core = member(this, SELF, contacts, classes, tasks::add, new Installed());
  }

  /// The data classes have nothing to do but to follow: what they want to be woken for is left out.
  private void onClassLoop(LongConsumer task) {
    tasks.add(
        at -> {
          long before = wakeAt;
          task.accept(at);
          wakeAt = before;
        });
  }

  private static Endpoint contact(PeerRef peer) {
    return Endpoint.contact(peer.endpoint().host(), peer.endpoint().controlPort());
  }

  static ClassCore dataClass(DatagramHome home, PeerRef self, TrafficClass trafficClass) {
    return new ClassCore(
        home,
        self.id(),
        trafficClass,
        LinkSettings.defaults(),
        false,
        _ -> {},
        OrderSettings.standard(),
        _ -> new Heard(),
        OrderRules.SOUND);
  }

  static MemberCore member(
      DatagramHome home,
      PeerRef self,
      List<Contact> contacts,
      List<ClassSeat> classes,
      ClassSeat.Loop loop,
      MemberListener listener) {
    MemberSettings settings =
        new MemberSettings(
            "fuzz",
            contacts,
            new Charter(VOTERS, 1),
            MembershipSettings.standard(),
            OrderSettings.standard(),
            LinkSettings.defaults());
    return new MemberCore(
        home,
        self,
        settings,
        null,
        classes,
        loop,
        listener,
        MemberCore.recordedPrimary(home, self.name(), settings),
        OrderRules.SOUND,
        MembershipRules.SOUND);
  }

  /// Plays the script.
  ///
  /// @return the configurations that the member was in
  List<Configuration> play() {
    core.start(now);
    friend.greet();
    settle();
    for (int round = 0; !friend.sessions.reaches(SELF.id()); round++) {
      if (round == SESSION_ROUNDS) {
        throw new AssertionError("The two have no session");
      }
      pass(10 * MILLISECOND);
    }
    while (script.hasRemaining()) {
      switch (next() & 7) {
        case 0 -> pass(next() * MILLISECOND);
        case 1 -> pass((next() | next() << 8) * MILLISECOND);
        case 2 -> toSelf.add(checked(bytes()));
        default -> friend.says(bytes());
      }
      settle();
    }
    return installed;
  }

  private int next() {
    return script.hasRemaining() ? script.get() & 0xFF : 0;
  }

  private ByteBuffer bytes() {
    byte[] bytes = new byte[Math.min(next() | next() << 8, script.remaining())];
    script.get(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /// With the checksum of a handshake, which nobody would guess.
  private static ByteBuffer checked(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.duplicate());
    ByteBuffer whole = ByteBuffer.allocate(bytes.remaining() + Integer.BYTES);
    return whole.put(bytes).putInt((int) checksum.getValue()).flip();
  }

  private void pass(long nanos) {
    long until = now + nanos;
    while (wakeAt <= until && timers++ < MOST_TIMERS) {
      now = Math.max(now, wakeAt);
      wakeAt = Long.MAX_VALUE;
      core.timerDue(now);
      settle();
    }
    now = until;
    friend.handshakes.due(now);
    settle();
  }

  /// Everything that is under way arrives.
  private void settle() {
    int turns = 0;
    while (turn()) {
      if (++turns > MOST_TURNS) {
        throw new AssertionError("It does not come to rest");
      }
    }
    core.idle(now);
  }

  private boolean turn() {
    if (!tasks.isEmpty()) {
      tasks.remove().accept(now);
    } else if (!persisted.isEmpty()) {
      core.persisted(now, persisted.remove());
    } else if (!toSelf.isEmpty()) {
      core.datagram(now, toSelf.remove());
    } else if (!toFriend.isEmpty()) {
      friend.hears(toFriend.remove());
    } else {
      return wakeAt <= now && wakes();
    }
    return true;
  }

  private boolean wakes() {
    wakeAt = Long.MAX_VALUE;
    core.timerDue(now);
    return true;
  }

  /// The other one's links, with nobody behind them.
  private final class Friend implements LinkHome {
    private final PeerRef self;
    private final Sessions sessions;
    private final Handshakes handshakes;

    Friend(PeerRef self) {
      this.self = self;
      LinkSettings settings = LinkSettings.defaults();
      sessions = new Sessions(TrafficClass.CONTROL, settings, false, new LinkCounters(), _ -> {});
      handshakes = new Handshakes(settings, self, "fuzz", null, sessions, this);
    }

    void greet() {
      handshakes.contact(now, SELF.name(), contact(SELF));
    }

    void says(ByteBuffer body) {
      ByteBuffer datagram = sessions.seal(now, SELF.id(), body);
      if (datagram != null) {
        toSelf.add(copy(datagram));
      }
    }

    void hears(ByteBuffer datagram) {
      if (Envelope.isHandshake(datagram)) {
        handshakes.datagram(now, datagram);
      }
    }

    @Override
    public void send(Endpoint remote, ByteBuffer datagram) {
      if (remote.host().equals(SELF.endpoint().host())) {
        toSelf.add(copy(datagram));
      }
    }

    @Override
    public void keyBytes(byte[] target) {
      MemberTalk.this.keyBytes(target);
    }

    @Override
    public long jitter(long bound) {
      return bound / 2;
    }

    @Override
    public void offered(SessionKeys agreed) {
      sessions.accept(now, agreed);
    }

    @Override
    public void established(SessionKeys agreed) {
      sessions.install(now, agreed);
    }

    @Override
    public void retired(SessionKeys agreed) {
      sessions.retire(agreed);
    }

    @Override
    public void superseded(PeerId former, PeerRef present) {}

    @Override
    public void forgotten(PeerName peer) {
      sessions.forget(peer);
    }
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  // --- what the member asks of its home

  @Override
  public int address(Endpoint remote) {
    for (int i = 0; i < FRIENDS.size(); i++) {
      if (FRIENDS.get(i).endpoint().host().equals(remote.host())) {
        return i;
      }
    }
    return FRIENDS.size();
  }

  @Override
  public void forget(int address) {}

  @Override
  public boolean sendTo(int address, ByteBuffer datagram) {
    if (address < FRIENDS.size() && FRIENDS.get(address).equals(friend.self)) {
      toFriend.add(copy(datagram));
    }
    return true;
  }

  @Override
  public int datagramBytes(int address) {
    return 1_200;
  }

  @Override
  public int receiveBufferBytes() {
    return 1 << 20;
  }

  @Override
  public void persist(int record, ByteBuffer value) {
    persisted.add(record);
  }

  @Override
  public ByteBuffer recorded(int record) {
    return ByteBuffer.allocate(0);
  }

  /// The same in each run.
  @Override
  public void keyBytes(byte[] target) {
    keys.nextBytes(target);
  }

  @Override
  public boolean send(int link, ByteBuffer frame) {
    return false;
  }

  @Override
  public int connect(Endpoint remote) {
    return 1;
  }

  @Override
  public void disconnect(int link) {}

  @Override
  public void wakeAt(long deadlineNanos) {
    wakeAt = deadlineNanos;
  }

  @Override
  public void observe(TraceEvent event) {}

  @Override
  public long jitter(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("No number is below " + bound);
    }
    return bound / 2;
  }

  private final class Installed implements MemberListener {
    @Override
    public void installed(long at, Configuration configuration, long tookNanos) {
      installed.add(configuration);
    }
  }

  private static final class Heard implements Delivery {
    @Override
    public void regular(long now, Configuration configuration) {}

    @Override
    public void transitional(long now, Configuration configuration) {}

    @Override
    public void sent(long now, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void message(
        long now, PeerId sender, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void stable(long now, long sequence) {}

    @Override
    public void writable(long now) {}
  }
}
