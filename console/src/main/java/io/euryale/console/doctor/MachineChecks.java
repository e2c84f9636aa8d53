package io.euryale.console.doctor;

import io.euryale.platform.LoopPriority;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks at the machine and at what this process may do on it.
///
/// @param root where `/proc` and `/sys` are
public record MachineChecks(Path root) {

  private static final int LEAST_JAVA = 25;
  private static final long FEW_FILES = 1_024;
  private static final long ENOUGH_FILES = 4_096;

  /// `CAP_SYS_NICE` in the capabilities of a process.
  private static final int SYS_NICE = 23;

  /// Clocks that are read without a call of the kernel.
  private static final Set<String> FAST_CLOCKS =
      Set.of("tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page");

  /// The machine that this process runs on.
  public static MachineChecks ofThisMachine() {
    return new MachineChecks(Path.of("/"));
  }

  /// Looks at everything.
  ///
  /// @param socketBytes what datagram sockets ask for as buffers; 0 without such sockets
  public List<Finding> all(long socketBytes) {
    return List.of(
        java(Runtime.version().feature()),
        processors(Runtime.getRuntime().availableProcessors()),
        quota(),
        clock(),
        files(),
        buffers(socketBytes),
        scheduling());
  }

  Finding java(int feature) {
    return feature >= LEAST_JAVA
        ? Finding.ok("java", "Java " + Runtime.version() + ".")
        : Finding.problem(
            "java",
            "Java " + feature + " is too old.",
            "Install a JDK " + LEAST_JAVA + " or newer, or name one in EURYALE_JAVA_HOME.");
  }

  Finding processors(int count) {
    return count >= 2
        ? Finding.ok("processors", count + " processors.")
        : Finding.warning(
            "processors",
            "All loops share one processor, so bulk traffic can hold up alarms.",
            "Give the process two processors or more.");
  }

  /// A process that has used up its quota stands still until the next period begins.
  Finding quota() {
    String group =
        read("proc/self/cgroup")
            .flatMap(text -> text.lines().filter(line -> line.startsWith("0::/")).findFirst())
            .map(line -> line.substring("0::/".length()))
            .orElse("");
    // A container sees its own group at the top.
    Optional<String> limit =
        read("sys/fs/cgroup/" + group + "/cpu.max").or(() -> read("sys/fs/cgroup/cpu.max"));
    String[] words = limit.orElse("max").strip().split("\\s+");
    if (words[0].equals("max") || words.length != 2) {
      return Finding.ok("cpu quota", "No quota of processor time.");
    }
    try {
      double cores = Double.parseDouble(words[0]) / Double.parseDouble(words[1]);
      return Finding.warning(
          "cpu quota",
          "The control group stops this process when it has used "
              + words[0]
              + " µs of every "
              + words[1]
              + " µs ("
              + Math.round(cores * 100) / 100.0
              + " processors), and others then take it for lost.",
          "Use CPUWeight= instead of CPUQuota=, or give it a quota far above what it needs.");
    } catch (NumberFormatException _) {
      return Finding.warning(
          "cpu quota", "The quota '" + limit.orElse("") + "' is not understood.", "Look at it.");
    }
  }

  Finding clock() {
    Optional<String> source =
        read("sys/devices/system/clocksource/clocksource0/current_clocksource").map(String::strip);
    if (source.isEmpty()) {
      return Finding.warning(
          "clock source",
          "This machine does not say what its clock is.",
          "Euryale is made for Linux; elsewhere nothing is measured.");
    }
    return FAST_CLOCKS.contains(source.get())
        ? Finding.ok("clock source", "The clock is '" + source.get() + "'.")
        : Finding.warning(
            "clock source",
            "The clock is '" + source.get() + "': each look at it costs a call of the kernel.",
            "Boot with clocksource=tsc where the processor's counter is steady; 'dmesg' says why"
                + " the kernel did not choose it.");
  }

  Finding files() {
    Optional<Long> limit = limit("Max open files");
    if (limit.isEmpty()) {
      return Finding.warning(
          "open files", "The limit of open files is not known.", "Look at 'ulimit -n'.");
    }
    long most = limit.get();
    String text = "At most " + (most == Long.MAX_VALUE ? "any number of" : most) + " open files.";
    String advice = "Set LimitNOFILE=65536 in the unit, or 'ulimit -n 65536' in the shell.";
    if (most < FEW_FILES) {
      return Finding.problem("open files", text, advice);
    }
    return most < ENOUGH_FILES
        ? Finding.warning("open files", text, advice)
        : Finding.ok("open files", text);
  }

  Finding buffers(long socketBytes) {
    if (socketBytes == 0) {
      return Finding.ok("socket buffers", "Links over TCP size their buffers themselves.");
    }
    long granted = Long.MAX_VALUE;
    for (String name : List.of("rmem_max", "wmem_max")) {
      Optional<Long> most = read("proc/sys/net/core/" + name).flatMap(MachineChecks::number);
      granted = Math.min(granted, most.orElse(Long.MAX_VALUE));
    }
    if (granted == Long.MAX_VALUE) {
      return Finding.warning(
          "socket buffers",
          "The limit of socket buffers is not known.",
          "Look at net.core.rmem_max and net.core.wmem_max.");
    }
    return granted >= socketBytes
        ? Finding.ok("socket buffers", "Sockets get buffers of " + socketBytes + " bytes.")
        : Finding.warning(
            "socket buffers",
            "Datagram sockets ask for buffers of "
                + socketBytes
                + " bytes and get at most "
                + granted
                + "; bursts of datagrams will be lost and sent again.",
            "Run 'sysctl -w net.core.rmem_max="
                + socketBytes
                + " net.core.wmem_max="
                + socketBytes
                + "' and write it into /etc/sysctl.d.");
  }

  Finding scheduling() {
    boolean capable =
        read("proc/self/status")
            .flatMap(text -> text.lines().filter(line -> line.startsWith("CapEff:")).findFirst())
            .map(line -> line.substring("CapEff:".length()).strip())
            .filter(text -> text.matches("[0-9a-f]{1,16}"))
            .map(text -> (Long.parseUnsignedLong(text, 16) >> SYS_NICE & 1) == 1)
            .orElse(false);
    // The limit of a nice value n is written as 20 - n.
    boolean allowed = limit("Max nice priority").orElse(0L) >= 20 - LoopPriority.ALARM_NICE;
    return capable || allowed
        ? Finding.ok("scheduling", "Loops get a processor before other work, alarms first.")
        : Finding.warning(
            "scheduling",
            "Loops take turns with all other work of this machine, so packets may wait where it is"
                + " busy, most of all just after a failure.",
            "Set LimitNICE="
                + LoopPriority.ALARM_NICE
                + " in the unit, or 'nice' in /etc/security/limits.conf.");
  }

  /// The soft limit of this name.
  private Optional<Long> limit(String name) {
    return read("proc/self/limits")
        .flatMap(text -> text.lines().filter(line -> line.startsWith(name)).findFirst())
        .map(line -> line.substring(name.length()).strip().split("\\s+")[0])
        .flatMap(soft -> soft.equals("unlimited") ? Optional.of(Long.MAX_VALUE) : number(soft));
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Reads in large pieces: a file of `/proc/sys` gives what it has to the first read, so
  /// [java.nio.file.Files#readString], which begins with a single byte, would get one digit.
  Optional<String> read(String path) {
    try (FileInputStream in = new FileInputStream(root.resolve(path).toFile())) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] piece = new byte[64 << 10];
      for (int n = in.read(piece); n > 0; n = in.read(piece)) {
        text.write(piece, 0, n);
      }
      return Optional.of(text.toString(StandardCharsets.UTF_8));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
