package io.euryale.peer;

import java.nio.ByteBuffer;

/// Receives the packets of the streams that a subscription selects.
///
/// Unless the client was given an executor, called on the loop of the subscription's traffic
/// class; methods then return at once: while one runs, no packet of this class moves. A packet
/// counts as delivered, and the sensor forgets it, when its call begins.
public interface StreamHandler {

  /// The next packet of a stream: in order, none twice.
  ///
  /// @param stream its name
  /// @param epoch the life of the stream, which is the incarnation of its sensor; sequences start
  ///     again at 1 in each
  /// @param sequence from 1, growing by 1 except where [#gap] says otherwise or where the
  ///     subscription began later
  /// @param payload what the sensor published, from position to limit; valid during the call only
  ///     when called on the loop, for ever when called on an executor
  void packet(String stream, long epoch, long sequence, ByteBuffer payload);

  /// Packets that will not come any more: the sensor gave them up, or nothing was heard of them
  /// for too long.
  ///
  /// @param from the first one missing
  /// @param to the last one missing
  default void gap(String stream, long epoch, long from, long to) {}

  /// The table of rights at a root peer does not allow this client the pattern. Called once for a
  /// subscription; nothing comes for it from that peer.
  ///
  /// @param pattern of the subscription
  /// @param sentence who may not do what
  default void forbidden(String pattern, String sentence) {}
}
