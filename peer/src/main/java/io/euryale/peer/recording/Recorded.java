package io.euryale.peer.recording;

import io.euryale.kernel.TrafficClass;
import java.nio.ByteBuffer;

/// What a recording holds.
public sealed interface Recorded {

  /// When it came, in milliseconds since 1970 by the recorder's clock.
  long atMillis();

  TrafficClass trafficClass();

  /// The stream's name.
  String stream();

  /// The life of the stream.
  long epoch();

  /// A packet that came.
  ///
  /// @param payload position to limit; not to be written to
  record Packet(
      long atMillis,
      TrafficClass trafficClass,
      String stream,
      long epoch,
      long sequence,
      ByteBuffer payload)
      implements Recorded {}

  /// Packets that will not come any more.
  record Gap(
      long atMillis, TrafficClass trafficClass, String stream, long epoch, long from, long to)
      implements Recorded {}
}
