package io.euryale.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ChildTest {

  @Test
  void aChildIsToldLinesAndAnswersByLines() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Child child = Child.start("echo", List.of("cat"), heard::add)) {
      child.tell("one");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
      assertThat(child.isAlive()).isTrue();
    }
  }

  @Test
  void aChildThatIgnoresTheEndOfItsInputIsKilled() throws Exception {
    Child child = Child.start("deaf", List.of("sleep", "600"), _ -> {});
    child.close();
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void aProgramThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Child.start("none", List.of("/no/such/program"), _ -> {}))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("/no/such/program");
  }
}
