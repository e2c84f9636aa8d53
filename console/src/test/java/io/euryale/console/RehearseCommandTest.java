package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RehearseCommandTest {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(100);

  @Test
  @Timeout(120)
  void all_packets_come_although_a_peer_fails() throws InterruptedException {
    try (EuryaleProcess rehearsal = EuryaleProcess.start("rehearse")) {
      assertThat(rehearsal.awaitExit(PATIENCE_NANOS)).as("%s", rehearsal.err).isZero();
    }
  }
}
