package io.euryale.platform;

import io.euryale.kernel.Core;
import io.euryale.kernel.DatagramCore;
import io.euryale.kernel.Hello;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Calls a core, one input at a time, each as part of a turn: never before its start, never after
/// its home has stopped. What a core throws is our bug and goes to [NettyHome#failed]. Belongs to
/// the loop of its home.
final class CoreCalls {

  private final NettyHome home;
  private @Nullable Core core;
  private @Nullable DatagramCore datagramCore;

  CoreCalls(NettyHome home) {
    this.home = home;
  }

  boolean hasStarted() {
    return core != null;
  }

  void start(Core newCore) {
    core = newCore;
    datagramCore = newCore instanceof DatagramCore takes ? takes : null;
    home.openTurn();
    try {
      newCore.start(Loops.nowNanos());
    } catch (Throwable e) {
      home.failed(e);
    }
  }

  /// A task from outside; may run before the start.
  void task(LongConsumer task) {
    if (home.isStopped()) {
      return;
    }
    home.openTurn();
    try {
      task.accept(Loops.nowNanos());
    } catch (Throwable e) {
      home.failed(e);
    }
  }

  void linkUp(int link, Hello remote) {
    Core called = input();
    if (called != null) {
      try {
        called.linkUp(Loops.nowNanos(), link, remote);
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  void linkDown(int link, String reason) {
    Core called = input();
    if (called != null) {
      try {
        called.linkDown(Loops.nowNanos(), link, reason);
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  void dialFailed(int link, String reason) {
    Core called = input();
    if (called != null) {
      try {
        called.dialFailed(Loops.nowNanos(), link, reason);
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  void frame(int link, ByteBuffer body) {
    Core called = input();
    if (called != null) {
      home.counters().frameIn();
      try {
        called.frame(Loops.nowNanos(), link, body);
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  void datagram(ByteBuffer datagram) {
    DatagramCore called = datagramCore;
    if (called != null && input() != null) {
      try {
        called.datagram(Loops.nowNanos(), datagram);
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  void persisted(int record) {
    DatagramCore called = datagramCore;
    if (called != null && input() != null) {
      try {
        called.persisted(Loops.nowNanos(), record);
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  void timerDue(long nowNanos) {
    Core called = input();
    if (called != null) {
      try {
        called.timerDue(nowNanos);
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  /// The end of a turn, so it opens none.
  void idle() {
    Core called = core;
    if (called != null && !home.isStopped()) {
      try {
        called.idle(Loops.nowNanos());
      } catch (Throwable e) {
        home.failed(e);
      }
    }
  }

  private @Nullable Core input() {
    Core called = core;
    if (called == null || home.isStopped()) {
      return null;
    }
    home.openTurn();
    return called;
  }
}
