package io.euryale.service.stream;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A network without time for tests by hand: frames are delivered in the order sent when the test
/// says [#run]; the clock moves only when the test says so. Schedules with real delays and faults
/// are the simulation's matter.
final class TestNet {

  final Map<String, Node> nodes = new TreeMap<>();
  final ArrayDeque<Runnable> inFlight = new ArrayDeque<>();
  long now = 1_000_000_000L;

  /// Frames for which this says true vanish; arguments are `from>to` and the frame.
  BiPredicate<String, ByteBuffer> lose = (_, _) -> false;

  /// Nodes say so of links that take no frames, as too much waits already: `from>to`.
  Predicate<String> isFull = _ -> false;

  /// Between which peers there are no links; asked in both directions.
  private BiPredicate<String, String> cut = (_, _) -> false;

  private int nextLink = 1;

  final class Node implements Home {
    final PeerRef ref;
    final Role role;
    final Map<Integer, End> ends = new TreeMap<>();
    final Map<Integer, Endpoint> dials = new TreeMap<>();
    final List<TraceEvent> observed = new ArrayList<>();
    @Nullable Core core;
    boolean alive = true;
    boolean frozen;
    long wakeAt = Long.MAX_VALUE;

    Node(PeerRef ref, Role role) {
      this.ref = ref;
      this.role = role;
    }

    Core core() {
      return java.util.Objects.requireNonNull(core);
    }

    @Override
    public boolean send(int link, ByteBuffer frame) {
      End end = ends.get(link);
      if (end == null) {
        return false;
      }
      byte[] bytes = new byte[frame.remaining()];
      frame.get(frame.position(), bytes);
      String path = ref.name() + ">" + end.other.ref.name();
      if (isFull.test(path)) {
        return false;
      }
      if (!lose.test(path, ByteBuffer.wrap(bytes))) {
        inFlight.add(() -> end.other.receive(end.otherLink, bytes));
      }
      return true;
    }

    void receive(int link, byte[] bytes) {
      if (alive && frozen) {
        inFlight.add(() -> receive(link, bytes));
      } else if (alive && ends.containsKey(link)) {
        core().frame(now, link, ByteBuffer.wrap(bytes));
        core().idle(now);
      }
    }

    @Override
    public int connect(Endpoint remote) {
      int link = nextLink++;
      dials.put(link, remote);
      inFlight.add(() -> dial(link));
      return link;
    }

    void dial(int link) {
      Endpoint remote = dials.get(link);
      if (remote == null || !alive) {
        return;
      }
      Node other = nodes.get(remote.host());
      if (other == null || !other.alive || isCut(this, other)) {
        core().dialFailed(now, link, "refused");
        return;
      }
      if (other.frozen) {
        inFlight.add(() -> dial(link)); // It does not say hello.
        return;
      }
      int otherLink = nextLink++;
      ends.put(link, new End(other, otherLink));
      other.ends.put(otherLink, new End(this, link));
      core().linkUp(now, link, other.hello());
      other.core().linkUp(now, otherLink, hello());
    }

    Hello hello() {
      return new Hello("test", role, TrafficClass.NORMAL, ref);
    }

    @Override
    public void disconnect(int link) {
      dials.remove(link);
      End end = ends.remove(link);
      if (end != null) {
        inFlight.add(() -> end.other.reset(end.otherLink, "closed"));
      }
    }

    void reset(int link, String reason) {
      if (ends.remove(link) != null && alive) {
        core().linkDown(now, link, reason);
      }
    }

    @Override
    public void wakeAt(long deadlineNanos) {
      wakeAt = deadlineNanos;
    }

    @Override
    public void observe(TraceEvent event) {
      observed.add(event);
    }

    @Override
    public long jitter(long bound) {
      return bound / 2;
    }
  }

  record End(Node other, int otherLink) {}

  static PeerRef ref(String name) {
    return new PeerRef(PeerId.of(name, 1), new Endpoint(name, 1, 2, 3, 4));
  }

  /// The flow of a sensor's stream.
  static long flow(String stream, String sensor) {
    return StreamNames.flowId(stream, ref(sensor).id());
  }

  <C extends Core> C add(String name, Role role, Function<Node, C> make) {
    return add(ref(name), role, make);
  }

  <C extends Core> C add(PeerRef ref, Role role, Function<Node, C> make) {
    Node node = new Node(ref, role);
    nodes.put(ref.name().value(), node);
    C made = make.apply(node);
    node.core = made;
    made.start(now);
    return made;
  }

  Node node(String name) {
    return java.util.Objects.requireNonNull(nodes.get(name));
  }

  /// Delivers everything in flight, and what that sends, without moving the clock.
  void run() {
    for (int i = 0; i < 100_000; i++) {
      Runnable next = inFlight.poll();
      if (next == null) {
        return;
      }
      next.run();
      if (nodes.values().stream().anyMatch(node -> node.frozen) && i > 10_000) {
        return; // Only frames for a frozen node go round.
      }
    }
    throw new AssertionError("The network does not come to rest");
  }

  /// Moves the clock in steps, firing timers and delivering.
  void pass(long millis) {
    long end = now + millis * 1_000_000L;
    run();
    while (now < end) {
      now += 1_000_000L;
      for (Node node : List.copyOf(nodes.values())) {
        if (node.alive && !node.frozen && node.wakeAt <= now) {
          node.wakeAt = Long.MAX_VALUE;
          node.core().timerDue(now);
          node.core().idle(now);
        }
      }
      run();
    }
  }

  /// Parts these peers from the others: links between them are reset, new ones refused.
  void part(Set<String> names) {
    cut((one, other) -> names.contains(one) && !names.contains(other));
  }

  /// Peers have no links, and get none; others dial again.
  void cut(BiPredicate<String, String> between) {
    cut = between;
    for (Node node : nodes.values()) {
      List.copyOf(node.ends.entrySet()).stream()
          .filter(end -> isCut(node, end.getValue().other))
          .forEach(end -> inFlight.add(() -> node.reset(end.getKey(), "cut")));
      node.dials.keySet().stream()
          .filter(link -> !node.ends.containsKey(link))
          .forEach(link -> inFlight.add(() -> node.dial(link)));
    }
  }

  private boolean isCut(Node one, Node other) {
    String name = one.ref.name().value();
    String otherName = other.ref.name().value();
    boolean peers = one.role == Role.PEER && other.role == Role.PEER;
    return peers && (cut.test(name, otherName) || cut.test(otherName, name));
  }

  /// Ends a process: its links are reset at the other side, frames in flight to it are lost.
  void kill(String name) {
    Node dead = node(name);
    dead.alive = false;
    dead.ends.forEach((_, end) -> inFlight.add(() -> end.other.reset(end.otherLink, "reset")));
    dead.ends.clear();
  }
}
