package io.euryale.bench.group;

import io.euryale.group.Configuration;
import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.group.GroupPeer;
import io.euryale.peer.group.GroupPeerListener;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.platform.Loops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A member of a Euryale group overlay with the settings it has by default. Messages go through the
/// class of normal traffic; a sender waits while Euryale's own queue is full.
final class EuryaleMember implements Member {

  static final List<Service> SERVICES = List.of(Service.values());

  private static final Duration JOIN = Duration.ofSeconds(30);

  /// What waits for the loop at most, for one wake-up to carry many.
  private static final int HAND_OVER_MESSAGES = 256;

  private record Outgoing(Service service, ByteBuffer message) {}

  private final Seat seat;
  private final Object lock = new Object();
  private final Deque<Outgoing> outgoing = new ArrayDeque<>();
  private final CountDownLatch configured = new CountDownLatch(1);
  private boolean scheduled;
  private @Nullable Submission down;
  private @Nullable GroupPeer peer;
  private @Nullable Loops loops;

  EuryaleMember(Seat seat) {
    this.seat = seat;
  }

  @Override
  public List<Service> services() {
    return SERVICES;
  }

  /// The settings by default, but for name, ports and members.
  static GroupPeerSettings settings(Seat seat) {
    return GroupPeerSettings.named(seat.name())
        .withHost(seat.address(seat.index()))
        .withControlPort(seat.port() + seat.index())
        .withMembers(
            IntStream.range(0, seat.members())
                .mapToObj(i -> "m" + i + "=" + seat.address(i) + ":" + (seat.port() + i))
                .toList())
        .withDataDirectory(seat.directory().resolve(seat.name()).toString());
  }

  @Override
  public void join(Upcalls upcalls) throws IOException, InterruptedException {
    Loops fresh = new Loops();
    loops = fresh;
    try {
      peer =
          GroupPeer.start(
              settings(seat),
              null,
              fresh,
              null,
              (trafficClass, _, way) -> {
                if (trafficClass == TrafficClass.NORMAL) {
                  down = way;
                  return new Deliveries(upcalls);
                }
                return new Deliveries(Upcalls.NONE);
              },
              new Listener(upcalls));
    } catch (RefusedException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
    if (!configured.await(JOIN.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("There is no configuration after " + JOIN.toSeconds() + " s.");
    }
  }

  @Override
  public void send(Service service, byte[] message) throws IOException, InterruptedException {
    GroupPeer open = peer;
    if (open == null) {
      throw new IOException("Not joined");
    }
    boolean wake;
    synchronized (lock) {
      while (outgoing.size() >= HAND_OVER_MESSAGES) {
        lock.wait();
      }
      outgoing.addLast(new Outgoing(service, ByteBuffer.wrap(message)));
      wake = !scheduled;
      scheduled = true;
    }
    if (wake && !open.execute(TrafficClass.NORMAL, this::handOver)) {
      throw new IOException("The member has ended");
    }
  }

  /// On the loop: submits what waits, until the queue is full.
  private void handOver() {
    Submission way = down;
    synchronized (lock) {
      for (Outgoing first = outgoing.peekFirst();
          way != null && first != null;
          first = outgoing.peekFirst()) {
        if (!way.submit(first.service(), first.message().duplicate())) {
          // Still scheduled: it goes on when there is room again.
          return;
        }
        outgoing.removeFirst();
      }
      scheduled = false;
      lock.notifyAll();
    }
  }

  @Override
  public void leave() {
    GroupPeer open = peer;
    if (open != null) {
      open.close();
    }
    Loops running = loops;
    if (running != null) {
      running.close();
    }
  }

  private final class Deliveries implements Delivery {

    private final Upcalls upcalls;
    private byte[] bytes = new byte[2048];

    Deliveries(Upcalls upcalls) {
      this.upcalls = upcalls;
    }

    @Override
    public void regular(long nowNanos, Configuration configuration) {}

    @Override
    public void transitional(long nowNanos, Configuration configuration) {}

    @Override
    public void sent(long nowNanos, long sequence, Service service, ByteBuffer payload) {}

    @Override
    public void message(
        long nowNanos, PeerId sender, long sequence, Service service, ByteBuffer payload) {
      int length = payload.remaining();
      if (length > bytes.length) {
        bytes = new byte[length];
      }
      payload.get(payload.position(), bytes, 0, length);
      upcalls.delivered(bytes, 0, length);
    }

    @Override
    public void stable(long nowNanos, long sequence) {}

    @Override
    public void writable(long nowNanos) {
      handOver();
    }
  }

  private final class Listener implements GroupPeerListener {

    private final Upcalls upcalls;

    Listener(Upcalls upcalls) {
      this.upcalls = upcalls;
    }

    @Override
    public void installed(Configuration configuration, Duration took) {
      if (configuration.isRegular()) {
        upcalls.configured(configuration.members().stream().map(PeerId::toString).toList());
        configured.countDown();
      }
    }

    @Override
    public void primary(long index, List<PeerName> members) {
      upcalls.primary(true);
    }

    @Override
    public void primaryLost() {
      upcalls.primary(false);
    }
  }
}
