package io.euryale.console.architecture.planted;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongSupplier;

/// Clocks and randomness that no seed reproduces. Never run.
final class ForbiddenCalls {

  private ForbiddenCalls() {}

  static long nanoTime() {
    return System.nanoTime();
  }

  static long wallClock() {
    return System.currentTimeMillis();
  }

  static LongSupplier clockReference() {
    return System::nanoTime;
  }

  static Instant instant() {
    return Instant.now();
  }

  static double mathRandom() {
    return Math.random();
  }

  static Random unseeded() {
    return new Random();
  }

  static Random seeded() {
    return new Random(42);
  }

  static UUID uuid() {
    return UUID.randomUUID();
  }

  static void shuffle(List<String> list) {
    Collections.shuffle(list);
  }
}
