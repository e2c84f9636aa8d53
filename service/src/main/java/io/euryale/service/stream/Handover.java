package io.euryale.service.stream;

import java.nio.ByteBuffer;
import java.util.List;

/// Hands payloads to a client's application, with what is known of each.
final class Handover {

  private final Subscriber.Listener listener;
  private final Wishes wishes;

  Handover(Subscriber.Listener listener, Wishes wishes) {
    this.listener = listener;
    this.wishes = wishes;
  }

  /// Whether the application takes packets of this stream now.
  boolean takes(Incoming flow) {
    return listener.takes(flow.stream());
  }

  /// Packets that will not come any more.
  void gap(long nowNanos, Incoming flow, long from, long to) {
    listener.gap(nowNanos, flow.stream(), flow.advertised.epoch(), from, to);
  }

  /// A whole payload in one packet.
  ///
  /// @param waitedNanos how long it was kept here
  void whole(long nowNanos, Incoming flow, ByteBuffer packet, long waitedNanos) {
    handOver(
        nowNanos,
        flow,
        StreamFrames.sequence(packet),
        StreamFrames.ageNanos(packet) + waitedNanos,
        packet,
        Fragments.part(packet));
  }

  /// A payload in several packets, as one.
  ///
  /// @param sequence of its last packet
  void fragments(
      long nowNanos, Incoming flow, long sequence, long ageNanos, List<ByteBuffer> packets) {
    handOver(nowNanos, flow, sequence, ageNanos, packets.getLast(), Fragments.join(packets));
  }

  private void handOver(
      long nowNanos,
      Incoming flow,
      long sequence,
      long ageNanos,
      ByteBuffer last,
      ByteBuffer payload) {
    StreamPacket about =
        new StreamPacket(
            flow.stream(),
            flow.advertised.epoch(),
            sequence,
            flow.advertised.offer().type(),
            ageNanos,
            StreamFrames.isKept(last),
            flow.skipped,
            StreamFrames.isTraced(last),
            flow.refusedBy);
    wishes.delivered(nowNanos, flow, about.kept());
    listener.packet(nowNanos, about, payload);
  }
}
