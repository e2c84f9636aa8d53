package io.euryale.console.source;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One payload for each datagram that arrives at a loopback address. Anybody can send datagrams,
/// so other addresses are refused until senders can prove who they are.
public final class DatagramSource implements PayloadSource {

  private final DatagramChannel channel;
  private final ByteBuffer buffer;
  private final int limitBytes;
  private final AtomicLong oversized = new AtomicLong();

  /// @param limitBytes largest datagram that is passed on; larger ones are counted and left out
  /// @throws IOException when the address is not a loopback address, or the port is taken
  public DatagramSource(String host, int port, int limitBytes) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    if (!address.isLoopbackAddress()) {
      throw new IOException(
          "datagrams are taken at loopback addresses only, such as 127.0.0.1, not at " + host);
    }
    this.limitBytes = limitBytes;
    this.buffer = ByteBuffer.allocate(limitBytes + 1);
    this.channel = DatagramChannel.open();
    try {
      channel.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      channel.close();
      throw new IOException(
          "UDP port " + port + " of " + host + " cannot be used: " + e.getMessage(), e);
    }
  }

  /// The port that datagrams are taken at.
  public int port() throws IOException {
    SocketAddress local = channel.getLocalAddress();
    return ((InetSocketAddress) local).getPort();
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    while (true) {
      buffer.clear();
      try {
        channel.receive(buffer);
      } catch (ClosedChannelException _) {
        return null;
      }
      buffer.flip();
      if (buffer.remaining() > limitBytes) {
        oversized.incrementAndGet();
      } else if (buffer.hasRemaining()) {
        return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
      }
    }
  }

  @Override
  public long oversized() {
    return oversized.get();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
