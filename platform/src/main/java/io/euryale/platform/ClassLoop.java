package io.euryale.platform;

import io.euryale.kernel.TrafficClass;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loop of one traffic class: one thread, its timers, its read buffer, its outbound memory, and
/// the cores that had inputs in the current turn. Everything here belongs to that thread.
final class ClassLoop {

  /// Longest time for tasks between two looks at the sockets.
  private static final long TASK_QUANTUM_MILLIS = 2;

  /// Connections that may wait in the operating system to be accepted.
  private static final int BACKLOG = 256;

  /// Writable means that everything handed to Netty is with the operating system.
  private static final WriteBufferWaterMark DRAINED = new WriteBufferWaterMark(1, 1);

  private static final Logger LOG = LoggerFactory.getLogger(ClassLoop.class);
  private static final long WAIT_MILLIS = 5_000;

  /// More than the longest datagram.
  private static final int DATAGRAM_BYTES = 64 << 10;

  /// More than the largest record of TLS, and than the JDK's engine asks for.
  private static final int RECORD_BYTES = 33 << 10;

  /// Tasks after which a turn ends even if more tasks wait.
  private static final int TASKS_PER_TURN = 32;

  // No arenas and no thread caches: the loop keeps its few buffers itself. A pool would cost every
  // peer megabytes for a handful of 16 KiB pieces.
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
  private final TimerHeap timers = new TimerHeap();
  private final Segments segments = new Segments(allocator);
  private final ReadBuffer readBuffer = new ReadBuffer(allocator);
  private @Nullable ByteBuffer datagramBuffer;
  private @Nullable ByteBuffer plainBuffer;
  private @Nullable ByteBuffer sealedBuffer;
  private @Nullable SelectorHandler selector;
  private final List<NettyHome> openTurns = new ArrayList<>();
  private final MultiThreadIoEventLoopGroup group;
  private final SingleThreadIoEventLoop eventLoop;
  private final Executor handshakes;
  private int tasksInTurn;

  /// Marks the threads that must never wait for a loop: two of them waiting for each other would
  /// never end.
  private static final class LoopThread extends FastThreadLocalThread {
    private final TrafficClass trafficClass;

    LoopThread(Runnable work, TrafficClass trafficClass) {
      super(work, "euryale-" + trafficClass.label());
      this.trafficClass = trafficClass;
    }

    @Override
    public void run() {
      LoopPriority.raise(trafficClass);
      super.run();
    }
  }

  /// @param spinNanos how long the loop looks for more before it sleeps
  /// @param handshakes one thread for all classes; drops what it is given once it is closed
  ClassLoop(TrafficClass trafficClass, long spinNanos, Executor handshakes) {
    this.handshakes = handshakes;
    ThreadFactory threads =
        work -> {
          Thread thread = new LoopThread(work, trafficClass);
          thread.setDaemon(true);
          return thread;
        };
    group =
        new MultiThreadIoEventLoopGroup(
            1,
            threads,
            executor -> {
              SelectorHandler handler = new SelectorHandler(executor, spinNanos);
              selector = handler;
              return new TurnHandler(handler, this);
            }) {
          @Override
          protected IoEventLoop newChild(
              Executor executor, IoHandlerFactory factory, @Nullable Object... args) {
            return new SingleThreadIoEventLoop(
                this,
                executor,
                factory,
                1 << 20,
                RejectedExecutionHandlers.reject(),
                TASK_QUANTUM_MILLIS);
          }
        };
    eventLoop = (SingleThreadIoEventLoop) group.next();
  }

  /// Identifies the loop's thread; starts it if it has not run yet.
  long threadId() {
    return eventLoop.threadProperties().id();
  }

  IoEventLoop eventLoop() {
    return eventLoop;
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  TimerHeap timers() {
    return timers;
  }

  Segments segments() {
    return segments;
  }

  ReadBuffer readBuffer() {
    return readBuffer;
  }

  /// One buffer for whatever datagram comes next; made when the first one does.
  ByteBuffer datagramBuffer() {
    ByteBuffer buffer = datagramBuffer;
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
      datagramBuffer = buffer;
    }
    return buffer;
  }

  /// One buffer for what TLS opens; made when the first link with keys is.
  ByteBuffer plainBuffer() {
    ByteBuffer buffer = plainBuffer;
    if (buffer == null) {
      buffer = ByteBuffer.allocate(RECORD_BYTES);
      plainBuffer = buffer;
    }
    return buffer;
  }

  /// One buffer for what TLS seals; made when the first link with keys is.
  ByteBuffer sealedBuffer() {
    ByteBuffer buffer = sealedBuffer;
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(RECORD_BYTES);
      sealedBuffer = buffer;
    }
    return buffer;
  }

  /// Computes what handshakes need, one after the other, for all classes.
  Executor handshakes() {
    return handshakes;
  }

  /// What dials connections of this loop.
  Bootstrap dialling(Duration timeout) {
    return new Bootstrap()
        .group(group)
        .channelFactory(LoopSocket::new)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.ALLOCATOR, allocator)
        .option(ChannelOption.RECVBUF_ALLOCATOR, readBuffer)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, DRAINED);
  }

  /// What accepts connections for this loop; nothing until reading is switched on.
  ServerBootstrap listening() {
    return new ServerBootstrap()
        .group(group)
        .channelFactory(LoopSocket.Server::new)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.ALLOCATOR, allocator)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, readBuffer)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, DRAINED);
  }

  boolean hasOpenTurns() {
    return !openTurns.isEmpty();
  }

  /// Notes that `home` had an input: its turn ends when the inputs at hand are handled.
  void openTurn(NettyHome home) {
    openTurns.add(home);
  }

  /// A task from outside has run. Tasks share a turn as packets do, but many publishers must not
  /// keep it from ending.
  void taskDone() {
    if (++tasksInTurn >= TASKS_PER_TURN) {
      endTurns();
    }
  }

  void endTurns() {
    tasksInTurn = 0;
    // A home whose turn ends may give another home of this loop no input directly, but a failing
    // core can; by index, so that late arrivals are served as well.
    for (int i = 0; i < openTurns.size(); i++) {
      openTurns.get(i).endTurn();
    }
    openTurns.clear();
  }

  /// Runs `work` on the loop and waits for it, for at most 5 s; called on any loop it does not
  /// wait. When it has waited, the ports of what `work` closed are free.
  ///
  /// @return false when the loop has ended, and `work` will not run
  boolean runAndWait(Runnable work) {
    if (eventLoop.inEventLoop()) {
      work.run();
      return true;
    }
    CountDownLatch done = new CountDownLatch(1);
    try {
      eventLoop.execute(
          () -> {
            work.run();
            letGoOfClosed();
            done.countDown();
          });
    } catch (RejectedExecutionException e) {
      return false;
    }
    await(done);
    return true;
  }

  /// Closed channels keep their ports until the selector looks again. Only in a task of its own:
  /// the look may call any core of the loop.
  private void letGoOfClosed() {
    SelectorHandler handler = selector;
    if (handler != null) {
      handler.letGoOfClosed();
    }
  }

  /// Waits for something that this loop does, for at most 5 s; on any loop it does not wait.
  void await(CountDownLatch latch) {
    if (Thread.currentThread() instanceof LoopThread) {
      return;
    }
    try {
      if (!latch.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("A loop has not answered for {} ms", WAIT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void release() {
    segments.close();
    readBuffer.close();
  }
}
