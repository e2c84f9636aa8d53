package io.euryale.platform;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;

/// Gives an I/O handler the notion of a turn: wait, handle all inputs at hand, fire timers,
/// and only then let every core that had inputs finish its turn (`idle`, then flush).
final class TurnHandler implements IoHandler {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final IoHandler nio;
  private final ClassLoop loop;
  private final Context context = new Context();

  TurnHandler(IoHandler nio, ClassLoop loop) {
    this.nio = nio;
    this.loop = loop;
  }

  @Override
  public int run(IoHandlerContext outer) {
    context.outer = outer;
    int handled = nio.run(context);
    loop.timers().fire(Loops.nowNanos());
    loop.endTurns();
    return handled;
  }

  @Override
  public void initialize() {
    nio.initialize();
  }

  @Override
  public void prepareToDestroy() {
    nio.prepareToDestroy();
  }

  @Override
  public void destroy() {
    nio.destroy();
    loop.release();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return nio.register(handle);
  }

  @Override
  public void wakeup() {
    nio.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return nio.isCompatible(handleType);
  }

  /// Netty's context, with our timers as one more reason to wake up.
  private final class Context implements IoHandlerContext {

    private IoHandlerContext outer = this;

    @Override
    public boolean canBlock() {
      return outer.canBlock() && !loop.hasOpenTurns();
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      long theirs = outer.delayNanos(currentTimeNanos);
      long deadline = loop.timers().nextNanos();
      if (deadline == Long.MAX_VALUE) {
        return theirs;
      }
      long ours = Math.max(0, deadline - Loops.nowNanos());
      // The selector waits whole milliseconds and rounds to the nearest: rounding up here makes a
      // timer at most 1 ms late, rounding down would make the loop spin until it is due.
      ours = (ours + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI * NANOS_PER_MILLI;
      return Math.min(theirs, ours);
    }

    @Override
    public long deadlineNanos() {
      return outer.deadlineNanos();
    }

    @Override
    public void reportActiveIoTime(long activeNanos) {
      outer.reportActiveIoTime(activeNanos);
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      return outer.shouldReportActiveIoTime();
    }
  }
}
