package io.euryale.lighttrain.demo;

import io.euryale.peer.Admission;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/// One stream as its sensor sees it. Published to by one thread; [#published] is for all.
final class StreamSource {

  /// Where packets go: a stream of the middleware.
  @FunctionalInterface
  interface Port {
    /// Hands over one packet; `payload` is copied before the call returns.
    Admission publish(ByteBuffer payload) throws InterruptedException;
  }

  /// The number of packets that do not count.
  static final long WARM_UP = 0;

  private final int index;
  private final String name;
  private final PacketKind kind;
  private final int sensor;
  private final AtomicLong published = new AtomicLong();
  private Port port = _ -> new Admission.Unwanted();

  /// @param index of the stream in the demo, which its packets carry
  /// @param sensor from 0
  StreamSource(int index, String name, PacketKind kind, int sensor) {
    this.index = index;
    this.name = name;
    this.kind = kind;
    this.sensor = sensor;
  }

  /// Says where packets go. Before the first of them, and before the publishing thread starts.
  void connect(Port to) {
    port = to;
  }

  int index() {
    return index;
  }

  String name() {
    return name;
  }

  PacketKind kind() {
    return kind;
  }

  int sensor() {
    return sensor;
  }

  /// How many packets the middleware took.
  long published() {
    return published.get();
  }

  /// Publishes a packet of the kind's size.
  ///
  /// @return whether it was taken; if not, it is to be published again
  boolean publish(Payload payload, long scheduledNanos) throws InterruptedException {
    return taken(payload.fill(index, published.get() + 1, scheduledNanos, kind.bytes()));
  }

  /// Publishes a packet with a text; see the other.
  boolean publish(Payload payload, long scheduledNanos, String text) throws InterruptedException {
    return taken(
        payload.text(
            index, published.get() + 1, scheduledNanos, text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Publishes a packet that is in nobody's account.
  ///
  /// @return whether it was taken
  boolean warmUp(Payload payload) throws InterruptedException {
    int bytes = Math.max(kind.bytes(), Payload.HEADER_BYTES);
    return port.publish(payload.fill(index, WARM_UP, 0, bytes)).isAccepted();
  }

  private boolean taken(ByteBuffer packet) throws InterruptedException {
    if (!port.publish(packet).isAccepted()) {
      return false;
    }
    published.incrementAndGet();
    return true;
  }
}
