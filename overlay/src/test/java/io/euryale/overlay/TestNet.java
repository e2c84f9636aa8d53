package io.euryale.overlay;

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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/// A network of a few cores in virtual time, for tests by hand: links in order, 1 ms each way,
/// crashes and cuts; nothing is random but jitter. The lab's simulation is the thorough one.
final class TestNet {

  TestNet() {
    this(7);
  }

  TestNet(long seed) {
    random = new Random(seed);
  }

  private record Due(long at, long order, Runnable action) {}

  final Map<String, Node> nodes = new LinkedHashMap<>();
  final List<String> log = new ArrayList<>();
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(
          (a, b) ->
              a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
  private final Map<Integer, Pipe> pipes = new HashMap<>();
  private final Random random;

  /// Sees every frame that is sent.
  BiConsumer<Node, byte[]> tap = (_, _) -> {};

  /// Hears of every address that is dialled.
  Consumer<String> dialled = _ -> {};

  /// A core that asks to be woken at once, again and again, would stop the time.
  private static final int MOST_WAKES = 2_000_000;

  /// How often cores have been woken.
  int wakes;

  /// Frames lost, in thousandths; faults beyond what TCP does.
  int lossPermille;

  /// Whose dials the others turn away.
  Set<String> turnedAway = Set.of();

  private Set<Set<String>> cuts = Set.of();
  private long now = 1;
  private long order;
  private int nextLink = 1;

  /// One direction pair: a link identifier at each end.
  private final class Pipe {
    final Node dialler;
    final String target;
    final int link;
    int remoteLink;
    Node remote;
    boolean up;
    boolean wanted = true;

    Pipe(Node dialler, String target, int link) {
      this.dialler = dialler;
      this.target = target;
      this.link = link;
    }
  }

  final class Node implements Home {
    final String name;
    final PeerRef ref;
    final Role role;
    Core core;
    boolean alive = true;
    boolean paused;
    private final List<Runnable> waiting = new ArrayList<>();
    long wake = Long.MAX_VALUE;
    Neighbourhood place;
    List<PeerRef> points = List.of();
    final List<MemberEvent> events = new ArrayList<>();
    final List<TraceEvent> traces = new ArrayList<>();

    Node(String name, long incarnation, Role role) {
      this.name = name;
      this.role = role;
      int port = role == Role.PEER ? 7000 : 0;
      ref = new PeerRef(PeerId.of(name, incarnation), new Endpoint(name, port, port, port, port));
    }

    /// Calls the core, later while the process is paused, never when it is dead.
    private void enter(Runnable call) {
      if (paused) {
        waiting.add(call);
      } else if (alive) {
        call.run();
      }
    }

    void pause(boolean on) {
      paused = on;
      if (!on) {
        List<Runnable> calls = List.copyOf(waiting);
        waiting.clear();
        calls.forEach(this::enter);
      }
    }

    OverlayMember member() {
      return (OverlayMember) core;
    }

    CellMember cells() {
      return (CellMember) core;
    }

    @Override
    public boolean send(int link, ByteBuffer frame) {
      Pipe pipe = pipes.get(link);
      if (pipe == null || !pipe.up) {
        return false;
      }
      ByteBuffer copy = ByteBuffer.allocate(frame.remaining());
      copy.put(frame.duplicate()).flip();
      tap.accept(this, copy.array().clone());
      Node to = pipe.dialler == this ? pipe.remote : pipe.dialler;
      int at = link == pipe.link ? pipe.remoteLink : pipe.link;
      if (!isCut(name, to.name) && random.nextInt(1000) >= lossPermille) {
        after(1_000_000 + random.nextInt(1_000_000), () -> deliver(pipe, to, at, copy));
      }
      return true;
    }

    @Override
    public int connect(Endpoint remote) {
      dialled.accept(remote.host());
      Pipe pipe = new Pipe(this, remote.host(), nextLink++);
      pipes.put(pipe.link, pipe);
      after(1_000_000, () -> dial(pipe));
      return pipe.link;
    }

    @Override
    public void disconnect(int link) {
      Pipe pipe = pipes.get(link);
      if (pipe != null) {
        boolean mine = pipe.link == link;
        pipe.wanted &= !mine;
        breakPipe(pipe, this, "closed");
      }
    }

    @Override
    public void wakeAt(long deadlineNanos) {
      wake = deadlineNanos;
      if (deadlineNanos != Long.MAX_VALUE) {
        at(
            Math.max(deadlineNanos, now),
            () -> {
              if (wake == deadlineNanos) {
                wake = Long.MAX_VALUE;
                if (++wakes > MOST_WAKES) {
                  throw new AssertionError(name + " is woken without end");
                }
                enter(() -> core.timerDue(now));
              }
            });
      }
    }

    @Override
    public void observe(TraceEvent event) {
      traces.add(event);
      log.add(now / 1_000_000 + " " + name + " " + event.event() + " " + event.fields());
    }

    @Override
    public long jitter(long bound) {
      return random.nextLong(bound);
    }
  }

  Node boot(String name, long incarnation, Role role, Function<Node, Core> make) {
    Node node = new Node(name, incarnation, role);
    nodes.put(name, node);
    node.core = make.apply(node);
    after(0, () -> node.core.start(now));
    return node;
  }

  Node peer(String name, long incarnation, OverlaySettings settings, String... contacts) {
    List<Endpoint> known = new ArrayList<>();
    for (String contact : contacts) {
      known.add(Endpoint.contact(contact, 7000));
    }
    return boot(
        name,
        incarnation,
        Role.PEER,
        node ->
            OverlayMember.of(
                settings, node.ref, known, node, place -> node.place = place, node.events::add));
  }

  void crash(String name) {
    Node node = nodes.get(name);
    node.alive = false;
    for (Pipe pipe : List.copyOf(pipes.values())) {
      if (pipe.up && (pipe.dialler == node || pipe.remote == node)) {
        breakPipe(pipe, node, "connection reset");
      }
    }
  }

  /// The link of a node that is up to another, as the node calls it.
  int link(String from, String to) {
    for (Pipe pipe : pipes.values()) {
      if (pipe.up && pipe.dialler.name.equals(from) && pipe.remote.name.equals(to)) {
        return pipe.link;
      }
      if (pipe.up && pipe.dialler.name.equals(to) && pipe.remote.name.equals(from)) {
        return pipe.remoteLink;
      }
    }
    throw new AssertionError("no link from " + from + " to " + to);
  }

  /// Frames between these pairs are lost from now on.
  void cut(Set<Set<String>> pairs) {
    cuts = pairs;
  }

  /// Cuts two groups from each other.
  void split(Set<String> one, Set<String> other) {
    Set<Set<String>> pairs = new java.util.HashSet<>();
    one.forEach(a -> other.forEach(b -> pairs.add(pair(a, b))));
    cuts = pairs;
  }

  long now() {
    return now;
  }

  void run(long millis) {
    long until = now + millis * 1_000_000;
    while (!queue.isEmpty() && queue.peek().at() <= until) {
      Due due = queue.poll();
      now = due.at();
      due.action().run();
    }
    now = until;
  }

  /// Runs until the condition holds.
  boolean runUntil(java.util.function.BooleanSupplier condition, long maxMillis) {
    for (long spent = 0; spent < maxMillis; spent += 10) {
      if (condition.getAsBoolean()) {
        return true;
      }
      run(10);
    }
    return condition.getAsBoolean();
  }

  void after(long nanos, Runnable action) {
    at(now + nanos, action);
  }

  private void at(long when, Runnable action) {
    queue.add(new Due(when, order++, action));
  }

  private boolean isCut(String a, String b) {
    return !a.equals(b) && cuts.contains(pair(a, b));
  }

  private static Set<String> pair(String a, String b) {
    return a.equals(b) ? Set.of() : Set.of(a, b);
  }

  private void dial(Pipe pipe) {
    if (!pipe.wanted || pipe.up || !pipe.dialler.alive) {
      return;
    }
    Node target = nodes.get(pipe.target);
    if (target == null || !target.alive || target == pipe.dialler) {
      pipe.dialler.enter(() -> pipe.dialler.core.dialFailed(now, pipe.link, "connection refused"));
      after(100_000_000, () -> dial(pipe));
      return;
    }
    if (isCut(pipe.dialler.name, pipe.target)) {
      after(200_000_000, () -> dial(pipe));
      return;
    }
    if (turnedAway.contains(pipe.dialler.name)) {
      String reason = Core.TURNED_AWAY + ": it was refused";
      pipe.dialler.enter(() -> pipe.dialler.core.dialFailed(now, pipe.link, reason));
      after(500_000_000, () -> dial(pipe));
      return;
    }
    pipe.remote = target;
    pipe.remoteLink = nextLink++;
    pipes.put(pipe.remoteLink, pipe);
    pipe.up = true;
    int remoteLink = pipe.remoteLink;
    target.enter(() -> target.core.linkUp(now, remoteLink, hello(pipe.dialler)));
    if (pipe.up) {
      pipe.dialler.enter(() -> pipe.dialler.core.linkUp(now, pipe.link, hello(target)));
    }
  }

  static Hello hello(Node node) {
    return new Hello("test", node.role, TrafficClass.CONTROL, node.ref);
  }

  private void breakPipe(Pipe pipe, Node by, String reason) {
    if (!pipe.up) {
      return;
    }
    pipe.up = false;
    Node other = pipe.dialler == by ? pipe.remote : pipe.dialler;
    int at = pipe.dialler == by ? pipe.remoteLink : pipe.link;
    pipes.remove(pipe.remoteLink);
    after(
        1_000_000,
        () -> {
          other.enter(() -> other.core.linkDown(now, at, reason));
        });
    after(20_000_000, () -> dial(pipe));
  }

  private void deliver(Pipe pipe, Node to, int link, ByteBuffer frame) {
    if (pipe.up) {
      to.enter(() -> to.core.frame(now, link, frame));
    }
  }
}
