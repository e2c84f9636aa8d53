package io.euryale.group.named;

import io.euryale.group.Service;
import io.euryale.group.Submission;
import io.euryale.group.named.GroupFrame.Credit;
import io.euryale.group.named.GroupFrame.Data;
import io.euryale.group.named.GroupFrame.Flush;
import io.euryale.group.named.GroupFrame.Leave;
import io.euryale.group.named.GroupFrame.Unordered;
import io.euryale.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What this peer has to send: the layer's own frames first, then the messages of each group in
/// turn, as far as the group's credit and the ordering layer's room go.
///
/// What was submitted and not bound when the configuration changes is bound to the next one, where
/// all ignore it; it is submitted again once the views are there.
final class Outbox {

  private static final class Queue {
    final ArrayDeque<Outgoing> items = new ArrayDeque<>();
    long bytes;
  }

  /// A submission that was not reported as sent.
  private static final class Unsent {
    final int bytes;
    @Nullable Outgoing item;

    Unsent(int bytes, @Nullable Outgoing item) {
      this.bytes = bytes;
      this.item = item;
    }
  }

  private final Site site;
  private final Submission submission;
  private final Credits credits;
  private final WireWriter writer = new WireWriter();

  private final ArrayDeque<Outgoing> internal = new ArrayDeque<>();

  /// In the order in which they are served; a group that was served goes to the end.
  private final LinkedHashMap<GroupName, Queue> queues = new LinkedHashMap<>();

  private final ArrayDeque<Unsent> unsent = new ArrayDeque<>();
  private long unsentBytes;
  private long queuedBytes;

  /// Own messages of this configuration, by sequence, until they are delivered and stable.
  private final TreeMap<Long, Outgoing.Message> sent = new TreeMap<>();

  private long stableUpTo;

  /// Groups in which this peer asked to send unordered messages.
  private final TreeSet<GroupName> unordering = new TreeSet<>();

  private boolean isDraining;

  Outbox(Site site, Submission submission, Credits credits) {
    this.site = site;
    this.submission = submission;
    this.credits = credits;
  }

  /// Queues a frame of the layer; [#drain] sends it.
  void add(GroupFrame frame, Service service) {
    internal.add(new Outgoing.Internal(frame, service, false));
  }

  /// Queues a frame that is wanted in the next configuration as well.
  void addLasting(GroupFrame frame) {
    internal.add(new Outgoing.Internal(frame, Service.AGREED, true));
  }

  /// Whether the queues have room for a message; an empty queue has.
  boolean hasRoom(GroupName group, int bytes) {
    Queue queue = queues.get(group);
    return queue == null
        || queue.items.isEmpty()
        || (queue.bytes + bytes <= site.settings.groupQueueBytes()
            && queuedBytes + bytes <= site.settings.queueBytes());
  }

  void add(Outgoing.Message message) {
    Queue queue = queues.computeIfAbsent(message.membership.group, _ -> new Queue());
    queue.items.add(message);
    queue.bytes += message.payload.length;
    queuedBytes += message.payload.length;
  }

  void add(Outgoing.Leaving leaving) {
    queues.computeIfAbsent(leaving.membership().group, _ -> new Queue()).items.add(leaving);
  }

  /// Forgets what a member has queued.
  void drop(Membership membership) {
    Queue queue = queues.get(membership.group);
    if (queue == null) {
      return;
    }
    for (Iterator<Outgoing> items = queue.items.iterator(); items.hasNext(); ) {
      switch (items.next()) {
        case Outgoing.Message m when m.membership == membership -> {
          items.remove();
          queue.bytes -= m.payload.length;
          queuedBytes -= m.payload.length;
        }
        case Outgoing.Leaving l when l.membership() == membership -> items.remove();
        default -> {}
      }
    }
  }

  /// The peer has no member in the group any more.
  void ended(GroupName group) {
    unordering.remove(group);
  }

  /// Submits what may go.
  void drain(long nowNanos) {
    if (isDraining || site.phase == Site.Phase.NONE || site.phase == Site.Phase.TRANSITIONAL) {
      return;
    }
    isDraining = true;
    try {
      if (drainInternal() && site.phase == Site.Phase.OPEN) {
        drainQueues(nowNanos);
      }
    } finally {
      isDraining = false;
    }
    tellRoom(nowNanos);
  }

  private boolean drainInternal() {
    while (true) {
      Outgoing next = internal.peek();
      if (next == null) {
        Credit credit = site.phase == Site.Phase.OPEN ? credits.credit() : null;
        if (credit == null) {
          return true;
        }
        add(credit, Service.RELIABLE);
        continue;
      }
      if (!(next instanceof Outgoing.Internal item)
          || (site.phase == Site.Phase.EXCHANGING
              && !(item.frame() instanceof GroupFrame.Memberships))) {
        return false;
      }
      internal.remove();
      if (!submit(item.service(), item.frame(), item)) {
        internal.addFirst(item);
        return false;
      }
    }
  }

  private void drainQueues(long nowNanos) {
    int idle = 0;
    while (idle < queues.size() && unsentBytes < site.settings.unsentBytes()) {
      Map.Entry<GroupName, Queue> entry = queues.pollFirstEntry();
      GroupName group = entry.getKey();
      Queue queue = entry.getValue();
      Outgoing item = queue.items.peek();
      queues.put(group, queue);
      // An empty queue stays until those that wait for room in it were told.
      if (item == null || !mayPass(nowNanos, group, item)) {
        idle++;
        continue;
      }
      idle = 0;
      queue.items.remove();
      if (!pass(group, item)) {
        queue.items.addFirst(item);
        return;
      }
      if (item instanceof Outgoing.Message message) {
        queue.bytes -= message.payload.length;
        queuedBytes -= message.payload.length;
      }
      if (!drainInternal()) {
        return;
      }
    }
  }

  private boolean mayPass(long nowNanos, GroupName group, Outgoing item) {
    return !(item instanceof Outgoing.Message message)
        || message.service == Service.UNRELIABLE
        || credits.mayPass(nowNanos, group);
  }

  private boolean pass(GroupName group, Outgoing item) {
    return switch (item) {
      case Outgoing.Leaving l ->
          submit(Service.AGREED, new Leave(group, l.membership().application(), false), item);
      case Outgoing.Message m -> pass(group, m);
      case Outgoing.Internal i -> submit(i.service(), i.frame(), i);
    };
  }

  private boolean pass(GroupName name, Outgoing.Message message) {
    Group group = site.groups.get(name);
    if (group == null || !message.membership.isInView) {
      return true; // It was put out of the group at its place in the order, and told so.
    }
    Service service = carrier(group, message.service);
    boolean counts = message.service != Service.UNRELIABLE;
    int bytes = message.payload.length + 100;
    long offset = counts ? credits.send(name, bytes) : 0;
    Data data =
        new Data(
            name,
            message.membership.application(),
            message.service,
            group.number,
            group.history,
            offset,
            message.to,
            ByteBuffer.wrap(message.payload));
    if (submit(service, data, message)) {
      return true;
    }
    if (counts) {
      credits.unsend(name, bytes);
    }
    return false;
  }

  /// With which service a message travels. What does not wait for the total order may do so only
  /// while this peer is known to send such messages and the view is not about to change; until then
  /// the order carries it. RELIABLE travels as FIFO, so that a flush comes after it.
  private Service carrier(Group group, Service asked) {
    if (asked.isOrdered() || asked == Service.UNRELIABLE) {
      return asked;
    }
    Service early = asked == Service.RELIABLE ? Service.FIFO : asked;
    if (!site.rules.keepsView()) {
      return early;
    }
    if (!group.unordered.contains(site.self)) {
      if (unordering.add(group.name)) {
        add(new Unordered(group.name), Service.AGREED);
      }
      return Service.AGREED;
    }
    return group.pending.isEmpty() ? early : Service.AGREED;
  }

  /// This peer sends nothing more in the present view that does not wait for the order.
  void flush(Group group) {
    add(new Flush(group.name, group.number), Service.AGREED);
  }

  private boolean submit(Service service, GroupFrame frame, Outgoing item) {
    ByteBuffer bytes = GroupCodec.encode(writer, site.tag, frame);
    Unsent entry = new Unsent(bytes.remaining(), item);
    unsent.add(entry); // Before the call: it may report the message as sent.
    unsentBytes += entry.bytes;
    if (!submission.submit(service, bytes)) {
      unsent.removeLast();
      unsentBytes -= entry.bytes;
      return false;
    }
    return true;
  }

  private void tellRoom(long nowNanos) {
    for (Map.Entry<GroupName, Queue> entry : List.copyOf(queues.entrySet())) {
      Queue queue = entry.getValue();
      if (queue.bytes * 2 <= site.settings.groupQueueBytes()
          && queuedBytes * 2 <= site.settings.queueBytes()) {
        for (Membership membership : site.memberships(entry.getKey())) {
          if (membership.wantsRoom) {
            membership.wantsRoom = false;
            if (!membership.isSilent) {
              membership.events.writable(nowNanos);
            }
          }
        }
      }
      if (queue.items.isEmpty()) {
        queues.remove(entry.getKey(), queue);
      }
    }
  }

  /// The next submission was bound.
  void sent(long nowNanos, long sequence) {
    Unsent entry = unsent.poll();
    if (entry == null) {
      return;
    }
    unsentBytes -= entry.bytes;
    if (entry.item instanceof Outgoing.Message message) {
      sent.put(sequence, message);
      Group group = site.groups.get(message.membership.group);
      if (group != null) {
        site.trace.send(
            nowNanos,
            group.name,
            site.viewId(group),
            sequence,
            message.service,
            !message.to.isEmpty(),
            ByteBuffer.wrap(message.payload));
      }
    }
  }

  /// An own message comes back; null when it was not an application message.
  Outgoing.@Nullable Message delivered(long sequence) {
    Outgoing.Message message = sent.get(sequence);
    if (message != null) {
      message.isDelivered = true;
      if (message.isStable) {
        sent.remove(sequence);
      }
    }
    return message;
  }

  /// All members hold the own messages up to a sequence.
  void stable(long nowNanos, long sequence) {
    if (sequence <= stableUpTo) {
      return;
    }
    List<Outgoing.Message> now =
        List.copyOf(sent.subMap(stableUpTo, false, sequence, true).values());
    sent.subMap(stableUpTo, false, sequence, true).values().removeIf(m -> m.isDelivered);
    stableUpTo = sequence;
    now.forEach(message -> stable(nowNanos, message));
  }

  private static void stable(long nowNanos, Outgoing.Message message) {
    if (!message.isStable) {
      message.isStable = true;
      if (!message.membership.isSilent) {
        message.membership.events.stable(nowNanos, message.token);
      }
    }
  }

  /// A regular configuration begins: what was delivered is held by all that came along, and what
  /// was not sent is queued again, in its order, before what came later.
  void restart(long nowNanos) {
    List<Outgoing.Message> delivered = sent.values().stream().filter(m -> m.isDelivered).toList();
    sent.clear();
    unordering.clear();
    List<Outgoing> again = new ArrayList<>();
    for (Unsent entry : unsent) {
      if (entry.item != null) {
        again.add(entry.item);
        entry.item = null;
      }
    }
    internal.removeIf(item -> !(item instanceof Outgoing.Internal i) || !i.outlives());
    for (Outgoing item : again.reversed()) {
      switch (item) {
        case Outgoing.Internal i -> {
          if (i.outlives()) {
            internal.addFirst(i);
          }
        }
        case Outgoing.Message m when m.membership.isSilent -> {} // Its leave goes before it.
        case Outgoing.Message m -> {
          Queue queue = queues.computeIfAbsent(m.membership.group, _ -> new Queue());
          queue.items.addFirst(m);
          queue.bytes += m.payload.length;
          queuedBytes += m.payload.length;
        }
        case Outgoing.Leaving l ->
            queues.computeIfAbsent(l.membership().group, _ -> new Queue()).items.addFirst(l);
      }
    }
    delivered.forEach(message -> stable(nowNanos, message));
  }

  /// Puts the exchange before everything else.
  void addFirst(List<GroupFrame.Memberships> parts) {
    for (GroupFrame.Memberships part : parts.reversed()) {
      internal.addFirst(new Outgoing.Internal(part, Service.AGREED, false));
    }
  }

  /// Whether nothing waits here.
  boolean isEmpty() {
    return internal.isEmpty() && queues.values().stream().allMatch(q -> q.items.isEmpty());
  }
}
