package io.euryale.platform;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command that starts another JVM like this one: the same Java, the same class path, and the
/// cache of loaded classes that this one was started with, if there is one.
public final class JavaCommand {

  private static final List<String> CACHE = List.of("-XX:AOTCache=", "-Xlog:aot");

  /// As the launcher starts Euryale: the cache fits no JVM with other rights.
  private static final List<String> RIGHTS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--illegal-native-access=deny",
          "--sun-misc-unsafe-memory-access=deny");

  private JavaCommand() {}

  /// The command for one JVM.
  ///
  /// @param flags of the JVM
  /// @param mainClass its binary name
  public static List<String> of(List<String> flags, String mainClass, List<String> arguments) {
    List<String> all = new ArrayList<>(flags);
    for (String own : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (CACHE.stream().anyMatch(own::startsWith)) {
        all.add(own);
      }
    }
    return uncached(all, mainClass, arguments);
  }

  /// The same without the cache: for measurements beside programs that are not in it.
  public static List<String> uncached(
      List<String> flags, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java().toString());
    command.addAll(flags);
    command.addAll(RIGHTS);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  /// The program; a Java that was cut down to what it needs may lack it.
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
