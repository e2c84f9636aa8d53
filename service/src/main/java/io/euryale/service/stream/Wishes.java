package io.euryale.service.stream;

import io.euryale.kernel.LongMap;
import io.euryale.service.stream.StreamFrames.Subscription;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a client asks of streams: compares it with what is offered, and tells of deadlines that
/// pass.
final class Wishes {

  private final Subscriber.Listener listener;
  private final StreamRules rules;
  private final Map<String, StreamQos> wishes = new TreeMap<>();

  /// The newest life of each stream.
  private final Map<String, Incoming> newestLives = new TreeMap<>();

  private long deadlineAtNanos = Long.MAX_VALUE;

  Wishes(Subscriber.Listener listener, StreamRules rules) {
    this.listener = listener;
    this.rules = rules;
  }

  void put(String pattern, StreamQos qos) {
    if (!StreamNames.isPattern(pattern)) {
      throw new IllegalArgumentException(
          "A pattern has 1 to 200 letters, digits, or '.', '_', '-', '/', ':', '*', '?': '"
              + pattern
              + "'");
    }
    if (wishes.size() >= StreamFrames.MAX_SUBSCRIPTIONS && !wishes.containsKey(pattern)) {
      throw new IllegalArgumentException(
          "A client has at most " + StreamFrames.MAX_SUBSCRIPTIONS + " subscriptions in a class");
    }
    wishes.put(pattern, qos);
  }

  void remove(String pattern) {
    wishes.remove(pattern);
  }

  List<Subscription> entries() {
    List<Subscription> entries = new ArrayList<>();
    wishes.forEach((pattern, qos) -> entries.add(new Subscription(qos, pattern)));
    return entries;
  }

  /// A wish is new, another, or gone: it is compared anew.
  static void forget(Incoming flow, String pattern) {
    flow.judged.remove(pattern);
    flow.unmeasured.remove(pattern);
  }

  /// Compares what is offered with what every subscription to the stream asks for: once, or twice
  /// when the path was not measured and nothing has come yet.
  void judge(long nowNanos, Incoming flow) {
    String stream = flow.stream();
    Set<String> refused = new TreeSet<>(flow.refusedBy);
    boolean[] conflated = {!wishes.isEmpty()};
    wishes.forEach(
        (pattern, qos) -> {
          if (!StreamNames.matches(pattern, stream)) {
            return;
          }
          conflated[0] &= qos.conflated();
          boolean isNew = flow.judged.add(pattern);
          if (isNew || (flow.pathNanos > 0 && flow.unmeasured.remove(pattern))) {
            StreamQos.Mismatch mismatch =
                rules.mismatch(qos, flow.advertised.offer(), flow.pathNanos);
            refused.remove(pattern);
            deadlineAtNanos = qos.deadline().isZero() ? deadlineAtNanos : nowNanos;
            if (mismatch != null) {
              refused.add(pattern);
              listener.refused(nowNanos, pattern, stream, flow.advertised.epoch(), mismatch);
            } else if (!qos.maxLatency().isZero() && flow.pathNanos == 0 && !flow.begun) {
              flow.unmeasured.add(pattern);
            }
          }
        });
    // In the order of names: that of Set.copyOf differs between processes, and equal seeds would
    // give unequal traces.
    flow.refusedBy = Collections.unmodifiableSet(refused);
    flow.conflated = conflated[0];
  }

  /// A life of a stream is new to this client.
  void begin(long nowNanos, Incoming flow) {
    flow.deliveredAtNanos = nowNanos;
    Incoming before = newestLives.get(flow.stream());
    if (before == null || before.advertised.epoch() < flow.advertised.epoch()) {
      newestLives.put(flow.stream(), flow);
      if (before != null) {
        before.successor = flow;
        flow.deliveredAtNanos = before.deliveredAtNanos; // A silence is one of the stream.
        flow.missed.addAll(before.missed);
      }
    } else {
      flow.successor = before; // A peer remembers a life that is over.
    }
  }

  void end(Incoming flow) {
    newestLives.remove(flow.stream(), flow);
  }

  /// Something of the stream is delivered now.
  ///
  /// @param kept whether it is a last value, which says nothing of the path
  void delivered(long nowNanos, Incoming flow, boolean kept) {
    if (!kept) {
      flow.begun = true;
      flow.unmeasured.clear();
    }
    for (Incoming life = flow; life != null; life = life.successor) {
      life.deliveredAtNanos = nowNanos;
      if (!life.missed.isEmpty()) {
        life.missed.clear();
        deadlineAtNanos = nowNanos; // Looked at anew.
      }
    }
  }

  /// When the next deadline may pass.
  long deadlineAtNanos() {
    return deadlineAtNanos;
  }

  /// Tells of deadlines that passed, and sees when the next one does.
  void reviewDeadlines(long nowNanos, LongMap<Incoming> flows) {
    deadlineAtNanos = Long.MAX_VALUE;
    wishes.forEach(
        (pattern, qos) -> {
          long deadline = qos.deadline().toNanos();
          if (deadline > 0) {
            flows.forEach(flow -> reviewDeadline(nowNanos, flow, pattern, deadline));
          }
        });
  }

  private void reviewDeadline(long nowNanos, Incoming flow, String pattern, long deadline) {
    if (flow.refusedBy.contains(pattern)
        || flow.missed.contains(pattern)
        || flow.successor != null
        || !StreamNames.matches(pattern, flow.stream())) {
      return;
    }
    long silentNanos = nowNanos - flow.deliveredAtNanos;
    if (silentNanos > deadline) {
      flow.missed.add(pattern);
      if (rules.tellsSilence()) {
        listener.deadlineMissed(nowNanos, pattern, flow.stream(), silentNanos);
      }
    } else {
      deadlineAtNanos = Math.min(deadlineAtNanos, flow.deliveredAtNanos + deadline + 1);
    }
  }
}
