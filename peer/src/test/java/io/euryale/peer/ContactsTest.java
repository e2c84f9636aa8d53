package io.euryale.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.kernel.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContactsTest {

  @Test
  void hostAndPortOrJustAPortOfThisMachine() {
    assertThat(Contacts.parse("localhost:7400")).isEqualTo(Endpoint.contact("localhost", 7400));
    assertThat(Contacts.parse("7400")).isEqualTo(Endpoint.contact("127.0.0.1", 7400));
    assertThat(Contacts.parse("[::1]:7400")).isEqualTo(Endpoint.contact("::1", 7400));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "host",
        "host:",
        ":7400",
        "host:0",
        "host:65536",
        "host:-1",
        "h:1a",
        "host:99999999999"
      })
  void anythingElseIsRefused(String contact) {
    assertThatThrownBy(() -> Contacts.parse(contact))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("HOST:PORT");
  }
}
