package io.euryale.platform;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import java.net.BindException;
import java.net.InetSocketAddress;

/// The listening socket of one core. It accepts nothing until its core has started.
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports how a channel ends by its events.
final class Listener {

  private final Channel channel;

  private Listener(Channel channel) {
    this.channel = channel;
  }

  static Listener open(NettyHome home, InetSocketAddress address) {
    ChannelFuture binding =
        home.loop()
            .listening()
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
