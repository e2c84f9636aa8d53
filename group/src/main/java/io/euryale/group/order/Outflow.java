package io.euryale.group.order;

import io.euryale.group.Delivery;
import io.euryale.group.Service;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Own messages on their way out: a bounded queue, packets of as much as fits, and a window.
///
/// The window counts own packets that somebody may not hold yet. A message that did not get out
/// whole before its configuration ended was not sent: it goes out, whole, in the next one.
final class Outflow {

  /// What a datagram costs the receiving machine besides its bytes.
  private static final int DATAGRAM_COST_BYTES = 1024;

  /// A message, framed as in the body of a packet, so that one that travels alone is not copied.
  private static final class Waiting {
    final Service service;
    final byte[] framed;
    final int length;

    Waiting(Service service, byte[] framed, int length) {
      this.service = service;
      this.framed = framed;
      this.length = length;
    }

    int payloadBytes() {
      return length - Packet.LENGTH_BYTES;
    }

    ByteBuffer payload() {
      return ByteBuffer.wrap(framed, Packet.LENGTH_BYTES, payloadBytes());
    }
  }

  private final OrderSettings settings;
  private final Outlet outlet;
  private final Delivery up;
  private final OrderRules rules;
  private final Bodies bodies;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private ByteBuffer datagram = ByteBuffer.allocate(0);
  private long queuedBytes;
  private boolean refused;
  private long messages;

  private @Nullable History history;
  private int windowBytes;
  private long underWayBytes;
  private int piecesSentBytes;

  Outflow(OrderSettings settings, Outlet outlet, Delivery up, OrderRules rules, Bodies bodies) {
    this.rules = rules;
    this.bodies = bodies;
    this.settings = settings;
    this.outlet = outlet;
    this.up = up;
  }

  /// Bytes that may be under way in the present configuration.
  int windowBytes() {
    return windowBytes;
  }

  int queuedMessages() {
    return queue.size();
  }

  long queuedBytes() {
    return queuedBytes;
  }

  /// Messages bound to a configuration in this life.
  long messages() {
    return messages;
  }

  boolean submit(Service service, ByteBuffer payload) {
    int length = payload.remaining();
    if (queue.size() >= settings.queueMessages()
        || (!queue.isEmpty() && queuedBytes + length > settings.queueBytes())) {
      refused = true;
      return false;
    }
    byte[] framed = bodies.take(Packet.LENGTH_BYTES + length);
    Packet.putLength(framed, 0, length);
    payload.get(payload.position(), framed, Packet.LENGTH_BYTES, length);
    queue.add(new Waiting(service, framed, Packet.LENGTH_BYTES + length));
    queuedBytes += length;
    return true;
  }

  /// Opens a regular configuration.
  void open(History opened) {
    history = opened;
    windowBytes = Math.min(settings.windowBytes(), outlet.windowBytes());
    underWayBytes = 0;
    piecesSentBytes = 0;
    if (datagram.capacity() < outlet.bodyBytes()) {
      datagram = ByteBuffer.allocate(outlet.bodyBytes());
    }
  }

  /// Nothing more is sent in the present configuration.
  void close() {
    history = null;
  }

  /// Whether something waits that the window lets out.
  boolean canSend() {
    return history != null && !queue.isEmpty() && isWindowOpen(history);
  }

  private boolean isWindowOpen(History present) {
    Origin own = present.own();
    return underWayBytes == 0
        || (underWayBytes < windowBytes && own.top() - own.discarded() < Origin.MOST_PACKETS - 1);
  }

  /// Sends what the window lets out.
  ///
  /// @param sent told of every packet, after the datagram that carries it is complete
  void flush(long now, Broadcast sent) {
    History present = history;
    if (present == null || queue.isEmpty()) {
      return;
    }
    start();
    while (canSend()) {
      Waiting first = queue.peek();
      if (first == null) {
        break;
      }
      if (first.service == Service.UNRELIABLE) {
        unreliable(now, first, sent);
        continue;
      }
      int most = outlet.bodyBytes() - PacketCodec.DATAGRAM_HEADER_BYTES - overhead(present, first);
      if (first.length > most) {
        piece(now, present, first, most, sent);
      } else {
        int room = datagram.capacity() - datagram.position() - overhead(present, first);
        room = Math.min(room, outlet.bodyBytes() - datagram.position() - overhead(present, first));
        if (first.length > room) {
          send(sent);
          room = most;
        }
        pack(now, present, first.service, room, sent);
      }
    }
    send(sent);
    if (refused
        && queuedBytes < settings.queueBytes() / 2
        && queue.size() < settings.queueMessages() / 2) {
      refused = false;
      up.writable(now);
    }
  }

  /// Everybody holds an own packet.
  void forgotten(Packet packet) {
    if (rules.reopensWindow()) {
      underWayBytes -= cost(packet);
    }
  }

  static long cost(Packet packet) {
    return packet.wireBytes() + (long) DATAGRAM_COST_BYTES;
  }

  private int overhead(History present, Waiting waiting) {
    return PacketCodec.HEADER_BYTES
        + (namesCauses(present, waiting.service) ? 8 * present.size() : 0);
  }

  /// Whether packets say what they depend on. In large configurations on narrow paths that would
  /// not fit: CAUSAL packets then wait for their place in the total order.
  private boolean namesCauses(History present, Service service) {
    return service == Service.CAUSAL && 8 * present.size() <= outlet.bodyBytes() / 2;
  }

  /// One packet of as many messages of one service as fit.
  private void pack(long now, History present, Service service, int room, Broadcast sent) {
    long[] dependencies =
        namesCauses(present, service) ? present.delivered() : Packet.NO_DEPENDENCIES;
    long firstMessage = messages + 1;
    Waiting first = leave(now);
    byte[] body = first.framed;
    int length = first.length;
    for (Waiting next = queue.peek();
        next != null && next.service == service && length + next.length <= room;
        next = queue.peek()) {
      if (length + next.length > body.length) {
        byte[] larger = bodies.take(length + next.length);
        System.arraycopy(body, 0, larger, 0, length);
        bodies.give(body);
        body = larger;
      }
      System.arraycopy(next.framed, 0, body, length, next.length);
      length += next.length;
      bodies.give(leave(now).framed);
    }
    keep(present, service, Packet.WHOLE, firstMessage, dependencies, body, length, sent);
  }

  /// The first of the queue is on its way, whole.
  private Waiting leave(long now) {
    Waiting first = queue.remove();
    queuedBytes -= first.payloadBytes();
    messages++;
    up.sent(now, messages, first.service, first.payload());
    return first;
  }

  /// The next piece of a message that does not fit into a packet.
  private void piece(long now, History present, Waiting message, int most, Broadcast sent) {
    send(sent);
    int from = piecesSentBytes;
    // A message that is cut always has two pieces or more: one would look like a whole packet.
    int to = Math.min(message.payloadBytes(), from + most - Packet.LENGTH_BYTES);
    boolean isLast = to == message.payloadBytes();
    int pieces = (from == 0 ? Packet.FIRST_PIECE : 0) | (isLast ? Packet.LAST_PIECE : 0);
    long[] dependencies =
        namesCauses(present, message.service) ? present.delivered() : Packet.NO_DEPENDENCIES;
    byte[] piece = bodies.take(to - from);
    System.arraycopy(message.framed, Packet.LENGTH_BYTES + from, piece, 0, to - from);
    long number = messages + 1;
    piecesSentBytes = to;
    if (isLast) {
      piecesSentBytes = 0;
      bodies.give(leave(now).framed);
    }
    keep(present, message.service, pieces, number, dependencies, piece, to - from, sent);
  }

  private void keep(
      History present,
      Service service,
      int pieces,
      long firstMessage,
      long[] dependencies,
      byte[] body,
      int length,
      Broadcast sent) {
    Packet packet =
        new Packet(
            present.self,
            present.own().top() + 1,
            present.tick(),
            service,
            pieces,
            firstMessage,
            dependencies,
            body,
            length);
    underWayBytes += cost(packet);
    present.put(packet);
    PacketCodec.packet(datagram, packet);
    if (service == Service.RELIABLE) {
      sent.reliable(packet);
    }
  }

  private void unreliable(long now, Waiting first, Broadcast sent) {
    int needed = PacketCodec.UNRELIABLE_HEADER_BYTES + first.payloadBytes();
    if (datagram.position() + needed > outlet.bodyBytes()) {
      send(sent);
    }
    Waiting message = leave(now);
    if (datagram.position() + needed <= outlet.bodyBytes()) {
      PacketCodec.unreliable(datagram, messages, message.payload());
    }
    sent.unreliable(messages, message.payload());
    bodies.give(message.framed);
  }

  private void start() {
    datagram.clear().position(PacketCodec.DATAGRAM_HEADER_BYTES);
  }

  private void send(Broadcast sent) {
    if (datagram.position() > PacketCodec.DATAGRAM_HEADER_BYTES) {
      sent.broadcast(datagram.flip());
      start();
    }
  }

  /// What [#flush] hands out.
  interface Broadcast {
    /// A complete body but for its header.
    void broadcast(ByteBuffer body);

    /// An own RELIABLE packet, for its delivery here.
    void reliable(Packet packet);

    /// An own UNRELIABLE message, for its delivery here.
    void unreliable(long sequence, ByteBuffer payload);
  }
}
