package io.euryale.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command that starts another JVM like this one: same Java, same class path.
public final class JavaCommand {

  /// What every measured process runs with, peers and bare relays alike, to stay small: a heap of
  /// 16 to 40 MiB collected by one thread, and only the first compiler, which needs neither
  /// profiles nor much memory and has compiled the data path after a few hundred packets.
  public static final List<String> SMALL =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms16m",
          "-Xmx40m",
          "-Xmn8m",
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=16m",
          "-XX:MaxDirectMemorySize=32m",
          "-Xss512k",
          "-Xshare:auto",
          "-XX:-UsePerfData");

  private JavaCommand() {}

  /// The command for one JVM.
  ///
  /// @param flags of the JVM
  /// @param mainClass its binary name
  public static List<String> of(List<String> flags, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }
}
