package io.euryale.bench.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.euryale.bench.BenchException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PartitionTest {

  /// Whether a datagram gets from one address to the other, as the kernel would send it.
  private static String route(Partition partition, String from, String to) throws Exception {
    List<String> command = new ArrayList<>(partition.prefix());
    command.addAll(List.of("ip", "route", "get", to, "from", from));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes());
  }

  @Test
  void packetsBetweenTheTwoPartsGoNowhereUntilThePartsAreOneAgain() throws Exception {
    Partition partition;
    try {
      partition = Partition.of(3);
    } catch (BenchException e) {
      assumeThat(e.exitCode()).isNotEqualTo(BenchException.ENVIRONMENT);
      throw e;
    }
    try (partition) {
      assertThat(route(partition, "10.77.0.1", "10.77.0.2")).contains("dev lo");
      partition.part(1);
      assertThat(route(partition, "10.77.0.1", "10.77.0.2")).contains("void0");
      assertThat(route(partition, "10.77.0.3", "10.77.0.1")).contains("void0");
      assertThat(route(partition, "10.77.0.2", "10.77.0.3")).contains("dev lo");
      partition.heal();
      assertThat(route(partition, "10.77.0.1", "10.77.0.2")).contains("dev lo");
    }
  }
}
