package io.euryale.platform;

import io.euryale.kernel.settings.Setting;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Describes settings records to people: each setting by itself, or all of them as a page.
public final class SettingsReference {

  private final List<SettingDescription> settings = new ArrayList<>();
  private final Map<String, String> sections = new LinkedHashMap<>();

  private SettingsReference(Class<? extends Record> type) {
    sections.put("", "");
    add("", type);
  }

  /// All settings of a file that [SettingsBinder] reads into `type`.
  public static SettingsReference of(Class<? extends Record> type) {
    return new SettingsReference(type);
  }

  private void add(String prefix, Class<?> type) {
    List<RecordComponent> nested = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Setting setting = component.getAnnotation(Setting.class);
      if (setting == null) {
        throw new IllegalStateException(type.getName() + "." + component.getName());
      }
      if (component.getType().isRecord()) {
        nested.add(component);
      } else {
        settings.add(describe(prefix + component.getName(), component, setting));
      }
    }
    for (RecordComponent component : nested) {
      String section = prefix + component.getName();
      sections.put(section, component.getAnnotation(Setting.class).about());
      add(section + ".", component.getType());
    }
  }

  private static SettingDescription describe(
      String key, RecordComponent component, Setting setting) {
    Class<?> type = component.getType();
    ScalarKind kind = ScalarKind.of(type, component.getName());
    String word;
    if (kind == null) {
      type = SettingsBinder.elementType(component);
      kind = type == String.class ? ScalarKind.TEXT : ScalarKind.INT;
      word = "list of " + (kind == ScalarKind.TEXT ? "texts" : "whole numbers");
    } else {
      word =
          switch (kind) {
            case BOOLEAN -> "true or false";
            case INT, LONG -> "whole number";
            case BYTES -> "size";
            case DURATION -> "time";
            case ENUM -> "word";
            case TEXT -> "text";
          };
    }
    return new SettingDescription(
        key,
        word,
        unit(kind, component.getName()),
        range(kind, type, setting),
        setting.byDefault().isEmpty() ? "none, it is required" : setting.byDefault(),
        setting.about());
  }

  private static String unit(ScalarKind kind, String name) {
    return switch (kind) {
      case DURATION -> "ns, us, ms, s, m, h, d";
      case BYTES -> "B, KiB, MiB, GiB";
      case INT, LONG ->
          name.equals("port") || name.endsWith("Port")
              ? "port number"
              : name.endsWith("PerSecond") ? "per second" : "count";
      case BOOLEAN, ENUM, TEXT -> "-";
    };
  }

  private static String range(ScalarKind kind, Class<?> type, Setting setting) {
    if (kind == ScalarKind.ENUM) {
      return String.join(", ", ScalarKind.words(type));
    }
    return bounds(setting);
  }

  /// The bounds of a setting, to follow "is".
  static String bounds(Setting setting) {
    if (setting.min().isEmpty() && setting.max().isEmpty()) {
      return "any";
    }
    return setting.max().isEmpty()
        ? "at least " + setting.min()
        : setting.min().isEmpty()
            ? "at most " + setting.max()
            : setting.min() + " to " + setting.max();
  }

  /// All settings, those of a section together, in the order of the records.
  public List<SettingDescription> settings() {
    return List.copyOf(settings);
  }

  /// The settings that a key means: the one of that key, else all whose last part it is.
  public List<SettingDescription> find(String key) {
    List<SettingDescription> exact =
        settings.stream().filter(setting -> setting.key().equals(key)).toList();
    return exact.isEmpty()
        ? settings.stream().filter(setting -> setting.name().equals(key)).toList()
        : exact;
  }

  /// The key, or last part of one, that somebody who mistyped probably meant; null when none is
  /// near.
  public @Nullable String nearest(String key) {
    return NearestKey.of(
        key,
        key.contains(".")
            ? settings.stream().map(SettingDescription::key).toList()
            : settings.stream().map(SettingDescription::name).distinct().toList());
  }

  /// A page in Markdown with a table for each section.
  ///
  /// @param introduction what stands above the tables, title included
  public String page(String introduction) {
    StringBuilder page = new StringBuilder(introduction.strip()).append('\n');
    sections.forEach(
        (section, about) -> {
          List<SettingDescription> of =
              settings.stream().filter(setting -> setting.section().equals(section)).toList();
          page.append('\n');
          if (!section.isEmpty()) {
            page.append("## `").append(section).append("`\n\n").append(about).append("\n\n");
          }
          page.append("| key | type | range | default | meaning |\n|---|---|---|---|---|\n");
          of.forEach(setting -> row(page, setting));
        });
    return page.toString();
  }

  private static void row(StringBuilder page, SettingDescription setting) {
    String type =
        setting.unit().equals("-") ? setting.type() : setting.type() + ", " + setting.unit();
    boolean required = setting.byDefault().startsWith("none");
    page.append("| `").append(setting.name()).append("` | ").append(type).append(" | ");
    page.append(setting.range()).append(" | ");
    page.append(required ? "required" : "`" + setting.byDefault() + "`").append(" | ");
    page.append(setting.about().replace("|", "\\|").replace("*", "\\*")).append(" |\n");
  }
}
