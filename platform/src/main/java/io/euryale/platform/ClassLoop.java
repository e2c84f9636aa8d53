package io.euryale.platform;

import io.euryale.kernel.TrafficClass;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// The loop of one traffic class: one thread, its timers, its read buffer, its outbound memory, and
/// the cores that had inputs in the current turn. Everything here belongs to that thread.
final class ClassLoop {

  /// Longest time for tasks between two looks at the sockets.
  private static final long TASK_QUANTUM_MILLIS = 2;

  /// Tasks after which a turn ends even if more tasks wait.
  private static final int TASKS_PER_TURN = 32;

  // No arenas and no thread caches: the loop keeps its few buffers itself. A pool would cost every
  // peer megabytes for a handful of 16 KiB pieces.
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
  private final TimerHeap timers = new TimerHeap();
  private final Segments segments = new Segments(allocator);
  private final ReadBuffer readBuffer = new ReadBuffer(allocator);
  private final List<NettyHome> openTurns = new ArrayList<>();
  private final MultiThreadIoEventLoopGroup group;
  private final SingleThreadIoEventLoop eventLoop;
  private int tasksInTurn;

  ClassLoop(TrafficClass trafficClass) {
    ThreadFactory threads =
        work -> {
          Thread thread = new FastThreadLocalThread(work, "euryale-" + trafficClass.label());
          thread.setDaemon(true);
          return thread;
        };
    group =
        new MultiThreadIoEventLoopGroup(
            1, threads, executor -> new TurnHandler(new SelectorHandler(executor), this)) {
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

  UnpooledByteBufAllocator allocator() {
    return allocator;
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

  void release() {
    segments.close();
    readBuffer.close();
  }
}
