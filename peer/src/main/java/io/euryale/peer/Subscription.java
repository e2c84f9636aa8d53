package io.euryale.peer;

import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.StreamHop;
import io.euryale.service.stream.StreamNames;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A wish for streams, as long as it is not [closed][#close]. Safe to share between threads.
public final class Subscription implements AutoCloseable {

  private final String pattern;
  private final TrafficClass trafficClass;
  private final SubscriberHost host;
  private final StreamHandler handler;
  private final @Nullable Mailbox mailbox;
  private final StreamQos qos;
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong expired = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();
  private final ApplicationCalls calls;
  private volatile boolean closed;

  /// Of the loop.
  private boolean isForbidden;

  Subscription(
      String pattern,
      TrafficClass trafficClass,
      StreamQos qos,
      SubscriberHost host,
      StreamHandler handler,
      @Nullable Mailbox mailbox) {
    this.pattern = pattern;
    this.trafficClass = trafficClass;
    this.qos = qos;
    this.host = host;
    this.handler = handler;
    this.mailbox = mailbox;
    calls = new ApplicationCalls("The handler of " + pattern + " in class " + trafficClass.label());
    if (mailbox != null) {
      mailbox.whenRoom(host::resume);
    }
  }

  /// The streams wanted: a name in which `*` stands for any characters and `?` for one.
  public String pattern() {
    return pattern;
  }

  /// The traffic class of the streams wanted.
  public TrafficClass trafficClass() {
    return trafficClass;
  }

  /// What was asked for.
  public StreamQos qos() {
    return qos;
  }

  /// Packets so far that came later than the maximum latency.
  public long late() {
    return late.get();
  }

  /// Packets so far that outlived their lifespan and were not handed over.
  public long expired() {
    return expired.get();
  }

  /// Silences so far that were longer than the deadline.
  public long deadlinesMissed() {
    return missed.get();
  }

  /// Calls of the handler so far that threw.
  public long failures() {
    return calls.failures();
  }

  /// Takes the wish back. The handler is not called any more, but for packets that its executor
  /// was already given.
  @Override
  public void close() {
    closed = true;
    if (mailbox != null) {
      mailbox.close();
    }
    boolean _ = host.home.execute(now -> host.unsubscribe(now, this));
  }

  /// Whether the application is too far behind to take packets of a stream.
  boolean holdsBack(String stream) {
    return mailbox != null && mailbox.isFull() && StreamNames.matches(pattern, stream);
  }

  // ---------------------------------------------------------------- on the loop

  void packet(StreamPacket packet, ByteBuffer payload) {
    if (closed || packet.refusedBy().contains(pattern)) {
      return;
    }
    if (qos.isExpired(packet.ageNanos())) {
      expired.incrementAndGet();
      tell(() -> handler.expired(packet), 0);
      return;
    }
    boolean isLate = qos.isLate(packet.ageNanos());
    if (isLate) {
      late.incrementAndGet();
    }
    ByteBuffer kept =
        mailbox == null
            ? payload.duplicate()
            : ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
    tell(() -> handler.packet(packet, isLate, kept), kept.remaining());
  }

  void refused(String stream, StreamQos.Mismatch mismatch) {
    tell(() -> handler.refused(stream, mismatch), 0);
  }

  void deadlineMissed(String stream, long silentNanos) {
    missed.incrementAndGet();
    tell(() -> handler.deadlineMissed(stream, Duration.ofNanos(silentNanos)), 0);
  }

  void hop(StreamHop hop) {
    tell(() -> handler.hop(hop), 0);
  }

  private void tell(Runnable call, int bytes) {
    if (closed) {
      return;
    }
    if (mailbox == null) {
      calls.make(call);
    } else {
      mailbox.put(() -> calls.make(call), bytes);
    }
  }

  void forbidden(String sentence) {
    if (closed || isForbidden) {
      return;
    }
    isForbidden = true;
    tell(() -> handler.forbidden(pattern, sentence), 0);
  }

  void gap(String stream, long epoch, long from, long to) {
    tell(() -> handler.gap(stream, epoch, from, to), 0);
  }
}
