package io.euryale.bench;

import io.euryale.platform.JavaCommand;
import java.util.List;

/// What every measured process of streams runs with, peers and bare relays alike, to stay small: a
/// heap of 16 to 40 MiB collected by one thread, and only the first compiler, which needs neither
/// profiles nor much memory and has compiled the data path after a few hundred packets. None has
/// the launcher's cache of classes, which knows Euryale's only.
public final class SmallJvm {

  public static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms16m",
          "-Xmx40m",
          "-Xmn8m",
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=16m",
          "-XX:MaxDirectMemorySize=32m",
          "-Xss512k",
          "-XX:-UsePerfData");

  private SmallJvm() {}

  /// The command for one such process.
  ///
  /// @param mainClass its binary name
  public static List<String> command(String mainClass, List<String> arguments) {
    return JavaCommand.uncached(FLAGS, mainClass, arguments);
  }
}
