package io.euryale.peer;

import io.euryale.kernel.TrafficClass;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.service.stream.Replication;
import io.euryale.service.stream.StreamFrames;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Publishes the packets of one stream of a [Sensor]. Safe to share between threads; packets of
/// one thread keep their order.
///
/// ## What is promised
///
/// A packet that was [accepted][Admission.Accepted] is kept by the sensor until a client has it,
/// and is sent again for as long as the settings say; if that is not enough
/// [PublisherListener#lost] says so. This holds through the failure of any peers, but not through
/// the failure of the sensor itself. With replication [Replication#NONE], which the client chooses,
/// an accepted packet is sent once.
///
/// ## Waiting
///
/// `publish` waits for the loop of the class, which takes tens of microseconds, and for nothing
/// else. It must not be called by listeners and handlers, which run on such a loop: they use
/// [#publishLater].
public final class StreamPublisher {

  /// Largest payload with default settings, in bytes: about 8 MB. One larger than
  /// `streams.packetBytes` less 48 travels as several packets, whose sequences are in a row; the
  /// payload has the last of them.
  public static final int MAX_PAYLOAD_BYTES = StreamFrames.MAX_PAYLOAD_BYTES;

  /// Room is announced, but interest may come at the same time as a refusal: look again.
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final String name;
  private final TrafficClass trafficClass;
  private final long epoch;
  private final PublisherHost host;
  private final PublisherListener listener;
  private final ApplicationCalls calls;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Written by the loop under the lock.
  private @Nullable Replication wanted;
  private String forbidden = "";
  private long deliveredUpTo;
  private long heldUpTo;
  private long lost;
  private long accepted;
  private long unwanted;
  private long changes;

  StreamPublisher(
      String name,
      TrafficClass trafficClass,
      long epoch,
      PublisherHost host,
      PublisherListener listener) {
    this.name = name;
    this.trafficClass = trafficClass;
    this.epoch = epoch;
    this.host = host;
    this.listener = listener;
    calls = new ApplicationCalls("The listener of stream " + name);
  }

  /// The name of the stream.
  public String name() {
    return name;
  }

  /// The traffic class of the stream.
  public TrafficClass trafficClass() {
    return trafficClass;
  }

  /// The life of the stream: the incarnation of its sensor.
  public long epoch() {
    return epoch;
  }

  /// The largest payload in bytes with the sensor's settings, at most [#MAX_PAYLOAD_BYTES].
  public int maxPayloadBytes() {
    return host.maxPayloadBytes();
  }

  /// Publishes one payload if there is room for it and somebody wants it.
  ///
  /// @param payload position to limit, at most what [Admission.TooLarge] says; left as it is and
  /// copied before the call returns
  /// @return what became of it; trying again after any answer but
  ///     [Accepted][Admission.Accepted] makes no repetition
  /// @throws RefusedException when the sensor is closed, or the table of rights does not allow it
  /// the stream
  /// @throws InterruptedException when the thread is interrupted; the packet may have been
  ///     accepted
  public Admission publish(ByteBuffer payload) throws InterruptedException {
    requireAllowed();
    ByteBuffer view = payload.duplicate();
    return count(LoopCalls.call(host.home, who(), now -> host.publish(now, name, view)));
  }

  private void requireAllowed() {
    String refusal;
    lock.lock();
    try {
      refusal = forbidden;
    } finally {
      lock.unlock();
    }
    if (!refusal.isEmpty()) {
      throw new RefusedException(Reason.FORBIDDEN, refusal);
    }
  }

  /// Publishes one packet, like [#publish(ByteBuffer)].
  public Admission publish(byte[] payload) throws InterruptedException {
    return publish(ByteBuffer.wrap(payload));
  }

  /// Publishes one packet and waits for room if there is none, but not for interest.
  ///
  /// @param timeout longest wait
  /// @return [Admission.WouldBlock] when there was no room in time
  /// @throws RefusedException when the sensor is closed
  public Admission publish(ByteBuffer payload, Duration timeout) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    while (true) {
      Admission admission = publish(payload);
      if (!(admission instanceof Admission.WouldBlock) || !awaitChange(deadlineNanos)) {
        return admission;
      }
    }
  }

  /// Publishes one packet, like [#publish(ByteBuffer, Duration)].
  public Admission publish(byte[] payload, Duration timeout) throws InterruptedException {
    return publish(ByteBuffer.wrap(payload), timeout);
  }

  /// Hands a packet to the loop of the class and returns at once. Packets handed over by one
  /// thread keep their order. Up to the answer the packet is in no queue of this stream, so a
  /// sensor that does not wait for answers has to limit by itself how many it has open.
  ///
  /// @param payload not to be changed before the answer
  /// @param answer called on the loop with what became of the packet
  /// @throws RefusedException when the sensor is closed; if it is closed before the answer, there
  /// is none
  public void publishLater(ByteBuffer payload, Consumer<Admission> answer) {
    ByteBuffer view = payload.duplicate();
    boolean taken =
        host.home.execute(
            now -> {
              Admission admission = count(host.publish(now, name, view));
              calls.make(() -> answer.accept(admission));
            });
    if (!taken) {
      throw LoopCalls.closed(who());
    }
  }

  /// Waits until a client subscribes to the stream.
  ///
  /// @return whether somebody does; false when time ran out first
  /// @throws RefusedException when the sensor is closed, or the table of rights does not allow it
  /// the stream
  public boolean awaitInterest(Duration timeout) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    while (wanted() == null) {
      requireAllowed();
      if (host.home.isStopped()) {
        throw LoopCalls.closed(who());
      }
      if (!awaitChange(deadlineNanos)) {
        return false;
      }
    }
    return true;
  }

  /// The strongest replication that a client asks for, or null when none subscribes.
  public @Nullable Replication wanted() {
    lock.lock();
    try {
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  /// What has become of the packets so far.
  public Counts counts() {
    lock.lock();
    try {
      return new Counts(accepted, heldUpTo, deliveredUpTo, lost, unwanted);
    } finally {
      lock.unlock();
    }
  }

  /// What has become of a stream's packets.
  ///
  /// @param accepted packets accepted, which is the last sequence
  /// @param heldUpTo two peers hold every packet up to here (one, in a cell of one)
  /// @param doneUpTo every packet up to here was delivered or reported lost; stays 0 for
  ///     [Replication#NONE], where nobody confirms
  /// @param lost packets reported lost
  /// @param unwanted packets not accepted because nobody subscribed
  public record Counts(long accepted, long heldUpTo, long doneUpTo, long lost, long unwanted) {}

  private Admission count(Admission admission) {
    lock.lock();
    try {
      switch (admission) {
        case Admission.Accepted(long sequence) -> accepted = Math.max(accepted, sequence);
        case Admission.Unwanted _ -> unwanted++;
        case Admission.WouldBlock _, Admission.TooLarge _ -> {}
      }
    } finally {
      lock.unlock();
    }
    return admission;
  }

  /// Waits until something changed, or until it is worth looking again.
  ///
  /// @return false when time ran out
  private boolean awaitChange(long deadlineNanos) throws InterruptedException {
    lock.lock();
    try {
      long before = changes;
      long lookNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS);
      long untilNanos = Math.min(deadlineNanos, lookNanos);
      while (changes == before && LoopCalls.remaining(untilNanos).isPositive()) {
        long _ = changed.awaitNanos(LoopCalls.remaining(untilNanos).toNanos());
      }
      return LoopCalls.remaining(deadlineNanos).isPositive();
    } finally {
      lock.unlock();
    }
  }

  private String who() {
    return "The sensor of stream " + name;
  }

  // ---------------------------------------------------------------- on the loop

  void interest(@Nullable Replication now) {
    change(
        () -> {
          wanted = now;
          forbidden = now == null ? forbidden : "";
        });
    calls.make(() -> listener.interest(now));
  }

  void forbidden(String sentence) {
    boolean[] isNew = {false};
    change(
        () -> {
          isNew[0] = forbidden.isEmpty();
          forbidden = sentence;
        });
    if (isNew[0]) {
      calls.make(() -> listener.forbidden(sentence));
    }
  }

  void held(long upTo) {
    change(() -> heldUpTo = upTo);
    calls.make(() -> listener.held(upTo));
  }

  void delivered(long upTo) {
    change(() -> deliveredUpTo = upTo);
    calls.make(() -> listener.delivered(upTo));
  }

  void lost(long sequence, String reason) {
    change(() -> lost++);
    calls.make(() -> listener.lost(sequence, reason));
  }

  void writable() {
    change(() -> {});
    calls.make(() -> listener.writable());
  }

  private void change(Runnable write) {
    lock.lock();
    try {
      write.run();
      changes++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
