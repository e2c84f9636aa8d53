package io.euryale.bench.streams;

import io.euryale.bench.BenchException;
import io.euryale.bench.Child;
import io.euryale.bench.SmallJvm;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// A bare relay in a JVM of its own.
record RelayProcess(Child child, CompletableFuture<Integer> listening) {

  private static final long START_SECONDS = 20;

  /// What else is printed is the JVM's, which may have been told to log.
  private static final Pattern PORT = Pattern.compile("\\d{1,5}");

  /// Starts one, and does not wait until it listens.
  ///
  /// @param program [BareRelay] or [BareFan]
  /// @param other the port on this machine that it connects to
  static RelayProcess start(String name, Class<?> program, int other) throws BenchException {
    CompletableFuture<Integer> listening = new CompletableFuture<>();
    Child child =
        Child.start(
            name,
            SmallJvm.command(program.getName(), List.of(Integer.toString(other))),
            line -> {
              if (PORT.matcher(line).matches()) {
                listening.complete(Integer.parseInt(line));
              }
            });
    return new RelayProcess(child, listening);
  }

  /// Waits for the port that it listens at.
  int port() throws BenchException, InterruptedException {
    try {
      return listening.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException _) {
      throw BenchException.environment(
          "A bare relay did not start within %d s: %s".formatted(START_SECONDS, child.complaint()));
    }
  }
}
