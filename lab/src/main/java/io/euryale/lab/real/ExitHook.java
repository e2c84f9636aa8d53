package io.euryale.lab.real;

/// What is done when this process ends before it could clean up in order. Not when it is killed by
/// SIGKILL: then members end with their standard input, and the next run removes namespaces.
final class ExitHook {

  private final Thread thread;

  private ExitHook(Thread thread) {
    this.thread = thread;
  }

  static ExitHook add(Runnable action) {
    Thread thread = new Thread(action, "real-run-end");
    Runtime.getRuntime().addShutdownHook(thread);
    return new ExitHook(thread);
  }

  /// It was done in order.
  void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException _) {
      // The process is ending, and the action does no harm again.
    }
  }
}
