package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.group.named.GroupFrame.Chunk;
import io.euryale.group.named.GroupFrame.ChunkKind;
import io.euryale.group.named.GroupFrame.ChunkTaken;
import io.euryale.group.named.GroupFrame.StateDone;
import io.euryale.group.named.GroupFrame.StateRequest;
import io.euryale.kernel.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Application state on its way from and to the applications of this peer.
///
/// The giver's snapshot is taken at a point of the order (a join, a request, the end of an
/// exchange). From that point on the receiver keeps what is delivered to it, and it is given that
/// after the last chunk. When the giver goes, fails, or too much is kept, the receiver asks for a
/// snapshot at a later point; a change of the configuration begins all transfers anew.
final class Transfers {

  private record Key(GroupName group, GroupMemberId receiver) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byGroup = group.compareTo(other.group);
      return byGroup != 0 ? byGroup : receiver.compareTo(other.receiver);
    }
  }

  /// State that an application here gives.
  private static final class Giving {
    final Membership giver;
    final int attempt;
    final StateSource source;
    int next;
    int taken;
    boolean isOver;

    /// What did not fit into the chunk before.
    @Nullable ByteBuffer rest;

    Giving(Membership giver, int attempt, StateSource source) {
      this.giver = giver;
      this.attempt = attempt;
      this.source = source;
    }
  }

  private final Site site;
  private final Outbox outbox;
  private final Credits credits;
  private final TreeMap<Key, Giving> giving = new TreeMap<>();

  /// Snapshots that a planted mistake takes too late.
  private final List<Runnable> late = new ArrayList<>();

  Transfers(Site site, Outbox outbox, Credits credits) {
    this.site = site;
    this.outbox = outbox;
    this.credits = credits;
  }

  /// This is the point of the order at which `receiver` needs the state of `giver`.
  void begin(
      long nowNanos, GroupName group, GroupMemberId receiver, int attempt, GroupMemberId giver) {
    Membership to = site.membership(group, receiver);
    if (to != null) {
      to.intake = new Intake(attempt, giver);
      to.placed = attempt;
    }
    Membership from = site.membership(group, giver);
    if (from == null) {
      return;
    }
    if (site.rules.snapshotsInPlace()) {
      give(nowNanos, from, group, receiver, attempt);
    } else {
      late.add(() -> give(nowNanos, from, group, receiver, attempt));
    }
  }

  /// A receiver asks anew: what an application here still gives it is of no use.
  void cancel(GroupName group, GroupMemberId receiver) {
    close(giving.remove(new Key(group, receiver)));
  }

  /// Takes the snapshots that are late.
  void takeLate() {
    List<Runnable> now = List.copyOf(late);
    late.clear();
    now.forEach(Runnable::run);
  }

  boolean isLate() {
    return !late.isEmpty();
  }

  private void give(
      long nowNanos, Membership from, GroupName group, GroupMemberId receiver, int attempt) {
    Key key = new Key(group, receiver);
    close(giving.remove(key));
    StateSource source = from.isSilent ? null : from.events.snapshot(nowNanos, receiver);
    if (source == null) {
      chunk(from, key, attempt, 0, ChunkKind.FAILED, ByteBuffer.allocate(0));
      return;
    }
    Giving made = new Giving(from, attempt, source);
    giving.put(key, made);
    pump(key, made);
  }

  private void pump(Key key, Giving from) {
    while (!from.isOver && from.next - from.taken < site.settings.stateWindow()) {
      ByteBuffer rest = from.rest;
      ByteBuffer chunk = rest != null ? rest : from.source.next();
      from.rest = null;
      if (chunk == null || !chunk.hasRemaining()) {
        boolean failed = from.source.isFailed();
        if (failed || from.source.isFinished()) {
          from.isOver = true;
          chunk(
              from.giver,
              key,
              from.attempt,
              from.next++,
              failed ? ChunkKind.FAILED : ChunkKind.LAST,
              ByteBuffer.allocate(0));
          giving.remove(key, from);
          from.source.close();
        }
        return;
      }
      int size = (int) Math.min(chunk.remaining(), site.settings.stateChunkBytes());
      ByteBuffer copy = ByteBuffer.allocate(size);
      copy.put(chunk.slice(chunk.position(), size)).flip();
      chunk.position(chunk.position() + size);
      if (chunk.hasRemaining()) {
        from.rest = chunk;
      }
      chunk(from.giver, key, from.attempt, from.next++, ChunkKind.MORE, copy);
    }
  }

  private void chunk(
      Membership from, Key key, int attempt, int index, ChunkKind kind, ByteBuffer bytes) {
    outbox.add(
        new Chunk(key.group(), from.application(), key.receiver(), attempt, index, kind, bytes),
        Service.FIFO);
  }

  /// A source that had nothing may have something.
  void available(Membership giver) {
    for (Map.Entry<Key, Giving> entry : List.copyOf(giving.entrySet())) {
      if (entry.getValue().giver == giver) {
        pump(entry.getKey(), entry.getValue());
      }
    }
  }

  /// The receiver took chunks.
  void taken(PeerId from, ChunkTaken taken) {
    Key key = new Key(taken.group(), new GroupMemberId(from, taken.receiver()));
    Giving to = giving.get(key);
    if (to != null && to.attempt == taken.attempt() && taken.next() <= to.next) {
      to.taken = Math.max(to.taken, taken.next());
      pump(key, to);
    }
  }

  /// Whether a chunk belongs to a transfer whose point has not come here.
  boolean isEarly(Chunk chunk) {
    Membership to = site.membership(chunk.group(), chunk.receiver());
    return to != null && chunk.attempt() > to.placed && chunk.attempt() <= to.asked;
  }

  /// A chunk arrived.
  void arrived(long nowNanos, PeerId from, Chunk chunk) {
    Membership to = site.membership(chunk.group(), chunk.receiver());
    Intake intake = to == null ? null : to.intake;
    GroupMemberId giver = new GroupMemberId(from, chunk.giver());
    if (to == null
        || intake == null
        || intake.attempt != chunk.attempt()
        || intake.next != chunk.index()
        || !giver.equals(intake.giver)) {
      return;
    }
    intake.next++;
    if (chunk.kind() == ChunkKind.FAILED) {
      restart(nowNanos, to);
      return;
    }
    if (chunk.index() == 0 && !to.isSilent) {
      to.events.stateBegins(nowNanos, giver);
    }
    if (chunk.kind() == ChunkKind.LAST) {
      complete(nowNanos, to, intake, giver);
      return;
    }
    intake.stateBytes += chunk.bytes().remaining();
    if (!to.isSilent) {
      to.events.state(nowNanos, chunk.bytes().duplicate());
    }
    take(to);
  }

  /// Tells the giver what was taken, unless the application is paused.
  void take(Membership to) {
    Intake intake = to.intake;
    if (intake == null || site.paused.contains(to.application())) {
      return;
    }
    GroupMemberId giver = intake.giver;
    if (giver != null && intake.next - intake.told >= (site.settings.stateWindow() + 1) / 2) {
      intake.told = intake.next;
      outbox.add(
          new ChunkTaken(to.group, giver, to.application(), intake.attempt, intake.next),
          Service.RELIABLE);
    }
  }

  private void complete(long nowNanos, Membership to, Intake intake, GroupMemberId giver) {
    to.intake = null;
    to.restarts = 0;
    outbox.add(new StateDone(to.group, to.application()), Service.AGREED);
    site.observer.transferred(nowNanos, to.group, intake.stateBytes, "complete");
    if (!to.isSilent) {
      to.events.stateComplete(nowNanos, giver);
    }
    for (Intake.Kept kept : intake.kept) {
      switch (kept) {
        case Intake.Kept.View v -> to.view(nowNanos, v.view());
        case Intake.Kept.Message m -> to.message(nowNanos, m.message());
      }
    }
    credits.release(nowNanos, to.group);
  }

  /// More is kept for the member than may be.
  void check(long nowNanos, Membership to) {
    Intake intake = to.intake;
    if (intake != null && intake.keptBytes > site.settings.stateBufferBytes()) {
      restart(nowNanos, to);
    }
  }

  /// The transfer begins anew at a later point; what is kept is forgotten, as the later snapshot
  /// contains it.
  private void restart(long nowNanos, Membership to) {
    Intake before = to.intake;
    to.restarts++;
    boolean again = to.restarts < site.settings.stateAttempts();
    site.observer.transferred(
        nowNanos,
        to.group,
        before == null ? 0 : before.stateBytes,
        again ? "restarted" : "refused");
    to.asked = ++site.attempts;
    to.intake = Intake.waiting(to.asked);
    if (again) {
      outbox.add(
          new StateRequest(to.group, to.application(), to.asked, to.restarts, null),
          Service.AGREED);
    } else {
      to.refused(
          nowNanos,
          new Refusal(
              Refusal.Reason.NO_STATE,
              "The state of group "
                  + to.group
                  + " could not be had in "
                  + to.restarts
                  + " attempts; the application leaves it. Join again when the group is calmer, or"
                  + " raise stateBufferBytes"));
      to.stage = Membership.Stage.LEAVING;
      outbox.add(new Outgoing.Leaving(to));
    }
    credits.release(nowNanos, to.group);
  }

  /// Nobody has state.
  void none(long nowNanos, Membership to) {
    to.intake = null;
    to.placed = to.asked;
    site.observer.transferred(nowNanos, to.group, 0, "none");
    if (!to.isSilent) {
      to.events.noState(nowNanos);
    }
  }

  /// A member is out of the group.
  void left(long nowNanos, GroupName group, GroupMemberId member) {
    for (Map.Entry<Key, Giving> entry : List.copyOf(giving.entrySet())) {
      Key key = entry.getKey();
      Giving from = entry.getValue();
      if (key.group().equals(group)
          && (key.receiver().equals(member) || from.giver.id.equals(member))) {
        giving.remove(key);
        close(from);
      }
    }
    if (site.phase == Site.Phase.OPEN) {
      for (Membership to : site.memberships(group)) {
        Intake intake = to.intake;
        if (intake != null && member.equals(intake.giver) && to.stage == Membership.Stage.MEMBER) {
          restart(nowNanos, to);
        }
      }
    }
  }

  /// The configuration is over: all transfers stop.
  void stop() {
    List<Giving> all = List.copyOf(giving.values());
    giving.clear();
    late.clear();
    all.forEach(Transfers::close);
    for (Membership to : site.memberships()) {
      if (to.intake != null) {
        to.intake = Intake.waiting(to.asked);
      }
    }
  }

  private static void close(@Nullable Giving over) {
    if (over != null && !over.isOver) {
      over.isOver = true;
      over.source.close();
    }
  }
}
