package io.euryale.platform;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Waits for Netty's NIO channels and handles what they are ready for, without making garbage.
///
/// Netty's own NIO handler goes through the selector's set of selected keys, which costs a hash
/// node for each ready channel and iterators for each turn, about 90 bytes a packet. It avoids
/// that only with reflection into the JDK, which Euryale does not allow. The JDK's `select` with
/// an action needs no such set. Belongs to its loop's thread, but for [#wakeup].
final class SelectorHandler implements IoHandler {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /// Combinations of the four operations, each a bit below 32.
  private static final int COMBINATIONS = 32;

  private final ThreadAwareExecutor executor;
  private final Selector selector;
  private final Ready[] events = new Ready[COMBINATIONS];
  private final Consumer<SelectionKey> action = this::ready;
  private final long spinNanos;

  /// Whether the loop sleeps or is about to: only then must others wake it, which costs them a
  /// system call. Set before the last look at the tasks; a task added after that look finds it set.
  private volatile boolean sleeping;

  private long lastReadyNanos;

  private record Ready(NioIoOps ops) implements NioIoEvent {}

  /// @param spinNanos how long after the last input to look for another before sleeping
  SelectorHandler(ThreadAwareExecutor executor, long spinNanos) {
    this.executor = executor;
    this.spinNanos = spinNanos;
    try {
      selector = SelectorProvider.provider().openSelector();
    } catch (IOException e) {
      throw new UncheckedIOException("No selector can be opened", e);
    }
    for (int ops = 0; ops < COMBINATIONS; ops++) {
      events[ops] = new Ready(NioIoOps.valueOf(ops));
    }
  }

  @Override
  public int run(IoHandlerContext context) {
    try {
      int handled = spinNanos == 0 ? 0 : spin(context);
      if (handled == 0) {
        handled = look(context);
      }
      if (spinNanos > 0 && handled > 0) {
        lastReadyNanos = System.nanoTime();
      }
      return handled;
    } catch (IOException e) {
      throw new UncheckedIOException("The selector fails", e);
    } finally {
      sleeping = false;
    }
  }

  private int look(IoHandlerContext context) throws IOException {
    if (!context.canBlock()) {
      return selector.selectNow(action);
    }
    // To the nearest millisecond; 0 would mean to wait without end.
    long nanos = context.delayNanos(System.nanoTime());
    long millis = (nanos + NANOS_PER_MILLI / 2) / NANOS_PER_MILLI;
    if (millis <= 0) {
      return selector.selectNow(action);
    }
    sleeping = true;
    // Whoever adds a task from here on makes the selector return at once.
    return context.canBlock() ? selector.select(action, millis) : selector.selectNow(action);
  }

  private int spin(IoHandlerContext context) throws IOException {
    while (System.nanoTime() - lastReadyNanos < spinNanos && context.canBlock()) {
      int handled = selector.selectNow(action);
      if (handled > 0) {
        return handled;
      }
      Thread.onSpinWait();
    }
    return 0;
  }

  /// Makes the selector forget the channels that were closed, as only a look does. Not from inside
  /// a look.
  void letGoOfClosed() {
    if (!selector.isOpen()) {
      return;
    }
    try {
      int _ = selector.selectNow(action);
    } catch (IOException e) {
      throw new UncheckedIOException("The selector fails", e);
    }
  }

  private void ready(SelectionKey key) {
    Registration registration = (Registration) key.attachment();
    try {
      // What an earlier channel of this turn caused may have closed this one.
      if (registration.isValid()) {
        int ops = key.readyOps();
        LoopSocket.Reader reader = registration.reader;
        if (reader == null || ops != SelectionKey.OP_READ || !reader.readable()) {
          registration.handle.handle(registration, events[ops]);
        }
      }
    } catch (CancelledKeyException _) {
      // Closed between the two.
    }
  }

  @Override
  public IoRegistration register(IoHandle handle) throws IOException {
    NioIoHandle nio = (NioIoHandle) handle;
    Registration registration = new Registration(nio, selector);
    nio.registered();
    return registration;
  }

  @Override
  public void wakeup() {
    // Between what the caller added and this look at the flag; the loop has one by writing it.
    VarHandle.fullFence();
    if (sleeping && !executor.isExecutorThread(Thread.currentThread())) {
      selector.wakeup();
    }
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return NioIoHandle.class.isAssignableFrom(handleType);
  }

  @Override
  public void prepareToDestroy() {
    List<SelectionKey> keys = new ArrayList<>(selector.keys());
    for (SelectionKey key : keys) {
      ((Registration) key.attachment()).close();
    }
    try {
      int _ = selector.selectNow(action); // Lets go of the cancelled keys.
    } catch (IOException _) {
      // The selector is closed next.
    }
  }

  @Override
  public void destroy() {
    try {
      selector.close();
    } catch (IOException _) {
      // Nothing depends on it any more.
    }
  }

  /// One channel at the selector.
  static final class Registration implements IoRegistration {

    private final NioIoHandle handle;
    private final SelectionKey key;
    private LoopSocket.@Nullable Reader reader;
    private boolean cancelled;

    private Registration(NioIoHandle handle, Selector selector) throws IOException {
      this.handle = handle;
      key = handle.selectableChannel().register(selector, NioIoOps.NONE.value(), this);
    }

    void readTo(LoopSocket.Reader taker) {
      reader = taker;
    }

    // Netty's interface; its NIO channels ask for their key, and for nothing else.
    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> T attachment() {
      return (T) key;
    }

    @Override
    public long submit(IoOps ops) {
      if (!isValid()) {
        return -1;
      }
      int interest = ((NioIoOps) ops).value();
      key.interestOps(interest);
      return interest;
    }

    @Override
    public boolean isValid() {
      return !cancelled && key.isValid();
    }

    @Override
    public boolean cancel() {
      if (cancelled) {
        return false;
      }
      cancelled = true;
      key.cancel();
      handle.unregistered();
      return true;
    }

    private void close() {
      boolean _ = cancel();
      try {
        handle.close();
      } catch (Exception _) {
        // It goes away with the selector.
      }
    }
  }
}
