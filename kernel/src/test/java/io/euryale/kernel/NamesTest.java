package io.euryale.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "Trindade", "0", "line-a.west_2"})
  void readableNamesAreValid(String name) {
    assertThat(PeerName.isValid(name)).isTrue();
    assertThat(new PeerName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".a", "a b", "é", "a\u0000", "a/b"})
  void otherNamesAreRefusedWithTheirText(String name) {
    assertThat(PeerName.isValid(name)).isFalse();
    assertThatThrownBy(() -> new PeerName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 64 letters");
  }

  @Test
  void aNameHasAtMost64Characters() {
    assertThat(PeerName.isValid("a".repeat(64))).isTrue();
    assertThat(PeerName.isValid("a".repeat(65))).isFalse();
  }

  @Test
  void aLaterIncarnationSupersedesAnEarlierOneOfTheSameNameOnly() {
    PeerId first = PeerId.of("a", 1);
    assertThat(PeerId.of("a", 2).supersedes(first)).isTrue();
    assertThat(first.supersedes(first)).isFalse();
    assertThat(PeerId.of("b", 2).supersedes(first)).isFalse();
    assertThatThrownBy(() -> PeerId.of("a", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(TrafficClass.class)
  void classesSurviveTheirWireCodes(TrafficClass trafficClass) {
    assertThat(TrafficClass.ofCode(trafficClass.code())).isSameAs(trafficClass);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void rolesSurviveTheirWireCodes(Role role) {
    assertThat(Role.ofCode(role.code())).isSameAs(role);
  }

  @Test
  void unknownCodesAreNothing() {
    assertThat(TrafficClass.ofCode(4)).isNull();
    assertThat(TrafficClass.ofCode(-1)).isNull();
    assertThat(Role.ofCode(99)).isNull();
  }

  @Test
  void anEndpointKnowsThePortOfEachClass() {
    Endpoint endpoint = new Endpoint("127.0.0.1", 1, 2, 3, 4);
    assertThat(endpoint.port(TrafficClass.CONTROL)).isEqualTo(1);
    assertThat(endpoint.port(TrafficClass.ALARM)).isEqualTo(2);
    assertThat(endpoint.port(TrafficClass.CRITICAL)).isEqualTo(3);
    assertThat(endpoint.port(TrafficClass.NORMAL)).isEqualTo(4);
    assertThatThrownBy(() -> new Endpoint("h", 65536, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Endpoint("", 1, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
