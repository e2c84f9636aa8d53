package io.euryale.bench.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.euryale.bench.BenchException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PartitionTest {

  private static String filters(Partition partition) throws Exception {
    List<String> command = new ArrayList<>(partition.prefix());
    command.addAll(List.of("tc", "filter", "show", "dev", "lo", "ingress"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void packetsBetweenTheTwoPartsAreDroppedBothWaysUntilThePartsAreOneAgain() throws Exception {
    Partition partition;
    try {
      partition = Partition.of(3);
    } catch (BenchException e) {
      assumeThat(e.exitCode()).isNotEqualTo(BenchException.ENVIRONMENT);
      throw e;
    }
    try (partition) {
      partition.part(1);
      // 127.0.1.1 is 2130706689.
      assertThat(filters(partition))
          .contains("26,21 0 3 2130706689,32 0 0 30,21 0 1 2130706690")
          .contains("26,21 0 3 2130706691,32 0 0 30,21 0 1 2130706689")
          .doesNotContain("26,21 0 3 2130706690,32 0 0 30,21 0 1 2130706691");
      partition.heal();
      assertThat(filters(partition)).doesNotContain("bytecode");
    }
  }
}
