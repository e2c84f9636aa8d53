package io.euryale.platform;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;

/// A TCP socket that Netty opens, connects and closes, while bytes take the short way past Netty's
/// pipelines, buffers and promises. At the rates of sensors that way is not in the processor's
/// caches when a packet comes, so what counts is how much code there is: Netty's took two thirds of
/// a packet's processor time (docs/performance.md). Belongs to its loop.
final class LoopSocket extends NioSocketChannel {

  /// Takes bytes from the socket when there are some.
  interface Reader {
    /// Reads what there is.
    ///
    /// @return false at the end of the stream, which is Netty's to deal with
    boolean readable();
  }

  LoopSocket() {}

  private LoopSocket(Channel parent, SocketChannel accepted) {
    super(parent, accepted);
  }

  /// From now on `reader` is asked first when the socket can be read. Only when registered.
  void readTo(Reader reader) {
    SelectionKey key = registration().attachment();
    if (key.attachment() instanceof SelectorHandler.Registration registration) {
      registration.readTo(reader);
    }
  }

  /// Reads into `into`; -1 at the end of the stream.
  int readNow(ByteBuffer into) throws IOException {
    return javaChannel().read(into);
  }

  /// Writes what the operating system takes at once. Only when Netty has nothing left to write.
  int writeNow(ByteBuffer from) throws IOException {
    return javaChannel().write(from);
  }

  /// Accepts such sockets.
  static final class Server extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws IOException {
      SocketChannel socket = javaChannel().accept();
      if (socket == null) {
        return 0;
      }
      try {
        accepted.add(new LoopSocket(this, socket));
        return 1;
      } catch (RuntimeException e) {
        socket.close();
        throw e;
      }
    }
  }
}
