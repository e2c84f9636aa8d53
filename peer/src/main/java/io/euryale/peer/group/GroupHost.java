package io.euryale.peer.group;

import io.euryale.group.Delivery;
import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.group.named.Admission;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupSettings;
import io.euryale.group.named.GroupTrace;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.group.named.NamedGroups;
import io.euryale.group.named.Refusal;
import io.euryale.group.named.Right;
import io.euryale.group.named.Rights;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// The named groups of one traffic class, between application threads and the loop of the class.
final class GroupHost {

  private static final long LOOK_AGAIN_MILLIS = 100;

  /// The loop of the class.
  interface Loop {
    /// Runs a task.
    ///
    /// @return false when the peer has ended
    boolean execute(LongConsumer task);

    boolean isStopped();
  }

  private final TrafficClass trafficClass;
  private final PeerId self;
  private final Rights rights;
  private final GroupSettings settings;
  private final GroupAudit audit;
  private final Loop loop;
  private final NamedGroups groups;

  /// Added to and removed from by the loop; read by any thread at the end.
  private final List<GroupMembership> memberships = new CopyOnWriteArrayList<>();

  // Of the loop.
  private final Map<PeerName, Integer> fullLanes = new TreeMap<>();
  private final List<LongConsumer> primaryWatchers = new ArrayList<>();

  GroupHost(
      TrafficClass trafficClass,
      PeerId self,
      Rights rights,
      GroupSettings settings,
      GroupAudit audit,
      GroupTrace trace,
      Submission down,
      Loop loop) {
    this.trafficClass = trafficClass;
    this.self = self;
    this.rights = rights;
    this.settings = settings;
    this.audit = audit;
    this.loop = loop;
    groups = new NamedGroups(down, self, rights, settings, audit, trace);
  }

  /// Where the ordering core delivers.
  Delivery delivery() {
    return groups;
  }

  GroupSettings settings() {
    return settings;
  }

  TrafficClass trafficClass() {
    return trafficClass;
  }

  GroupMemberId member(PeerName application) {
    return new GroupMemberId(self, application);
  }

  boolean allows(Right right, GroupName group, PeerName application) {
    return rights.allows(right, group, member(application));
  }

  /// Refuses what the table of rights does not allow, and writes it down.
  void require(Right right, GroupName group, PeerName application) {
    if (!allows(right, group, application)) {
      String text =
          switch (right) {
            case JOIN -> " may not join group ";
            case SEND -> " may not send to group ";
            case RECEIVE -> " may not receive in group ";
          };
      String sentence =
          "Application " + application + text + group + "; grant it in the table of rights.";
      boolean _ =
          loop.execute(
              now -> audit.forbidden(now, member(application), right, group, sentence, true));
      throw new RefusedException(Reason.FORBIDDEN, sentence);
    }
  }

  /// Refuses a message that may not be sent, or is too large.
  ///
  /// @param receivers how many it names; 0 for all
  void requireSend(
      GroupName group, PeerName application, Service service, int receivers, int bytes) {
    require(Right.SEND, group, application);
    long limit = NamedGroups.mostBytes(settings, service, receivers);
    if (bytes > limit) {
      throw new RefusedException(
          Reason.TOO_LARGE,
          "A message of "
              + bytes
              + " bytes to group "
              + group
              + " is too large: the service "
              + service.label()
              + " takes at most "
              + limit
              + " bytes here.");
    }
  }

  // --- from any thread ---

  /// Runs a task on the loop.
  ///
  /// @return false when the peer has ended
  boolean execute(LongConsumer task) {
    return loop.execute(task);
  }

  /// Runs `work` on the loop and waits for its answer.
  ///
  /// @throws RefusedException when the peer has ended
  <T> T call(LongFunction<T> work) throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean taken =
        loop.execute(
            now -> {
              try {
                answer.complete(work.apply(now));
              } catch (RefusedException e) {
                answer.completeExceptionally(e);
              }
            });
    while (taken) {
      try {
        return answer.get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        // A task given just before the loop stopped never runs, so nobody would answer.
        taken = !loop.isStopped() || answer.isDone();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RefusedException refused
            ? refused
            : new IllegalStateException(e);
      }
    }
    throw closed();
  }

  boolean isStopped() {
    return loop.isStopped();
  }

  RefusedException closed() {
    return new RefusedException(
        Reason.CLOSED, "Peer " + self.name() + " has ended: start a new one to go on.");
  }

  GroupMembership join(
      GroupName group, PeerName application, JoinOptions options, GroupListener listener)
      throws InterruptedException {
    GroupMembership made = new GroupMembership(this, group, application, listener);
    return call(
        now -> {
          admit(groups.join(now, application, group, options, made.events()));
          memberships.add(made);
          return made;
        });
  }

  @Nullable GroupView view(GroupName group) throws InterruptedException {
    return answer(_ -> groups.view(group));
  }

  List<GroupName> names() throws InterruptedException {
    return call(_ -> groups.groups());
  }

  private <T> @Nullable T answer(LongFunction<@Nullable T> work) throws InterruptedException {
    List<T> found = new ArrayList<>();
    boolean _ =
        call(
            now -> {
              T value = work.apply(now);
              return value != null && found.add(value);
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  // --- on the loop ---

  NamedGroups groups() {
    return groups;
  }

  /// The memberships of applications here; any thread.
  List<GroupMembership> memberships() {
    return memberships;
  }

  void ended(GroupMembership membership) {
    memberships.remove(membership);
  }

  /// Throws what was refused.
  static void admit(Admission admission) {
    if (admission instanceof Admission.Refused(Refusal refusal)) {
      throw exception(refusal);
    }
  }

  static RefusedException exception(Refusal refusal) {
    Reason reason =
        switch (refusal.reason()) {
          case FORBIDDEN -> Reason.FORBIDDEN;
          case NOT_A_MEMBER -> Reason.NOT_A_MEMBER;
          case ALREADY_A_MEMBER -> Reason.DUPLICATE;
          case NO_SUCH_RECEIVER -> Reason.NO_SUCH_RECEIVER;
          case TOO_LARGE -> Reason.TOO_LARGE;
          case FULL -> Reason.FULL;
          case TOO_MANY -> Reason.TOO_MANY;
          case TABLES_DIFFER -> Reason.TABLES_DIFFER;
          case NO_STATE -> Reason.NO_STATE;
        };
    return new RefusedException(reason, refusal.text() + ".");
  }

  /// A lane of this application is full: senders to its groups are throttled until none is.
  void full(long now, PeerName application) {
    audit.slow();
    if (fullLanes.merge(application, 1, Integer::sum) == 1) {
      groups.pause(now, application);
    }
  }

  /// A lane of this application has room again.
  void room(long now, PeerName application) {
    Integer left = fullLanes.computeIfPresent(application, (_, n) -> n == 1 ? null : n - 1);
    if (left == null) {
      groups.resume(now, application);
    }
  }

  GroupPeerStatus.Groups status(GroupAudit audit) {
    long queued = 0;
    for (GroupMembership membership : memberships) {
      queued += membership.waiting();
    }
    return audit.status(groups.groups().size(), memberships.size(), fullLanes.size(), queued);
  }

  /// An application is gone: it leaves all its groups at once, and is told nothing more.
  void disconnect(long now, PeerName application) {
    groups.disconnect(now, application);
    RefusedException why =
        new RefusedException(Reason.CLOSED, "Application " + application + " is disconnected.");
    for (GroupMembership membership : memberships) {
      if (membership.self().application().equals(application)) {
        membership.abandoned(why);
      }
    }
  }

  /// The peer has ended; from any thread.
  void end() {
    for (GroupMembership membership : memberships) {
      membership.abandoned(closed());
    }
  }

  /// A task for whenever this peer's being primary changes.
  void watchPrimary(LongConsumer watcher) {
    primaryWatchers.add(watcher);
  }

  void unwatchPrimary(LongConsumer watcher) {
    primaryWatchers.remove(watcher);
  }

  void primaryChanged(long now) {
    List.copyOf(primaryWatchers).forEach(watcher -> watcher.accept(now));
  }
}
