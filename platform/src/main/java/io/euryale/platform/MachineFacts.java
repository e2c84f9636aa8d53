package io.euryale.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a result depends on besides the code; goes into the `environment` of every result document.
///
/// @param cores processors this process may use
/// @param memoryMib memory of the machine or of this process's control group, whichever is less; 0
/// when unknown
/// @param kernel name and release of the operating system's kernel
/// @param architecture of the processor
/// @param jdk version and vendor
public record MachineFacts(
    int cores, long memoryMib, String kernel, String architecture, String jdk) {

  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path GROUP_LIMIT = Path.of("/sys/fs/cgroup/memory.max");

  /// Reads the facts from the system.
  public static MachineFacts read() {
    return new MachineFacts(
        Runtime.getRuntime().availableProcessors(),
        readMemoryMib(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("os.arch", "unknown"),
        Runtime.version() + " " + System.getProperty("java.vendor"));
  }

  /// The facts with the names they have in result documents, in order.
  public Map<String, Object> asMap() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("cores", cores);
    facts.put("memory", memoryMib + " MiB");
    facts.put("kernel", kernel);
    facts.put("architecture", architecture);
    facts.put("jdk", jdk);
    return facts;
  }

  private static long readMemoryMib() {
    long machine = 0;
    long group = Long.MAX_VALUE;
    try {
      for (String line : Files.readAllLines(MEMORY)) {
        if (line.startsWith("MemTotal:")) {
          machine = Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
        }
      }
      String limit = Files.exists(GROUP_LIMIT) ? Files.readString(GROUP_LIMIT).strip() : "max";
      group = limit.equals("max") ? Long.MAX_VALUE : Long.parseLong(limit) >> 20;
    } catch (IOException | NumberFormatException e) {
      // A system that does not say: what is known so far is the answer.
      return machine;
    }
    return Math.min(machine, group);
  }
}
