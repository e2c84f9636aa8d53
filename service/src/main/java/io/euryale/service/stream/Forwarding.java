package io.euryale.service.stream;

import static io.euryale.service.stream.StreamFrames.COPY;
import static io.euryale.service.stream.StreamFrames.DATA;
import static io.euryale.service.stream.StreamFrames.DOWN;

import io.euryale.kernel.Home;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Sends packets on: to the cell above, to clients, as copies to the cell, and says when they are
/// due again.
final class Forwarding {

  private static final long TICK_NANOS = 5_000_000L;

  /// A cell that does not confirm after so many tries must not stop the stream.
  private static final int SYNCHRONOUS_TRIES = 3;

  private final StreamSettings settings;
  private final Home home;
  private final RelayLinks links;
  private final Clients clients;
  private final RelayCounters counters;
  private final Admission admission;
  private final CellOrder order;
  private final StreamRules rules;

  /// For last values only: what is kept for those who may come is not in custody.
  private final PacketStore lastValues;

  /// It was said that there is no room for last values, and has been so since.
  private boolean isCrowded;

  private final WireWriter writer = new WireWriter();
  private long wakeAtNanos = Long.MAX_VALUE;

  Forwarding(
      StreamSettings settings,
      Home home,
      RelayLinks links,
      Clients clients,
      RelayCounters counters,
      Admission admission,
      CellOrder order,
      StreamRules rules) {
    this.order = order;
    this.rules = rules;
    this.settings = settings;
    lastValues = new PacketStore(settings.storeBytes());
    this.home = home;
    this.links = links;
    this.clients = clients;
    this.counters = counters;
    this.admission = admission;
  }

  /// The earliest time at which a packet may be due again.
  long wakeAtNanos() {
    return wakeAtNanos;
  }

  void wakeBy(long nanos) {
    wakeAtNanos = Math.min(wakeAtNanos, nanos);
  }

  /// Before all that is due is looked at anew.
  void clearWake() {
    wakeAtNanos = Long.MAX_VALUE;
  }

  /// Forwards and copies a packet that this peer owns: together, the forward first, unless the cell
  /// must be synchronized before.
  void dispatch(long nowNanos, Flow flow, Slot slot, Replication.Form form) {
    boolean synchronizeFirst =
        form == Replication.Form.SYNCHRONOUS
            && !slot.held
            && slot.copyTries < SYNCHRONOUS_TRIES
            && links.siblings().length > 0;
    boolean first = slot.copyTries == 0 && slot.attempts == 0;
    if (!synchronizeFirst) {
      forward(nowNanos, flow, slot);
    }
    if (form == Replication.Form.PASSIVE && first) {
      copyLater(nowNanos, slot);
    } else {
      copyToCell(nowNanos, flow, slot);
    }
    repeatLater(nowNanos, slot);
  }

  /// Who is slow is not gone: what waits has attempts left, and its long pauses stay.
  void attemptAfresh(Flow flow) {
    flow.window.attemptAfresh(settings.attempts() / 2);
  }

  /// At the next multiple of its period, so that all that waits leaves in one batch; if it is not
  /// confirmed by then [0 §III.c].
  private void copyLater(long nowNanos, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet != null) {
      long period = Math.max(1, StreamFrames.periodNanos(packet));
      slot.copyAtNanos = nowNanos / period * period + period;
      wakeBy(slot.copyAtNanos);
    }
  }

  private void repeatLater(long nowNanos, Slot slot) {
    ByteBuffer packet = slot.packet;
    // What is copied in batches is not confirmed sooner than that.
    long pause =
        settings.pauseNanos(settings.retryPause().toNanos(), Math.max(0, slot.attempts - 1))
            + (packet == null ? 0 : StreamFrames.periodNanos(packet));
    // Rounded up, so that a burst is looked at once and not packet by packet.
    slot.retryAtNanos = (nowNanos + pause) / TICK_NANOS * TICK_NANOS + TICK_NANOS;
    wakeBy(slot.retryAtNanos);
  }

  /// A packet that this peer owns has its place in the agreed order of the cell: it may leave.
  void ordered(long nowNanos, Flow flow, Slot slot) {
    forward(nowNanos, flow, slot);
    repeatLater(nowNanos, slot);
  }

  /// Sends a packet on; without a way up, or anybody who wants it, that is no attempt.
  void forward(long nowNanos, Flow flow, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet != null && (slot.ordered || !isAgreed(packet))) {
      StreamFrames.patch(packet, DATA, flow.window.base());
      slot.mayLeave = true;
      if (sendOn(nowNanos, flow, packet, slot.attempts, slot.bornNanos, slot.arrivedNanos)) {
        slot.forwarded = true;
        slot.attempts++;
      }
    }
  }

  void copyToCell(long nowNanos, Flow flow, Slot slot) {
    ByteBuffer packet = slot.packet;
    if (packet == null) {
      return;
    }
    patchAge(packet, nowNanos, slot.bornNanos, 0);
    if (isAgreed(packet)) {
      submit(flow, slot, packet);
      return;
    }
    if (slot.held) {
      return;
    }
    slot.copyTries++;
    slot.copyAtNanos = Long.MAX_VALUE;
    if (!rules.copies(StreamFrames.form(packet))) {
      return;
    }
    StreamFrames.patch(packet, COPY, flow.window.base());
    flow.copiedUpTo = Math.max(flow.copiedUpTo, StreamFrames.sequence(packet));
    RemoteLink[] siblings = links.siblings();
    int replicas = StreamFrames.replicas(packet);
    int count = replicas == 0 ? siblings.length : Math.min(replicas, siblings.length);
    for (int i = 0; i < count; i++) {
      if (home.send(siblings[i].id, packet)) {
        counters.copies++;
      }
    }
  }

  /// Whether as many siblings as a packet asks for keep copies of it, or all there are.
  boolean isHeldByEnough(Slot slot, ByteBuffer packet) {
    int wanted = Replication.confirmations(StreamFrames.replicas(packet));
    int possible = Math.max(1, links.siblingCount());
    return Long.bitCount(slot.confirmed) >= rules.confirmations(Math.min(wanted, possible));
  }

  private static boolean isAgreed(ByteBuffer packet) {
    return StreamFrames.form(packet) == Replication.Form.AGREED;
  }

  /// Gives a packet to the group of the cell, unless all of the group hold it already, or it is on
  /// its way through it, or has its place and nobody else is in the cell.
  private void submit(Flow flow, Slot slot, ByteBuffer packet) {
    boolean alone = slot.ordered && links.siblings().length == 0;
    if (!slot.submitted && !alone && (slot.unstable || !slot.held)) {
      StreamFrames.patch(packet, COPY, flow.window.base());
      slot.unstable = true;
      slot.submitted = order.submit(packet);
    }
  }

  /// Whether a packet that this peer owns has not left for want of a place in the agreed order.
  boolean waitsForGroup(Flow flow) {
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      ByteBuffer packet = slot.isOwned() ? slot.packet : null;
      if (packet != null && isAgreed(packet) && !slot.ordered) {
        return true;
      }
    }
    return false;
  }

  /// The group of the cell has room, or another configuration: what waits goes to it.
  ///
  /// @param again also what has its place, but is not known to be kept by others
  void submitWaiting(Flow flow, boolean again) {
    Window window = flow.window;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      ByteBuffer packet = slot.isOwned() ? slot.packet : null;
      if (packet != null && isAgreed(packet) && (again || !slot.ordered)) {
        submit(flow, slot, packet);
      }
    }
  }

  private void patchAge(ByteBuffer packet, long nowNanos, long bornNanos, long transitNanos) {
    StreamFrames.patchAge(packet, rules.age(nowNanos - bornNanos + transitNanos));
  }

  /// Sends a packet one hop on: to the cell above, or in the root cell to the clients that want it
  /// and lack it.
  ///
  /// @param attempt how often that was tried before
  /// @param bornNanos when it was published, on this process's clock
  /// @param arrivedNanos when it came here
  /// @return whether that was an attempt: it left, or who takes it was too slow for it
  boolean sendOn(
      long nowNanos, Flow flow, ByteBuffer packet, int attempt, long bornNanos, long arrivedNanos) {
    boolean sent = false;
    boolean tried = false;
    if (links.isRoot()) {
      keepLast(flow, packet, bornNanos); // Not sooner: a client may have it as soon as it is kept.
      long round = clients.nextRound();
      for (Client client : clients.present()) {
        Client.Progress progress = progressOf(client, flow);
        if (progress != null
            && !progress.has(StreamFrames.sequence(packet))
            && mayGo(nowNanos, progress, packet)) {
          tried = true;
          RemoteLink next = client.next;
          if (progress.conflated && !client.isHere()) {
            patchAge(packet, nowNanos, bornNanos, next.transitNanos);
            sent |= clients.send(client, packet);
          } else if (next.carried != round) {
            next.carried = round;
            patchAge(packet, nowNanos, bornNanos, next.transitNanos);
            StreamFrames.patchType(packet, client.isHere() ? DATA : DOWN);
            sent |= home.send(next.id, packet);
            StreamFrames.patchType(packet, DATA);
          }
          if (progress.traced && StreamFrames.isTraced(packet)) {
            tellHop(client, packet, arrivedNanos - bornNanos, nowNanos - bornNanos);
          }
        }
      }
    } else {
      RemoteLink up = links.upstream(attempt);
      RemoteLink first = links.upstream();
      sent =
          sendUp(nowNanos, up, packet, bornNanos, arrivedNanos)
              || (up != first && sendUp(nowNanos, first, packet, bornNanos, arrivedNanos));
    }
    if (StreamFrames.form(packet) == Replication.Form.NONE) {
      sent |= sendOverFormer(nowNanos, flow, packet, bornNanos, sent);
    }
    if (sent) {
      counters.forwarded++;
    } else if (!StreamFrames.isProtected(packet)) {
      counters.dropped++;
    }
    return sent || tried;
  }

  private boolean sendUp(
      long nowNanos,
      @Nullable RemoteLink up,
      ByteBuffer packet,
      long bornNanos,
      long arrivedNanos) {
    if (up == null) {
      return false;
    }
    patchAge(packet, nowNanos, bornNanos, up.transitNanos);
    boolean sent = home.send(up.id, packet);
    if (sent && StreamFrames.isTraced(packet)) {
      home.send(up.id, hop(up, packet, arrivedNanos - bornNanos, nowNanos - bornNanos));
    }
    return sent;
  }

  /// What nobody keeps must leave although this peer is moving. In a new root cell it goes both
  /// ways, since some clients may not have come yet; they drop what they have.
  private boolean sendOverFormer(
      long nowNanos, Flow flow, ByteBuffer packet, long bornNanos, boolean sent) {
    RemoteLink former = sent && !links.isRoot() ? null : links.former(nowNanos);
    if (former == null || former.id == flow.feeder) {
      return false;
    }
    patchAge(packet, nowNanos, bornNanos, former.transitNanos);
    return home.send(former.id, packet);
  }

  /// Tells a client how long this peer had a packet for it.
  void tellHop(Client to, ByteBuffer packet, long arrivedNanos, long leftNanos) {
    boolean _ = clients.send(to, hop(to.next, packet, arrivedNanos, leftNanos));
  }

  private ByteBuffer hop(RemoteLink to, ByteBuffer packet, long arrivedNanos, long leftNanos) {
    return StreamFrames.encode(
        writer,
        new StreamFrames.Message.Hop(
            StreamFrames.flow(packet),
            StreamFrames.sequence(packet),
            links.self().name(),
            arrivedNanos / 1_000,
            leftNanos / 1_000,
            to.transitNanos / 1_000));
  }

  /// What a process below told of a packet goes the same way.
  void passOn(Flow flow, StreamFrames.Message.Hop hop) {
    if (links.isRoot()) {
      for (Client client : clients.present()) {
        Client.Progress progress = progressOf(client, flow);
        if (progress != null && progress.traced) {
          boolean _ = clients.send(client, StreamFrames.encode(writer, hop));
        }
      }
    } else {
      RemoteLink up = links.upstream();
      if (up != null) {
        home.send(up.id, StreamFrames.encode(writer, hop));
      }
    }
  }

  /// Whether a packet goes to a client now: one that wants the newest only has one payload at a
  /// time in flight. The newest of those that came meanwhile follows when it is confirmed, or when
  /// that takes so long that it may be lost.
  private boolean mayGo(long nowNanos, Client.Progress progress, ByteBuffer packet) {
    if (!progress.conflated) {
      return true;
    }
    long payload = StreamFrames.lastSequence(packet);
    if (payload < progress.inFlight) {
      return false; // It gave way to a newer one.
    }
    if (payload == progress.inFlight) {
      return true;
    }
    boolean begins = StreamFrames.fragment(packet) == 0;
    if (!begins || isInFlight(nowNanos, progress)) {
      counters.conflated += begins ? 1 : 0;
      return false;
    }
    progress.sent(nowNanos, payload);
    return true;
  }

  /// Whether what a conflating client was sent last may yet arrive. Each time that it does not
  /// confirm it gets longer: its link may be slow, or its application behind.
  private boolean isInFlight(long nowNanos, Client.Progress progress) {
    long pause = settings.pauseNanos(settings.retryPause().toNanos(), progress.inVain);
    return progress.inFlight > progress.upTo && nowNanos - progress.inFlightSinceNanos < pause;
  }

  /// A conflating client has what it was sent, or may have lost it: the newest packet follows.
  void catchUp(long nowNanos, Client client, Flow flow) {
    Client.Progress progress = client.progress(flow.id);
    long newest = flow.last.sequence();
    if (progress.conflated && newest > progress.upTo && !isInFlight(nowNanos, progress)) {
      progress.sent(nowNanos, newest);
      sendLast(nowNanos, client, flow, false);
    }
  }

  /// @param kept whether it is from before the client's subscription
  private void sendLast(long nowNanos, Client client, Flow flow, boolean kept) {
    for (ByteBuffer packet : flow.last.packets()) {
      StreamFrames.patch(packet, DATA, StreamFrames.floor(packet));
      StreamFrames.markKept(packet, kept);
      patchAge(packet, nowNanos, flow.last.bornNanos(), client.next.transitNanos);
      boolean _ = clients.send(client, packet);
    }
  }

  /// A client's progress in a flow, or null when it does not want the flow.
  Client.@Nullable Progress progressOf(Client client, Flow flow) {
    String name = flow.name();
    Client.Progress progress = name == null ? null : client.progress(flow.id, name);
    flow.keepsLast |= progress != null && progress.conflated;
    return progress;
  }

  /// Whether a client is there for a flow, or may come back to it.
  boolean isClaimed(Flow flow) {
    for (Client client : clients.claimants()) {
      if (progressOf(client, flow) != null) {
        return true;
      }
    }
    return false;
  }

  /// Sends a client what is kept of a flow and it lacks, as it did not want it before or is reached
  /// in another way; if that is nothing, the last value.
  void offer(long nowNanos, Client client, Flow flow) {
    Window window = flow.window;
    Client.Progress progress = client.progress(flow.id);
    boolean sent = false;
    for (long sequence = window.base(); sequence < window.next(); sequence++) {
      Slot slot = window.at(sequence);
      ByteBuffer packet = slot.isOwned() && !progress.has(sequence) ? slot.packet : null;
      if (packet != null && slot.mayLeave) {
        StreamFrames.patch(packet, DATA, window.base());
        patchAge(packet, nowNanos, slot.bornNanos, client.next.transitNanos);
        sent |= clients.send(client, packet);
      }
    }
    StreamQos wanted = client.wants(flow.nameOr(""));
    if (!sent && wanted != null && wanted.lastValue()) {
      sendLast(nowNanos, client, flow, true);
    }
  }

  /// Keeps a packet as the last value of its flow, where that is wanted.
  void keepLast(Flow flow, ByteBuffer packet, long bornNanos) {
    if (links.isRoot()
        && flow.keepsLast
        && rules.isNewer(StreamFrames.lastSequence(packet), flow.last.sequence())) {
      if (!flow.last.offer(packet, bornNanos, lastValues)) {
        lost(flow);
      }
      counters.lastValueBytes = lastValues.usedBytes();
    }
  }

  /// There was no room for a last value: each is counted, and the first of many is written down.
  private void lost(Flow flow) {
    counters.lastValuesLost++;
    if (!isCrowded) {
      isCrowded = true;
      admission.noLastValue(flow.nameOr("a stream"), settings.storeBytes());
    }
  }

  /// Lets go of buffers that nothing needed for a while.
  void trimLast(long nowNanos) {
    boolean _ = lastValues.trim(nowNanos);
    isCrowded &= lastValues.exceeds(2); // When it is half empty it is over.
  }

  /// The flow is forgotten.
  void forgetLast(Flow flow) {
    flow.last.clear(lastValues);
    counters.lastValueBytes = lastValues.usedBytes();
  }
}
