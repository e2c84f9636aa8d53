package io.euryale.bench.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// What fan-out is measured against: the simplest process that hands packets from one TCP
/// connection on to many. It dials where packets come from as long as anybody is connected to it,
/// and writes what it reads to each connection in turn, on one blocking thread. It keeps nothing,
/// checks nothing, survives nothing, and the slowest connection holds up all.
///
/// Packets are those of [BareRelay]. Prints the port it listens at as its only line, and ends when
/// its standard input does.
public final class BareFan {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final InetSocketAddress source;

  // Guarded by this.
  private final List<SocketChannel> outs = new ArrayList<>();
  private boolean fed;

  private BareFan(InetSocketAddress source) {
    this.source = source;
  }

  /// Hands packets on until its standard input ends.
  ///
  /// @param args the port on this machine that packets come from
  /// @throws IOException when a socket cannot be opened
  public static void main(String[] args) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    BareFan fan = new BareFan(new InetSocketAddress(here, Integer.parseInt(args[0])));
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(here, 0));
    BareRelay.daemon(() -> fan.accept(server));
    System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
    while (System.in.read() >= 0) {
      // Nothing is said to it; it lives as long as whoever started it.
    }
    System.exit(0);
  }

  private void accept(ServerSocketChannel server) {
    try {
      while (true) {
        SocketChannel out = server.accept();
        out.setOption(StandardSocketOptions.TCP_NODELAY, true);
        add(out);
      }
    } catch (IOException _) {
      System.exit(1);
    }
  }

  private synchronized void add(SocketChannel out) {
    outs.add(out);
    if (!fed) {
      fed = true;
      BareRelay.daemon(this::feed);
    }
  }

  private void feed() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (SocketChannel in = SocketChannel.open(source)) {
      while (in.read(buffer) >= 0) {
        int end = BareRelay.wholePackets(buffer);
        int limit = buffer.position();
        if (end > 0 && !handOn(buffer, end)) {
          return;
        }
        buffer.limit(limit).position(end);
        buffer.compact();
      }
    } catch (IOException _) {
      // As below.
    }
    System.exit(1); // Nothing comes any more.
  }

  /// Whether anybody is left who wants packets.
  private synchronized boolean handOn(ByteBuffer buffer, int end) {
    outs.removeIf(out -> !write(out, buffer.position(0).limit(end)));
    fed = !outs.isEmpty();
    return fed;
  }

  private static boolean write(SocketChannel out, ByteBuffer packets) {
    try {
      while (packets.hasRemaining()) {
        out.write(packets);
      }
      return true;
    } catch (IOException _) {
      try {
        out.close();
      } catch (IOException _) {
        // It is gone in any case.
      }
      return false;
    }
  }
}
