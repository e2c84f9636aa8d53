package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a process outside asks of peers, one question each, repeated until it is answered or its
/// time is up. Not thread-safe.
final class Enquiries {

  private static final long REPEAT_NANOS = 500_000_000L;
  private static final long ANSWER_NANOS = 3_000_000_000L;

  /// A watch is renewed this often, which also takes it to the peer attached to now.
  private static final long RENEW_NANOS = 2_000_000_000L;

  private static final class Enquiry {
    /// Whom to ask; null for the peer attached to.
    final @Nullable PeerRef to;
    final Consumer<@Nullable CellMessage> answer;
    final boolean watch;
    final CellMessage question;
    long repeatNanos;
    long untilNanos;
    long digest;

    Enquiry(
        @Nullable PeerRef to,
        CellMessage question,
        boolean watch,
        Consumer<@Nullable CellMessage> answer) {
      this.to = to;
      this.question = question;
      this.watch = watch;
      this.answer = answer;
    }

    /// What to ask now: who watches says what it knows, or nobody would see that it is not so.
    CellMessage question() {
      return question instanceof CellMessage.Find(var id, var query, var lease, _, var route)
          ? new CellMessage.Find(id, query, lease, digest, route)
          : question;
    }
  }

  private final Links links;
  private final Map<Long, Enquiry> open = new LinkedHashMap<>();
  private long last;

  Enquiries(Links links) {
    this.links = links;
  }

  private long ask(long nowNanos, long id, Enquiry enquiry) {
    enquiry.repeatNanos = nowNanos;
    enquiry.untilNanos = enquiry.watch ? Long.MAX_VALUE : nowNanos + ANSWER_NANOS;
    open.put(id, enquiry);
    return id;
  }

  void drain(long nowNanos, PeerRef peer, Consumer<DrainAnswer> to) {
    CellMessage question = new CellMessage.DrainRequest();
    Consumer<@Nullable CellMessage> answer =
        reply ->
            to.accept(
                reply instanceof CellMessage.DrainReply said ? said.answer() : DrainAnswer.NONE);
    ask(nowNanos, ++last, new Enquiry(peer, question, false, answer));
  }

  void events(long nowNanos, PeerRef peer, long after, Consumer<LoggedEvents> to) {
    CellMessage question = new CellMessage.EventsRequest(after);
    Consumer<@Nullable CellMessage> answer =
        reply ->
            to.accept(
                reply instanceof CellMessage.EventsReply said
                    ? said.events()
                    : LoggedEvents.NOTHING);
    ask(nowNanos, ++last, new Enquiry(peer, question, false, answer));
  }

  void find(long nowNanos, Query query, Consumer<Findings> to) {
    long id = ++last;
    ask(nowNanos, id, new Enquiry(null, question(id, query, 0), false, reply -> tell(reply, to)));
  }

  long watch(long nowNanos, Query query, Consumer<Findings> to) {
    long id = ++last;
    return ask(
        nowNanos, id, new Enquiry(null, question(id, query, 1), true, reply -> tell(reply, to)));
  }

  private static CellMessage question(long id, Query query, long leaseMillis) {
    return new CellMessage.Find(id, query, leaseMillis, 0, List.of());
  }

  private static void tell(@Nullable CellMessage reply, Consumer<Findings> to) {
    to.accept(reply instanceof CellMessage.Found found ? found.findings() : Findings.NOTHING);
  }

  void unwatch(long watch) {
    open.remove(watch);
  }

  void answered(PeerRef from, CellMessage message) {
    for (Map.Entry<Long, Enquiry> each : List.copyOf(open.entrySet())) {
      Enquiry enquiry = each.getValue();
      PeerRef to = enquiry.to;
      boolean meant =
          switch (message) {
            case CellMessage.Found found -> found.id() == each.getKey();
            case CellMessage.DrainReply _ ->
                enquiry.question instanceof CellMessage.DrainRequest && isFrom(from, to);
            case CellMessage.EventsReply _ ->
                enquiry.question instanceof CellMessage.EventsRequest && isFrom(from, to);
            default -> false;
          };
      if (!meant) {
        continue;
      }
      if (enquiry.watch && message instanceof CellMessage.Found found) {
        long digest = found.findings().digest();
        if (digest != enquiry.digest) {
          enquiry.digest = digest;
          enquiry.answer.accept(message);
        }
      } else {
        open.remove(each.getKey());
        enquiry.answer.accept(message);
      }
    }
  }

  private static boolean isFrom(PeerRef from, @Nullable PeerRef meant) {
    return meant != null && from.id().equals(meant.id());
  }

  /// Repeats what is due, and gives up what is over.
  ///
  /// @param attached where the peer attached to listens; null while there is none
  void timerDue(long nowNanos, @Nullable Endpoint attached) {
    for (Map.Entry<Long, Enquiry> each : new ArrayList<>(open.entrySet())) {
      Enquiry enquiry = each.getValue();
      PeerRef to = enquiry.to;
      if (enquiry.untilNanos <= nowNanos) {
        open.remove(each.getKey());
        enquiry.answer.accept(null);
      } else if (enquiry.repeatNanos <= nowNanos) {
        enquiry.repeatNanos = nowNanos + (enquiry.watch ? RENEW_NANOS : REPEAT_NANOS);
        if (to != null) {
          links.send(nowNanos, to, enquiry.question());
        } else if (attached != null) {
          links.send(nowNanos, attached, enquiry.question());
        }
      }
    }
  }

  long nextDeadline() {
    long next = Long.MAX_VALUE;
    for (Enquiry enquiry : open.values()) {
      next = Math.min(next, Math.min(enquiry.repeatNanos, enquiry.untilNanos));
    }
    return next;
  }
}
