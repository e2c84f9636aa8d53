package io.euryale.platform;

import io.euryale.kernel.settings.Setting;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads YAML into records whose components carry [Setting], strictly: what is not understood is an
/// error, never skipped, and all errors of a file are reported together.
///
/// Keys are the names of the record components. A value may contain `${NAME}` or `${NAME:default}`,
/// which stand for variables of the environment; an unset one without default is an error.
/// Stateless but for one call; any thread.
public final class SettingsBinder {

  /// Errors reported for one file at most; a file of another format would give thousands.
  private static final int MAX_ERRORS = 50;

  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?}");

  private final String source;

  /// Of the whole file.
  private final Class<? extends Record> type;

  private final UnaryOperator<@Nullable String> environment;
  private final List<SettingsError> errors = new ArrayList<>();

  private SettingsBinder(
      String source, Class<? extends Record> type, UnaryOperator<@Nullable String> environment) {
    this.source = source;
    this.type = type;
    this.environment = environment;
  }

  /// The settings in `file`, with the variables of this process.
  public static <T extends Record> T read(Path file, Class<T> type) throws SettingsException {
    return bind(file.toString(), SettingsText.read(file), type, SettingsBinder::variable);
  }

  /// The keys at the top of a file, to tell what it is for; empty when it is not YAML with keys.
  public static List<String> keys(Path file) throws SettingsException {
    return SettingsText.compose(file.toString(), SettingsText.read(file))
            instanceof MappingNode mapping
        ? mapping.getValue().stream()
            .map(NodeTuple::getKeyNode)
            .filter(ScalarNode.class::isInstance)
            .map(key -> ((ScalarNode) key).getValue())
            .toList()
        : List.of();
  }

  /// The settings in a text.
  ///
  /// @param source what errors call the text, usually a file name
  /// @param environment value of a variable, or null when it is not set
  public static <T extends Record> T bind(
      String source, String yaml, Class<T> type, UnaryOperator<@Nullable String> environment)
      throws SettingsException {
    SettingsBinder binder = new SettingsBinder(source, type, environment);
    Node root = SettingsText.compose(source, yaml);
    Object bound = binder.record(type, root, "the file", null);
    if (bound == null || !binder.errors.isEmpty()) {
      // By place: within a mapping, missing and unknown keys are found in different passes.
      binder.errors.sort(
          Comparator.comparingInt(SettingsError::line).thenComparingInt(SettingsError::column));
      throw new SettingsException(binder.errors);
    }
    return type.cast(bound);
  }

  private static @Nullable String variable(@Nullable String name) {
    return name == null ? null : System.getenv(name);
  }

  /// A record from a mapping, or from nothing when everything has a default. Null after errors.
  private @Nullable Object record(
      Class<?> type, @Nullable Node node, String path, @Nullable Mark near) {
    Mark mark = node == null ? near : mark(node);
    if (node != null && !isNull(node) && !(node instanceof MappingNode)) {
      error(mark, path + " needs keys and values, one per line.");
      return null;
    }
    RecordComponent[] components = type.getRecordComponents();
    Map<String, NodeTuple> entries =
        node instanceof MappingNode mapping ? entries(mapping) : Map.of();
    unknownKeys(entries, components, path);
    @Nullable Object[] values = new @Nullable Object[components.length];
    boolean complete = true;
    for (int i = 0; i < components.length; i++) {
      NodeTuple entry = entries.get(components[i].getName());
      values[i] = component(components[i], entry, mark);
      complete &= values[i] != null;
    }
    return complete ? construct(type, components, values, path, mark) : null;
  }

  private Map<String, NodeTuple> entries(MappingNode mapping) {
    Map<String, NodeTuple> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        error(mark(tuple.getKeyNode()), "a key is a single word.");
        continue;
      }
      NodeTuple first = entries.putIfAbsent(key.getValue(), tuple);
      Mark before = first == null ? null : mark(first.getKeyNode());
      if (before != null) {
        error(
            mark(key),
            "'" + key.getValue() + "' stands twice, first in line " + (before.getLine() + 1) + ".");
      }
    }
    return entries;
  }

  private void unknownKeys(
      Map<String, NodeTuple> entries, RecordComponent[] components, String path) {
    List<String> valid = Arrays.stream(components).map(RecordComponent::getName).toList();
    entries.forEach(
        (key, tuple) -> {
          if (!valid.contains(key)) {
            String nearest = NearestKey.of(key, valid);
            error(
                mark(tuple.getKeyNode()),
                "unknown key '"
                    + shown(key)
                    + "' in "
                    + path
                    + (nearest == null ? elsewhere(key) : "; did you mean '" + nearest + "'?")
                    + " Allowed here: "
                    + String.join(", ", valid)
                    + ".");
          }
        });
  }

  /// Where a key is known that is not here.
  private String elsewhere(String key) {
    List<String> places =
        SettingsReference.of(type).settings().stream()
            .filter(setting -> setting.name().equals(key))
            .map(setting -> "'" + setting.key() + "'")
            .toList();
    return places.isEmpty() ? "." : "; there is " + String.join(" and ", places) + ".";
  }

  private @Nullable Object component(
      RecordComponent component, @Nullable NodeTuple entry, @Nullable Mark near) {
    String name = component.getName();
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalStateException(
          component.getDeclaringRecord().getName() + "." + name + " has no @Setting");
    }
    Node node = entry == null ? null : entry.getValueNode();
    if (component.getType().isRecord()) {
      Mark key = entry == null ? near : mark(entry.getKeyNode());
      return record(component.getType(), node, name, key);
    }
    if (node == null) {
      if (setting.byDefault().isEmpty()) {
        error(near, "'" + name + "' is missing: " + setting.about());
        return null;
      }
      return byDefault(component, setting);
    }
    return value(component, setting, node);
  }

  /// A default goes through the same path as what an operator writes; a bad one is our bug.
  private Object byDefault(RecordComponent component, Setting setting) {
    String where = component.getDeclaringRecord().getSimpleName() + "." + component.getName();
    SettingsBinder binder = new SettingsBinder("default of " + where, type, environment);
    try {
      Node node = SettingsText.compose(binder.source, setting.byDefault());
      Object value = node == null ? null : binder.value(component, setting, node);
      if (value != null && binder.errors.isEmpty()) {
        return value;
      }
      throw new IllegalStateException(binder.errors.toString());
    } catch (SettingsException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private @Nullable Object value(RecordComponent component, Setting setting, Node node) {
    String name = component.getName();
    ScalarKind kind = ScalarKind.of(component.getType(), name);
    if (kind != null) {
      return scalar(kind, component.getType(), name, setting, node);
    }
    if (component.getType() != List.class) {
      throw new IllegalStateException("No settings of " + component.getGenericType());
    }
    Class<?> elements = elementType(component);
    if (!(node instanceof SequenceNode sequence)) {
      error(mark(node), "'" + name + "' needs a list such as [a, b].");
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      ScalarKind elementKind = elements == String.class ? ScalarKind.TEXT : ScalarKind.INT;
      Object value = scalar(elementKind, elements, name, setting, element);
      if (value != null) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  static Class<?> elementType(RecordComponent component) {
    if (component.getGenericType() instanceof ParameterizedType list
        && list.getActualTypeArguments()[0] instanceof Class<?> element
        && (element == String.class || element == Integer.class)) {
      return element;
    }
    throw new IllegalStateException("A list setting is of String or Integer: " + component);
  }

  private @Nullable Object scalar(
      ScalarKind kind, Class<?> type, String name, Setting setting, Node node) {
    String needs = "'" + name + "' needs " + kind.expectation(type);
    if (!(node instanceof ScalarNode scalar) || isNull(node)) {
      error(mark(node), needs + ".");
      return null;
    }
    String text = substitute(scalar, name);
    if (text == null) {
      return null;
    }
    Object value = kind.parse(type, text);
    if (value == null) {
      error(mark(node), needs + ", not '" + shown(text) + "'.");
      return null;
    }
    Object min = setting.min().isEmpty() ? null : kind.parse(type, setting.min());
    Object max = setting.max().isEmpty() ? null : kind.parse(type, setting.max());
    if (min != null && kind.compare(value, min) < 0) {
      error(mark(node), outOfRange(name, setting, text));
      return null;
    }
    if (max != null && kind.compare(value, max) > 0) {
      error(mark(node), outOfRange(name, setting, text));
      return null;
    }
    return value;
  }

  private static String outOfRange(String name, Setting setting, String text) {
    return "'" + name + "' is " + SettingsReference.bounds(setting) + ", not " + text + ".";
  }

  private @Nullable String substitute(ScalarNode node, String name) {
    Matcher matcher = VARIABLE.matcher(node.getValue());
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String variable = matcher.group(1);
      String value = environment.apply(variable);
      value = value == null ? matcher.group(2) : value;
      if (value == null) {
        error(
            mark(node),
            "'"
                + name
                + "' uses the variable "
                + variable
                + ", which is not set; set it or write ${"
                + variable
                + ":default}.");
        return null;
      }
      matcher.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(text).toString();
  }

  private @Nullable Object construct(
      Class<?> type,
      RecordComponent[] components,
      @Nullable Object[] values,
      String path,
      @Nullable Mark mark) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      // What several values must satisfy together is checked by the record itself.
      if (e.getCause() instanceof IllegalArgumentException refused) {
        error(mark, path + ": " + refused.getMessage());
        return null;
      }
      throw new IllegalStateException(type.getName() + " cannot be constructed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + " cannot be constructed", e);
    }
  }

  private void error(@Nullable Mark mark, String message) {
    if (errors.size() < MAX_ERRORS) {
      errors.add(SettingsText.at(source, mark, message));
    }
  }

  private static @Nullable Mark mark(Node node) {
    return node.getStartMark().orElse(null);
  }

  private static boolean isNull(Node node) {
    return Tag.NULL.equals(node.getTag());
  }

  /// A value in an error: short and without line ends.
  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= 40 ? line : line.substring(0, 40) + "…";
  }
}
