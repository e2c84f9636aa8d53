package io.euryale.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.settings.Setting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class SettingsSchemaTest {

  record Root(
      @Setting(about = "Its \"name\".") String name,
      @Setting(about = "Port.", byDefault = "0", min = "0", max = "65535") int port,
      @Setting(about = "Sizes.", byDefault = "[2, 3]", min = "1") List<Integer> sizes,
      @Setting(about = "Links.") LinkSettings links) {}

  @Test
  void describesEveryKeyWithBoundsAndDefaults() {
    Map<?, ?> schema = parse(SettingsSchema.of(Root.class));
    assertThat(schema.get("$schema")).isEqualTo("https://json-schema.org/draft/2020-12/schema");
    assertThat(schema.get("additionalProperties")).isEqualTo(false);
    assertThat(schema.get("required")).isEqualTo(List.of("name"));
    Map<?, ?> properties = (Map<?, ?>) schema.get("properties");
    assertThat(((Map<?, ?>) properties.get("name")).get("description")).isEqualTo("Its \"name\".");
    Map<?, ?> port = (Map<?, ?>) properties.get("port");
    assertThat(port.get("maximum")).isEqualTo(65535);
    assertThat(port.get("default")).isEqualTo(0);
    assertThat(port.get("description")).isEqualTo("Port. From 0 to 65535.");
    Map<?, ?> sizes = (Map<?, ?>) properties.get("sizes");
    assertThat(sizes.get("default")).isEqualTo(List.of(2, 3));
    Map<?, ?> links = (Map<?, ?>) ((Map<?, ?>) properties.get("links")).get("properties");
    Map<?, ?> queue = (Map<?, ?>) links.get("queueBytes");
    assertThat(queue.get("maximum")).isEqualTo(256 << 20);
    Map<?, ?> timeout = (Map<?, ?>) links.get("helloTimeout");
    assertThat("500ms").matches((String) timeout.get("pattern"));
    assertThat("${TIMEOUT:5s}").matches((String) timeout.get("pattern"));
    assertThat("5 weeks").doesNotMatch((String) timeout.get("pattern"));
  }

  /// JSON is YAML.
  private static Map<?, ?> parse(String json) {
    return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(json);
  }
}
