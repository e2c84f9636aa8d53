package io.euryale.console.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Gives the payloads of one stream, one after the other.
///
/// [#next] is called by one thread; [#close] by any, also while [#next] waits.
public interface PayloadSource extends AutoCloseable {

  /// The next payload, as soon as there is one; null when there will be no more.
  ///
  /// @throws IOException when the source fails; the message is a sentence for the user
  @Nullable ByteBuffer next() throws IOException, InterruptedException;

  /// Whether payloads come by themselves, so that those nobody wants now are better dropped than
  /// kept waiting.
  default boolean isLive() {
    return true;
  }

  /// Payloads that were left out because they are too large.
  default long oversized() {
    return 0;
  }

  /// Payloads whose senders believe them taken, and that nobody knows to be published: those that
  /// [#next] has yet to give, also after [#close], and the one it gave last.
  default int taken() {
    return 0;
  }

  /// Takes nothing more.
  @Override
  void close() throws IOException;
}
