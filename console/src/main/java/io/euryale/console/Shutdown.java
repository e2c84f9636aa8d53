package io.euryale.console;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a running command end in order when it is interrupted (SIGINT, SIGTERM): the command's
/// thread is told, finishes as at any other end, and its exit code becomes the exit code of the
/// process; also when it ends by an exception, or what it has opened does not close well.
final class Shutdown implements AutoCloseable {

  /// In place of an exit code: the process ends as by the signal alone, with 130 or 143, since the
  /// command had not done anything yet that it could tell of.
  static final int SIGNALLED = 128;

  /// Longer than peers and clients take to close.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// From the close of the command to the end of `main`, which tells what failed.
  private static final long ENDING_SECONDS = 2;

  /// The exit code, once `main` has it.
  private static final CompletableFuture<Integer> ENDED = new CompletableFuture<>();

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Duration patience;
  private final Thread hook;
  private volatile int exitCode = ExitCode.MISSED;
  private volatile Runnable onRequest = () -> {};

  Shutdown() {
    this(PATIENCE);
  }

  /// @param patience how long an orderly end may take; after that the process goes anyway
  Shutdown(Duration patience) {
    this.patience = patience;
    hook = new Thread(this::interrupted, "euryale-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupted() {
    request();
    try {
      if (finished.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        int code = ENDED.completeOnTimeout(exitCode, ENDING_SECONDS, TimeUnit.SECONDS).join();
        Logging.flush();
        Main.flush(System.err, System.out);
        if (code != SIGNALLED) {
          // Without this the process would report the signal and not how its work ended.
          Runtime.getRuntime().halt(code);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Something to do, besides, when the end is requested; at once when it was already.
  void onRequest(Runnable action) {
    onRequest = action;
    if (isRequested()) {
      action.run();
    }
  }

  /// Asks the command to end.
  void request() {
    boolean first = requested.getCount() > 0;
    requested.countDown();
    if (first) {
      onRequest.run();
    }
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /// Waits until the end is requested.
  void await() throws InterruptedException {
    requested.await();
  }

  /// Waits until the end is requested, at most for `timeout`.
  ///
  /// @return whether it is requested
  boolean await(Duration timeout) throws InterruptedException {
    return requested.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Notes how the process ends; the last that `main` does before it exits.
  static void ended(int code) {
    boolean _ = ENDED.complete(code);
  }

  /// Notes how the command ended, if nothing fails while it closes what it has opened.
  int finish(int code) {
    exitCode = code;
    return code;
  }

  /// The command is done; nothing is left to close.
  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The hook is running: it waits for what was just counted down.
    }
  }
}
