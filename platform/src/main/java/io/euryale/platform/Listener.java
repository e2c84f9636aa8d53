package io.euryale.platform;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.BindException;
import java.net.InetSocketAddress;

/// The listening socket of one core. It accepts nothing until its core has started.
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports how a channel ends by its events.
final class Listener {

  private static final int BACKLOG = 256;

  private final Channel channel;

  private Listener(Channel channel) {
    this.channel = channel;
  }

  static Listener open(NettyHome home, InetSocketAddress address) {
    ClassLoop loop = home.loop();
    ChannelFuture binding =
        new ServerBootstrap()
            .group(loop.group())
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, loop.allocator())
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, loop.readBuffer())
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1, 1))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel accepted) {
                    accepted.pipeline().addLast(new Connection(home, null));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new PlatformException(
          PlatformException.ENVIRONMENT, describe(home, address, binding.cause()));
    }
    return new Listener(binding.channel());
  }

  private static String describe(NettyHome home, InetSocketAddress address, Throwable cause) {
    String where = address.getAddress().getHostAddress() + ":" + address.getPort();
    String what = home.trafficClass().label() + " traffic cannot listen on " + where + ": ";
    if (cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")) {
      return what + "the port is in use; stop the other process or choose another port (0: any).";
    }
    return what + cause.getMessage() + "; choose another address or port.";
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  void accept() {
    channel.config().setAutoRead(true);
  }

  void close() {
    channel.close();
  }
}
