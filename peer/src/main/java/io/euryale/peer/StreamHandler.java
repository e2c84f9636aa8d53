package io.euryale.peer;

import io.euryale.service.stream.StreamHop;
import io.euryale.service.stream.StreamPacket;
import io.euryale.service.stream.StreamQos;
import java.nio.ByteBuffer;
import java.time.Duration;

/// Receives the packets of the streams that a subscription selects.
///
/// Unless the client was given an executor, called on the loop of the subscription's traffic
/// class; methods then return at once: while one runs, no packet of this class moves. A packet
/// counts as delivered, and the sensor forgets it, when its call begins.
///
/// A method that throws has had its call: the exception is logged and counted
/// ([Subscription#failures]), and the next call is made as if nothing had happened.
public interface StreamHandler {

  /// The next packet of a stream: in order, none twice.
  ///
  /// @param stream its name
  /// @param epoch the life of the stream, which is the incarnation of its sensor; sequences start
  ///     again at 1 in each
  /// @param sequence from 1, growing by the number of packets that the payload travelled as, which
  ///     is 1 but for large ones, except where [#gap] says otherwise or where the subscription
  ///     began later
  /// @param payload what the sensor published, from position to limit; valid during the call only
  ///     when called on the loop, for ever when called on an executor
  void packet(String stream, long epoch, long sequence, ByteBuffer payload);

  /// The same with what is known of the packet besides, such as its age; this is what is called,
  /// and by default it calls [#packet(String, long, long, ByteBuffer)].
  ///
  /// @param late whether it is older than the maximum latency that was asked for
  default void packet(StreamPacket packet, boolean late, ByteBuffer payload) {
    packet(packet.stream(), packet.epoch(), packet.sequence(), payload);
  }

  /// A life of a stream, which begins anew with each start of its sensor, does not fit what the
  /// subscription asks for; none of its packets will come. Told once for each, as soon as both are
  /// known.
  default void refused(String stream, StreamQos.Mismatch mismatch) {}

  /// A packet came that is older than its lifespan, which is a failure; it is not handed over.
  default void expired(StreamPacket packet) {}

  /// Nothing came for longer than the deadline that was asked for; told once for each silence.
  default void deadlineMissed(String stream, Duration silent) {}

  /// A process on the way tells how long it had a packet, if the subscription asks for that.
  default void hop(StreamHop hop) {}

  /// Packets that will not come any more: the sensor gave them up, or nothing was heard of them
  /// for too long.
  ///
  /// @param from the first one missing
  /// @param to the last one missing
  default void gap(String stream, long epoch, long from, long to) {}

  /// The table of rights at a root peer does not allow this client the pattern, and nothing comes
  /// for it from that peer; or all clients of the class together have as many patterns as there can
  /// be, and only what others want too comes until some have gone. Called once for a subscription.
  ///
  /// @param pattern of the subscription
  /// @param sentence who may not do what, or which limit is reached
  default void forbidden(String pattern, String sentence) {}
}
