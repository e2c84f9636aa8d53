package io.euryale.bench.streams;

import io.euryale.kernel.TrafficClass;
import io.euryale.platform.LoopPriority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/// What streams are measured against: the simplest process that hands packets on over TCP. It reads
/// packets from any number of connections, a blocking thread for each, and writes each packet whole
/// to one connection. It knows no names, keeps no copies, checks nothing, survives nothing.
///
/// A packet is its length (4 bytes) and its bytes. Prints the port it listens at as its only line,
/// and ends when its standard input does.
public final class BareRelay {

  static final int LENGTH_BYTES = 4;

  private static final int BUFFER_BYTES = 64 * 1024;

  private BareRelay() {}

  /// Relays until its standard input ends.
  ///
  /// @param args the port on this machine that packets go to
  /// @throws IOException when a socket cannot be opened
  public static void main(String[] args) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    SocketChannel out = SocketChannel.open(new InetSocketAddress(here, Integer.parseInt(args[0])));
    out.setOption(StandardSocketOptions.TCP_NODELAY, true);
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(here, 0));
    daemon(() -> accept(server, out));
    System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
    while (System.in.read() >= 0) {
      // Nothing is said to a relay; it lives as long as whoever started it.
    }
    System.exit(0);
  }

  private static void accept(ServerSocketChannel server, SocketChannel out) {
    try {
      while (true) {
        SocketChannel in = server.accept();
        daemon(() -> relay(in, out));
      }
    } catch (IOException _) {
      System.exit(1);
    }
  }

  private static void relay(SocketChannel in, SocketChannel out) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (in) {
      while (in.read(buffer) >= 0) {
        int end = wholePackets(buffer);
        int limit = buffer.position();
        if (end > 0) {
          buffer.position(0).limit(end);
          synchronized (out) {
            while (buffer.hasRemaining()) {
              out.write(buffer);
            }
          }
          buffer.limit(limit);
          buffer.compact();
        }
      }
    } catch (IOException _) {
      // The other end is gone.
    }
  }

  /// Where the last packet ends that is complete in `buffer`, from 0 to its position.
  static int wholePackets(ByteBuffer buffer) {
    int end = 0;
    while (end + LENGTH_BYTES <= buffer.position()) {
      int next = end + LENGTH_BYTES + buffer.getInt(end);
      if (next > buffer.position()) {
        break;
      }
      end = next;
    }
    return end;
  }

  /// Reads packets until the connection ends.
  ///
  /// @param packets is given each, from position to limit, valid during the call only
  static void receive(SocketChannel in, Consumer<ByteBuffer> packets) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (in) {
      while (in.read(buffer) >= 0) {
        int end = wholePackets(buffer);
        int limit = buffer.position();
        for (int at = 0; at < end; ) {
          int bytes = buffer.clear().getInt(at);
          at += LENGTH_BYTES;
          packets.accept(buffer.position(at).limit(at + bytes));
          at += bytes;
        }
        buffer.clear().position(end).limit(limit);
        buffer.compact();
      }
    } catch (IOException _) {
      // The other end is gone.
    }
  }

  /// Starts a thread that goes before other work as loops of peers do.
  static void daemon(Runnable work) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              LoopPriority.raise(TrafficClass.NORMAL);
              work.run();
            });
  }
}
