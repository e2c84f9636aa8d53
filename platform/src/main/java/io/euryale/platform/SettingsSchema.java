package io.euryale.platform;

import io.euryale.kernel.settings.Setting;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// JSON Schema (draft 2020-12) of settings records, for editors that complete and check YAML.
///
/// Where a number may also come from a variable, the schema allows a text with `${…}`; the binder
/// then checks the value itself.
public final class SettingsSchema {

  private static final String VARIABLE = ".*\\$\\{.*";

  private final StringBuilder json = new StringBuilder();

  private SettingsSchema() {}

  /// The schema of a file that [SettingsBinder] reads into `type`, indented, with a line end.
  public static String of(Class<? extends Record> type) {
    SettingsSchema schema = new SettingsSchema();
    schema.json.append("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n");
    schema.json.append("  \"title\": ").append(quoted(type.getSimpleName())).append(",\n");
    schema.object(type, "  ", false);
    return schema.json.append("\n}\n").toString();
  }

  private void object(Class<?> type, String indent, boolean nullable) {
    json.append(indent)
        .append("\"type\": ")
        .append(nullable ? "[\"object\", \"null\"]" : "\"object\"");
    json.append(",\n").append(indent).append("\"additionalProperties\": false,\n");
    json.append(indent).append("\"properties\": {");
    List<String> required = new ArrayList<>();
    String separator = "\n";
    for (RecordComponent component : type.getRecordComponents()) {
      Setting setting = component.getAnnotation(Setting.class);
      if (setting == null) {
        throw new IllegalStateException(type.getName() + "." + component.getName());
      }
      json.append(separator).append(indent).append("  ").append(quoted(component.getName()));
      json.append(": {\n");
      property(component, setting, indent + "    ");
      json.append('\n').append(indent).append("  }");
      separator = ",\n";
      if (isRequired(component, setting)) {
        required.add(quoted(component.getName()));
      }
    }
    json.append('\n').append(indent).append('}');
    if (!required.isEmpty()) {
      json.append(",\n").append(indent).append("\"required\": [");
      json.append(String.join(", ", required)).append(']');
    }
  }

  private static boolean isRequired(RecordComponent component, Setting setting) {
    if (!component.getType().isRecord()) {
      return setting.byDefault().isEmpty();
    }
    for (RecordComponent inner : component.getType().getRecordComponents()) {
      Setting innerSetting = inner.getAnnotation(Setting.class);
      if (innerSetting != null && isRequired(inner, innerSetting)) {
        return true;
      }
    }
    return false;
  }

  private void property(RecordComponent component, Setting setting, String indent) {
    json.append(indent).append("\"description\": ").append(quoted(description(setting)));
    json.append(",\n");
    Class<?> type = component.getType();
    if (type.isRecord()) {
      object(type, indent, true);
      return;
    }
    ScalarKind kind = ScalarKind.of(type, component.getName());
    if (kind != null) {
      scalar(kind, type, setting, indent);
    } else {
      Class<?> element = SettingsBinder.elementType(component);
      json.append(indent).append("\"type\": \"array\",\n");
      json.append(indent).append("\"items\": {\n");
      scalar(
          element == String.class ? ScalarKind.TEXT : ScalarKind.INT,
          element,
          setting,
          indent + "  ");
      json.append('\n').append(indent).append('}');
    }
    String byDefault = setting.byDefault();
    if (!byDefault.isEmpty()) {
      json.append(",\n").append(indent).append("\"default\": ").append(literal(kind, byDefault));
    }
  }

  private static String description(Setting setting) {
    if (setting.min().isEmpty() && setting.max().isEmpty()) {
      return setting.about();
    }
    String bounds =
        setting.max().isEmpty()
            ? "At least " + setting.min()
            : setting.min().isEmpty()
                ? "At most " + setting.max()
                : "From " + setting.min() + " to " + setting.max();
    return setting.about() + " " + bounds + ".";
  }

  private void scalar(ScalarKind kind, Class<?> type, Setting setting, String indent) {
    json.append(indent);
    switch (kind) {
      case BOOLEAN ->
          json.append("\"type\": [\"boolean\", \"string\"],\n").append(variable(indent));
      case INT, LONG -> {
        json.append("\"type\": [\"integer\", \"string\"],\n").append(variable(indent));
        bound("minimum", kind, type, setting.min(), indent);
        bound("maximum", kind, type, setting.max(), indent);
      }
      case BYTES -> {
        json.append("\"type\": [\"integer\", \"string\"],\n").append(indent);
        json.append(pattern(ScalarKind.BYTES_PATTERN));
        bound("minimum", kind, type, setting.min(), indent);
        bound("maximum", kind, type, setting.max(), indent);
      }
      case DURATION ->
          json.append("\"type\": \"string\",\n")
              .append(indent)
              .append(pattern(ScalarKind.DURATION_PATTERN));
      case ENUM -> {
        String words = String.join("|", ScalarKind.words(type));
        json.append("\"type\": \"string\",\n").append(indent).append(pattern("(" + words + ")"));
      }
      case TEXT -> json.append("\"type\": [\"string\", \"number\", \"boolean\"]");
    }
  }

  private static String variable(String indent) {
    return indent + "\"pattern\": " + quoted("^" + VARIABLE + "$");
  }

  private static String pattern(String values) {
    return "\"pattern\": " + quoted("^(" + values + "|" + VARIABLE + ")$");
  }

  private void bound(
      String keyword, ScalarKind kind, Class<?> type, String written, String indent) {
    Object value = written.isEmpty() ? null : kind.parse(type, written);
    if (value != null) {
      json.append(",\n").append(indent).append('"').append(keyword).append("\": ").append(value);
    }
  }

  /// A default as JSON: lists of our settings are written alike in YAML and JSON when numeric.
  private static String literal(@Nullable ScalarKind kind, String written) {
    if (kind == ScalarKind.BOOLEAN || kind == ScalarKind.INT || kind == ScalarKind.LONG) {
      return written;
    }
    return kind == null && written.matches("\\[[0-9, ]*]") ? written : quoted(written);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20) {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
