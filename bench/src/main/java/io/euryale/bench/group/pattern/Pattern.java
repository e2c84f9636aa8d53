package io.euryale.bench.group.pattern;

import io.euryale.group.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What all orderings have in common: socket, loop, bundles, back-pressure. Everything that a
/// subclass does happens under one lock, in the loop or in the thread that sends.
///
/// Nothing is sent again: a run in which a datagram is lost never ends and is reported as such.
public abstract class Pattern {

  /// Hears what is delivered.
  @FunctionalInterface
  public interface Deliveries {
    /// The bytes are valid only during the call.
    void delivered(byte[] bytes, int offset, int length);
  }

  /// Bytes of messages in one bundle at most; a datagram has at most 65,507.
  static final int BUNDLE_BYTES = 60_000;

  /// Own bundles that are not yet delivered here at most.
  static final int IN_FLIGHT = 4;

  private static final int QUEUE_BYTES = 4 * BUNDLE_BYTES;
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;
  private static final int DATAGRAMS_PER_TURN = 64;
  private static final int HEADER_BYTES = 6;

  /// This member's place, from 0.
  protected final int self;

  /// How many members there are.
  protected final int members;

  private final Object lock = new Object();
  private final DatagramChannel channel;
  private final Selector selector;
  private final List<SocketAddress> peers = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
  private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);
  private final Deque<byte[]> queue = new ArrayDeque<>();
  private int queuedBytes;
  private boolean safe;
  private int run;
  private long packets;
  private volatile boolean open = true;
  private @Nullable Deliveries deliveries;

  /// Opens the socket of one member.
  ///
  /// @param port member i has port `port + i` on loopback
  /// @throws IOException when the port is in use
  protected Pattern(int self, int members, int port) throws IOException {
    this.self = self;
    this.members = members;
    for (int member = 0; member < members; member++) {
      peers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port + member));
    }
    channel = DatagramChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
    channel.bind(peers.get(self));
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
  }

  /// Starts the loop.
  public void start(Deliveries hears) {
    synchronized (lock) {
      deliveries = hears;
    }
    Thread.ofPlatform().daemon().name("pattern").start(this::loop);
  }

  /// Forgets everything; packets of other runs are dropped.
  public void begin(int number) {
    synchronized (lock) {
      run = number;
      queue.clear();
      queuedBytes = 0;
      reset();
      lock.notifyAll();
    }
  }

  /// Queues a message, and waits first while too much is queued.
  ///
  /// @throws IOException when the socket is closed
  public void send(Service service, byte[] message) throws IOException, InterruptedException {
    synchronized (lock) {
      while (queuedBytes > QUEUE_BYTES) {
        lock.wait(100);
      }
      safe = service == Service.SAFE;
      queue.addLast(message);
      queuedBytes += message.length;
      turn();
    }
  }

  /// Datagrams sent since the start.
  public long packets() {
    synchronized (lock) {
      return packets;
    }
  }

  /// Closes the socket; the loop ends.
  public void close() throws IOException {
    open = false;
    channel.close();
    selector.close();
  }

  private void loop() {
    try {
      while (open) {
        selector.select(_ -> {});
        synchronized (lock) {
          for (int count = 0; count < DATAGRAMS_PER_TURN && receive(); count++) {
            // All that is there, so that one packet answers many.
          }
          turn();
        }
      }
    } catch (ClosedSelectorException _) {
      // Closed.
    } catch (IOException e) {
      if (open) {
        System.err.println("The loop ends: " + e.getMessage());
      }
    }
  }

  private boolean receive() throws IOException {
    in.clear();
    if (channel.receive(in) == null) {
      return false;
    }
    in.flip();
    if (in.remaining() >= HEADER_BYTES && in.getInt() == run) {
      int kind = in.get();
      int from = in.get();
      handle(kind, from, in);
    }
    return true;
  }

  // ---- for subclasses ----

  /// Forgets the order and everything heard.
  protected abstract void reset();

  /// A packet came.
  protected abstract void handle(int kind, int from, ByteBuffer packet) throws IOException;

  /// Everything that had come is handled, or something was queued: sends what is due.
  protected abstract void turn() throws IOException;

  protected boolean hasQueued() {
    return !queue.isEmpty();
  }

  protected int queuedBytes() {
    return queuedBytes;
  }

  protected boolean safeWanted() {
    return safe;
  }

  /// Takes as many queued messages as fit into one bundle; nothing when nothing is queued.
  protected ByteBuffer bundle() {
    int bytes = 0;
    int count = 0;
    for (byte[] message : queue) {
      if (bytes + Integer.BYTES + message.length > BUNDLE_BYTES) {
        break;
      }
      bytes += Integer.BYTES + message.length;
      count++;
    }
    ByteBuffer body = ByteBuffer.allocate(bytes);
    for (int i = 0; i < count; i++) {
      byte[] message = queue.removeFirst();
      queuedBytes -= message.length;
      body.putInt(message.length).put(message);
    }
    if (queuedBytes <= QUEUE_BYTES / 2) {
      lock.notifyAll();
    }
    return body.flip();
  }

  /// Hands up the messages of a bundle.
  protected void deliver(Packet packet) {
    Deliveries hears = deliveries;
    if (hears == null) {
      return;
    }
    ByteBuffer body = packet.body().duplicate();
    while (body.hasRemaining()) {
      int length = body.getInt();
      hears.delivered(body.array(), body.arrayOffset() + body.position(), length);
      body.position(body.position() + length);
    }
  }

  /// A packet to be filled and sent.
  protected ByteBuffer packet(int kind) {
    return out.clear().putInt(run).put((byte) kind).put((byte) self);
  }

  /// Sends the packet that was filled to all others.
  protected void toAll() throws IOException {
    out.flip();
    for (int member = 0; member < members; member++) {
      if (member != self) {
        write(member);
      }
    }
  }

  /// Sends the packet that was filled to one.
  protected void to(int member) throws IOException {
    out.flip();
    write(member);
  }

  private void write(int member) throws IOException {
    int written = 0;
    while (written == 0) {
      written = channel.send(out.rewind(), peers.get(member));
    }
    packets++;
  }

  /// The rest of a packet.
  protected static ByteBuffer rest(ByteBuffer packet) {
    byte[] bytes = new byte[packet.remaining()];
    packet.get(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /// The smallest of some numbers.
  protected static long least(long[] values) {
    long least = Long.MAX_VALUE;
    for (long value : values) {
      least = Math.min(least, value);
    }
    return least;
  }
}
