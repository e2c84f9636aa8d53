package io.euryale.bench.city;

import io.euryale.kernel.TrafficClass;
import io.euryale.platform.LoopPriority;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// What a city is measured against: the usual server of somebody who needs no overlay. It reads
/// packets from any number of connections and writes them to one, with Netty as it is meant to be
/// used. It knows no names, keeps no copies, survives nothing.
///
/// A packet is its length (4 bytes) and its bytes. Prints the port it listens at as its only line,
/// and ends when its standard input does.
public final class NettyRelay {

  private static final int LENGTH_BYTES = 4;
  private static final int MOST_BYTES = 1 << 20;

  private NettyRelay() {}

  /// Relays until its standard input ends.
  ///
  /// @param args the port on this machine that packets go to
  /// @throws IOException when the standard input cannot be read
  public static void main(String[] args) throws IOException, InterruptedException {
    InetAddress here = InetAddress.getLoopbackAddress();
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(0, NettyRelay::loop, NioIoHandler.newFactory());
    Channel out =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(here, Integer.parseInt(args[0]))
            .sync()
            .channel();
    Channel server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel in) {
                    in.pipeline()
                        .addLast(new LengthFieldBasedFrameDecoder(MOST_BYTES, 0, LENGTH_BYTES))
                        .addLast(new Forward(out));
                  }
                })
            .bind(here, 0)
            .sync()
            .channel();
    System.out.println(((InetSocketAddress) server.localAddress()).getPort());
    while (System.in.read() >= 0) {
      // Nothing is said to a relay; it lives as long as whoever started it.
    }
    System.exit(0);
  }

  /// A thread that goes before other work as loops of peers do.
  private static Thread loop(Runnable work) {
    return new FastThreadLocalThread(
        () -> {
          LoopPriority.raise(TrafficClass.NORMAL);
          work.run();
        });
  }

  /// Hands each packet on; what came together leaves together.
  private static final class Forward extends SimpleChannelInboundHandler<ByteBuf> {
    private final Channel out;

    Forward(Channel out) {
      this.out = out;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext from, ByteBuf packet) {
      ChannelFuture _ = out.write(packet.retain(), out.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
      out.flush();
    }
  }
}
