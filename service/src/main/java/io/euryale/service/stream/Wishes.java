package io.euryale.service.stream;

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

  private final StreamSettings settings;
  private final Subscriber.Listener listener;
  private final StreamRules rules;
  private final Map<String, StreamQos> wishes = new TreeMap<>();

  /// The lives of each stream.
  private final Map<String, Lives> streams = new TreeMap<>();

  private long deadlineAtNanos = Long.MAX_VALUE;

  Wishes(StreamSettings settings, Subscriber.Listener listener, StreamRules rules) {
    this.settings = settings;
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

  /// The lives of a stream of which this client hears.
  Lives lives(long nowNanos, String stream) {
    return streams.computeIfAbsent(stream, _ -> new Lives(settings, nowNanos));
  }

  void end(Incoming flow) {
    if (flow.lives.remove(flow)) {
      streams.remove(flow.stream());
    }
  }

  /// Something of the stream is delivered now.
  ///
  /// @param kept whether it is a last value, which says nothing of the path
  void delivered(long nowNanos, Incoming flow, boolean kept) {
    if (!kept) {
      flow.begun = true;
      flow.unmeasured.clear();
    }
    Lives lives = flow.lives;
    lives.deliveredAtNanos = nowNanos;
    lives.handedOver = flow;
    if (!lives.missed.isEmpty()) {
      lives.missed.clear();
      deadlineAtNanos = nowNanos; // Looked at anew.
    }
  }

  /// When the next deadline may pass.
  long deadlineAtNanos() {
    return deadlineAtNanos;
  }

  /// Tells of deadlines that passed, and sees when the next one does.
  void reviewDeadlines(long nowNanos) {
    deadlineAtNanos = Long.MAX_VALUE;
    wishes.forEach(
        (pattern, qos) -> {
          long deadline = qos.deadline().toNanos();
          if (deadline > 0) {
            streams.values().forEach(lives -> review(nowNanos, lives, pattern, deadline));
          }
        });
  }

  private void review(long nowNanos, Lives lives, String pattern, long deadline) {
    Incoming flow = lives.newest(nowNanos);
    if (flow == null
        || flow.refusedBy.contains(pattern)
        || lives.missed.contains(pattern)
        || !StreamNames.matches(pattern, flow.stream())) {
      return;
    }
    long silentNanos = nowNanos - lives.deliveredAtNanos;
    if (silentNanos > deadline) {
      lives.missed.add(pattern);
      if (rules.tellsSilence()) {
        listener.deadlineMissed(nowNanos, pattern, flow.stream(), silentNanos);
      }
    } else {
      deadlineAtNanos = Math.min(deadlineAtNanos, lives.deliveredAtNanos + deadline + 1);
    }
  }
}
