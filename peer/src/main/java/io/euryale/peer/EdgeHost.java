package io.euryale.peer;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import io.euryale.kernel.Role;
import io.euryale.kernel.TrafficClass;
import io.euryale.kernel.trace.TraceEvent;
import io.euryale.overlay.Attachment;
import io.euryale.overlay.OverlayStatus;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Loops;
import io.euryale.platform.NettyHome;
import io.euryale.platform.Observations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What sensors, clients and observers have in common: a control core that finds the peers to
/// attach to, and homes for the cores of the data classes, which are told of those peers.
final class EdgeHost {

  /// Hears, on the loop of one data class, which peers can be attached to.
  @FunctionalInterface
  interface Follower {
    void attachmentPoints(long nowNanos, List<PeerRef> peers);
  }

  private record Following(NettyHome home, Follower follower) {}

  private static final int PORTS_UNUSED = 0;

  /// Longer than an attachment waits for an answer.
  private static final int ANSWER_SECONDS = 5;

  private final Role role;
  private final EdgeSettings settings;
  private final Loops loops;
  private final @Nullable Observations observations;
  private final PeerRef self;
  private final LinkIdentity identity;
  private final NettyHome control;
  private final Attachment attachment;
  private final CountDownLatch attached = new CountDownLatch(1);

  // Guarded by this: written by the control loop, read when a class is opened.
  private final List<Following> followers = new ArrayList<>();
  private List<PeerRef> points = List.of();

  EdgeHost(Role role, EdgeSettings settings, Loops loops, @Nullable Observations observations) {
    this.role = role;
    this.settings = settings;
    this.loops = loops;
    this.observations = observations;
    String what = "a " + (role == Role.SENSOR ? "sensor" : "client");
    PeerId id = new PeerId(Checks.name(what, settings.name()), Incarnations.next());
    Checks.name("an overlay", settings.overlayName());
    List<Endpoint> contacts = Contacts.parse(settings.contacts());
    if (contacts.isEmpty()) {
      throw Checks.invalid(
          "There is no contact to attach by: give the address of at least one peer, as HOST:PORT.");
    }
    identity = LinkIdentity.open(id.name(), settings.keyDirectory());
    try {
      identity.require(contacts);
    } catch (RefusedException e) {
      identity.close();
      throw e;
    }
    self =
        new PeerRef(
            id, new Endpoint("127.0.0.1", PORTS_UNUSED, PORTS_UNUSED, PORTS_UNUSED, PORTS_UNUSED));
    control = newHome(TrafficClass.CONTROL);
    boolean near = role == Role.SENSOR || (role == Role.CLIENT && settings.near());
    attachment = new Attachment(role, near, self, contacts, control, this::attachedTo);
  }

  PeerRef self() {
    return self;
  }

  EdgeSettings settings() {
    return settings;
  }

  @Nullable Observations observations() {
    return observations;
  }

  /// Starts to look for peers and waits until one was found.
  ///
  /// @throws RefusedException when none was found in time; the host is closed then
  void connect(Duration timeout) throws InterruptedException {
    if (observations != null) {
      observations.record(Loops.nowNanos(), self.id(), TraceEvent.of("BOOT", "role", role.name()));
    }
    control.start(attachment, self);
    boolean found = false;
    try {
      found = attached.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!found) {
        close();
      }
    }
    if (!found) {
      throw new RefusedException(
          Reason.UNREACHABLE,
          "No peer of overlay "
              + settings.overlayName()
              + " answered at "
              + String.join(" or ", settings.contacts())
              + " within "
              + timeout.toMillis()
              + " ms: check the addresses and that a peer runs there."
              + identity.hint());
    }
  }

  private void attachedTo(List<PeerRef> peers) {
    List<Following> told;
    synchronized (this) {
      points = peers;
      told = List.copyOf(followers);
    }
    told.forEach(following -> tell(following, peers));
    attached.countDown();
  }

  private static void tell(Following following, List<PeerRef> peers) {
    following.home().execute(nowNanos -> following.follower().attachmentPoints(nowNanos, peers));
  }

  /// Tells `follower`, now and later, which peers can be attached to.
  synchronized void follow(NettyHome home, Follower follower) {
    Following following = new Following(home, follower);
    followers.add(following);
    if (!points.isEmpty()) {
      // Inside the lock, so that no newer list can overtake this one.
      tell(following, points);
    }
  }

  /// A follower is served by this peer from now on; from any thread.
  void servedBy(PeerRef peer) {
    boolean _ = control.execute(nowNanos -> attachment.servedBy(nowNanos, peer));
  }

  /// Those who are known do not serve a follower; from any thread.
  void unserved() {
    boolean _ = control.execute(attachment::unserved);
  }

  /// A home on the loop of a class. A core that fails there takes its home down and nothing else.
  NettyHome newHome(TrafficClass trafficClass) {
    return new NettyHome(
        loops,
        trafficClass,
        settings.overlayName(),
        role,
        settings.links(),
        identity.keys(),
        observations,
        ThreadLocalRandom.current().nextLong(),
        _ -> {});
  }

  /// Asks the root coordinator, found through any peer, for the picture of the overlay.
  ///
  /// @throws RefusedException when there is no answer in time
  OverlayStatus status(String who, Duration timeout) throws InterruptedException {
    CompletableFuture<OverlayStatus> answer = new CompletableFuture<>();
    if (!control.execute(_ -> attachment.requestStatus(answer::complete))) {
      throw LoopCalls.closed(who);
    }
    try {
      OverlayStatus status = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (status.phase().equals(OverlayStatus.FORBIDDEN)) {
        throw forbidden("administer overlay " + settings.overlayName());
      }
      if (status.from() != null) {
        return status;
      }
    } catch (TimeoutException _) {
      // Said below.
    } catch (ExecutionException e) {
      throw new IllegalStateException("Only values complete this future", e);
    }
    throw new RefusedException(
        Reason.UNREACHABLE,
        "No peer gave a picture of the overlay: it may be changing, so try again in a moment.");
  }

  RefusedException forbidden(String deed) {
    return new RefusedException(
        Reason.FORBIDDEN, self.name() + " may not " + deed + ": grant it in the table of rights.");
  }

  /// How long no peer has answered.
  Duration silence(String who) throws InterruptedException {
    return LoopCalls.call(
        control, who, nowNanos -> Duration.ofNanos(nowNanos - attachment.answeredNanos()));
  }

  LinkIdentity identity() {
    return identity;
  }

  /// Asks, on the control loop, something that is answered later.
  <T> T ask(String who, Consumer<CompletableFuture<T>> question, T none)
      throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (!control.execute(_ -> question.accept(answer))) {
      throw LoopCalls.closed(who);
    }
    try {
      return answer.completeOnTimeout(none, ANSWER_SECONDS, TimeUnit.SECONDS).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Only values complete this future", e);
    }
  }

  Attachment attachment() {
    return attachment;
  }

  NettyHome control() {
    return control;
  }

  void close() {
    control.close();
    identity.close();
  }

  void kill() {
    control.kill();
    identity.close();
  }
}
