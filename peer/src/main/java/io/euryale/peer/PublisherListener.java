package io.euryale.peer;

import io.euryale.service.stream.Replication;
import org.jspecify.annotations.Nullable;

/// Hears what happens to the packets of one stream. Called on the loop of the stream's traffic
/// class, so methods return at once: while one runs, no packet of this class moves. What one throws
/// is logged and changes nothing.
public interface PublisherListener {

  /// Hears nothing.
  PublisherListener SILENT = new PublisherListener() {};

  /// Clients began or ceased to want the stream.
  ///
  /// @param wanted the strongest replication that a client asks for, or null when none subscribes
  default void interest(@Nullable Replication wanted) {}

  /// At least two peers hold every packet up to `upTo` (one, in a cell of one): the failure of
  /// any single peer does not lose them.
  default void held(long upTo) {}

  /// A client's application has received every packet up to `upTo` that was not reported lost.
  default void delivered(long upTo) {}

  /// A packet was given up; this is its last report.
  ///
  /// @param reason why, in a few words
  default void lost(long sequence, String reason) {}

  /// The table of rights at the peer attached to does not allow this sensor the stream. Packets are
  /// not accepted, but alarms are kept while there is room. Called once, until it is allowed.
  ///
  /// @param sentence who may not do what
  default void forbidden(String sentence) {}

  /// There is room again after a publication was refused with [Admission.WouldBlock].
  default void writable() {}
}
