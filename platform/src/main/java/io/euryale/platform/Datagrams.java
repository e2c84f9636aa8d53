package io.euryale.platform;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.LongMap;
import io.euryale.kernel.TrafficClass;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The datagram socket of one core: a plain NIO channel at the selector of the loop, without
/// Netty's channels, pipelines and buffers. Belongs to the loop of its home, but for [#open].
///
/// Receiving costs the heap nothing while one sender speaks; when senders take turns the JDK makes
/// an address of 120 bytes at each change, which nobody asks for and which dies at once.
final class Datagrams implements NioIoHandle {

  /// Datagrams, and bytes, that are read before timers, links and the other cores of the loop have
  /// their turn: about 200 µs of work.
  private static final int DATAGRAMS_PER_TURN = 64;

  private static final int BYTES_PER_TURN = 512 << 10;

  /// The longest that UDP over IPv4 carries.
  private static final int LONGEST_BYTES = 65_507;

  /// Of the receive buffer while the core takes no datagrams; the machine makes it its least.
  private static final int RESTING_BYTES = 1;

  private static final int MOST_BYTES = 65_000;
  private static final int LOOPBACK_BYTES = 60_000;
  private static final int USUAL_MTU_BYTES = 1_500;
  private static final int HEADERS_4_BYTES = 28;
  private static final int HEADERS_6_BYTES = 48;

  /// Where a handle leads.
  ///
  /// @param address null when datagrams cannot go there
  private record Target(Endpoint remote, @Nullable InetSocketAddress address, int mostBytes) {}

  private final NettyHome home;
  private final CoreCalls calls;
  private final DatagramChannel channel;
  private final InetAddress local;
  private final int interfaceBytes;
  private final int receiveBufferBytes;
  private final DatagramCounters counters = new DatagramCounters();
  private final Map<Endpoint, Integer> handles = new HashMap<>();
  private final LongMap<Target> targets = new LongMap<>();
  private int lastHandle;
  private boolean taken = true;
  private @Nullable IoRegistration registration;

  private Datagrams(NettyHome home, CoreCalls calls, DatagramChannel channel, InetAddress local)
      throws IOException {
    this.home = home;
    this.calls = calls;
    this.channel = channel;
    this.local = local;
    this.interfaceBytes = interfaceBytes(local);
    this.receiveBufferBytes = channel.getOption(StandardSocketOptions.SO_RCVBUF);
  }

  /// Binds the socket; what arrives waits in the operating system until [#receive].
  ///
  /// @throws BindException when the port is taken or the address is not this machine's
  static Datagrams open(NettyHome home, CoreCalls calls, InetSocketAddress address)
      throws IOException {
    InetAddress local = address.getAddress();
    DatagramChannel channel =
        DatagramChannel.open(
            local instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    try {
      int buffer = (int) home.settings().socketBytes();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, buffer);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, buffer);
      channel.bind(address);
      return new Datagrams(home, calls, channel, local);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// What the interface of an address sends in one piece, without the headers.
  private static int interfaceBytes(InetAddress local) throws IOException {
    // An interface names the addresses it was given; loopback has all of 127.0.0.0/8.
    NetworkInterface found =
        NetworkInterface.getByInetAddress(
            local.isLoopbackAddress() ? InetAddress.getLoopbackAddress() : local);
    int mtu = found == null ? USUAL_MTU_BYTES : found.getMTU();
    return mtu - (local instanceof Inet4Address ? HEADERS_4_BYTES : HEADERS_6_BYTES);
  }

  // ---------------------------------------------------------------- for the core

  DatagramCounters counters() {
    return counters;
  }

  int receiveBufferBytes() {
    return receiveBufferBytes;
  }

  int address(Endpoint remote) {
    Integer known = handles.get(remote);
    if (known != null) {
      return known;
    }
    int handle = ++lastHandle;
    handles.put(remote, handle);
    targets.put(handle, target(remote));
    return handle;
  }

  private Target target(Endpoint remote) {
    int port = remote.port(home.trafficClass());
    if (port == 0 || !home.reach().allows(remote.host())) {
      return new Target(remote, null, LinkSettings.LEAST_DATAGRAM_BYTES);
    }
    InetSocketAddress address = Loopback.address(remote.host(), port);
    boolean overIp4 = address.getAddress() instanceof Inet4Address;
    boolean reachable =
        local instanceof Inet4Address ? overIp4 : !overIp4 || local.isAnyLocalAddress();
    return new Target(
        remote, reachable ? address : null, mostBytes(address.getAddress().isLoopbackAddress()));
  }

  private int mostBytes(boolean loopback) {
    int set = (int) home.settings().datagramBytes();
    int most = set != 0 ? set : Math.min(interfaceBytes, loopback ? LOOPBACK_BYTES : MOST_BYTES);
    return Math.clamp(most, LinkSettings.LEAST_DATAGRAM_BYTES, MOST_BYTES);
  }

  void forget(int handle) {
    Target target = targets.remove(handle);
    if (target != null) {
      handles.remove(target.remote);
    }
  }

  int datagramBytes(int handle) {
    Target target = targets.get(handle);
    return target == null ? LinkSettings.LEAST_DATAGRAM_BYTES : target.mostBytes;
  }

  boolean sendTo(int handle, ByteBuffer datagram) {
    Target target = targets.get(handle);
    if (target == null || target.address == null) {
      counters.refused(Unsent.NO_ADDRESS);
      return false;
    }
    int length = datagram.remaining();
    if (length > LONGEST_BYTES) {
      counters.refused(Unsent.TOO_LONG);
      return false;
    }
    int position = datagram.position();
    try {
      // A datagram goes whole or not at all; 0 is also what an empty one that went returns.
      if (channel.send(datagram, target.address) == length) {
        counters.sent(length);
        return true;
      }
      counters.refused(Unsent.FULL);
    } catch (IOException e) {
      counters.refused(Unsent.of(e));
    } finally {
      datagram.position(position);
    }
    return false;
  }

  // ---------------------------------------------------------------- at the selector

  int port() {
    return channel.socket().getLocalPort();
  }

  /// From now on the core gets what arrives, while it takes datagrams.
  void receive() {
    home.loop()
        .eventLoop()
        .register(this)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                registration = (IoRegistration) done.getNow();
                take(taken);
              } else {
                home.failed(done.cause());
              }
            });
  }

  /// Whether the core takes datagrams. Otherwise the port stays ours, but the socket holds next to
  /// nothing: the operating system drops at once what arrives, which costs this process no call.
  void take(boolean now) {
    taken = now;
    IoRegistration registered = registration;
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.setOption(
          StandardSocketOptions.SO_RCVBUF,
          now ? (int) home.settings().socketBytes() : RESTING_BYTES);
    } catch (IOException e) {
      home.failed(unusable(e));
    }
    if (registered != null) {
      long _ = registered.submit(now ? NioIoOps.READ : NioIoOps.NONE);
    }
  }

  private PlatformException unusable(IOException e) {
    return new PlatformException(
        PlatformException.ENVIRONMENT,
        "Datagrams of "
            + home.trafficClass().label()
            + " traffic cannot be received any more ("
            + e.getMessage()
            + "): check the network interface and start again.");
  }

  @Override
  public SelectableChannel selectableChannel() {
    return channel;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    ByteBuffer into = home.loop().datagramBuffer();
    int bytes = 0;
    try {
      for (int i = 0; i < DATAGRAMS_PER_TURN && bytes < BYTES_PER_TURN && isTaking(); i++) {
        if (channel.receive(into.clear()) == null) {
          return;
        }
        into.flip();
        bytes += into.remaining();
        counters.received(into.remaining());
        calls.datagram(into);
      }
    } catch (IOException e) {
      home.failed(unusable(e));
    }
  }

  /// What one datagram brings about may make the core take no more.
  private boolean isTaking() {
    return taken && channel.isOpen();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // Nothing was promised about it.
    }
  }

  /// One sentence about a socket that could not be opened.
  static String describe(TrafficClass trafficClass, InetSocketAddress address, IOException cause) {
    String where = address.getAddress().getHostAddress() + ":" + address.getPort();
    String what = trafficClass.label() + " datagrams cannot be received on " + where + ": ";
    if (cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")) {
      return what + "the UDP port is in use; stop the other process or choose another port.";
    }
    return what + cause.getMessage() + "; choose another address or port.";
  }
}
