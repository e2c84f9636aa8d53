package io.euryale.group.named;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Application state, given away piece by piece as the receiver takes it, so that nobody holds all
/// of it. It is the state of one point of the order, however late it is pulled: the giver copies,
/// or keeps versions.
public interface StateSource {

  /// The next chunk (position to limit, copied before the call returns), at most
  /// [GroupSettings#stateChunkBytes]; null when there is none at the moment, and then the giver
  /// calls [NamedGroups#stateAvailable] when there is one.
  @Nullable ByteBuffer next();

  /// Whether [#next] has given everything.
  boolean isFinished();

  /// Whether it can give no more because something went wrong; the transfer begins anew with
  /// another member.
  default boolean isFailed() {
    return false;
  }

  /// Everything was taken, or nobody wants it any more. Called once.
  default void close() {}
}
