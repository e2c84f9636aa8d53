package io.euryale.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.platform.SettingsBinder;
import io.euryale.platform.SettingsException;
import io.euryale.platform.SettingsSchema;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static <T extends Record> T bind(String yaml, Class<T> type) throws SettingsException {
    return SettingsBinder.bind("site.yaml", yaml, type, _ -> null);
  }

  @Test
  void documentedDefaultsAreTheOnesUsed() throws SettingsException {
    assertThat(bind("name: a1", PeerSettings.class)).isEqualTo(PeerSettings.named("a1"));
    assertThat(bind("name: s1", EdgeSettings.class)).isEqualTo(EdgeSettings.named("s1", List.of()));
  }

  @Test
  void nestedSettingsAreRead() throws SettingsException {
    String yaml =
        """
        name: trindade
        controlPort: 7400
        contacts: ["127.0.0.1:7400", "127.0.0.1:7401"]
        overlay:
          depth: 2
          peersPerCell: [3]
        streams:
          retryPause: 100ms
        """;
    PeerSettings settings = bind(yaml, PeerSettings.class);
    assertThat(settings.controlPort()).isEqualTo(7400);
    assertThat(settings.contacts()).hasSize(2);
    assertThat(settings.overlay().depth()).isEqualTo(2);
    assertThat(settings.overlay().peersPerCell()).containsExactly(3);
    assertThat(settings.streams().retryPause()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aMisspeltKeyIsNamedWithItsPlaceAndTheNearestOne() {
    assertThatThrownBy(() -> bind("name: a1\nstreams:\n  retryPuase: 1s\n", PeerSettings.class))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("site.yaml:3:3")
        .hasMessageContaining("retryPause");
  }

  @Test
  void everySettingIsInTheSchema() {
    assertThat(SettingsSchema.of(PeerSettings.class))
        .contains("\"controlPort\"", "\"peersPerCell\"", "\"storeBytes\"", "\"queueBytes\"");
  }
}
