package io.euryale.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicationTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none | none",
        "passive(1s) | passive(1s)",
        "passive(1000ms) | passive(1s)",
        "passive(100ms) | passive(100ms)",
        "passive(100ms, replicas=2) | passive(100ms,replicas=2)",
        "active | active",
        "active(replicas=2) | active(replicas=2)",
        "active(synchronous) | active(synchronous)",
        "active(synchronous,replicas=1) | active(synchronous,replicas=1)",
        "active(agreed) | active(agreed)"
      })
  void whatIsWrittenIsRead(String text, String label) {
    assertThat(Replication.parse(text).label()).isEqualTo(label);
    assertThat(Replication.parse(label)).isEqualTo(Replication.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "passive",
        "passive()",
        "active()",
        "active(1s)",
        "passive(agreed)",
        "none(replicas=1)",
        "active(agreed,replicas=2)",
        "active(replicas=0)",
        "active(replicas=17)",
        "passive(1ms)",
        "passive(61s)",
        "passive(99999s)",
        "active(synchronous,)",
        "strong"
      })
  void whatIsNoneIsRefusedInASentence(String text) {
    assertThatThrownBy(() -> Replication.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "'")
        .hasMessageEndingWith(".");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none | passive(1s) | passive(1s)",
        "passive(1s) | passive(100ms) | passive(100ms)",
        "passive(1s) | active | active",
        "passive(1s,replicas=3) | active(replicas=2) | active(replicas=3)",
        "active | active(replicas=2) | active(replicas=2)",
        "active | active(replicas=1) | active",
        "none | active(replicas=1) | active(replicas=1)",
        "active(replicas=2) | active(synchronous) | active(synchronous,replicas=2)",
        "active(replicas=2) | active(agreed) | active(agreed)"
      })
  void whatServesTwoWishesIsAsStrongAsBoth(String one, String other, String both) {
    Replication a = Replication.parse(one);
    Replication b = Replication.parse(other);
    assertThat(Replication.stronger(a, b)).isEqualTo(Replication.parse(both));
    assertThat(Replication.stronger(b, a)).isEqualTo(Replication.parse(both));
    assertThat(Replication.stronger(a, null)).isEqualTo(a);
    assertThat(Replication.stronger(null, b)).isEqualTo(b);
  }

  @Test
  void aPeriodBelongsToPassiveReplicationOnly() {
    assertThatThrownBy(() -> new Replication(Replication.Form.ACTIVE, 0, 100))
        .hasMessageContaining("only passive");
    assertThatThrownBy(() -> Replication.passive(Duration.ofHours(1))).hasMessageContaining("60s");
  }
}
