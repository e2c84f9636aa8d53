package io.euryale.console.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.console.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Machines made of files.
class MachineChecksTest {

  private static final String CLOCK =
      "sys/devices/system/clocksource/clocksource0/current_clocksource";

  @TempDir Path root;

  private MachineChecks machine;

  @BeforeEach
  void aGoodMachine() throws IOException {
    machine = new MachineChecks(root);
    file(CLOCK, "tsc\n");
    file("proc/self/cgroup", "0::/system.slice/euryale.service\n");
    file("sys/fs/cgroup/system.slice/euryale.service/cpu.max", "max 100000\n");
    files("65536");
    file("proc/sys/net/core/rmem_max", "4194304\n");
    file("proc/sys/net/core/wmem_max", "8388608\n");
    file("proc/self/status", "Name:\tjava\nCapEff:\t0000000000800000\n");
  }

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void files(String limit) throws IOException {
    file(
        "proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
            + "Max open files            "
            + limit
            + "                 1048576              files     \n"
            + "Max realtime priority     0                    0                    \n");
  }

  @Test
  void aGoodMachineHasNothingToDo() {
    assertThat(machine.quota().verdict()).isEqualTo(Verdict.OK);
    assertThat(machine.clock().verdict()).isEqualTo(Verdict.OK);
    assertThat(machine.files().verdict()).isEqualTo(Verdict.OK);
    assertThat(machine.buffers(4 << 20).verdict()).isEqualTo(Verdict.OK);
    assertThat(machine.scheduling().verdict()).isEqualTo(Verdict.OK);
    assertThat(machine.all(4 << 20)).hasSize(7).allMatch(one -> !one.text().isEmpty());
  }

  @Test
  void aQuotaIsSaidInProcessors() throws IOException {
    file("sys/fs/cgroup/system.slice/euryale.service/cpu.max", "150000 100000\n");
    assertThat(machine.quota().verdict()).isEqualTo(Verdict.WARNING);
    assertThat(machine.quota().text()).contains("1.5 processors");
  }

  @Test
  void theQuotaOfAContainerStandsAtTheTop() throws IOException {
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/cpu.max", "50000 100000\n");
    assertThat(machine.quota().text()).contains("0.5 processors");
  }

  @Test
  void aSlowClockIsAWarning() throws IOException {
    file(CLOCK, "acpi_pm\n");
    assertThat(machine.clock().verdict()).isEqualTo(Verdict.WARNING);
    assertThat(machine.clock().advice()).contains("clocksource=tsc");
  }

  @Test
  void fewFilesAreAWarningAndVeryFewAProblem() throws IOException {
    files("2048");
    assertThat(machine.files().verdict()).isEqualTo(Verdict.WARNING);
    files("256");
    assertThat(machine.files().verdict()).isEqualTo(Verdict.PROBLEM);
    assertThat(machine.files().advice()).contains("LimitNOFILE");
    files("unlimited");
    assertThat(machine.files().verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void theSmallerLimitOfSocketBuffersCounts() throws IOException {
    file("proc/sys/net/core/rmem_max", "212992\n");
    assertThat(machine.buffers(4 << 20).verdict()).isEqualTo(Verdict.WARNING);
    assertThat(machine.buffers(4 << 20).text()).contains("212992");
    assertThat(machine.buffers(4 << 20).advice()).contains("net.core.rmem_max=4194304");
    assertThat(machine.buffers(0).verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void withoutCapabilityOrLimitLoopsTakeTurnsWithOtherWork() throws IOException {
    file("proc/self/status", "CapEff:\t0000000000000000\n");
    assertThat(machine.scheduling().verdict()).isEqualTo(Verdict.WARNING);
    assertThat(machine.scheduling().advice()).contains("LimitNICE=-15");
    for (int limit : new int[] {34, 35}) {
      file("proc/self/limits", "Max nice priority         " + limit + "   " + limit + "\n");
      assertThat(machine.scheduling().verdict())
          .as("with a limit of %s", limit)
          .isEqualTo(limit == 35 ? Verdict.OK : Verdict.WARNING);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSettingOfTheKernelIsReadWhole() {
    assertThat(MachineChecks.ofThisMachine().read("proc/sys/kernel/osrelease"))
        .hasValue(System.getProperty("os.version") + "\n");
  }

  @Test
  void anOldJavaIsAProblemAndOneProcessorAWarning() {
    assertThat(machine.java(21).verdict()).isEqualTo(Verdict.PROBLEM);
    assertThat(machine.processors(1).verdict()).isEqualTo(Verdict.WARNING);
  }

  @Test
  void aMachineThatSaysNothingGivesNoExceptions() {
    assertThat(new MachineChecks(root.resolve("nowhere")).all(1))
        .hasSize(7)
        .noneMatch(one -> one.verdict() == Verdict.PROBLEM);
  }
}
