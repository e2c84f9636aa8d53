package io.euryale.link;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A few processes, each with a control class and one data class on a loop of its own, and a
/// network that delays, loses, repeats and reorders as it is told.
final class TestNet {

  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;
  static final String OVERLAY = "city";

  /// Settings under which peers that say nothing for a second or two are left alone.
  static LinkSettings patient() {
    LinkSettings d = LinkSettings.defaults();
    return new LinkSettings(
        d.handshakeRetry(),
        java.time.Duration.ofSeconds(2),
        d.handshakeTimeout(),
        d.handshakesPerSecond(),
        d.maxHalfOpen(),
        d.maxPeers(),
        d.rekeyPeriod(),
        d.rekeyPackets(),
        d.rekeyOverlap(),
        d.rekeySettle(),
        java.time.Duration.ofSeconds(3),
        d.reassemblyBytes(),
        d.reassemblyMessages(),
        d.reassemblyTimeout());
  }

  /// What happens at a time; equal times in the order of their making.
  private record Event(long at, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  final Random random;
  final Map<String, Node> nodes = new LinkedHashMap<>();

  /// Nodes that nothing arrives at.
  final Set<String> deaf = new HashSet<>();

  final List<byte[]> captured = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long order;
  long now = 5 * SECOND;
  double lossRate;
  double repeatRate;
  long delayNanos = MILLI;
  long spreadNanos;

  TestNet(long seed) {
    random = new Random(seed);
  }

  static StaticKey key(int seed) {
    byte[] bytes = new byte[32];
    new Random(seed).nextBytes(bytes);
    return StaticKey.of(bytes);
  }

  /// A keyring in which every name has the key that its seed gives.
  static Keyring keyring(String self, Map<String, Integer> seeds) {
    Map<PeerName, List<PeerKey>> others = new LinkedHashMap<>();
    seeds.forEach((name, seed) -> others.put(new PeerName(name), List.of(key(seed).publicKey())));
    return new Keyring(new PeerName(self), List.of(key(seeds.get(self))), others);
  }

  static Endpoint endpoint(String name) {
    return new Endpoint(name, 1, 2, 3, 4);
  }

  Node node(String name, long incarnation, @Nullable Keyring keyring) {
    return node(name, incarnation, keyring, patient(), OVERLAY);
  }

  Node node(
      String name,
      long incarnation,
      @Nullable Keyring keyring,
      LinkSettings settings,
      String overlay) {
    Node node = new Node(name, incarnation, keyring, settings, overlay);
    nodes.put(name, node);
    return node;
  }

  void at(long time, Runnable action) {
    events.add(new Event(time, order++, action));
  }

  void run(long nanos) {
    long end = now + nanos;
    while (!events.isEmpty() && events.peek().at <= end) {
      Event event = events.poll();
      now = Math.max(now, event.at);
      event.action.run();
    }
    now = end;
  }

  private void transmit(String to, boolean control, byte[] datagram) {
    captured.add(datagram);
    int copies = random.nextDouble() < repeatRate ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() >= lossRate) {
        long spread = spreadNanos == 0 ? 0 : (long) (random.nextDouble() * spreadNanos);
        at(now + delayNanos + spread, () -> arrive(to, control, datagram));
      }
    }
  }

  private void arrive(String to, boolean control, byte[] datagram) {
    Node node = nodes.get(to);
    if (node != null && !deaf.contains(to)) {
      node.arrived(control, ByteBuffer.wrap(datagram.clone()));
    }
  }

  final class Node implements LinkHome {
    final PeerRef self;
    final LinkCounters counters = new LinkCounters();
    final Sessions control;
    final Sessions data;
    final Handshakes handshakes;
    final List<String> log = new ArrayList<>();

    /// Texts that arrived on the data class, by sender.
    final Map<PeerId, List<String>> received = new LinkedHashMap<>();

    /// How long a call of the data class's loop takes.
    long crossNanos = MILLI / 20;

    private long scheduled = Long.MAX_VALUE;

    Node(
        String name,
        long incarnation,
        @Nullable Keyring keyring,
        LinkSettings settings,
        String overlay) {
      self = new PeerRef(PeerId.of(name, incarnation), endpoint(name));
      control =
          new Sessions(
              TrafficClass.CONTROL, settings, keyring != null, counters, this::renewControl);
      data =
          new Sessions(TrafficClass.NORMAL, settings, keyring != null, counters, this::renewLater);
      handshakes = new Handshakes(settings, self, overlay, keyring, control, this);
    }

    private void renewControl(PeerId peer) {
      handshakes.renew(peer);
      schedule();
    }

    private void renewLater(PeerId peer) {
      at(
          now + crossNanos,
          () -> {
            handshakes.renew(peer);
            schedule();
          });
    }

    Node contact(String... peers) {
      for (String peer : peers) {
        handshakes.contact(now, new PeerName(peer), endpoint(peer));
      }
      schedule();
      return this;
    }

    void keyring(Keyring keyring) {
      handshakes.keyring(now, keyring);
      schedule();
    }

    /// Sends a text to the data class of a life; false when there is no session.
    boolean say(PeerId to, String text) {
      ByteBuffer datagram = data.seal(now, to, ByteBuffer.wrap(text.getBytes()));
      if (datagram == null) {
        return false;
      }
      transmit(to.name().value(), false, bytes(datagram));
      return true;
    }

    /// Sends a heartbeat to the control class of every peer with a session.
    void beat() {
      for (PeerRef peer : handshakes.peers()) {
        ByteBuffer datagram = control.seal(now, peer.id(), ByteBuffer.wrap(new byte[1]));
        if (datagram != null) {
          transmit(peer.name().value(), true, bytes(datagram));
        }
      }
    }

    void arrived(boolean onControl, ByteBuffer datagram) {
      if (onControl) {
        if (Envelope.isHandshake(datagram)) {
          handshakes.datagram(now, datagram);
        } else {
          control.open(now, datagram);
        }
        schedule();
      } else {
        PeerId from = data.open(now, datagram);
        if (from != null) {
          received
              .computeIfAbsent(from, id -> new ArrayList<>())
              .add(new String(bytes(data.body())));
        }
      }
    }

    void schedule() {
      long next = handshakes.nextDeadline();
      if (next < scheduled) {
        scheduled = next;
        at(Math.max(now, next), this::wake);
      }
    }

    private void wake() {
      if (nodes.get(self.name().value()) == this) {
        scheduled = Long.MAX_VALUE;
        handshakes.due(now);
        schedule();
      }
    }

    long rejected(Rejection reason) {
      return counters.rejected(reason);
    }

    @Override
    public void send(Endpoint remote, ByteBuffer datagram) {
      transmit(remote.host(), true, bytes(datagram));
    }

    @Override
    public void keyBytes(byte[] target) {
      random.nextBytes(target);
    }

    @Override
    public long jitter(long bound) {
      return (long) (random.nextDouble() * bound);
    }

    @Override
    public void offered(SessionKeys keys) {
      at(now + crossNanos, () -> data.accept(now, keys));
    }

    @Override
    public void established(SessionKeys keys) {
      log.add("established " + keys.peer());
      at(now + crossNanos, () -> data.install(now, keys));
    }

    @Override
    public void retired(SessionKeys keys) {
      log.add("retired " + keys.peer());
      at(now + crossNanos, () -> data.retire(keys));
    }

    @Override
    public void superseded(PeerId former, PeerRef present) {
      log.add("superseded " + former + " by " + present.id());
    }

    @Override
    public void forgotten(PeerName peer) {
      log.add("forgotten " + peer);
      at(now + crossNanos, () -> data.forget(peer));
    }
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }
}
