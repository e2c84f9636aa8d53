package io.euryale.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What Linux says of a process under `/proc`.
public final class ProcReadings {

  /// Linux reports processor time to programs in hundredths of a second on every architecture.
  private static final double TICKS_PER_SECOND = 100;

  private static final double KIB_PER_MIB = 1024;

  private ProcReadings() {}

  /// Processor time of a process since its start, user and system, in seconds.
  ///
  /// @throws IOException when there is no such process, or no `/proc`
  public static double cpuSeconds(long pid) throws IOException {
    return cpuSeconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
  }

  /// @param stat the line in `/proc/PID/stat`
  static double cpuSeconds(String stat) {
    // The second field is the program's name in parentheses and may contain anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  /// Memory of a process that is in RAM now, in MiB.
  ///
  /// @throws IOException when there is no such process, or no `/proc`
  public static double residentMebibytes(long pid) throws IOException {
    String status = Files.readString(Path.of("/proc", Long.toString(pid), "status"));
    return mebibytes(status, "VmRSS:");
  }

  /// @param status the text in `/proc/PID/status`
  static double mebibytes(String status, String key) {
    return status
        .lines()
        .filter(line -> line.startsWith(key))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / KIB_PER_MIB)
        .findFirst()
        .orElse(0);
  }

  /// Processes that ran or wanted to, averaged over the last minute.
  ///
  /// @throws IOException when there is no `/proc`
  public static double loadAverage() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
  }
}
