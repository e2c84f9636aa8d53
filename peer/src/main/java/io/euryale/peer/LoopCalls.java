package io.euryale.peer;

import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.NettyHome;
import io.euryale.platform.PlatformException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;

/// Calls from application threads into the loop that owns a core.
public final class LoopCalls {

  private static final long LOOK_AGAIN_MILLIS = 100;

  private LoopCalls() {}

  /// Runs `work` on the loop of `home` and waits for its answer.
  ///
  /// @param who named in the refusal when the home has stopped
  /// @throws RefusedException when the home has stopped, with the reason if this machine is to
  /// blame
  /// @throws IllegalStateException when it has because of a mistake in Euryale
  /// @throws InterruptedException when the waiting thread is interrupted; the work may still be
  /// done
  public static <T> T call(NettyHome home, String who, LongFunction<T> work)
      throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean taken = home.execute(nowNanos -> answer.complete(work.apply(nowNanos)));
    while (taken) {
      try {
        return answer.get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        // A task given just before the home stopped never runs, so nobody would answer.
        taken = !home.isStopped() || answer.isDone();
      } catch (ExecutionException e) {
        throw new IllegalStateException("Only values complete this future", e);
      }
    }
    switch (home.failure()) {
      case null -> throw closed(who);
      case PlatformException machine ->
          throw new RefusedException(Reason.CLOSED, who + " has ended. " + machine.getMessage());
      case Throwable mistake ->
          throw new IllegalStateException(
              who + " stopped because of a mistake in Euryale", mistake);
    }
  }

  static RefusedException closed(String who) {
    return new RefusedException(Reason.CLOSED, who + " is closed: open a new one to go on.");
  }

  /// What is left until `deadlineNanos` of `System.nanoTime`, at least zero.
  static Duration remaining(long deadlineNanos) {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }
}
