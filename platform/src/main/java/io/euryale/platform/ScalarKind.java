package io.euryale.platform;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The kinds of single values that settings have, and how each is written.
enum ScalarKind {
  BOOLEAN("true or false"),
  INT("a whole number"),
  LONG("a whole number"),
  BYTES("a size such as 64KiB or 4MiB"),
  DURATION("a time such as 500ms, 2s or 1m"),
  ENUM("one of the allowed words"),
  TEXT("a text");

  /// How durations are written, for the schema as well.
  static final String DURATION_PATTERN = "[0-9]+ ?(ns|us|ms|s|m|h|d)";

  /// How sizes are written, for the schema as well.
  static final String BYTES_PATTERN = "[0-9]+ ?(B|KiB|MiB|GiB)?";

  private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,18}) ?([A-Za-z]*)");

  private final String expectation;

  ScalarKind(String expectation) {
    this.expectation = expectation;
  }

  /// The kind of a component, or null when it is not a single value.
  static @Nullable ScalarKind of(Class<?> type, String name) {
    if (type == boolean.class) {
      return BOOLEAN;
    }
    if (type == int.class || type == Integer.class) {
      return name.endsWith("Bytes") ? BYTES : INT;
    }
    if (type == long.class) {
      return name.endsWith("Bytes") ? BYTES : LONG;
    }
    if (type == Duration.class) {
      return DURATION;
    }
    if (type == String.class) {
      return TEXT;
    }
    return type.isEnum() ? ENUM : null;
  }

  /// What a value of this kind looks like, to end the sentence "… needs".
  String expectation(Class<?> type) {
    return this == ENUM ? "one of " + String.join(", ", words(type)) : expectation;
  }

  /// The words of an enum as they stand in settings: lower case, with dashes.
  static java.util.List<String> words(Class<?> type) {
    Object[] constants = type.getEnumConstants();
    return Arrays.stream(constants == null ? new Object[0] : constants)
        .map(constant -> word((Enum<?>) constant))
        .collect(Collectors.toList());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The value of a text, or null when it is not of this kind.
  @Nullable Object parse(Class<?> type, String text) {
    return switch (this) {
      case BOOLEAN ->
          text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null;
      case INT -> narrow(type, number(text));
      case LONG -> number(text);
      case BYTES -> narrow(type, bytes(text));
      case DURATION -> duration(text);
      case ENUM -> constant(type, text);
      case TEXT -> text;
    };
  }

  /// Compares two values of this kind; 0 for kinds without an order.
  int compare(Object left, Object right) {
    if (left instanceof Number a && right instanceof Number b) {
      return Long.compare(a.longValue(), b.longValue());
    }
    return left instanceof Duration a && right instanceof Duration b ? a.compareTo(b) : 0;
  }

  private static @Nullable Object narrow(Class<?> type, @Nullable Long value) {
    if (value == null || type == long.class) {
      return value;
    }
    return value == value.intValue() ? (Object) value.intValue() : null;
  }

  private static @Nullable Long number(String text) {
    try {
      return text.matches("[-+]?[0-9]+") ? Long.valueOf(text) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Long bytes(String text) {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      return null;
    }
    int shift =
        switch (amount.group(2)) {
          case "", "B" -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> -1;
        };
    long count = Long.parseLong(amount.group(1));
    return shift < 0 || count > Long.MAX_VALUE >> shift ? null : count << shift;
  }

  private static @Nullable Duration duration(String text) {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      return null;
    }
    long unitNanos =
        switch (amount.group(2)) {
          case "ns" -> 1L;
          case "us" -> 1_000L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          case "d" -> 86_400_000_000_000L;
          default -> 0;
        };
    long count = Long.parseLong(amount.group(1));
    // Cores count in nanoseconds, so a duration has to fit (292 years).
    return unitNanos == 0 || count > Long.MAX_VALUE / unitNanos
        ? null
        : Duration.ofNanos(count * unitNanos);
  }

  private static @Nullable Object constant(Class<?> type, String text) {
    Object[] constants = type.getEnumConstants();
    for (Object constant : constants == null ? new Object[0] : constants) {
      if (word((Enum<?>) constant).equals(text)) {
        return constant;
      }
    }
    return null;
  }
}
