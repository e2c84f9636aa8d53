package io.euryale.lab.fuzz;

/// What the fuzzer calls, in a process of its own for each target.
public final class Fuzzed {

  private static FuzzTarget target = FuzzTarget.HELLO;

  private Fuzzed() {}

  /// @param arguments the name of the target
  public static void fuzzerInitialize(String[] arguments) {
    target = FuzzTarget.valueOf(arguments[0]);
  }

  /// One input.
  public static void fuzzerTestOneInput(byte[] bytes) {
    target.take(bytes);
  }
}
