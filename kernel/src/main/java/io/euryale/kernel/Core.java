package io.euryale.kernel;

import java.nio.ByteBuffer;

/// A protocol without I/O: its home tells it what happened, and it answers through the [Home] it
/// was built with, before the call returns.
///
/// One owner thread at a time; no method blocks, reads a clock or throws on what a peer sent.
/// `nowNanos` is monotonic, has an arbitrary origin and never goes backwards between two calls.
/// Links carry whole frames. A link may lose, repeat or reorder frames (the simulation does all
/// three), so a core repeats what matters until it is answered.
public interface Core {

  /// How the reason of [#dialFailed] and [#linkDown] begins when a process runs there, but one of
  /// the two does not believe, or not let in, the other.
  String TURNED_AWAY = "turned away";

  /// The first call, once.
  void start(long nowNanos);

  /// A link is usable. Links that the core asked for by [Home#connect] come up with the identifier
  /// returned there, again after each reset; links opened by others come with a new identifier.
  void linkUp(long nowNanos, int link, Hello remote);

  /// A link that was up is gone: closed, reset, or refused. A link opened by the other side is gone
  /// for ever; one asked for by [Home#connect] is dialled again by the home.
  ///
  /// @param reason a short text for records of suspicions
  void linkDown(long nowNanos, int link, String reason);

  /// A dial asked for by [Home#connect] failed; the home tries again by itself.
  ///
  /// @param reason with the word `refused` when nobody listens there, which is as good as proof
  /// that the process has ended, unless it begins with [#TURNED_AWAY]
  default void dialFailed(long nowNanos, int link, String reason) {}

  /// A frame arrived, from position to limit. It is valid only during the call, and the core may
  /// change it meanwhile: a relay patches a packet and sends it on without a copy.
  void frame(long nowNanos, int link, ByteBuffer frame);

  /// The deadline last given to [Home#wakeAt] has passed.
  void timerDue(long nowNanos);

  /// The home has worked off the inputs at hand and is about to wait: time to send what was
  /// gathered to go out together (acknowledgements).
  default void idle(long nowNanos) {}
}
