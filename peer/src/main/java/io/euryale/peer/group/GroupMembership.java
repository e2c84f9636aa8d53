package io.euryale.peer.group;

import io.euryale.group.Service;
import io.euryale.group.named.Admission;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.Refusal;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.Loops;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One application of a peer in one group. Safe to share between threads; messages of one thread
/// keep their order.
///
/// ## What is promised
///
/// A message that was accepted is bound to the view of the time it leaves the queues and
/// delivered there as its [Service] says. Its future completes when every member of the
/// configuration holds it (for UNRELIABLE: when it was handed over). A future that fails with
/// `UNKNOWN_OUTCOME` belongs to a message that may or may not have been delivered; with any
/// other reason the message was not sent, and sending it again makes no repetition.
///
/// Messages may be sent from the moment of joining; they wait for the first view. Futures complete
/// on a virtual thread of their own, so that the listener may wait for them.
public final class GroupMembership implements AutoCloseable {

  /// What may wait here before it is handed to the loop.
  private static final long HANDOVER_BYTES = 256 << 10;

  private static final long MESSAGE_BYTES = 100;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private record Outgoing(long token, Service service, List<GroupMemberId> to, ByteBuffer payload) {
    long bytes() {
      return payload.remaining() + MESSAGE_BYTES;
    }
  }

  private final GroupHost host;
  private final GroupName group;
  private final PeerName application;
  private final GroupListener listener;
  private final Lane lane;
  private final Lane settled;
  private final CompletableFuture<GroupView> joined = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private volatile @Nullable GroupView view;
  private volatile @Nullable Throwable failure;

  private final Object lock = new Object();

  // Guarded by lock.
  private final ArrayDeque<Outgoing> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean isScheduled;
  private boolean isLeaving;
  private boolean isEnded;
  private long tokens;
  private final Map<Long, CompletableFuture<Void>> unsettled = new LinkedHashMap<>();

  // Of the loop.
  private boolean isMember;
  private boolean hasAskedToLeave;

  GroupMembership(GroupHost host, GroupName group, PeerName application, GroupListener listener) {
    this.host = host;
    this.group = group;
    this.application = application;
    this.listener = listener;
    String name = "euryale-group-" + group + "-" + application;
    // Half of a window: what still comes after the pause is bounded by the window.
    lane = new Lane(name, host.settings().windowBytes() / 2, this::throttle, this::failed);
    settled = new Lane(name + "-settled", Long.MAX_VALUE, _ -> {}, _ -> {});
  }

  // --- from any thread ---

  /// The group.
  public GroupName group() {
    return group;
  }

  /// The traffic class.
  public TrafficClass trafficClass() {
    return host.trafficClass();
  }

  /// This member, as views and messages name it.
  public GroupMemberId self() {
    return host.member(application);
  }

  /// The view that the listener was given last; null before the first.
  public @Nullable GroupView view() {
    return view;
  }

  /// Completes with the first view, before the listener is given it; fails with a
  /// [RefusedException] when the membership ends before.
  public CompletableFuture<GroupView> joined() {
    return joined.copy();
  }

  /// Waits for the first view.
  ///
  /// @throws RefusedException when the membership ended before, or time ran out; it still goes on
  /// then
  public GroupView awaitView(Duration timeout) throws InterruptedException {
    try {
      return joined.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new RefusedException(
          Reason.TIMEOUT,
          "Application "
              + application
              + " has no view of group "
              + group
              + " after "
              + timeout.toMillis()
              + " ms.",
          e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RefusedException refused
          ? refused
          : new IllegalStateException(e);
    }
  }

  /// What the listener threw; null while it did not.
  public @Nullable Throwable failure() {
    return failure;
  }

  /// Sends to all members, this one included; waits while the queue is full.
  ///
  /// @param payload copied before the call returns
  /// @return completes when every member of the configuration holds the message
  /// @throws RefusedException when it may not be sent: `FORBIDDEN`, `TOO_LARGE`, `NOT_A_MEMBER`,
  /// `CLOSED`; or `FULL` when the queue is full and the caller is this membership's listener,
  /// which would wait for itself
  public CompletableFuture<Void> send(Service service, byte[] payload) throws InterruptedException {
    return send(service, List.of(), ByteBuffer.wrap(payload));
  }

  /// Sends to all members, like [#send(Service, byte\[\])].
  public CompletableFuture<Void> send(Service service, ByteBuffer payload)
      throws InterruptedException {
    return send(service, List.of(), payload);
  }

  /// Sends to some members; those that have left when it arrives are passed over. Itself is given
  /// the message only when it is named. Otherwise like [#send(Service, byte\[\])].
  ///
  /// @param receivers 1 to 128
  public CompletableFuture<Void> sendTo(
      List<GroupMemberId> receivers, Service service, ByteBuffer payload)
      throws InterruptedException {
    if (receivers.isEmpty() || receivers.size() > 128) {
      throw new RefusedException(
          Reason.NO_SUCH_RECEIVER,
          "A private message names 1 to 128 receivers, not " + receivers.size() + ".");
    }
    return send(service, List.copyOf(receivers), payload);
  }

  /// Sends to all members if there is room at once.
  ///
  /// @return empty when the queue is full
  /// @throws RefusedException as [#send(Service, byte\[\])], but never `FULL`
  public Optional<CompletableFuture<Void>> trySend(Service service, ByteBuffer payload) {
    host.requireSend(group, application, service, 0, payload.remaining());
    synchronized (lock) {
      return hasRoom(payload.remaining() + MESSAGE_BYTES)
          ? Optional.of(add(service, List.of(), payload))
          : Optional.empty();
    }
  }

  private CompletableFuture<Void> send(Service service, List<GroupMemberId> to, ByteBuffer payload)
      throws InterruptedException {
    host.requireSend(group, application, service, to.size(), payload.remaining());
    synchronized (lock) {
      while (!hasRoom(payload.remaining() + MESSAGE_BYTES)) {
        if (lane.isCurrentThread()) {
          throw new RefusedException(
              Reason.FULL,
              "The queue to group "
                  + group
                  + " is full, and its listener would wait for itself: send from another thread.");
        }
        lock.wait();
      }
      return add(service, to, payload);
    }
  }

  private boolean hasRoom(long bytes) {
    if (isEnded || isLeaving) {
      throw new RefusedException(
          Reason.NOT_A_MEMBER,
          "Application " + application + " has left group " + group + ": join again to send.");
    }
    return queue.isEmpty() || queuedBytes + bytes <= HANDOVER_BYTES;
  }

  private CompletableFuture<Void> add(Service service, List<GroupMemberId> to, ByteBuffer payload) {
    ByteBuffer copy = ByteBuffer.allocate(payload.remaining());
    copy.put(payload.duplicate()).flip();
    CompletableFuture<Void> future = new CompletableFuture<>();
    Outgoing made = new Outgoing(++tokens, service, to, copy);
    unsettled.put(made.token(), future);
    queue.add(made);
    queuedBytes += made.bytes();
    if (!isScheduled) {
      isScheduled = true;
      if (!host.execute(this::pump)) {
        throw host.closed();
      }
    }
    return future;
  }

  /// Asks for the state of the group at a later point of the order, as after a merge. What is
  /// delivered from that point on is kept back until the state is there.
  ///
  /// @param giver who has to give it; null for the first member that can
  /// @throws RefusedException when this is no member, or state is on its way already
  public void requestState(@Nullable GroupMemberId giver) throws InterruptedException {
    boolean _ =
        host.call(
            now -> {
              GroupHost.admit(host.groups().requestState(now, application, group, giver));
              return true;
            });
  }

  /// Leaves: what was accepted before is sent and known to be held by everybody first. No more is
  /// accepted from now on.
  ///
  /// @return completes when the application is out of the group, after the listener was told
  public CompletableFuture<Void> leave() {
    boolean ended;
    synchronized (lock) {
      isLeaving = true;
      lock.notifyAll();
      ended = isEnded;
    }
    if (!ended && !host.execute(this::pump)) {
      end(host.closed());
    }
    return left.copy();
  }

  /// Leaves and waits up to two seconds for it; not on the listener's thread.
  @Override
  public void close() {
    CompletableFuture<Void> leaving = leave();
    if (lane.isCurrentThread()) {
      return;
    }
    try {
      leaving.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException _) {
      // Ended otherwise, or it goes on leaving.
    }
  }

  /// What waits to be sent here, and what waits for the listener, in bytes.
  long waiting() {
    synchronized (lock) {
      return queuedBytes + lane.bytes();
    }
  }

  // --- on the loop ---

  /// Hands over what waits, as far as there is room.
  void pump(long now) {
    while (isMember && !hasAskedToLeave) {
      Outgoing first;
      synchronized (lock) {
        first = queue.peek();
        if (first == null) {
          isScheduled = false;
          break;
        }
      }
      Admission admission = submit(now, first);
      if (admission instanceof Admission.Refused(Refusal refusal)) {
        if (refusal.reason() == Refusal.Reason.FULL) {
          return; // Still scheduled: it goes on when there is room.
        }
        settle(first.token(), GroupHost.exception(refusal));
      } else if (first.service() == Service.UNRELIABLE) {
        settle(first.token(), null); // Nobody will ever know more.
      }
      synchronized (lock) {
        queue.remove();
        queuedBytes -= first.bytes();
        lock.notifyAll();
      }
    }
    boolean leaves;
    synchronized (lock) {
      leaves = isLeaving && !isEnded && queue.isEmpty() && unsettled.isEmpty();
    }
    if (leaves && !hasAskedToLeave) {
      hasAskedToLeave = true;
      Admission admission = host.groups().leave(now, application, group);
      if (admission instanceof Admission.Refused(Refusal refusal)) {
        end(GroupHost.exception(refusal));
      }
    }
  }

  private Admission submit(long now, Outgoing message) {
    return message.to().isEmpty()
        ? host.groups()
            .multicast(
                now, application, group, message.service(), message.token(), message.payload())
        : host.groups()
            .send(
                now,
                application,
                group,
                message.to(),
                message.service(),
                message.token(),
                message.payload());
  }

  private void settle(long token, @Nullable RefusedException refusal) {
    CompletableFuture<Void> future;
    synchronized (lock) {
      future = unsettled.remove(token);
    }
    if (future != null) {
      settled.put(0, () -> complete(future, refusal));
    }
  }

  private static void complete(CompletableFuture<Void> future, @Nullable RefusedException refusal) {
    if (refusal == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(refusal);
    }
  }

  private void throttle(boolean full) {
    if (full) {
      host.full(Loops.nowNanos(), application); // On the loop: room can only come after it.
    } else {
      boolean _ = host.execute(now -> host.room(now, application));
    }
  }

  private void failed(Throwable mistake) {
    failure = mistake;
    RefusedException why =
        new RefusedException(
            Reason.CLOSED,
            "The listener of application "
                + application
                + " in group "
                + group
                + " failed, so the membership ended.",
            mistake);
    GroupAudit.listenerFailed(group, application, mistake);
    boolean _ = host.execute(now -> host.groups().leave(now, application, group));
    end(why);
  }

  /// Nothing more comes and nothing more is sent.
  private void end(RefusedException why) {
    List<CompletableFuture<Void>> open;
    List<CompletableFuture<Void>> unsent = new ArrayList<>();
    synchronized (lock) {
      isEnded = true;
      isLeaving = true;
      for (Outgoing waiting : queue) {
        CompletableFuture<Void> future = unsettled.remove(waiting.token());
        if (future != null) {
          unsent.add(future);
        }
      }
      queue.clear();
      queuedBytes = 0;
      open = new ArrayList<>(unsettled.values());
      unsettled.clear();
      lock.notifyAll();
    }
    boolean _ = host.execute(_ -> host.ended(this));
    RefusedException unknown =
        new RefusedException(
            Reason.UNKNOWN_OUTCOME,
            "The membership in group "
                + group
                + " ended before it was known that everybody holds the message: it may or may not"
                + " have been delivered.");
    settled.put(
        0,
        () -> {
          unsent.forEach(future -> complete(future, why));
          open.forEach(future -> complete(future, unknown));
          joined.completeExceptionally(why);
          left.complete(null);
        });
  }

  /// The peer is gone.
  void abandoned(RefusedException why) {
    lane.close();
    end(why);
  }

  MembershipEvents events() {
    return new MembershipEvents(this, host, group, listener, lane);
  }

  // What the events come to; on the loop unless said otherwise.

  void stable(long token) {
    settle(token, null);
    boolean leaves;
    synchronized (lock) {
      leaves = isLeaving && unsettled.isEmpty();
    }
    if (leaves) {
      // Not from inside: the group layer is in the middle of its own list.
      boolean _ = host.execute(this::pump);
    }
  }

  void member() {
    if (!isMember) {
      isMember = true;
      boolean _ = host.execute(this::pump);
    }
  }

  /// On the lane.
  void viewed(GroupView next) {
    view = next;
    joined.complete(next);
  }

  /// On the lane, after the listener was told.
  void over(GroupView.Cause cause) {
    end(
        new RefusedException(
            Reason.NOT_A_MEMBER,
            "Application "
                + application
                + " is no longer in group "
                + group
                + (cause == GroupView.Cause.DISCONNECT ? ": its session ended." : ".")));
  }

  /// On the lane.
  void refused(RefusedException refusal) {
    joined.completeExceptionally(refusal);
  }
}
