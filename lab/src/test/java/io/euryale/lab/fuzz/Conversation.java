package io.euryale.lab.fuzz;

import io.euryale.kernel.Core;
import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Hello;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What others do to one core, as bytes say: they connect as anybody, in any life, answer what it
/// dials, go, send it frames of any content, take none, and let time pass. Whatever they do, the
/// core does not throw, does not keep a frame beyond the call, does not ask for the same moment
/// again and again, and does not answer little with much.
///
/// The home takes what the core sends, and gives it to nobody.
final class Conversation implements Home {

  /// Those that the core's neighbourhood may name, and one that it does not.
  static final List<String> NAMES = List.of("anna", "bert", "carl", "dora", "stranger");

  private static final Role[] ROLES = Role.values();
  private static final List<String> FAILURES =
      List.of("refused", "timed out", Core.TURNED_AWAY + ": not let in");

  /// Others that are connected at the same time, fewer than a home allows.
  private static final int MOST_LINKS = 32;

  /// Of a whole script: time may pass without them afterwards, as in a process that stands still.
  private static final int MOST_TIMERS = 2_000;

  /// So many timers at one moment do not end.
  private static final int MOST_TIMERS_AT_ONCE = 100;

  /// To one link, for each thing that happened: a core says again what it knows to all it knows.
  private static final long MOST_SENT_BYTES = 64L << 10;

  /// A link, or an attempt at one.
  private static final class Link {
    final int id;
    final @Nullable Endpoint dialled;
    boolean up;
    boolean gone;
    boolean full;

    Link(int id, @Nullable Endpoint dialled) {
      this.id = id;
      this.dialled = dialled;
    }
  }

  private final TrafficClass trafficClass;
  private final ByteBuffer script;
  private final List<Link> links = new ArrayList<>();
  private long now = 1_000_000_000L;
  private long wakeAt = Long.MAX_VALUE;
  private int timers;
  private int timersAtOnce;
  private long happened;
  private long sentBytes;

  Conversation(TrafficClass trafficClass, byte[] script) {
    this.trafficClass = trafficClass;
    this.script = ByteBuffer.wrap(script);
  }

  static PeerRef ref(String name) {
    return new PeerRef(PeerId.of(name, 1), new Endpoint(name, 7_400, 7_401, 7_402, 7_403));
  }

  /// Plays the script to the core that is made with this home.
  ///
  /// @param beforehand what its owner asks of the core
  <C extends Core> void play(Function<Home, C> made, Owner<C> beforehand) {
    C core = made.apply(this);
    core.start(now);
    beforehand.use(core, now);
    while (script.hasRemaining()) {
      step(core);
      core.idle(now);
      happened++;
      if (sentBytes > (happened + timers) * MOST_LINKS * MOST_SENT_BYTES) {
        throw new AssertionError("It sends and sends: " + sentBytes + " bytes");
      }
    }
  }

  /// Who a core belongs to.
  interface Owner<C extends Core> {
    void use(C core, long nowNanos);
  }

  private void step(Core core) {
    switch (next() & 7) {
      case 0 -> connect(core);
      case 1 -> answer(core);
      case 2 -> leave(core);
      case 3 -> pass(core, (next() | next() << 8) * 1_000_000L);
      case 4 -> fill(next());
      default -> say(core);
    }
  }

  private int next() {
    return script.hasRemaining() ? script.get() & 0xFF : 0;
  }

  private static Hello hello(Role role, TrafficClass trafficClass, PeerRef who) {
    return new Hello("fuzz", role, trafficClass, who);
  }

  private void connect(Core core) {
    Role role = ROLES[next() % ROLES.length];
    PeerRef who = anybody(next());
    if (live().size() >= MOST_LINKS) {
      return;
    }
    Link link = new Link(links.size() + 1, null);
    links.add(link);
    link.up = true;
    core.linkUp(now, link.id, hello(role, trafficClass, who));
  }

  /// In one of its lives.
  private static PeerRef anybody(int which) {
    String name = NAMES.get(which % NAMES.size());
    return new PeerRef(PeerId.of(name, 1 + which / NAMES.size()), ref(name).endpoint());
  }

  /// Whom the core dials answers, or nobody does.
  private void answer(Core core) {
    int how = next();
    List<Link> open = links.stream().filter(link -> link.dialled != null && !link.up).toList();
    if (open.isEmpty()) {
      return;
    }
    Link link = open.get(how % open.size());
    Endpoint at = link.dialled;
    if (link.gone || at == null) {
      return;
    }
    if (how >= 240) {
      core.dialFailed(now, link.id, FAILURES.get(how % FAILURES.size()));
      return;
    }
    link.up = true;
    int name = Math.max(0, NAMES.indexOf(at.host()));
    core.linkUp(now, link.id, hello(Role.PEER, trafficClass, anybody(name)));
  }

  private void leave(Core core) {
    Link link = live(next());
    if (link != null) {
      link.up = false;
      link.gone = link.dialled == null;
      core.linkDown(now, link.id, "closed");
    }
  }

  private void pass(Core core, long nanos) {
    long until = now + nanos;
    while (wakeAt <= until && timers < MOST_TIMERS) {
      timersAtOnce = wakeAt <= now ? timersAtOnce + 1 : 0;
      if (timersAtOnce > MOST_TIMERS_AT_ONCE) {
        throw new AssertionError("It asks for the same moment again and again");
      }
      now = Math.max(now, wakeAt);
      wakeAt = Long.MAX_VALUE;
      timers++;
      core.timerDue(now);
      core.idle(now);
    }
    now = Math.max(now, until);
  }

  /// From now on a link takes nothing, or again something.
  private void fill(int which) {
    Link link = live(which);
    if (link != null) {
      link.full = !link.full;
    }
  }

  private void say(Core core) {
    Link link = live(next());
    int length = Math.min(next() | next() << 8, script.remaining());
    byte[] frame = new byte[length];
    script.get(frame);
    if (link != null && length > 0) {
      core.frame(now, link.id, ByteBuffer.wrap(frame));
      Arrays.fill(frame, (byte) 0x5A);
    }
  }

  private List<Link> live() {
    return links.stream().filter(link -> link.up && !link.gone).toList();
  }

  private @Nullable Link live(int which) {
    List<Link> live = live();
    return live.isEmpty() ? null : live.get(which % live.size());
  }

  private @Nullable Link get(int id) {
    return id >= 1 && id <= links.size() ? links.get(id - 1) : null;
  }

  @Override
  public boolean send(int id, ByteBuffer frame) {
    Link link = get(id);
    boolean sent = link != null && link.up && !link.gone && !link.full;
    sentBytes += sent ? frame.remaining() : 0;
    return sent;
  }

  @Override
  public int connect(Endpoint remote) {
    links.add(new Link(links.size() + 1, remote));
    return links.size();
  }

  @Override
  public void disconnect(int id) {
    Link link = get(id);
    if (link != null) {
      link.gone = true;
    }
  }

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
}
