package io.euryale.kernel.trace;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One observation of a protocol or an application, without the place and time that its home adds
/// (see [Trace]).
///
/// @param event the name, upper case; the vocabulary is documented beside the checkers
/// @param fields values are `String`, `Long`, `Integer` or `Boolean`, in the order written
public record TraceEvent(String event, Map<String, Object> fields) {

  /// An event with alternating names and values.
  public static TraceEvent of(String event, Object... namesAndValues) {
    Map<String, Object> fields = LinkedHashMap.newLinkedHashMap(namesAndValues.length / 2);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new TraceEvent(event, fields);
  }

  /// A text field, or "" when it is absent.
  public String text(String name) {
    Object value = fields.get(name);
    return value == null ? "" : value.toString();
  }

  /// A numeric field, or `absent`.
  public long number(String name, long absent) {
    @Nullable Object value = fields.get(name);
    return value instanceof Number number ? number.longValue() : absent;
  }
}
