package io.euryale.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;

class ProcReadingsTest {

  @Test
  void processorTimeIsFoundWhateverTheProgramIsCalled() {
    String stat =
        "4242 (a) b (c) S 1 4242 4242 0 -1 4194304 900 0 0 0 125 75 0 0 20 0 31 0 8861 1 2";
    assertThat(ProcReadings.cpuSeconds(stat)).isEqualTo(2.0, offset(1e-9));
  }

  @Test
  void residentMemoryIsGivenInMebibytes() {
    String status = "Name:\tjava\nVmHWM:\t  204800 kB\nVmRSS:\t   65536 kB\nThreads:\t9\n";
    assertThat(ProcReadings.mebibytes(status, "VmRSS:")).isEqualTo(64.0, offset(1e-9));
  }

  @Test
  void thisProcessHasMemoryAndUsedTheProcessor() throws Exception {
    long self = ProcessHandle.current().pid();
    assertThat(ProcReadings.residentMebibytes(self)).isGreaterThan(1);
    assertThat(ProcReadings.cpuSeconds(self)).isPositive();
  }
}
