package io.euryale.group.recipe;

import io.euryale.group.Service;
import io.euryale.group.named.Admission;
import io.euryale.group.named.GroupEvents;
import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupMessage;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.GroupView;
import io.euryale.group.named.JoinOptions;
import io.euryale.group.named.NamedGroups;
import io.euryale.kernel.PeerName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A lock that one member holds, with a token that fences it: the place in the order at which it
/// was granted, so that a later holder's token is always greater. Whatever the holder writes to
/// keeps
/// the greatest token it saw and refuses smaller ones.
///
/// It is released by its holder, and when the holder leaves or dies. After each new view all
/// members report what they hold and want, one message each, and nothing is granted until all
/// have; so the
/// lock needs no state transfer and survives merges. Nothing is granted in a transitional view.
///
/// With a guard a holder is told of its lock in the primary component only, and told that it lost
/// it when the guard says so. Without one both sides of a partition grant it; when they meet, the
/// greater token stays and the other holder is told that it lost.
public final class Lock implements GroupEvents {

  /// Told about this member's hold.
  public interface Listener {
    /// This member holds the lock.
    ///
    /// @param token greater than all before
    void acquired(long nowNanos, long token);

    /// This member holds the lock no more, and did not release it.
    void lost(long nowNanos, long token);
  }

  private record Report(long held, long wantedSince, long known) {}

  private record Wanting(GroupMemberId member, long since) {}

  private final NamedGroups groups;
  private final PeerName application;
  private final GroupName group;
  private final BooleanSupplier primary;
  private final Listener listener;

  private @Nullable GroupView view;
  private final TreeMap<GroupMemberId, Report> reports = new TreeMap<>();
  private boolean isSettled;

  // What all members know alike once all have reported.
  private @Nullable GroupMemberId holder;
  private long token;
  private final List<Wanting> queue = new ArrayList<>();

  /// The greatest token that was granted as far as this member knows.
  private long known;

  // What this member knows of itself.
  private boolean wants;
  private long held;
  private boolean isTold;

  /// Releases sent since the report that have not come back; a grant before them is not for keeps.
  private int releasing;

  private final ArrayDeque<String> unsent = new ArrayDeque<>();

  public Lock(
      NamedGroups groups,
      PeerName application,
      GroupName group,
      BooleanSupplier primary,
      Listener listener) {
    this.groups = groups;
    this.application = application;
    this.group = group;
    this.primary = primary;
    this.listener = listener;
  }

  /// Takes part.
  public Admission join(long nowNanos) {
    return groups.join(nowNanos, application, group, JoinOptions.STATELESS, this);
  }

  /// Takes part no more; a lock that is held is released.
  public Admission leave(long nowNanos) {
    return groups.leave(nowNanos, application, group);
  }

  /// Asks for the lock; [Listener#acquired] follows.
  public void acquire(long nowNanos) {
    if (!wants && held == 0) {
      wants = true;
      send(nowNanos, "acquire");
    }
  }

  /// Gives the lock back, or asks for it no more.
  public void release(long nowNanos) {
    if (wants || held != 0) {
      wants = false;
      held = 0;
      isTold = false;
      sendRelease(nowNanos);
    }
  }

  /// The token, or 0 when this member does not hold the lock or may not know it.
  public long token() {
    return isTold ? held : 0;
  }

  /// The guard's answer may have changed.
  public void primaryChanged(long nowNanos) {
    tell(nowNanos);
  }

  private void tell(long nowNanos) {
    boolean guarded = primary.getAsBoolean();
    if (held != 0 && !isTold && guarded && isSettled) {
      isTold = true;
      listener.acquired(nowNanos, held);
    } else if (held != 0 && isTold && !guarded) {
      lose(nowNanos);
      sendRelease(nowNanos);
    }
  }

  private void lose(long nowNanos) {
    long lost = held;
    boolean wasTold = isTold;
    held = 0;
    isTold = false;
    if (wasTold) {
      listener.lost(nowNanos, lost);
    }
  }

  private void sendRelease(long nowNanos) {
    releasing++;
    send(nowNanos, "release");
  }

  private void send(long nowNanos, String text) {
    unsent.add(text);
    flush(nowNanos);
  }

  private void flush(long nowNanos) {
    GroupView present = view;
    while (present != null && !unsent.isEmpty()) {
      byte[] bytes = unsent.getFirst().getBytes(StandardCharsets.UTF_8);
      if (!groups
          .multicast(nowNanos, application, group, Service.AGREED, 0, ByteBuffer.wrap(bytes))
          .isAccepted()) {
        return;
      }
      unsent.removeFirst();
    }
  }

  @Override
  public void view(long nowNanos, GroupView next) {
    view = next;
    isSettled = false;
    reports.clear();
    queue.clear();
    holder = null;
    token = 0;
    unsent.clear();
    releasing = 0;
    if (held != 0 && !isTold) {
      held = 0; // Nobody acted on it, and the other side of a partition may have granted since.
      wants = true;
    }
    if (next.isRegular()) {
      send(nowNanos, "report " + next.id() + " " + held + " " + (wants ? 1 : 0) + " " + known);
    }
  }

  @Override
  public void message(long nowNanos, GroupMessage message) {
    GroupView present = view;
    if (present == null || !present.isRegular()) {
      return; // What it said is in its next report.
    }
    String[] words = StandardCharsets.UTF_8.decode(message.payload()).toString().split(" ", -1);
    GroupMemberId from = message.sender();
    if (words[0].equals("report") && words.length == 5) {
      if (words[1].equals(present.id().toString())) {
        reports.put(from, new Report(number(words[2]), number(words[3]), number(words[4])));
        if (!isSettled && reports.keySet().containsAll(present.members())) {
          settle(nowNanos, present, message.position());
        }
      }
    } else if (reports.containsKey(from)) {
      if (words[0].equals("acquire")) {
        acquired(from, message.position());
      } else if (words[0].equals("release")) {
        released(from);
        if (from.equals(groups.member(application))) {
          releasing--;
        }
      }
      grant(nowNanos, message.position());
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /// Before all have reported, what is said after a report changes that report.
  private void acquired(GroupMemberId from, long position) {
    if (!isSettled) {
      reports.computeIfPresent(from, (_, r) -> new Report(r.held(), position, r.known()));
    } else if (!from.equals(holder) && queue.stream().noneMatch(w -> w.member().equals(from))) {
      queue.add(new Wanting(from, position));
    }
  }

  private void released(GroupMemberId from) {
    if (!isSettled) {
      reports.computeIfPresent(from, (_, r) -> new Report(0, 0, r.known()));
      return;
    }
    queue.removeIf(wanting -> wanting.member().equals(from));
    if (from.equals(holder)) {
      holder = null;
    }
  }

  private void settle(long nowNanos, GroupView present, long position) {
    isSettled = true;
    for (Map.Entry<GroupMemberId, Report> entry : reports.entrySet()) {
      Report report = entry.getValue();
      if (report.held() > token) {
        token = report.held();
        holder = entry.getKey();
      }
      known = Math.max(known, report.known());
      if (report.wantedSince() > 0) {
        queue.add(new Wanting(entry.getKey(), report.wantedSince()));
      }
    }
    queue.sort(
        Comparator.comparingLong(Wanting::since)
            .thenComparingInt(w -> present.members().indexOf(w.member())));
    if (token < known) {
      holder = null; // What was granted after it may have been used: it fences nothing any more.
    }
    if (held != 0 && (held != token || holder == null)) {
      lose(nowNanos); // The other side of a partition had granted it later.
    }
    grant(nowNanos, position);
    tell(nowNanos);
  }

  private void grant(long nowNanos, long position) {
    if (isSettled && holder == null && !queue.isEmpty()) {
      holder = queue.removeFirst().member();
      token = position;
      known = position;
      if (holder.equals(groups.member(application)) && wants && releasing == 0) {
        wants = false;
        held = position;
        tell(nowNanos);
      }
    }
  }

  @Override
  public void writable(long nowNanos) {
    flush(nowNanos);
  }

  @Override
  public void left(long nowNanos, GroupView.Cause cause) {
    view = null;
    wants = false;
    unsent.clear();
    isSettled = false;
    if (held != 0) {
      lose(nowNanos);
    }
  }
}
